"""The code that every new sandbox runs once, whichever endpoint made it."""

from __future__ import annotations

from datalens_core.sandbox.program import shipped

COMMON_NAMES = """
import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
"""


def bootstrap_code() -> str:
    """Display rules first (`in_sandbox.py`), then the names that generated code may count on."""
    return shipped("datalens_core.sandbox", "in_sandbox", "teach(get_ipython())") + COMMON_NAMES

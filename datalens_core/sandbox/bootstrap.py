"""The code that every new sandbox runs once, whichever endpoint made it."""

from __future__ import annotations

from datalens_core.sandbox.program import shipped

COMMON_NAMES = """
import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
"""


def bootstrap_code(*, marks_end: bool, internet: bool) -> str:
    """Display rules first (`in_sandbox.py`), then the names that generated code may count on.

    `marks_end` is for endpoints whose streams may end early without a sign of it, `internet` for
    sandboxes that reach a package index.
    """
    call = f"teach(get_ipython(), marks_end={marks_end}, internet={internet})"
    return shipped("datalens_core.sandbox", "in_sandbox", call) + COMMON_NAMES

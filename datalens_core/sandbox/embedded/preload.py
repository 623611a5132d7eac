"""What the zygote imports once, so that every box has it at once, and the first use of it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MODULES = (
    "numpy",
    "pandas",
    "plotly.express",
    "plotly.graph_objects",
    "plotly.io",
    "plotly.subplots",
    "scipy.stats",
    "scipy.optimize",
    "openpyxl",
    "python_calamine",
    "pyarrow",
    "pyarrow.parquet",
    "pyarrow.csv",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "sklearn.cluster",
    "sklearn.decomposition",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "nbformat",
)


# A grammar that jsonschema compiles in 0.9 s while nbformat is imported, to check IRIs in formats
# that no notebook has. It does without where the package is missing.
_SLOW_AND_OPTIONAL = "rfc3987_syntax"


def import_all() -> None:
    with _missing(_SLOW_AND_OPTIONAL):
        for name in MODULES:
            importlib.import_module(name)


@contextmanager
def _missing(name: str) -> Iterator[None]:
    """Have a package look as if it were not installed, for the time being."""
    modules: dict[str, Any] = sys.modules
    modules[name] = None  # what the import system looks for
    try:
        yield
    finally:
        del modules[name]


def warm() -> None:
    """Do once what is slow the first time: formatters, validators, templates."""
    import pandas
    import plotly.express
    import plotly.io

    plotly.io.renderers.default = "plotly_mimetype"
    frame = pandas.DataFrame({"a": ["x", "y"], "b": [1, 2]})
    frame.groupby("a")["b"].sum()
    frame._repr_html_()  # type: ignore[operator]  # not in the stubs
    figure = plotly.express.bar(frame, x="a", y="b")
    figure.to_json()
    figure._repr_mimebundle_()


def namespace() -> dict[str, Any]:
    """The names a box starts with."""
    import numpy
    import pandas
    import plotly.express
    import plotly.graph_objects

    return {
        "np": numpy,
        "pd": pandas,
        "px": plotly.express,
        "go": plotly.graph_objects,
    }


def reseed() -> None:
    """Give this process random numbers of its own; forked siblings would share a sequence."""
    import random

    import numpy

    random.seed()
    numpy.random.seed()

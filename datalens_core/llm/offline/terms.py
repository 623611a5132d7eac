"""The closed sets of things a question may ask for, by their names in the code."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "describe",
    "columns",
    "head",
    "missing",
    "duplicates",
    "unique",
    "rows",
    "aggregate",
    "distribution",
    "correlation",
    "scatter",
    "regression",
    "outliers",
    "proportion",
    "growth",
]
Aggregate = Literal[
    "sum",
    "mean",
    "median",
    "min",
    "max",
    "std",
    "var",
    "count",
    "nunique",
    "range",
    "quantile",
    "ratio",
]
Chart = Literal["bar", "line", "pie", "scatter", "box", "histogram", "area", "heatmap"]
Bin = Literal[
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "weekday",
    "hour",
    "month_of_year",
    "split",
    "sides",
]
Operator = Literal["eq", "ne", "gt", "ge", "lt", "le", "between", "in", "not_in", "starts"]
StepKind = Literal["cumulative", "rolling", "change"]
Order = Literal["asc", "desc"]
Part = Literal["value", "year", "month", "quarter", "weekday", "latest"]
"""What of a date is compared: the moment itself, or a part of it."""
Ask = Literal[
    "describe",
    "columns",
    "head",
    "missing",
    "duplicates",
    "distribution",
    "correlation",
    "scatter",
    "effect",
    "difference",
    "trend",
    "share",
    "count",
    "unique",
    "list",
    "which",
    "compare",
    "how_much",
    "outliers",
    "regression",
    "pivot",
    "cumulative",
    "rolling",
    "change",
    "growth",
    "decline",
    "ratio",
    "range",
    "extent",
    "ascending",
    "higher",
    "ever",
]
"""What one phrase asks for by itself."""
Mark = Literal[Ask, "versus", "by_number", "changed", "periodic"]
"""What was seen in a question: its asks, and signs of them that are no phrase of their own."""
Refusal = Literal[
    "forecast",
    "predict",
    "why",
    "cause",
    "should",
    "recommend",
    "delete",
    "translate",
    "email",
    "write",
]
"""What rules cannot do."""

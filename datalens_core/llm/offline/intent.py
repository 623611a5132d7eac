"""What a question means, once it is understood; and what was not understood."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from datalens_core.llm.offline.schema_match import Column

Kind = Literal[
    "describe",
    "columns",
    "head",
    "missing",
    "duplicates",
    "unique",
    "list",
    "rows",
    "aggregate",
    "distribution",
    "correlation",
    "scatter",
]
Aggregate = Literal["sum", "mean", "median", "min", "max", "std", "var", "count", "nunique"]
Chart = Literal["bar", "line", "pie", "scatter", "box", "histogram", "area", "heatmap"]
Bin = Literal["year", "quarter", "month", "week", "day", "weekday", "hour", "month_of_year"]
Operator = Literal["eq", "ne", "gt", "ge", "lt", "le", "between", "in", "not_in", "starts"]
Scalar = str | int | float
# What of a date is compared: the moment itself, or its year, month or quarter.
Part = Literal["value", "year", "month", "quarter", "latest"]


@dataclass(frozen=True)
class Measure:
    """A column and how it is brought down to one number; without a column, rows are counted."""

    aggregate: Aggregate
    column: Column | None = None


@dataclass(frozen=True)
class Group:
    column: Column
    bin: Bin | None = None


@dataclass(frozen=True)
class Filter:
    column: Column
    operator: Operator
    values: tuple[Scalar, ...]
    part: Part = "value"


@dataclass(frozen=True)
class Intent:
    """One understood question."""

    kind: Kind
    dataset: str
    """The variable that holds the data."""
    measures: tuple[Measure, ...] = ()
    groups: tuple[Group, ...] = ()
    filters: tuple[Filter, ...] = ()
    columns: tuple[Column, ...] = ()
    """Columns shown or looked at, for intents that do not aggregate."""
    order: Literal["asc", "desc"] | None = None
    limit: int | None = None
    chart: Chart | None = None
    share: bool = False
    extreme: bool = False
    """The question asks which one is highest or lowest."""
    assumptions: tuple[str, ...] = ()

    def changed(self, **fields: object) -> Intent:
        return replace(self, **fields)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Lookup:
    """Text that may be a value of one of these columns, in the order to ask."""

    text: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class NotUnderstood:
    """Why a question is not answered. `words` are what no rule, column or value explains."""

    reason: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A question as far as it is understood now. `lookups` first, if there are any."""

    outcome: Intent | NotUnderstood
    lookups: tuple[Lookup, ...] = field(default=())

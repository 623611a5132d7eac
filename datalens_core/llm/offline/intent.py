"""What a question means, once it is understood; and what was not understood."""

from __future__ import annotations

from dataclasses import dataclass, field

from datalens_core.llm.offline.schema_match import Column
from datalens_core.llm.offline.terms import Aggregate, Bin, Chart, Kind, Operator, Order, Part

Scalar = str | int | float


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
    order: Order | None = None
    limit: int | None = None
    chart: Chart | None = None
    share: bool = False
    extreme: bool = False
    """The question asks which one is highest or lowest."""
    assumptions: tuple[str, ...] = ()


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

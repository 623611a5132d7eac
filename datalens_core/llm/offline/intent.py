"""What a question means, once it is understood; and what was not understood."""

from __future__ import annotations

from dataclasses import dataclass, field

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.terms import (
    Aggregate,
    Bin,
    Chart,
    Kind,
    Operator,
    Order,
    Part,
    StepKind,
)

Scalar = str | int | float


@dataclass(frozen=True)
class Measure:
    """A column and how it is brought down to one number; without a column, rows are counted."""

    aggregate: Aggregate
    column: Column | None = None
    quantile: float | None = None
    """Which quantile, from 0 to 1."""
    per: Column | None = None
    """What a ratio's total is divided by the total of."""


@dataclass(frozen=True)
class Filter:
    column: Column
    operator: Operator
    values: tuple[Scalar, ...]
    part: Part = "value"


@dataclass(frozen=True)
class Group:
    column: Column
    bin: Bin | None = None
    split: Scalar | None = None
    """Rows before this year or moment are one group, all others the second."""
    side: Filter | None = None
    """Rows that it keeps are one group, all others the second."""


@dataclass(frozen=True)
class Having:
    """A condition on the number of each group: which groups are kept."""

    measure: Measure
    operator: Operator
    values: tuple[Scalar, ...]


@dataclass(frozen=True)
class Step:
    """What is made of a series over time; `window` is of a rolling average, in its points."""

    kind: StepKind
    window: int = 0


@dataclass(frozen=True)
class Choice:
    """Words that could mean something else too: a column, another calculation, other words."""

    text: str
    """The words, as the question has them."""
    columns: tuple[Column, ...] = ()
    calculations: tuple[Aggregate, ...] = ()
    words: tuple[str, ...] = ()
    """What may stand in their place."""


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
    focus: str | None = None
    """The group whose share is asked for."""
    step: Step | None = None
    within: bool = False
    """The limit holds within each value of the first group."""
    pivot: bool = False
    """The result is a table with the second group as its columns."""
    conditions: tuple[Filter, ...] = ()
    """What the rows counted by a proportion fulfil."""
    having: Having | None = None
    moments: tuple[Scalar, ...] = ()
    """The two years that growth is between; the first and the last one, if there are none."""
    difference: bool = False
    """The question asks how far two groups are apart."""
    assumptions: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()


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

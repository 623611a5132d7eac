"""The pieces of a question that mean something, each kind with what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.intent import Filter
from datalens_core.llm.offline.terms import Aggregate, Ask, Bin, Chart, Operator, Order, Refusal

Fit = Literal["exact", "resembling", "starts"]


@dataclass(frozen=True)
class Piece:
    """Some words of a question. A piece of this very class is passed over."""

    text: str
    note: str = field(default="", kw_only=True)
    """What was assumed to read it so."""


@dataclass(frozen=True)
class ColumnPiece(Piece):
    """Words that name a column, or several that nothing tells apart."""

    columns: tuple[Column, ...]
    plural: bool = False

    @property
    def column(self) -> Column:
        return self.columns[0]


@dataclass(frozen=True)
class ValuePiece(Piece):
    """Words that name values of a column."""

    column: Column
    values: tuple[str, ...]
    fit: Fit = "exact"


@dataclass(frozen=True)
class OutcomePiece(Piece):
    """How things turned out: rows that did so, or with `rate` which part of the rows did."""

    condition: Filter
    rate: bool = False
    counted: bool = False
    """The word itself is a thing to count: "failures"."""


@dataclass(frozen=True)
class NumberPiece(Piece):
    value: float

    @property
    def year_like(self) -> bool:
        return self.text.isdigit() and 1000 <= self.value <= 2200


@dataclass(frozen=True)
class RangePiece(Piece):
    """Two years with a dash: 1990-2000."""

    low: float
    high: float

    @property
    def year_like(self) -> bool:
        return 1000 <= self.low <= 2200


@dataclass(frozen=True)
class DatePiece(Piece):
    """A day, or a month of a year: 2024-03-01, 2024-03."""


@dataclass(frozen=True)
class MonthPiece(Piece):
    month: int


@dataclass(frozen=True)
class WeekdayPiece(Piece):
    """Days of the week, of a column of dates."""

    days: tuple[str, ...]


@dataclass(frozen=True)
class AggregatePiece(Piece):
    aggregate: Aggregate
    quantile: float | None = None


@dataclass(frozen=True)
class SuperlativePiece(Piece):
    order: Order
    common: bool = False
    """It ranks by how often something occurs."""
    measure: Column | None = None
    """The column that the word itself names: weight, of "heaviest"."""
    candidates: tuple[Column, ...] = ()
    """The columns it may name; the next word tells which: "longest petals"."""


@dataclass(frozen=True)
class QuantifierPiece(Piece):
    """ "More bills" compares counts; passed over where nothing countable follows."""

    order: Order


@dataclass(frozen=True)
class ComparisonPiece(Piece):
    operator: Operator


@dataclass(frozen=True)
class NegationPiece(Piece):
    pass


@dataclass(frozen=True)
class GrouperPiece(Piece):
    pass


@dataclass(frozen=True)
class VersusPiece(Piece):
    pass


@dataclass(frozen=True)
class ReplacedPiece(Piece):
    """What follows it is not wanted: "the average instead of the total"."""


@dataclass(frozen=True)
class ConnectivePiece(Piece):
    pass


@dataclass(frozen=True)
class BinPiece(Piece):
    bin: Bin


@dataclass(frozen=True)
class ChartPiece(Piece):
    chart: Chart


@dataclass(frozen=True)
class AskPiece(Piece):
    ask: Ask
    bin: Bin | None = None
    """The period that "year over year" names."""


@dataclass(frozen=True)
class RowsPiece(Piece):
    """A word for a row of the data."""


@dataclass(frozen=True)
class RefusalPiece(Piece):
    refusal: Refusal


@dataclass(frozen=True)
class UnknownPiece(Piece):
    """Words that are no column, no value that is known yet, and in no table."""

    quoted: bool = False
    name: bool = False
    """It is written with a capital letter."""
    said: str = ""
    """How the question says it, where something else is looked for: "failure rate" of failed."""


Quantity = NumberPiece | RangePiece | DatePiece
"""What a column can be compared with."""

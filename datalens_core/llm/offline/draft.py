"""What is known of a question so far: what is measured, by what, on which rows."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from datalens_core.llm.offline.columns import Column, Kind, label_column
from datalens_core.llm.offline.intent import Choice, Filter, Group, Having, Scalar
from datalens_core.llm.offline.lexicon.phrases import BINS
from datalens_core.llm.offline.pieces import ColumnPiece
from datalens_core.llm.offline.terms import Aggregate, Bin, Chart, Mark, Operator, Order, Part


@dataclass
class Draft:
    """One question, scanned from left to right."""

    columns: Sequence[Column]
    measures: list[tuple[Column, list[Aggregate]]] = field(default_factory=list)
    mentions: list[ColumnPiece] = field(default_factory=list)
    """Columns named in no particular place."""
    groups: list[Group] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    conditions: list[Filter] = field(default_factory=list)
    """What the rows fulfil whose share is asked for: "success rate"."""
    aggregates: list[Aggregate] = field(default_factory=list)
    named: dict[str, Aggregate] = field(default_factory=dict)
    """What a column's own words ask for, by its name: "total sales" of total_sales."""
    orders: list[Order] = field(default_factory=list)
    superlatives: list[str] = field(default_factory=list)
    counted: Column | None = None
    """The things of which the number is asked: "number of missions"."""
    limit: int | None = None
    having: Having | None = None
    quantile: float | None = None
    window: int | None = None
    """Over how many periods a rolling average goes."""
    period: Bin | None = None
    """The period of a window or a change: 7 days, year over year."""
    chart: Chart | None = None
    marks: set[Mark] = field(default_factory=set)
    rows: bool = False
    unknown: list[str] = field(default_factory=list)
    refusal: str | None = None
    assumptions: list[str] = field(default_factory=list)
    alternatives: list[ColumnPiece] = field(default_factory=list)
    """Words that may name several columns."""
    choices: list[Choice] = field(default_factory=list)
    """What was chosen so far, where it was not clear."""
    spoken: dict[str, str] = field(default_factory=dict)
    """The words that a measured column was named with, by its name."""

    @property
    def time(self) -> Column | None:
        """The column that tells when: a date, or else a year."""
        return self._first("date") or self._first("year")

    @property
    def clock(self) -> Column | None:
        """The column that tells the time of the day."""
        timed = [column for column in self.columns if column.timed]
        return next((c for c in timed if c.kind == "date"), timed[0] if timed else None)

    @property
    def year(self) -> Column | None:
        return self._first("year") or self.time

    @property
    def label(self) -> Column | None:
        """The column that says what a row is."""
        return label_column(self.columns)

    @staticmethod
    def over_time(column: Column) -> Group:
        """A column to group by; a date in the bin that its own name says: release_year."""
        if column.kind != "date":
            return Group(column)
        named = [BINS[word] for word in column.words if word in BINS]
        return Group(column, named[0] if named and named[0] != "day" else None)

    def narrow(self, column: Column, operator: Operator, values: tuple[Scalar, ...]) -> None:
        """Keep the rows that compare so; numbers compared with a date are its years."""
        numbers = all(isinstance(value, int | float) for value in values)
        part: Part = "year" if column.kind == "date" and numbers else "value"
        large = [v for v in values if isinstance(v, int | float) and v >= column.scale > 1]
        if large and numbers:  # "over 2 billion" of a column in billions
            values = tuple(v / column.scale for v in values if isinstance(v, int | float))
            self.assumptions.append(f"Amounts are compared as {column.name} holds them.")
        whole = tuple(int(v) if isinstance(v, float) and v.is_integer() else v for v in values)
        self.filters.append(Filter(column, operator, whole, part))

    def _first(self, kind: Kind) -> Column | None:
        return next((column for column in self.columns if column.kind == kind), None)


def copied(draft: Draft) -> Draft:
    """A draft of its own, which rules may change."""
    return deepcopy(draft)

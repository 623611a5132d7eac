"""What is known of a question so far: what is measured, by what, on which rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from datalens_core.llm.offline.intent import Filter, Group
from datalens_core.llm.offline.pieces import ColumnPiece
from datalens_core.llm.offline.schema_match import Column, Kind
from datalens_core.llm.offline.terms import Aggregate, Chart, Mark, Order


@dataclass
class Draft:
    """One question, scanned from left to right."""

    columns: Sequence[Column]
    measures: list[tuple[Column, list[Aggregate]]] = field(default_factory=list)
    mentions: list[ColumnPiece] = field(default_factory=list)
    """Columns named in no particular place."""
    groups: list[Group] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    aggregates: list[Aggregate] = field(default_factory=list)
    named: dict[str, Aggregate] = field(default_factory=dict)
    """What a column's own words ask for, by its name: "total sales" of total_sales."""
    orders: list[Order] = field(default_factory=list)
    superlatives: list[str] = field(default_factory=list)
    limit: int | None = None
    chart: Chart | None = None
    marks: set[Mark] = field(default_factory=set)
    rows: bool = False
    unknown: list[str] = field(default_factory=list)
    refusal: str | None = None
    assumptions: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)

    @property
    def time(self) -> Column | None:
        """The column that tells when: a date, or else a year."""
        return self._first("date") or self._first("year")

    @property
    def year(self) -> Column | None:
        return self._first("year") or self.time

    def _first(self, kind: Kind) -> Column | None:
        return next((column for column in self.columns if column.kind == kind), None)

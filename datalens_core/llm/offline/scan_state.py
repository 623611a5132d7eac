"""What a scanner has begun and not ended yet, and the draft that it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.cursor import Cursor
from datalens_core.llm.offline.draft import Draft
from datalens_core.llm.offline.intent import Group
from datalens_core.llm.offline.pieces import (
    ColumnPiece,
    ComparisonPiece,
    NegationPiece,
    NumberPiece,
)
from datalens_core.llm.offline.terms import Aggregate, Order

TOTAL = frozenset({"total", "amount", "sum", "tot", "amt"})


@dataclass
class ScanState:
    draft: Draft
    cursor: Cursor
    grouping: bool = False
    """A "by" goes on."""
    negated: bool = False
    negation_used: bool = False
    pending: list[Aggregate] = field(default_factory=list)
    """Calculations whose column is still to come."""
    pending_used: bool = False

    def measure(self, columns: Sequence[Column]) -> None:
        self.pending_used = True
        for column in columns:
            if all(column != held for held, _ in self.draft.measures):
                self.draft.measures.append((column, list(self.pending)))

    def group(self, group: Group) -> None:
        if group not in self.draft.groups:
            self.draft.groups.append(group)

    def settle(self) -> None:
        """An aggregate that found no column to its right is kept for the whole question."""
        if self.pending and not self.pending_used:
            self.draft.aggregates += self.pending
        self.pending, self.pending_used = [], False

    def counts_next(self, order: Order | None) -> bool:
        """Read "more bills" as more rows: the plural of a word in a total's name is no amount."""
        piece = self.cursor.peek()
        if not isinstance(piece, ColumnPiece) or not piece.plural or not piece.column.measure:
            return False
        column = piece.column
        partly = len(piece.text.split()) < len(column.required)
        narrowed = self.cursor.sees(2, ComparisonPiece, NumberPiece, NegationPiece)
        if narrowed or len(piece.columns) > 1 or not partly or not TOTAL & column.senses:
            return False
        self.draft.assumptions.append(f"“{piece.text}” was read as the rows: they are counted.")
        self.draft.marks.add("count")
        self.draft.orders += [order] if order else []
        self.draft.rows = True
        self.cursor.at += 1
        return True

"""What a column is in a question: measured, grouped by, compared or named in passing."""

from __future__ import annotations

from dataclasses import dataclass

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.cursor import Cursor
from datalens_core.llm.offline.draft import Draft
from datalens_core.llm.offline.intent import Choice, Filter, Having, Measure
from datalens_core.llm.offline.lexicon import phrases
from datalens_core.llm.offline.narrowing import Narrowing
from datalens_core.llm.offline.pieces import (
    ColumnPiece,
    ComparisonPiece,
    ConnectivePiece,
    GrouperPiece,
    NegationPiece,
    ValuePiece,
)
from datalens_core.llm.offline.scan_state import ScanState
from datalens_core.llm.offline.terms import Aggregate


@dataclass
class ColumnReader:
    state: ScanState
    narrowing: Narrowing

    @property
    def draft(self) -> Draft:
        return self.state.draft

    @property
    def cursor(self) -> Cursor:
        return self.state.cursor

    def read(self, piece: ColumnPiece) -> None:
        column = piece.column
        many = len(piece.columns) > 1
        apart = not self.cursor.sees(-1, GrouperPiece, ConnectivePiece)
        if not many and (apart or not self.state.grouping) and self._narrowed(column):
            return  # also the one of "per continent with life expectancy above 70"
        if self._value_beside(column):
            return
        if many:
            self.draft.alternatives.append(piece)
        if many and not all(c.measure for c in piece.columns):
            piece = self._first_of(piece)
            column = piece.column
        people = column.kind == "flag" and piece.plural and self.cursor.sees(-1, ConnectivePiece)
        if self.state.grouping and not people:
            self._grouped(piece)
        elif column.positive and self.state.negated:
            self.draft.filters.append(Filter(column, "not_in", (column.positive,)))
        elif column.kind == "number" and (not column.identifier or self.state.pending):
            named = None if self.state.pending else _named_aggregate(piece)
            if named:
                self.draft.named[column.name] = named
            self.draft.spoken.setdefault(column.name, piece.text)
            self.state.measure(piece.columns)
        else:
            self.draft.mentions.append(piece)

    def _first_of(self, piece: ColumnPiece) -> ColumnPiece:
        """Of several columns the first; the answer says which, and how to ask for another."""
        names = " or ".join(column.name for column in piece.columns)
        note = f"“{piece.text}” could be {names}: I took {piece.column.name}."
        self.draft.assumptions.append(note)
        self.draft.choices.append(Choice(piece.text, piece.columns[1:]))
        return ColumnPiece(piece.text, piece.columns[:1], piece.plural)

    def _narrowed(self, column: Column) -> bool:
        """Whether a condition on the column follows it, which is then read."""
        read = self.narrowing.after(column)
        if read and column.kind == "number" and self.state.pending and not self.state.pending_used:
            # "departments whose average salary is over 5": their averages are compared
            held = self.draft.filters.pop()
            measure = Measure(self.state.pending[-1], column, self.draft.quantile)
            self.draft.having = Having(measure, held.operator, held.values)
            self.state.pending_used = True
        return read

    def _grouped(self, piece: ColumnPiece) -> None:
        column = piece.column
        if column.measure and len(piece.columns) > 1:
            self.state.measure(piece.columns)
            return
        ranked = bool(self.draft.orders) or "versus" in self.draft.marks
        if column.measure and (not column.integer or (ranked and not self.draft.measures)):
            self.draft.marks.add("by_number")
            self.state.measure(piece.columns)
            return
        self.state.group(self.draft.over_time(column))

    def _value_beside(self, column: Column) -> bool:
        """Whether the column only introduces or follows a value of its own: "country France"."""
        if self.state.grouping:
            return False
        signs = self.cursor.sees(1, NegationPiece, ComparisonPiece)
        around = (self.cursor.peek(2 if signs else 1), self.cursor.peek(-1))
        return any(isinstance(piece, ValuePiece) and piece.column == column for piece in around)


def _named_aggregate(piece: ColumnPiece) -> Aggregate | None:
    """ "maximum temperature" asks for a maximum, though temp_max is the column's name."""
    words = piece.text.lower().split()
    if len(words) < 2:
        return None
    meaning = phrases.AGGREGATES.get(words[0])
    return meaning if meaning in ("max", "min", "sum", "mean") else None

"""Conditions on when: years, months, dates and days of the week."""

from __future__ import annotations

from dataclasses import dataclass

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.cursor import Cursor
from datalens_core.llm.offline.draft import Draft
from datalens_core.llm.offline.intent import Filter
from datalens_core.llm.offline.pieces import (
    ComparisonPiece,
    ConnectivePiece,
    DatePiece,
    MonthPiece,
    NumberPiece,
    Piece,
    RangePiece,
    VersusPiece,
    WeekdayPiece,
)
from datalens_core.llm.offline.terms import Operator


@dataclass
class Moments:
    """Reads them at the cursor into the draft's filters."""

    draft: Draft
    cursor: Cursor

    def years(self, column: Column, first: NumberPiece, *, negated: bool) -> None:
        """Read "2007", or "1952 and 2007"."""
        years = [first.value]
        while self.cursor.sees(1, ConnectivePiece, VersusPiece):
            following = self.cursor.peek(2)
            if not isinstance(following, NumberPiece) or not following.year_like:
                break
            years.append(following.value)
            self.cursor.at += 2
        operator: Operator = "in" if len(years) > 1 else "eq"
        if negated:
            operator = "not_in" if len(years) > 1 else "ne"
        self.draft.narrow(column, operator, tuple(years))

    def range(self, piece: RangePiece) -> None:
        year = self.draft.year
        if year is None or not piece.year_like:
            self.draft.unknown.append(piece.text)
            return
        self.draft.narrow(year, "between", (piece.low, piece.high))

    def date(self, piece: DatePiece) -> None:
        date = self.draft.time
        if date is None or date.kind != "date":
            self.draft.unknown.append(piece.text)
        elif len(piece.text) > len("2024-01"):
            self.draft.filters.append(Filter(date, "eq", (piece.text,)))
        else:
            year, month = piece.text.split("-")
            self.draft.filters.append(Filter(date, "eq", (int(year),), "year"))
            self.draft.filters.append(Filter(date, "eq", (int(month),), "month"))

    def month(self, piece: MonthPiece) -> None:
        date = self.draft.time
        if date is None or date.kind != "date":
            self.draft.unknown.append(piece.text)
            return
        last = self.cursor.peek(2)
        if self.cursor.sees(-1, ComparisonPiece) and isinstance(last, MonthPiece):
            # "between March and May", "from March to May"
            self.draft.filters.append(Filter(date, "between", (piece.month, last.month), "month"))
            self.cursor.at += 2
            return
        months = [piece.month]
        while self.cursor.sees(1, ConnectivePiece, VersusPiece):
            following = self.cursor.peek(2)
            if not isinstance(following, MonthPiece):
                break
            months.append(following.month)
            self.cursor.at += 2
        operator: Operator = "in" if len(months) > 1 else "eq"
        self.draft.filters.append(Filter(date, operator, tuple(months), "month"))

    def weekdays(self, piece: WeekdayPiece, *, negated: bool) -> None:
        date = self.draft.time
        if date is None or date.kind != "date":
            self.draft.unknown.append(piece.text)
            return
        operator: Operator = "not_in" if negated else "in"
        self.draft.filters.append(Filter(date, operator, piece.days, "weekday"))


def year_like(piece: Piece) -> bool:
    return isinstance(piece, NumberPiece | RangePiece) and piece.year_like

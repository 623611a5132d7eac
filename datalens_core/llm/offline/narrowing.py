"""Conditions on the rows, read out of the pieces: values and comparisons."""

from __future__ import annotations

from dataclasses import dataclass

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.cursor import Cursor
from datalens_core.llm.offline.draft import Draft
from datalens_core.llm.offline.intent import Filter, Group, Having, Measure, Scalar
from datalens_core.llm.offline.moments import year_like
from datalens_core.llm.offline.pieces import (
    BinPiece,
    ColumnPiece,
    ComparisonPiece,
    ConnectivePiece,
    DatePiece,
    NegationPiece,
    NumberPiece,
    Quantity,
    RangePiece,
    RowsPiece,
    SuperlativePiece,
    ValuePiece,
    VersusPiece,
)
from datalens_core.llm.offline.scan_state import TOTAL
from datalens_core.llm.offline.terms import Operator
from datalens_core.llm.offline.tokens import read_number

_REST_WORDS = frozenset({"from", "through", "up to", "until", "over", "since", "between"})
_WHEN = frozenset({"between", "since", "from", "after", "before", "until", "through", "up to"})
_THAN = frozenset({"more than", "less than", "higher than", "lower than", "fewer than"})
_FLIPPED: dict[str, Operator] = {"or more": "ge", "or less": "le", "or fewer": "le"}


@dataclass
class Narrowing:
    """Reads conditions at the cursor into the draft's filters."""

    draft: Draft
    cursor: Cursor

    # -- numbers -------------------------------------------------------------------------------

    def after(self, column: Column) -> bool:
        """Read "pop over 1 million", "size is 4", "year between 1990 and 2000"."""
        if column.kind not in ("number", "year", "date"):
            return False
        operator, offset = self._operator()
        quantity = self._quantity(offset)
        if quantity is None or (isinstance(quantity, DatePiece) and column.kind != "date"):
            return False
        if self._says_when(column, quantity):
            return False
        if operator == "eq" and self._of_next_column(offset):
            return False
        if self.cursor.sees(offset + 1, BinPiece):
            return False  # "over 5 weeks" is no amount
        if operator == "eq" and offset == 1:
            if self.cursor.sees(2, SuperlativePiece, BinPiece, ColumnPiece):
                return False
            if column.kind == "number" and year_like(quantity) and self.draft.year:
                return False
        return self._take(column, operator, offset, quantity)

    def _says_when(self, column: Column, quantity: Quantity) -> bool:
        """Whether "life expectancy between 1952 and 2007" tells years, not lives that long."""
        following = self.cursor.peek()
        timed = following is not None and following.text in _WHEN and year_like(quantity)
        return timed and column.kind == "number" and self.draft.year is not None

    def _of_next_column(self, offset: int) -> bool:
        """Whether the numbers belong to what follows them: the "6 and 8" of "6 and 8 cylinders"."""
        while self.cursor.sees(offset + 1, ConnectivePiece) and self.cursor.sees(
            offset + 2, NumberPiece
        ):
            offset += 2
        return self.cursor.sees(offset + 1, ColumnPiece)

    def counted(self, first: NumberPiece) -> bool:
        """Read "4 cylinders", "6 and 8 cylinders": numbers of the column after them."""
        values, at = [first.value], 1
        while self.cursor.sees(at, ConnectivePiece):
            following = self.cursor.peek(at + 1)
            if not isinstance(following, NumberPiece):
                break
            values.append(following.value)
            at += 2
        named = self.cursor.peek(at)
        columns = named.columns if isinstance(named, ColumnPiece) else ()
        if len(columns) != 1 or columns[0].kind != "number" or not columns[0].integer:
            return False
        self.draft.narrow(columns[0], "in" if len(values) > 1 else "eq", tuple(values))
        self.cursor.at += at
        return True

    def _operator(self) -> tuple[Operator, int]:
        """The comparison right of the cursor, and where its number stands."""
        following = self.cursor.peek()
        if isinstance(following, NegationPiece):
            return "ne", 2
        if isinstance(following, ComparisonPiece):
            return following.operator, 2
        return "eq", 1

    def _quantity(self, offset: int) -> Quantity | None:
        piece = self.cursor.peek(offset)
        return piece if isinstance(piece, Quantity) else None

    def _take(self, column: Column, operator: Operator, offset: int, first: Quantity) -> bool:
        """Take the numbers at `offset` as what `column` is compared with."""
        second, ends = self._second(operator, offset)
        if isinstance(first, RangePiece):
            self.draft.narrow(column, "between", (first.low, first.high))
            self.cursor.at += offset
            return True
        if operator == "between" or (operator == "ge" and second and column.temporal):
            if second is None or type(second) is not type(first):
                return False
            low = _scaled(first, second)
            self.draft.narrow(column, "between", (low, _scalar(second)))
            self.cursor.at += ends
            return True
        self.cursor.at += self._one_or_more(column, operator, offset, first)
        return True

    def _one_or_more(
        self, column: Column, operator: Operator, offset: int, first: NumberPiece | DatePiece
    ) -> int:
        """Read one number, or "4 and 6"; how many pieces it took."""
        last = offset
        flipped = self.cursor.peek(offset + 1)
        if isinstance(flipped, ComparisonPiece) and flipped.text in _FLIPPED:
            operator, last = _FLIPPED[flipped.text], offset + 1
        values = [_scalar(first)]
        while operator == "eq" and self.cursor.sees(last + 1, ConnectivePiece):
            following = self.cursor.peek(last + 2)
            if not isinstance(following, NumberPiece):
                break
            values.append(following.value)
            last += 2
        self.draft.narrow(column, "in" if len(values) > 1 else operator, tuple(values))
        return last

    def _second(
        self, operator: Operator, offset: int
    ) -> tuple[NumberPiece | DatePiece | None, int]:
        """The second number of "between 1990 and 2000", "from 1990 to 2000", and where it is."""
        upper = self.cursor.peek(offset + 1)
        to = isinstance(upper, ComparisonPiece) and upper.operator in ("lt", "le")
        ends = offset + 1
        if isinstance(upper, ConnectivePiece) or (operator == "ge" and to):
            ends = offset + 2
        elif operator not in ("between", "ge"):
            return None, offset
        second = self.cursor.peek(ends)
        return (second, ends) if isinstance(second, NumberPiece | DatePiece) else (None, offset)

    def comparison(self, piece: ComparisonPiece) -> None:
        """Read a comparison whose column does not stand right before it."""
        if piece.text == "before" and self._before_and_after():
            return
        quantity = self._quantity(1)
        if isinstance(quantity, NumberPiece) and self.cursor.sees(2, RowsPiece):
            # "departments with more than 10 employees": the rows of each are counted
            self.draft.having = Having(Measure("count"), piece.operator, (int(quantity.value),))
            self.cursor.at += 2
            return
        if quantity is None:
            if piece.text in _THAN and self._sides_follow():
                self.draft.marks.add("versus")
            elif piece.text not in _REST_WORDS:
                self.draft.unknown.append(piece.text)
            return
        column = self._compared(quantity)
        if column is None or not self._take(column, piece.operator, 1, quantity):
            self.draft.unknown.append(f"{piece.text} {quantity.text}")
            self.cursor.at += 1
            return
        following = self.cursor.peek()
        if isinstance(following, ColumnPiece) and following.column == column:
            self.cursor.at += 1

    def _before_and_after(self) -> bool:
        """Read "before and after 1980": two groups of rows."""
        after, at = self.cursor.peek(2), self.cursor.peek(3)
        both = self.cursor.sees(1, ConnectivePiece, VersusPiece)
        if not both or not isinstance(after, ComparisonPiece) or after.text != "after":
            return False
        year = isinstance(at, NumberPiece) and at.year_like
        time = self.draft.year if year else self.draft.time
        if time is None or not (year or (isinstance(at, DatePiece) and time.kind == "date")):
            return False
        split = _scalar(at) if isinstance(at, NumberPiece | DatePiece) else ""
        whole = int(split) if isinstance(split, float) else split
        self.draft.groups.append(Group(time, "split", whole))
        self.cursor.at += 3
        return True

    def _sides_follow(self) -> bool:
        """ "smokers … more than non-smokers": two sides are compared, not a number."""
        after = self.cursor.peek(2 if self.cursor.sees(1, NegationPiece) else 1)
        if isinstance(after, ColumnPiece):
            return after.column.kind == "flag"
        return isinstance(after, ValuePiece)

    def _compared(self, quantity: Quantity) -> Column | None:
        """The column a bare comparison is about: named after it, a year, or named before."""
        between = self.cursor.sees(2, ConnectivePiece) and self.cursor.sees(3, NumberPiece)
        after = self.cursor.peek(4 if between else 2)
        named = after.columns if isinstance(after, ColumnPiece) else ()
        if isinstance(after, ColumnPiece) and after.plural and _partly(after):
            return None  # "more than 70 bills" are so many, not so much of total_bill
        if len(named) == 1 and named[0].kind in ("number", "year") and not named[0].identifier:
            return named[0]
        if isinstance(quantity, DatePiece):
            date = self.draft.time
            return date if date and date.kind == "date" else None
        if year_like(quantity) and self.draft.year:
            return self.draft.year
        return self.draft.measures[-1][0] if self.draft.measures else None

    # -- values --------------------------------------------------------------------------------

    def value(self, piece: ValuePiece, *, negated: bool) -> None:
        if piece.fit == "starts":
            if negated:
                self.draft.unknown.append(piece.text)
            else:
                self.draft.filters.append(Filter(piece.column, "starts", piece.values))
            return
        operator: Operator = "not_in" if negated else "in"
        for at, held in enumerate(self.draft.filters):
            if held.column == piece.column and held.operator == operator:
                values = tuple(dict.fromkeys((*held.values, *piece.values)))
                self.draft.filters[at] = Filter(piece.column, operator, values)
                return
        self.draft.filters.append(Filter(piece.column, operator, piece.values))


def _scaled(first: NumberPiece | DatePiece, second: NumberPiece | DatePiece) -> Scalar:
    """The "50" of "between 50 and 60 million" are millions too."""
    if isinstance(first, NumberPiece) and isinstance(second, NumberPiece):
        bare = read_number(second.text.split()[0].rstrip("kKmMbBnN"))
        plain = first.text.replace(",", "").replace(".", "").isdigit()
        if plain and bare and second.value > bare:
            return first.value * second.value / bare
    return _scalar(first)


def _scalar(piece: NumberPiece | DatePiece) -> Scalar:
    return piece.value if isinstance(piece, NumberPiece) else piece.text


def _partly(piece: ColumnPiece) -> bool:
    """Whether it is only the noun of a total's name."""
    partly = len(piece.text.split()) < len(piece.column.required)
    return partly and bool(TOTAL & piece.column.senses)

"""The pieces of a question put into their places, from left to right."""

from __future__ import annotations

from collections.abc import Sequence

from datalens_core.llm.offline.columns import SAMPLED, Column
from datalens_core.llm.offline.cursor import Cursor
from datalens_core.llm.offline.draft import Draft
from datalens_core.llm.offline.intent import Choice, Filter, Group, Having, Measure
from datalens_core.llm.offline.lexicon import phrases
from datalens_core.llm.offline.lexicon.refusals import REFUSALS
from datalens_core.llm.offline.narrowing import Narrowing
from datalens_core.llm.offline.pieces import (
    AggregatePiece,
    AskPiece,
    BinPiece,
    ChartPiece,
    ColumnPiece,
    ComparisonPiece,
    ConnectivePiece,
    DatePiece,
    GrouperPiece,
    MonthPiece,
    NegationPiece,
    NumberPiece,
    Piece,
    QuantifierPiece,
    RangePiece,
    RefusalPiece,
    ReplacedPiece,
    RowsPiece,
    SuperlativePiece,
    UnknownPiece,
    ValuePiece,
    VersusPiece,
    WeekdayPiece,
)
from datalens_core.llm.offline.terms import Aggregate, Order

_MOST_ROWS = 1000
_TOTAL = frozenset({"total", "amount", "sum", "tot", "amt"})


class Scanner:
    """Reads pieces into a draft."""

    def __init__(self, columns: Sequence[Column], pieces: Sequence[Piece]) -> None:
        self.draft = Draft(columns)
        self.cursor = Cursor([piece for piece in pieces if type(piece) is not Piece])
        self.narrowing = Narrowing(self.draft, self.cursor)
        self.grouping = False
        self.negated = False
        self.negation_used = False
        self.pending: list[Aggregate] = []
        self.pending_used = False
        self.ranked = any(isinstance(piece, SuperlativePiece) for piece in pieces)
        self.rolling = any(isinstance(p, AskPiece) and p.ask == "rolling" for p in pieces)
        self.count: NumberPiece | None = None
        """The 3 of "which 3 countries"; a limit if something is ranked."""

    def scan(self) -> Draft:
        while not self.cursor.done:
            piece = self.cursor.here
            self._read(piece)
            self._note(piece)
            self._after(piece)
            self.cursor.at += 1
        self._settle()
        self._end_negation()
        if self.count and self.draft.orders and self.draft.limit is None:
            self.draft.limit = int(self.count.value)
        elif self.count:
            self.draft.unknown.append(self.count.text)
        return self.draft

    def _read(self, piece: Piece) -> None:
        carried = isinstance(piece, ConnectivePiece) or self.cursor.sees(
            -1, ConnectivePiece, NegationPiece
        )
        if self.negation_used and not carried:
            self.negated = False  # "outside Europe … in 2007" turns round the one thing only
        match piece:
            case ColumnPiece():
                self._column(piece)
            case ValuePiece():
                self.narrowing.value(piece, negated=self.negated)
            case NumberPiece():
                self._number(piece)
            case RangePiece():
                self.narrowing.range(piece)
            case DatePiece():
                self.narrowing.date(piece)
            case MonthPiece():
                self.narrowing.month(piece)
            case ComparisonPiece() if self.rolling and self._window_follows():
                pass  # "a rolling average over 5 weeks"
            case ComparisonPiece():
                self.narrowing.comparison(piece)
            case AggregatePiece():
                self._aggregate(piece)
            case SuperlativePiece():
                self._superlative(piece)
            case QuantifierPiece() if self.cursor.sees(1, RowsPiece):
                self.draft.marks |= {"count", "versus"}  # "more employees than": two sides
            case QuantifierPiece():
                if any(mention.column.kind == "flag" for mention in self.draft.mentions):
                    self.draft.marks.add("versus")  # "do remote employees take more …"
                self._counts_next(piece.order)
            case WeekdayPiece():
                self.narrowing.weekdays(piece, negated=self.negated)
            case BinPiece():
                self._bin(piece)
            case _:
                self._word(piece)

    def _word(self, piece: Piece) -> None:
        match piece:
            case AskPiece():
                self._ask(piece)
            case ChartPiece():
                self.draft.chart = piece.chart
            case NegationPiece():
                self.negated, self.negation_used = True, False
            case GrouperPiece():
                self.grouping = True
            case VersusPiece():
                self.draft.marks.add("versus")
            case RowsPiece():
                self.draft.rows = True
            case RefusalPiece():
                self.draft.refusal = self.draft.refusal or REFUSALS[piece.refusal]
            case ReplacedPiece():
                self.cursor.at += 2 if self.cursor.sees(1, GrouperPiece) else 1
            case UnknownPiece():
                self.draft.unknown.append(piece.text)

    def _note(self, piece: Piece) -> None:
        if piece.note and piece.note not in self.draft.assumptions:
            self.draft.assumptions.append(piece.note)

    def _after(self, piece: Piece) -> None:
        """End what the piece before it has begun, where this one does not carry it on."""
        counts = isinstance(piece, AskPiece) and piece.ask == "count"
        if not counts and not isinstance(
            piece, ColumnPiece | ConnectivePiece | GrouperPiece | BinPiece
        ):
            self.grouping = False
        flag = isinstance(piece, ColumnPiece) and piece.column.kind == "flag"
        if flag or isinstance(piece, ValuePiece | NumberPiece | WeekdayPiece):
            self.negation_used = True
        elif not isinstance(piece, ColumnPiece | ConnectivePiece | NegationPiece | ComparisonPiece):
            self._end_negation()
        if not isinstance(
            piece, ColumnPiece | ConnectivePiece | AggregatePiece | RowsPiece | ValuePiece
        ):
            self._settle()

    def _end_negation(self) -> None:
        """A "not" that turned nothing round was not understood."""
        if self.negated and not self.negation_used:
            self.draft.unknown.append("not")
        self.negated = False

    def _settle(self) -> None:
        """An aggregate that found no column to its right is kept for the whole question."""
        if self.pending and not self.pending_used:
            self.draft.aggregates += self.pending
        self.pending, self.pending_used = [], False

    # -- words that set something --------------------------------------------------------------

    def _ask(self, piece: AskPiece) -> None:
        if piece.ask in ("count", "share") and self._counts_next(None):
            self.draft.marks.add(piece.ask)
            return
        begun = self.grouping and self.cursor.sees(-1, GrouperPiece)
        if begun and piece.ask in ("count", "list", "which", "share", "compare"):
            return  # "by number of cylinders"
        self.draft.marks.add(piece.ask)
        self.draft.period = piece.bin or self.draft.period
        if piece.text in ("change", "changed", "changes"):
            self.draft.marks.add("changed")
        if piece.ask == "decline":
            self.draft.marks.add("growth")

    def _aggregate(self, piece: AggregatePiece) -> None:
        if self.pending_used:
            self._settle()
        if piece.text in ("minimum", "maximum") and self.cursor.sees(1, NumberPiece):
            self.draft.unknown.append(piece.text)
            return
        self.pending.append(piece.aggregate)
        self.draft.quantile = piece.quantile or self.draft.quantile

    def _superlative(self, piece: SuperlativePiece) -> None:
        if piece.text in ("most", "fewest", "least") and self._counts_next(piece.order):
            return
        if piece.common:
            self.draft.marks.add("count")
        if piece.candidates and not self._named_next(piece):
            self.draft.unknown.append(piece.text)
        self.draft.orders.append(piece.order)
        self.draft.superlatives.append(piece.text)
        if piece.measure:
            self._measure((piece.measure,))
        before, after = self.cursor.peek(-1), self.cursor.peek()
        if isinstance(after, NumberPiece) and 0 < after.value <= _MOST_ROWS:
            self.draft.limit = int(after.value)
            self.cursor.at += 1
        elif isinstance(before, NumberPiece) and 0 < before.value <= _MOST_ROWS:
            self.draft.limit = int(before.value)

    def _counts_next(self, order: Order | None) -> bool:
        """Read "more bills" as more rows: the plural of a word in a total's name is no amount."""
        piece = self.cursor.peek()
        if not isinstance(piece, ColumnPiece) or not piece.plural or not piece.column.measure:
            return False
        column = piece.column
        partly = len(piece.text.split()) < len(column.required)
        narrowed = self.cursor.sees(2, ComparisonPiece, NumberPiece, NegationPiece)
        if narrowed or len(piece.columns) > 1 or not partly or not _TOTAL & column.senses:
            return False
        self.draft.assumptions.append(f"“{piece.text}” was read as the rows: they are counted.")
        self.draft.marks.add("count")
        self.draft.orders += [order] if order else []
        self.draft.rows = True
        self.cursor.at += 1
        return True

    def _named_next(self, piece: SuperlativePiece) -> bool:
        """Measure the one column that the word and the next one name: "longest petals"."""
        following = self.cursor.peek()
        named = following.columns if isinstance(following, ColumnPiece) else ()
        both = [column for column in piece.candidates if column in named]
        if len(both) != 1:
            return False
        self.draft.assumptions.append(
            f"“{piece.text} {following.text if following else ''}” was read as {both[0].name}."
        )
        self._measure(both)
        self.cursor.at += 1
        return True

    def _window_follows(self) -> bool:
        return self.cursor.sees(1, NumberPiece) and self.cursor.sees(2, BinPiece)

    def _window(self, count: NumberPiece) -> bool:
        """Read the "7 days" of a rolling average."""
        unit = self.cursor.peek()
        if not self.rolling or not 2 <= count.value <= _MOST_ROWS:
            return False
        self.draft.window = int(count.value)
        if isinstance(unit, BinPiece):
            self.draft.period = unit.bin
            self.cursor.at += 1
        return True

    def _bin(self, piece: BinPiece) -> None:
        time, unit = self.draft.time, piece.bin
        if piece.text in phrases.BIN_ADVERBS and "mean" in self.pending:
            self.draft.marks.add("periodic")
        counted = self.cursor.sees(-1, NumberPiece)
        if unit == "year" and self.cursor.sees(1, NumberPiece) and not counted:
            return  # "in the year 2007": the number says it
        coarse = time is not None and time.kind == "year" and unit != "year"
        if time is None or coarse or counted:
            self.draft.unknown.append(piece.text)
            return
        if unit == "day" and not self.grouping and self._rows_are_days(piece, time):
            return
        if unit == "day" and "count" in self.draft.marks and not (self.grouping or self.ranked):
            self.draft.mentions.append(ColumnPiece(piece.text, (time,), plural=True))
            return
        asked = self.grouping or piece.text in phrases.BIN_ADVERBS or "which" in self.draft.marks
        if self.ranked and not self.grouping:
            self.draft.marks.add("which")
        if asked or self.ranked or self.draft.measures:
            self._group(Group(time, None if time.kind == "year" else unit))
        else:
            self.draft.unknown.append(piece.text)

    def _rows_are_days(self, piece: BinPiece, time: Column) -> bool:
        """Read "share of foggy days", "on days with snow": rows of their own, if each is a day."""
        beside = self.cursor.sees(1, ValuePiece) or self.cursor.sees(-1, ValuePiece)
        share = "share" in self.draft.marks
        counted = "count" in self.draft.marks
        if time.distinct < SAMPLED or piece.text != "days" or counted or not (share or beside):
            return False
        self.draft.rows = self.draft.rows or share
        self.draft.assumptions.append("Each row was taken as a day.")
        return True

    # -- columns -------------------------------------------------------------------------------

    def _column(self, piece: ColumnPiece) -> None:
        column = piece.column
        many = len(piece.columns) > 1
        apart = not self.cursor.sees(-1, GrouperPiece, ConnectivePiece)
        if not many and (apart or not self.grouping) and self._narrowed(column):
            return  # also the one of "per continent with life expectancy above 70"
        if self._value_beside(column):
            return
        if many:
            self.draft.alternatives.append(piece)
        if many and not all(c.measure for c in piece.columns):
            piece = self._first_of(piece)
            column = piece.column
        people = column.kind == "flag" and piece.plural and self.cursor.sees(-1, ConnectivePiece)
        if self.grouping and not people:
            self._grouped(piece)
        elif column.positive and self.negated:
            self.draft.filters.append(Filter(column, "not_in", (column.positive,)))
        elif column.kind == "number" and (not column.identifier or self.pending):
            named = None if self.pending else _named_aggregate(piece)
            if named:
                self.draft.named[column.name] = named
            self.draft.spoken.setdefault(column.name, piece.text)
            self._measure(piece.columns)
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
        if read and column.kind == "number" and self.pending and not self.pending_used:
            # "departments whose average salary is over 5": their averages are compared
            held = self.draft.filters.pop()
            measure = Measure(self.pending[-1], column, self.draft.quantile)
            self.draft.having = Having(measure, held.operator, held.values)
            self.pending_used = True
        return read

    def _measure(self, columns: Sequence[Column]) -> None:
        self.pending_used = True
        for column in columns:
            if all(column != held for held, _ in self.draft.measures):
                self.draft.measures.append((column, list(self.pending)))

    def _grouped(self, piece: ColumnPiece) -> None:
        column = piece.column
        if column.measure and len(piece.columns) > 1:
            self._measure(piece.columns)
            return
        ranked = bool(self.draft.orders) or "versus" in self.draft.marks
        if column.measure and (not column.integer or (ranked and not self.draft.measures)):
            self.draft.marks.add("by_number")
            self._measure(piece.columns)
            return
        self._group(self.draft.over_time(column))

    def _group(self, group: Group) -> None:
        if group not in self.draft.groups:
            self.draft.groups.append(group)

    def _value_beside(self, column: Column) -> bool:
        """Whether the column only introduces or follows a value of its own: "country France"."""
        if self.grouping:
            return False
        signs = self.cursor.sees(1, NegationPiece, ComparisonPiece)
        around = (self.cursor.peek(2 if signs else 1), self.cursor.peek(-1))
        return any(isinstance(piece, ValuePiece) and piece.column == column for piece in around)

    def _number(self, piece: NumberPiece) -> None:
        after = self.cursor.peek()
        if isinstance(after, SuperlativePiece) or self._window(piece):
            return
        if not self.grouping and self.narrowing.counted(piece):
            return
        named = after.columns if isinstance(after, ColumnPiece) else ()
        if len(named) == 1 and named[0].kind == "category" and 0 < piece.value <= _MOST_ROWS:
            self.count = piece
            return
        if piece.year_like and self.draft.year:
            self.narrowing.years(self.draft.year, piece, negated=self.negated)
            return
        self.draft.unknown.append(piece.text)


def _named_aggregate(piece: ColumnPiece) -> Aggregate | None:
    """ "maximum temperature" asks for a maximum, though temp_max is the column's name."""
    words = piece.text.lower().split()
    if len(words) < 2:
        return None
    meaning = phrases.AGGREGATES.get(words[0])
    return meaning if meaning in ("max", "min", "sum", "mean") else None

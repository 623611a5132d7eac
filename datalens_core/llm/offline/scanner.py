"""The pieces of a question put into their places, from left to right."""

from __future__ import annotations

from collections.abc import Sequence

from datalens_core.llm.offline.column_reader import ColumnReader
from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.cursor import Cursor
from datalens_core.llm.offline.draft import Draft
from datalens_core.llm.offline.lexicon.refusals import REFUSALS
from datalens_core.llm.offline.moments import Moments
from datalens_core.llm.offline.narrowing import Narrowing
from datalens_core.llm.offline.period_reader import MOST_ROWS, PeriodReader
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
    OutcomePiece,
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
from datalens_core.llm.offline.scan_state import ScanState


class Scanner:
    """Reads pieces into a draft."""

    def __init__(self, columns: Sequence[Column], pieces: Sequence[Piece]) -> None:
        self.draft = Draft(columns)
        self.cursor = Cursor([piece for piece in pieces if type(piece) is not Piece])
        self.state = ScanState(self.draft, self.cursor)
        self.narrowing = Narrowing(self.draft, self.cursor)
        self.moments = Moments(self.draft, self.cursor)
        self.columns = ColumnReader(self.state, self.narrowing)
        ranked = any(isinstance(piece, SuperlativePiece) for piece in pieces)
        rolling = any(isinstance(p, AskPiece) and p.ask == "rolling" for p in pieces)
        self.periods = PeriodReader(self.state, ranked, rolling)
        self.count: NumberPiece | None = None
        """The 3 of "which 3 countries"; a limit if something is ranked."""

    def scan(self) -> Draft:
        while not self.cursor.done:
            piece = self.cursor.here
            self._read(piece)
            self._note(piece)
            self._after(piece)
            self.cursor.at += 1
        self.state.settle()
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
        if self.state.negation_used and not carried:
            self.state.negated = False  # "outside Europe … in 2007" turns round the one thing only
        match piece:
            case ColumnPiece():
                self.columns.read(piece)
            case ValuePiece():
                self.narrowing.value(piece, negated=self.state.negated)
            case OutcomePiece(rate=True):
                self.draft.conditions.append(piece.condition)
                self.draft.marks.add("share")
            case OutcomePiece():
                self.draft.filters.append(piece.condition)
                self.draft.rows = self.draft.rows or piece.counted
            case NumberPiece():
                self._number(piece)
            case RangePiece():
                self.moments.range(piece)
            case DatePiece():
                self.moments.date(piece)
            case MonthPiece():
                self.moments.month(piece)
            case ComparisonPiece() if self.periods.rolling and self.periods.window_follows():
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
                self.state.counts_next(piece.order)
            case WeekdayPiece():
                self.moments.weekdays(piece, negated=self.state.negated)
            case BinPiece():
                self.periods.read(piece)
            case _:
                self._word(piece)

    def _word(self, piece: Piece) -> None:
        match piece:
            case AskPiece():
                self._ask(piece)
            case ChartPiece():
                self.draft.chart = piece.chart
            case NegationPiece():
                self.state.negated, self.state.negation_used = True, False
            case GrouperPiece():
                self.state.grouping = True
            case VersusPiece():
                self.draft.marks.add("versus")
            case RowsPiece():
                self.draft.rows = True
            case RefusalPiece():
                self.draft.refusal = self.draft.refusal or REFUSALS[piece.refusal]
            case ReplacedPiece():
                self.cursor.at += 2 if self.cursor.sees(1, GrouperPiece) else 1
            case UnknownPiece():
                self.draft.unknown.append(piece.said or piece.text)

    def _note(self, piece: Piece) -> None:
        if piece.note and piece.note not in self.draft.assumptions:
            self.draft.assumptions.append(piece.note)

    def _after(self, piece: Piece) -> None:
        """End what the piece before it has begun, where this one does not carry it on."""
        counts = isinstance(piece, AskPiece) and piece.ask == "count"
        if not counts and not isinstance(
            piece, ColumnPiece | ConnectivePiece | GrouperPiece | BinPiece
        ):
            self.state.grouping = False
        flag = isinstance(piece, ColumnPiece) and piece.column.kind == "flag"
        if flag or isinstance(piece, ValuePiece | NumberPiece | WeekdayPiece):
            self.state.negation_used = True
        elif not isinstance(piece, ColumnPiece | ConnectivePiece | NegationPiece | ComparisonPiece):
            self._end_negation()
        if not isinstance(
            piece, ColumnPiece | ConnectivePiece | AggregatePiece | RowsPiece | ValuePiece
        ):
            self.state.settle()

    def _end_negation(self) -> None:
        """A "not" that turned nothing round was not understood."""
        if self.state.negated and not self.state.negation_used:
            self.draft.unknown.append("not")
        self.state.negated = False

    # -- words that set something --------------------------------------------------------------

    def _ask(self, piece: AskPiece) -> None:
        if piece.ask in ("count", "share") and self.state.counts_next(None):
            self.draft.marks.add(piece.ask)
            return
        thing = self._counted_next() if piece.ask == "count" else None
        self.draft.counted = thing or self.draft.counted
        begun = self.state.grouping and self.cursor.sees(-1, GrouperPiece)
        if begun and (thing or self.cursor.sees(1, OutcomePiece)):
            self.state.grouping = False  # "companies by number of missions"
        elif begun and piece.ask in ("count", "list", "which", "share", "compare"):
            return  # "by number of cylinders"
        self.draft.marks.add(piece.ask)
        self.draft.period = piece.bin or self.draft.period
        if piece.text in ("change", "changed", "changes"):
            self.draft.marks.add("changed")
        if piece.ask == "decline":
            self.draft.marks.add("growth")

    def _counted_next(self) -> Column | None:
        """The things that "how many" or "number of" asks for, where the next word names them."""
        following = self.cursor.peek()
        if not isinstance(following, ColumnPiece) or not following.plural:
            return None
        named = following.columns
        return named[0] if len(named) == 1 and named[0].kind == "category" else None

    def _aggregate(self, piece: AggregatePiece) -> None:
        if self.state.pending_used:
            self.state.settle()
        if piece.text in ("minimum", "maximum") and self.cursor.sees(1, NumberPiece):
            self.draft.unknown.append(piece.text)
            return
        self.state.pending.append(piece.aggregate)
        self.draft.quantile = piece.quantile or self.draft.quantile

    def _superlative(self, piece: SuperlativePiece) -> None:
        if piece.text in ("most", "fewest", "least") and self.state.counts_next(piece.order):
            return
        if piece.common:
            self.draft.marks.add("count")
        if piece.candidates and not self._named_next(piece):
            self.draft.unknown.append(piece.text)
        self.draft.orders.append(piece.order)
        self.draft.superlatives.append(piece.text)
        if piece.measure:
            self.state.measure((piece.measure,))
        before, after = self.cursor.peek(-1), self.cursor.peek()
        if isinstance(after, NumberPiece) and 0 < after.value <= MOST_ROWS:
            self.draft.limit = int(after.value)
            self.cursor.at += 1
        elif isinstance(before, NumberPiece) and 0 < before.value <= MOST_ROWS:
            self.draft.limit = int(before.value)

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
        self.state.measure(both)
        self.cursor.at += 1
        return True

    def _number(self, piece: NumberPiece) -> None:
        after = self.cursor.peek()
        if isinstance(after, SuperlativePiece) or self.periods.window(piece):
            return
        if not self.state.grouping and self.narrowing.counted(piece):
            return
        named = after.columns if isinstance(after, ColumnPiece) else ()
        if len(named) == 1 and named[0].kind == "category" and 0 < piece.value <= MOST_ROWS:
            self.count = piece
            return
        if piece.year_like and self.draft.year:
            self.moments.years(self.draft.year, piece, negated=self.state.negated)
            return
        self.draft.unknown.append(piece.text)

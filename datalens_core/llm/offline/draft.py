"""The pieces of a question put into their places: what is measured, by what, on which rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from datalens_core.llm.offline import lexicon
from datalens_core.llm.offline.intent import (
    Aggregate,
    Bin,
    Filter,
    Group,
    Operator,
    Part,
    Scalar,
)
from datalens_core.llm.offline.pieces import Piece
from datalens_core.llm.offline.schema_match import Column

_REST_WORDS = frozenset({"from", "through", "up to", "until", "over", "since", "between"})
_THAN = frozenset({"more than", "less than", "higher than", "lower than", "fewer than"})
_FLIPPED = {"or more": "ge", "or less": "le", "or fewer": "le"}


@dataclass
class Draft:
    """One question, scanned from left to right."""

    columns: Sequence[Column]
    measures: list[tuple[Column, list[Aggregate]]] = field(default_factory=list)
    mentions: list[Piece] = field(default_factory=list)
    """Columns named in no particular place."""
    groups: list[Group] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    aggregates: list[Aggregate] = field(default_factory=list)
    named: dict[str, Aggregate] = field(default_factory=dict)
    """What a column's own words ask for, by its name: "total sales" of total_sales."""
    orders: list[str] = field(default_factory=list)
    superlatives: list[str] = field(default_factory=list)
    limit: int | None = None
    chart: str | None = None
    flags: set[str] = field(default_factory=set)
    rows: bool = False
    bin: Bin | None = None
    unknown: list[str] = field(default_factory=list)
    refusal: str | None = None
    assumptions: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)

    @property
    def time(self) -> Column | None:
        """The column that tells when: a date, or else a year."""
        dates = [column for column in self.columns if column.kind == "date"]
        years = [column for column in self.columns if column.kind == "year"]
        return (dates or years or [None])[0]  # type: ignore[list-item]

    @property
    def year(self) -> Column | None:
        years = [column for column in self.columns if column.kind == "year"]
        return years[0] if years else self.time


class Scanner:
    """Reads pieces into a draft."""

    def __init__(self, columns: Sequence[Column], pieces: Sequence[Piece]) -> None:
        self.draft = Draft(columns)
        self.pieces = [piece for piece in pieces if piece.kind != "stop"]
        self.at = 0
        self.grouping = False
        self.negated = False
        self.pending: list[Aggregate] = []
        self.pending_used = False
        self.count: Piece | None = None
        """The 3 of "which 3 countries"; a limit if something is ranked."""

    def scan(self) -> Draft:
        while self.at < len(self.pieces):
            piece = self.pieces[self.at]
            getattr(self, f"_on_{piece.kind}")(piece)
            if piece.note and piece.note not in self.draft.assumptions:
                self.draft.assumptions.append(piece.note)
            counts = piece.kind == "intent" and piece.meaning == "count"
            if not counts and piece.kind not in ("columns", "connective", "grouper", "bin"):
                self.grouping = False
            if piece.kind not in ("value", "connective", "negation", "columns"):
                self.negated = False
            if piece.kind not in ("columns", "connective", "aggregate", "rows", "value"):
                self._settle()
            self.at += 1
        self._settle()
        if self.count and self.draft.orders and self.draft.limit is None:
            self.draft.limit = int(self.count.number)
        elif self.count:
            self.draft.unknown.append(self.count.text)
        return self.draft

    def _settle(self) -> None:
        """An aggregate that found no column to its right is kept for the whole question."""
        if self.pending and not self.pending_used:
            self.draft.aggregates += self.pending
        self.pending, self.pending_used = [], False

    def _peek(self, ahead: int = 1) -> Piece | None:
        at = self.at + ahead
        return self.pieces[at] if 0 <= at < len(self.pieces) else None

    def _is(self, ahead: int, *kinds: str) -> bool:
        piece = self._peek(ahead)
        return piece is not None and piece.kind in kinds

    # -- words that set something --------------------------------------------------------------

    def _on_intent(self, piece: Piece) -> None:
        if piece.meaning == "count" and self.grouping:
            return  # "by number of cylinders"
        if piece.meaning in ("list", "which", "share", "compare") and self.grouping:
            return
        self.draft.flags.add(piece.meaning)

    def _on_chart(self, piece: Piece) -> None:
        self.draft.chart = piece.meaning

    def _on_aggregate(self, piece: Piece) -> None:
        if self.pending_used:
            self._settle()
        follows = self._peek()
        takes_number = piece.text in ("minimum", "maximum") and follows and follows.kind == "number"
        if takes_number:
            self.draft.unknown.append(piece.text)
            return
        self.pending.append(piece.meaning)  # type: ignore[arg-type]

    def _on_superlative(self, piece: Piece) -> None:
        meaning = piece.meaning
        if meaning.startswith("common_"):
            self.draft.flags.add("count")
            meaning = meaning.removeprefix("common_")
        self.draft.orders.append(meaning)
        self.draft.superlatives.append(piece.text)
        if piece.columns:
            self._measure(piece.columns)
        before, after = self._peek(-1), self._peek()
        if after and after.kind == "number" and 0 < after.number <= 1000:
            self.draft.limit = int(after.number)
            self.at += 1
        elif before and before.kind == "number" and 0 < before.number <= 1000:
            self.draft.limit = int(before.number)

    def _on_negation(self, _: Piece) -> None:
        self.negated = True

    def _on_grouper(self, _: Piece) -> None:
        self.grouping = True

    def _on_versus(self, _: Piece) -> None:
        self.draft.flags.add("versus")

    def _on_connective(self, _: Piece) -> None:
        return

    def _on_rows(self, _: Piece) -> None:
        self.draft.rows = True

    def _on_refusal(self, piece: Piece) -> None:
        self.draft.refusal = self.draft.refusal or lexicon.REFUSALS[piece.meaning]

    def _on_unknown(self, piece: Piece) -> None:
        self.draft.unknown.append(piece.text)

    def _on_bin(self, piece: Piece) -> None:
        unit: Bin = piece.meaning  # type: ignore[assignment]
        if self._is(-1, "number"):
            self.draft.unknown.append(piece.text)
            return
        if self._is(1, "number") and unit == "year":
            return  # "in the year 2007": the number says it
        time = self.draft.time
        if time is None or (time.kind == "year" and unit != "year"):
            self.draft.unknown.append(piece.text)
            return
        if unit == "day" and "count" in self.draft.flags and not self.grouping:
            self.draft.mentions.append(Piece("columns", piece.text, columns=(time,), plural=True))
            return
        asked = self.grouping or piece.text in lexicon.BIN_ADVERBS or "which" in self.draft.flags
        if self.draft.orders and not self.grouping:
            self.draft.flags.add("which")
        if asked or self.draft.orders or self.draft.measures:
            self.draft.bin = unit
            self._group(Group(time, None if time.kind == "year" else unit))
        else:
            self.draft.unknown.append(piece.text)

    # -- columns -------------------------------------------------------------------------------

    def _on_columns(self, piece: Piece) -> None:
        column = piece.columns[0]
        many = len(piece.columns) > 1
        if not many and self._filter_follows(column):
            return
        if self._value_beside(column):
            return
        if many and not all(c.measure for c in piece.columns):
            self.draft.ambiguous.append(piece.text)
        elif self.grouping:
            self._grouped(piece)
        elif column.boolean and self.negated:
            self.draft.filters.append(Filter(column, "not_in", ("True",)))
        elif column.temporal:
            self.draft.mentions.append(piece)
        elif column.kind == "number" and (not column.identifier or self.pending):
            named = None if self.pending else _named_aggregate(piece)
            if named:
                self.draft.named[column.name] = named
            self._measure(piece.columns)
        else:
            self.draft.mentions.append(piece)

    def _measure(self, columns: Sequence[Column]) -> None:
        self.pending_used = True
        for column in columns:
            if all(column != held for held, _ in self.draft.measures):
                self.draft.measures.append((column, list(self.pending)))

    def _grouped(self, piece: Piece) -> None:
        column = piece.columns[0]
        if column.measure and len(piece.columns) > 1:
            self._measure(piece.columns)
            return
        ranked = bool(self.draft.orders) or "versus" in self.draft.flags
        if column.measure and (not column.integer or (ranked and not self.draft.measures)):
            self.draft.flags.add("by_number")
            self._measure(piece.columns)
            return
        unit: Bin | None = None
        if column.kind == "date":
            named = [word for word in column.words if word in lexicon.BINS]
            unit = lexicon.BINS[named[0]] if named else None  # type: ignore[assignment]
            unit = None if unit == "day" else unit
        self._group(Group(column, unit))

    def _group(self, group: Group) -> None:
        if group not in self.draft.groups:
            self.draft.groups.append(group)

    def _value_beside(self, column: Column) -> bool:
        """Whether the column only introduces or follows a value of its own: "country France"."""
        after = self._peek(2) if self._is(1, "negation", "comparison") else self._peek()
        before = self._peek(-1)
        if self.grouping:
            return False
        return any(
            piece is not None and piece.kind == "value" and piece.columns[0] == column
            for piece in (after, before)
        )

    # -- filters -------------------------------------------------------------------------------

    def _filter_follows(self, column: Column) -> bool:
        """Read "pop over 1 million", "size is 4", "year between 1990 and 2000"."""
        if self.grouping or column.kind not in ("number", "year", "date"):
            return False
        offset = 1
        operator: str = "eq"
        if self._is(1, "negation"):
            operator, offset = "ne", 2
        elif self._is(1, "comparison"):
            operator, offset = self.pieces[self.at + 1].meaning, 2
        number = self._peek(offset)
        if number is None or number.kind not in ("number", "range", "date"):
            return False
        if number.kind == "date" and column.kind != "date":
            return False
        plain = operator == "eq" and offset == 1
        if plain and (self._is(offset + 1, "superlative", "bin", "columns")):
            return False
        if plain and column.kind == "number" and _year_like(number) and self.draft.year:
            return False
        read = self._take(column, operator, offset)
        if read and column.kind == "number" and self.pending and not self.pending_used:
            # "average tip over 5": the column is measured and narrowed at once
            self._measure((column,))
        return read

    def _take(self, column: Column, operator: str, offset: int) -> bool:
        """Take the numbers at `offset` as what `column` is compared with."""
        first = self._peek(offset)
        if first is None:
            return False
        last = offset
        second, ends = self._second(operator, offset)
        if first.kind == "range":
            self._narrow(column, "between", (first.number, first.upper))
        elif operator == "between" or (operator == "ge" and second and column.temporal):
            if second is None or second.kind != first.kind:
                return False
            self._narrow(column, "between", (_scalar(first), _scalar(second)))
            last = ends
        else:
            flipped = self._peek(offset + 1)
            if flipped and flipped.kind == "comparison" and flipped.text in _FLIPPED:
                operator, last = _FLIPPED[flipped.text], offset + 1
            values = [_scalar(first)]
            while operator == "eq" and second is not None and second.kind == "number":
                values.append(_scalar(second))
                last = last + 2
                second = self._peek(last + 2) if self._is(last + 1, "connective") else None
            narrowed = "in" if len(values) > 1 else operator
            self._narrow(column, narrowed, tuple(values))  # type: ignore[arg-type]
        self.at += last
        return True

    def _second(self, operator: str, offset: int) -> tuple[Piece | None, int]:
        """The second number of "between 1990 and 2000", "from 1990 to 2000", and where it is."""
        if self._is(offset + 1, "connective") and self._is(offset + 2, "number", "date"):
            return self._peek(offset + 2), offset + 2
        if operator in ("between", "ge") and self._is(offset + 1, "number", "date"):
            return self._peek(offset + 1), offset + 1
        upper = self._peek(offset + 1)
        to = upper is not None and upper.kind == "comparison" and upper.meaning in ("lt", "le")
        if operator == "ge" and to and self._is(offset + 2, "number", "date"):
            return self._peek(offset + 2), offset + 2
        return None, offset

    def _narrow(self, column: Column, operator: Operator, values: tuple[Scalar, ...]) -> None:
        part: Part = "value"
        if column.kind == "date" and all(isinstance(v, int | float) for v in values):
            part = "year"
        whole = tuple(int(v) if isinstance(v, float) and v.is_integer() else v for v in values)
        self.draft.filters.append(Filter(column, operator, whole, part))

    def _on_comparison(self, piece: Piece) -> None:
        number = self._peek()
        if number is None or number.kind not in ("number", "range", "date"):
            if piece.text in _THAN and self._sides_follow():
                self.draft.flags.add("versus")
            elif piece.text not in _REST_WORDS:
                self.draft.unknown.append(piece.text)
            return
        column = self._compared(number)
        if column is None or not self._take(column, piece.meaning, 1):
            self.draft.unknown.append(f"{piece.text} {number.text}")
            self.at += 1
            return
        following = self._peek()
        if following and following.kind == "columns" and following.columns[0] == column:
            self.at += 1

    def _sides_follow(self) -> bool:
        """ "smokers … more than non-smokers": two sides are compared, not a number."""
        after = self._peek(2) if self._is(1, "negation") else self._peek()
        flag = after is not None and after.kind == "columns" and after.columns[0].kind == "flag"
        return flag or (after is not None and after.kind == "value")

    def _compared(self, number: Piece) -> Column | None:
        """The column a bare comparison is about: named after it, a year, or named before."""
        after = self._peek(2)
        if after and after.kind == "columns" and len(after.columns) == 1:
            column = after.columns[0]
            if column.kind in ("number", "year"):
                return column
        if number.kind == "date":
            date = self.draft.time
            return date if date and date.kind == "date" else None
        if _year_like(number) and self.draft.year:
            return self.draft.year
        return self.draft.measures[-1][0] if self.draft.measures else None

    def _on_number(self, piece: Piece) -> None:
        after = self._peek()
        if after and after.kind == "superlative":
            return
        if after and after.kind == "columns" and len(after.columns) == 1:
            column = after.columns[0]
            if column.kind == "number" and column.integer and not self.grouping:
                self._narrow(column, "eq", (piece.number,))
                self.at += 1
                return
            if column.kind == "category" and 0 < piece.number <= 1000:
                self.count = piece
                return
        year = self.draft.year
        if _year_like(piece) and year:
            self._years(year, [piece])
            return
        self.draft.unknown.append(piece.text)

    def _years(self, column: Column, years: list[Piece]) -> None:
        while self._is(1, "connective", "versus") and self._is(2, "number"):
            following = self.pieces[self.at + 2]
            if not _year_like(following):
                break
            years.append(following)
            self.at += 2
        operator: Operator = "in" if len(years) > 1 else "eq"
        if self.negated:
            operator = "not_in" if len(years) > 1 else "ne"
        self._narrow(column, operator, tuple(year.number for year in years))

    def _on_range(self, piece: Piece) -> None:
        year = self.draft.year
        if year is None or not _year_like(piece):
            self.draft.unknown.append(piece.text)
            return
        self._narrow(year, "between", (piece.number, piece.upper))

    def _on_date(self, piece: Piece) -> None:
        date = self.draft.time
        if date is None or date.kind != "date":
            self.draft.unknown.append(piece.text)
            return
        part: Part = "value" if len(piece.text) > 7 else "month"
        if part == "month":
            year, month = piece.text.split("-")
            self.draft.filters.append(Filter(date, "eq", (int(year),), "year"))
            self.draft.filters.append(Filter(date, "eq", (int(month),), "month"))
        else:
            self.draft.filters.append(Filter(date, "eq", (piece.text,)))

    def _on_month(self, piece: Piece) -> None:
        date = self.draft.time
        if date is None or date.kind != "date":
            self.draft.unknown.append(piece.text)
            return
        months = [piece]
        while self._is(1, "connective", "versus") and self._is(2, "month"):
            months.append(self.pieces[self.at + 2])
            self.at += 2
        numbers = tuple(int(month.number) for month in months)
        operator: Operator = "in" if len(numbers) > 1 else "eq"
        self.draft.filters.append(Filter(date, operator, numbers, "month"))

    def _on_value(self, piece: Piece) -> None:
        column = piece.columns[0]
        exclude = self.negated
        if piece.meaning == "starts":
            if exclude:
                self.draft.unknown.append(piece.text)
            else:
                self.draft.filters.append(Filter(column, "starts", piece.values))
            return
        for held in self.draft.filters:
            if held.column == column and held.operator == ("not_in" if exclude else "in"):
                values = tuple(dict.fromkeys((*held.values, *piece.values)))
                at = self.draft.filters.index(held)
                self.draft.filters[at] = Filter(column, held.operator, values)
                return
        operator: Operator = "not_in" if exclude else "in"
        self.draft.filters.append(Filter(column, operator, piece.values))


def _year_like(piece: Piece) -> bool:
    plain = "," not in piece.text and piece.text.isdigit()
    return (plain or piece.kind == "range") and 1000 <= piece.number <= 2200


def _scalar(piece: Piece) -> Scalar:
    return piece.text if piece.kind == "date" else piece.number


def _named_aggregate(piece: Piece) -> Aggregate | None:
    """ "maximum temperature" asks for a maximum, though temp_max is the column's name."""
    words = piece.text.lower().split()
    if len(words) < 2:
        return None
    meaning = lexicon.AGGREGATES.get(words[0])
    return meaning if meaning in ("max", "min", "sum", "mean") else None  # type: ignore[return-value]

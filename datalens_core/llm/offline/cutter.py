"""A question cut into pieces: columns, values, numbers, known phrases, and what is unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from datalens_core.llm.offline.changing_words import changing_words, told_or_unknown
from datalens_core.llm.offline.column_finder import find_columns
from datalens_core.llm.offline.known_phrases import corrected, known_phrase
from datalens_core.llm.offline.lexicon import phrases
from datalens_core.llm.offline.lexicon.passed_over import SOFT_NOUNS, STOPWORDS
from datalens_core.llm.offline.lexicon.quantities import MONTHS, WEEKDAYS
from datalens_core.llm.offline.lexicon.tables import words
from datalens_core.llm.offline.pieces import (
    AggregatePiece,
    ColumnPiece,
    DatePiece,
    MonthPiece,
    NumberPiece,
    Piece,
    RangePiece,
    RowsPiece,
    UnknownPiece,
    ValuePiece,
    WeekdayPiece,
)
from datalens_core.llm.offline.schema_match import Column, match_column, split_name
from datalens_core.llm.offline.tokens import Token, same, tokenise
from datalens_core.llm.offline.value_finder import Lookups, find_value, looked_up

_LONGEST = 6
# What stands after "is" without being a value.
_NO_VALUE = words("the a an not there in on at of for to by between over it this that any")
_DAYS = {day: (day.capitalize(),) for day in WEEKDAYS} | {"weekend": ("Saturday", "Sunday")}


@dataclass
class Cutter:
    """Cuts one question over the columns of one data set."""

    columns: Sequence[Column]
    dataset_name: str
    lookups: Lookups = field(default_factory=dict)

    def cut(self, question: str) -> list[Piece]:
        self.tokens = tokenise(question)
        self.lower = [token.lower for token in self.tokens]
        if not any(column.kind == "date" for column in self.columns):
            self._spell_out_weekends()
        pieces: list[Piece] = []
        at = 0
        while at < len(self.tokens):
            piece, length = self._piece(at)
            pieces.append(self._corrected(piece))
            at += length
        pieces = [told_or_unknown(pieces, at) for at in range(len(pieces))]
        return _prefer_bracketed([self._found(piece) for piece in _join_unknown(pieces)])

    def _spell_out_weekends(self) -> None:
        """Days that stand as names in the data are looked up one by one."""
        spelt: list[Token] = []
        for token in self.tokens:
            weekend = token.kind == "word" and token.lower in ("weekend", "weekends")
            spelt += tokenise("Saturday and Sunday") if weekend else [token]
        self.tokens = spelt
        self.lower = [token.lower for token in spelt]

    # -- one piece -----------------------------------------------------------------------------

    def _piece(self, at: int) -> tuple[Piece, int]:
        token = self.tokens[at]
        if token.kind == "quoted":
            return self._quoted(token), 1
        if self._after_is(at):
            return UnknownPiece(token.text, name=True), 1
        for find in (
            self._changing,
            self._quantile,
            self._long_column,
            self._value,
            self._weekdays,
            self._phrase,
            self._single_column,
            self._word,
            self._row_noun,
            self._partial_column,
        ):
            found = find(at)
            if found:
                return found
        return self._rest(token), 1

    def _after_is(self, at: int) -> bool:
        """Whether a common word is said to be a value: the "long" of "signal is long"."""
        word = self.lower[at]
        if at < 2 or self.lower[at - 1] not in ("is", "=", "==", "equals"):
            return False
        if word in _NO_VALUE or self._known(word) or not self._plain(at):
            return False
        return self.tokens[at].kind == "word" and any(
            column.kind == "category" and same(self.lower[at - 2], column.words[-1])
            for column in self.columns
        )

    def _changing(self, at: int) -> tuple[Piece, int] | None:
        return changing_words(self.tokens, at, self.columns)

    def _quantile(self, at: int) -> tuple[Piece, int] | None:
        """ "75th percentile", "90 percentile"."""
        found = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", self.lower[at])
        follows = self.lower[at + 1] if at + 1 < len(self.lower) else ""
        if not found or follows not in ("percentile", "quantile", "percentiles"):
            return None
        text = f"{self.tokens[at].text} {follows}"
        return AggregatePiece(text, "quantile", int(found[1]) / 100), 2

    def _weekdays(self, at: int) -> tuple[Piece, int] | None:
        """Days of the week where the data hold dates and no column of such names."""
        word = self.lower[at]
        days = _DAYS.get(word) or _DAYS.get(word.removesuffix("s"))
        if not days or not any(column.kind == "date" for column in self.columns):
            return None
        return WeekdayPiece(self.tokens[at].text, days), 1

    def _quoted(self, token: Token) -> Piece:
        for column in self.columns:
            if column.name == token.text:
                return ColumnPiece(token.text, columns=(column,))
        value = self._known_value(token.text)
        return value or UnknownPiece(token.text, quoted=True)

    def _long_column(self, at: int) -> tuple[ColumnPiece, int] | None:
        for length in range(min(_LONGEST, len(self.tokens) - at), 1, -1):
            found = self._columns(at, length, full=True)
            if found:
                return found, length
        return None

    def _value(self, at: int) -> tuple[Piece, int] | None:
        for length in range(min(_LONGEST, len(self.tokens) - at), 0, -1):
            if any(token.kind == "quoted" for token in self.tokens[at : at + length]):
                continue
            text = " ".join(token.text for token in self.tokens[at : at + length])
            if length == 1 and (self._plain(at) or len(text) < 3) and not self._names_value(at):
                continue
            value = self._known_value(text)
            if value and not (length == 1 and self._literal_column(at, value)):
                return value, length
        return None

    def _plain(self, at: int) -> bool:
        word = self.lower[at]
        known = (
            word in STOPWORDS
            or word in SOFT_NOUNS
            or word in phrases.BINS
            or word in phrases.COMPARISONS
            or word in phrases.NEGATIONS
        )
        return known or self.tokens[at].kind in ("sign", "number")

    def _names_value(self, at: int) -> bool:
        """Whether a short or common word stands right after the column it is a value of."""
        before = [word for word in self.lower[:at] if word not in ("is", "=", "==", "the")]
        if not before or self.tokens[at].kind == "sign":
            return False
        token = self.tokens[at]
        return any(
            any(same(before[-1], word) for word in column.words[-1:])
            and any(token.text == value for value in column.values)
            for column in self.columns
        )

    def _literal_column(self, at: int, value: ValuePiece) -> bool:
        """A word that is a column and a value is the value only if its column is named too."""
        word = self.lower[at]
        if not any(same(word, column.name.lower()) for column in self.columns):
            return False
        others = self.lower[:at] + self.lower[at + 1 :]
        return not any(
            match is not None and match.full
            for other in others
            if other not in SOFT_NOUNS
            for match in [match_column([other], value.column)]
        )

    def _phrase(self, at: int) -> tuple[Piece, int] | None:
        for length in range(min(5, len(self.tokens) - at), 1, -1):
            text = " ".join(self.lower[at : at + length])
            found = self._known(text)
            if found:
                return found, length
        return None

    def _single_column(self, at: int) -> tuple[Piece, int] | None:
        word = self.lower[at]
        if self.tokens[at].kind == "number":
            return None
        found = self._columns(at, 1, full=True, literal=self._plain(at) or bool(self._known(word)))
        if not found:
            return None
        if self._known(word) and word not in phrases.BINS and self._column_follows(at):
            return None
        key = found.column
        if key == self.columns[0] and key.identifier and len(key.words) == 1 and found.plural:
            return RowsPiece(self.tokens[at].text), 1  # "tickets", where each row is a ticket
        return found, 1

    def _column_follows(self, at: int) -> bool:
        """Whether a column comes next, which makes "total" or "count" before it a verb."""
        follows = at + 1
        while follows < len(self.tokens) and self.lower[follows] in (
            "of",
            "the",
            "for",
            *SOFT_NOUNS,
        ):
            follows += 1
        if follows >= len(self.tokens) or self.lower[follows] in phrases.GROUPERS:
            return False
        return bool(
            self._columns(follows, 1, full=True)
            or self._long_column(follows)
            or (not self._known(self.lower[follows]) and self._partial_column(follows))
        )

    def _word(self, at: int) -> tuple[Piece, int] | None:
        word = self.lower[at]
        found = self._known(word)
        return (found, 1) if found else None

    def _row_noun(self, at: int) -> tuple[Piece, int] | None:
        """ "orders" of orders.csv, or where every row has an order_id."""
        word = self.lower[at]
        if self.tokens[at].kind != "word" or not any(same(word, n) for n in self._row_nouns()):
            return None
        named = self._long_column(at) or self._partial_column(at)
        if named and (named[1] > 1 or all(column.measure for column in named[0].columns)):
            return None  # the "sales" of sales.csv are its column total_sales
        return RowsPiece(self.tokens[at].text), 1

    def _partial_column(self, at: int) -> tuple[ColumnPiece, int] | None:
        word = self.lower[at]
        if self._plain(at):
            # "price" may be unit_price, but only by its own word
            soft = word in SOFT_NOUNS and word not in STOPWORDS
            found = self._columns(at, 1, full=False, literal=True) if soft else None
            return (found, 1) if found and all(c.measure for c in found.columns) else None
        for length in range(min(4, len(self.tokens) - at), 0, -1):
            found = self._columns(at, length, full=False)
            if found:
                return found, length
        return None

    def _rest(self, token: Token) -> Piece:
        word = token.lower
        if token.kind == "number" and token.value is not None:
            return NumberPiece(token.text, token.value)
        if token.kind == "date":
            return DatePiece(token.text)
        years = re.fullmatch(r"(\d{4})[-–](\d{4})", token.text)
        if years:
            return RangePiece(token.text, float(years[1]), float(years[2]))
        if word in MONTHS and (token.capitalised or word not in ("may", "mar", "dec")):
            return MonthPiece(token.text, MONTHS[word])
        if word in STOPWORDS or word in SOFT_NOUNS:
            return Piece(token.text)
        if token.kind == "sign":
            return Piece(token.text)
        return UnknownPiece(token.text, name=token.capitalised)

    def _row_nouns(self) -> frozenset[str]:
        stem = re.sub(r"\.\w+$", "", self.dataset_name)
        named = frozenset(word for word in split_name(stem) if len(word) > 2)
        first = self.columns[0] if self.columns else None
        counted = (
            first
            and first.identifier
            and (len(first.words) == 1 or (len(first.words) == 2 and first.words[1] == "id"))
        )
        keyed = frozenset(first.words[:1]) if first and counted else frozenset()
        return phrases.ROW_NOUNS | named | keyed

    def _known(self, text: str) -> Piece | None:
        return known_phrase(text, self.columns)

    def _columns(
        self, at: int, length: int, *, full: bool, literal: bool = False
    ) -> ColumnPiece | None:
        tokens = self.tokens[at : at + length]
        return find_columns(tokens, self.columns, full=full, literal=literal)

    def _known_value(self, text: str) -> ValuePiece | None:
        return find_value(text, self.columns, self.lookups, exact=True)

    def _corrected(self, piece: Piece) -> Piece:
        if not isinstance(piece, UnknownPiece) or piece.quoted or piece.name:
            return piece
        return corrected(piece.text, self.columns) or piece

    def _found(self, piece: Piece) -> Piece:
        """An unknown name that a look-up has found."""
        if not isinstance(piece, UnknownPiece) or not looked_up(piece.text, self.lookups):
            return piece
        return find_value(piece.text, self.columns, self.lookups, exact=False) or piece


def _prefer_bracketed(pieces: Sequence[Piece]) -> list[Piece]:
    """ "California (CA)": what stands in brackets says what is meant, if it is a value."""
    kept: list[Piece] = []
    for at, piece in enumerate(pieces):
        bracketed = [p.text for p in pieces[at + 1 : at + 4 : 2]] == ["(", ")"]
        inside = pieces[at + 2] if bracketed else None
        doubtful = isinstance(piece, UnknownPiece) or (
            isinstance(piece, ValuePiece) and piece.fit != "exact"
        )
        if not (doubtful and isinstance(inside, ValuePiece) and inside.fit == "exact"):
            kept.append(piece)
    return kept


def _join_unknown(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring unknown words are one name: "Costa Rica", "Gulf of Mexico"."""
    joined: list[Piece] = []
    for piece in pieces:
        joined.append(piece)
        if isinstance(piece, UnknownPiece) and not piece.quoted:
            _join_last(joined)
    return joined


def _join_last(joined: list[Piece]) -> None:
    """Put the unknown piece at the end together with the unknown name before it."""
    last = joined[-1]
    before = joined[-2] if len(joined) > 1 else None
    if isinstance(before, UnknownPiece) and not before.quoted:
        joined[-2:] = [UnknownPiece(f"{before.text} {last.text}", name=before.name)]
        return
    first = joined[-3] if len(joined) > 2 else None
    of = before is not None and before.text in ("of", "de", "the")
    names = all(isinstance(piece, UnknownPiece) and piece.name for piece in (first, last))
    if of and names and first and before:
        text = f"{first.text} {before.text} {last.text}"
        joined[-3:] = [UnknownPiece(text, name=True)]

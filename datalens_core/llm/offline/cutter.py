"""A question cut into pieces: columns, values, numbers, known phrases, and what is unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from datalens_core.llm.offline.changing_words import (
    changing_words,
    grouped_or_unknown,
    told_or_unknown,
)
from datalens_core.llm.offline.column_places import ColumnPlaces
from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.joining import join_unknown, prefer_bracketed
from datalens_core.llm.offline.lexicon.passed_over import CAPITALS, SOFT_NOUNS, STOPWORDS, VERBS
from datalens_core.llm.offline.lexicon.quantities import MONTHS, WEEKDAYS
from datalens_core.llm.offline.outcomes import Outcomes
from datalens_core.llm.offline.pieces import (
    AggregatePiece,
    ColumnPiece,
    DatePiece,
    MonthPiece,
    NumberPiece,
    Piece,
    RangePiece,
    UnknownPiece,
    WeekdayPiece,
)
from datalens_core.llm.offline.row_nouns import row_noun
from datalens_core.llm.offline.schema_match import match_column
from datalens_core.llm.offline.tokens import Token, same, tokenise
from datalens_core.llm.offline.typing_errors import meant_by
from datalens_core.llm.offline.value_finder import Lookups, find_value, looked_up
from datalens_core.llm.offline.value_places import ValuePlaces
from datalens_core.llm.offline.words import Words

_DAYS = {day: (day.capitalize(),) for day in WEEKDAYS} | {"weekend": ("Saturday", "Sunday")}


@dataclass
class Cutter:
    """Cuts one question over the columns of one data set."""

    columns: Sequence[Column]
    dataset_name: str
    lookups: Lookups = field(default_factory=dict)

    def cut(self, question: str) -> list[Piece]:
        self.words = Words(self._tokens(question), self.columns, self.lookups)
        self.in_columns, self.in_values = ColumnPlaces(self.words), ValuePlaces(self.words)
        self.outcomes = Outcomes(self.words)
        corrections = self._correct_typing_errors()
        pieces: list[Piece] = []
        at = 0
        while at < len(self.words.tokens):
            piece, length = self._piece(at)
            notes = [corrections[n] for n in range(at, at + length) if n in corrections]
            notes += [piece.note] if piece.note else []
            pieces.append(replace(piece, note=" ".join(notes)))
            at += length
        pieces = [told_or_unknown(pieces, at) for at in range(len(pieces))]
        pieces = [grouped_or_unknown(pieces, at) for at in range(len(pieces))]
        return prefer_bracketed([self._found(piece) for piece in join_unknown(pieces)])

    def _tokens(self, question: str) -> list[Token]:
        """The words; days that stand as names in the data are looked up one by one."""
        tokens = tokenise(question)
        if any(column.kind == "date" for column in self.columns):
            return tokens
        spelt: list[Token] = []
        for token in tokens:
            weekend = token.kind == "word" and token.lower in ("weekend", "weekends")
            spelt += tokenise("Saturday and Sunday") if weekend else [token]
        return spelt

    def _correct_typing_errors(self) -> dict[int, str]:
        """Put right what is a word of the lexicon but for a slip; what was read, by its place."""
        notes: dict[int, str] = {}
        for at, token in enumerate(self.words.tokens):
            name = token.capitalised and at > 0
            if token.kind != "word" or name or self._in_data(token.lower):
                continue
            meant = meant_by(token.lower)
            if meant:
                notes[at] = f"“{token.text}” was read as “{meant}”."
                self.words.correct(at, meant)
        return notes

    def _in_data(self, word: str) -> bool:
        """Whether a column or a sampled value has this word."""
        return any(
            match_column([word], column)
            or any(same(word, part) for value in column.values for part in value.lower().split())
            for column in self.columns
        )

    # -- one piece -----------------------------------------------------------------------------

    def _piece(self, at: int) -> tuple[Piece, int]:
        token = self.words.tokens[at]
        if token.kind == "quoted":
            return self._quoted(token), 1
        if self.in_values.after_is(at):
            return UnknownPiece(token.text, name=True), 1
        for find in (
            self.in_columns.whole_name,
            self._changing,
            self._quantile,
            self.in_columns.long,
            self.outcomes.rate,
            self.in_columns.measured,
            self.in_values.value,
            self._weekdays,
            self._phrase,
            self.outcomes.extent,
            self.in_columns.single,
            self._word,
            self._row_noun,
            self.outcomes.rows,
            self.in_columns.partial,
            self.in_columns.companion,
        ):
            found = find(at)
            if found:
                return found
        return self._rest(token), 1

    def _changing(self, at: int) -> tuple[Piece, int] | None:
        return changing_words(self.words.tokens, at, self.columns)

    def _quantile(self, at: int) -> tuple[Piece, int] | None:
        """ "75th percentile", "90 percentile"."""
        found = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", self.words.lower[at])
        follows = self.words.lower[at + 1] if at + 1 < len(self.words.lower) else ""
        if not found or follows not in ("percentile", "quantile", "percentiles"):
            return None
        text = f"{self.words.tokens[at].text} {follows}"
        return AggregatePiece(text, "quantile", int(found[1]) / 100), 2

    def _weekdays(self, at: int) -> tuple[Piece, int] | None:
        """Days of the week where the data hold dates and no column of such names."""
        word = self.words.lower[at]
        days = _DAYS.get(word) or _DAYS.get(word.removesuffix("s"))
        if not days or not any(column.kind == "date" for column in self.columns):
            return None
        return WeekdayPiece(self.words.tokens[at].text, days), 1

    def _quoted(self, token: Token) -> Piece:
        for column in self.columns:
            if column.name == token.text:
                return ColumnPiece(token.text, columns=(column,))
        value = self.words.known_value(token.text)
        return value or UnknownPiece(token.text, quoted=True)

    def _phrase(self, at: int) -> tuple[Piece, int] | None:
        for length in range(min(5, len(self.words.tokens) - at), 1, -1):
            text = " ".join(self.words.lower[at : at + length])
            found = self.words.known(text)
            if found:
                return found, length
        return None

    def _word(self, at: int) -> tuple[Piece, int] | None:
        word = self.words.lower[at]
        found = self.words.known(word)
        return (found, 1) if found else None

    def _row_noun(self, at: int) -> tuple[Piece, int] | None:
        """ "orders" of orders.csv, or where every row has an order_id."""
        found = row_noun(self.words.tokens[at].text, self.columns, self.dataset_name)
        if self.words.tokens[at].kind != "word" or found is None:
            return None
        named = self.in_columns.long(at) or self.in_columns.partial(at)
        if named and (named[1] > 1 or _mostly(named[0])):
            return None  # the "sales" of sales.csv are its column total_sales
        if named and found.note:
            return None
        return found, 1

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
        passed_over = word in STOPWORDS or word in SOFT_NOUNS or word in VERBS
        if passed_over and token.text not in CAPITALS:
            return Piece(token.text)
        if token.kind == "sign":
            return Piece(token.text)
        return UnknownPiece(token.text, name=token.capitalised)

    def _found(self, piece: Piece) -> Piece:
        """An unknown name that a look-up has found."""
        if not isinstance(piece, UnknownPiece) or not looked_up(piece.text, self.lookups):
            return piece
        return find_value(piece.text, self.columns, self.lookups, exact=False) or piece


def _mostly(piece: ColumnPiece) -> bool:
    """Whether words are half of a measure's name or more."""
    said = 2 * len(piece.text.split())
    return all(column.measure and said >= len(column.required) for column in piece.columns)

"""Where a question names a value of a column."""

from __future__ import annotations

from dataclasses import dataclass

from datalens_core.llm.offline.column_places import LONGEST
from datalens_core.llm.offline.lexicon.passed_over import SOFT_NOUNS
from datalens_core.llm.offline.lexicon.tables import words
from datalens_core.llm.offline.pieces import Piece, ValuePiece
from datalens_core.llm.offline.schema_match import match_column
from datalens_core.llm.offline.tokens import same
from datalens_core.llm.offline.words import Words

# What stands after "is" without being a value.
_NO_VALUE = words("the a an not there in on at of for to by between over it this that any")


@dataclass
class ValuePlaces:
    words: Words

    def after_is(self, at: int) -> bool:
        """Whether a common word is said to be a value: the "long" of "signal is long"."""
        word = self.words.lower[at]
        if at < 2 or self.words.lower[at - 1] not in ("is", "=", "==", "equals"):
            return False
        if word in _NO_VALUE or self.words.known(word) or not self.words.plain(at):
            return False
        return self.words.tokens[at].kind == "word" and any(
            column.kind == "category" and same(self.words.lower[at - 2], column.words[-1])
            for column in self.words.columns
        )

    def value(self, at: int) -> tuple[Piece, int] | None:
        for length in range(min(LONGEST, len(self.words.tokens) - at), 0, -1):
            if any(token.kind == "quoted" for token in self.words.tokens[at : at + length]):
                continue
            text = " ".join(token.text for token in self.words.tokens[at : at + length])
            if (
                length == 1
                and (self.words.plain(at) or len(text) < 3)
                and not self._names_value(at)
            ):
                continue
            value = self.words.known_value(text)
            if value and not (length == 1 and self._literal_column(at, value)):
                return value, length
        return None

    def _names_value(self, at: int) -> bool:
        """Whether a short or common word stands right after the column it is a value of."""
        before = [word for word in self.words.lower[:at] if word not in ("is", "=", "==", "the")]
        if not before or self.words.tokens[at].kind == "sign":
            return False
        token = self.words.tokens[at]
        return any(
            any(same(before[-1], word) for word in column.words[-1:])
            and any(token.text == value for value in column.values)
            for column in self.words.columns
        )

    def _literal_column(self, at: int, value: ValuePiece) -> bool:
        """A word that is a column and a value is the value only if its column is named too."""
        word = self.words.lower[at]
        if not any(same(word, column.name.lower()) for column in self.words.columns):
            return False
        others = self.words.lower[:at] + self.words.lower[at + 1 :]
        return not any(
            match is not None and match.full
            for other in others
            if other not in SOFT_NOUNS
            for match in [match_column([other], value.column)]
        )

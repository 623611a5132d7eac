"""The words of a question, and what a few of them mean by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datalens_core.llm.offline.column_finder import find_columns
from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.known_phrases import known_phrase
from datalens_core.llm.offline.lexicon import phrases
from datalens_core.llm.offline.lexicon.passed_over import CAPITALS, SOFT_NOUNS, STOPWORDS
from datalens_core.llm.offline.pieces import ColumnPiece, Piece, ValuePiece
from datalens_core.llm.offline.tokens import Token
from datalens_core.llm.offline.value_finder import Lookups, find_value


@dataclass
class Words:
    """Tokens over the columns of one data set."""

    tokens: list[Token]
    columns: Sequence[Column]
    lookups: Lookups

    def __post_init__(self) -> None:
        self.lower = [token.lower for token in self.tokens]

    def correct(self, at: int, word: str) -> None:
        """Put a word in the place of one with a typing error."""
        self.tokens[at] = Token("word", word)
        self.lower[at] = word

    def known(self, text: str) -> Piece | None:
        return known_phrase(text, self.columns)

    def plain(self, at: int) -> bool:
        """Whether a word says nothing by itself that a column or a value would."""
        word = self.lower[at]
        if self.tokens[at].text in CAPITALS:
            return False
        known = (
            word in STOPWORDS
            or word in SOFT_NOUNS
            or word in phrases.BINS
            or word in phrases.COMPARISONS
            or word in phrases.NEGATIONS
        )
        return known or self.tokens[at].kind in ("sign", "number")

    def columns_at(
        self, at: int, length: int, *, full: bool, literal: bool = False
    ) -> ColumnPiece | None:
        tokens = self.tokens[at : at + length]
        return find_columns(tokens, self.columns, full=full, literal=literal)

    def known_value(self, text: str) -> ValuePiece | None:
        return find_value(text, self.columns, self.lookups, exact=True)

"""Where a question names a column: in full, by a part of its name, beside a word that says more."""

from __future__ import annotations

from dataclasses import dataclass

from datalens_core.llm.offline.lexicon import phrases, things
from datalens_core.llm.offline.lexicon.passed_over import SOFT_NOUNS, STOPWORDS
from datalens_core.llm.offline.pieces import ColumnPiece, Piece, RowsPiece
from datalens_core.llm.offline.tokens import tokenise
from datalens_core.llm.offline.words import Words

LONGEST = 6
Found = tuple[Piece, int]
"""A piece, and how many words it takes."""


@dataclass
class ColumnPlaces:
    words: Words

    def whole_name(self, at: int) -> tuple[ColumnPiece, int] | None:
        """A name with signs in it, as it stands in the data: "Rabatt in %", "Perf. score"."""
        for column in self.words.columns:
            name = [token.lower for token in tokenise(column.name)]
            if len(name) > 1 and self.words.lower[at : at + len(name)] == name:
                return ColumnPiece(column.name, (column,)), len(name)
        return None

    def long(self, at: int) -> tuple[ColumnPiece, int] | None:
        for length in range(min(LONGEST, len(self.words.tokens) - at), 1, -1):
            found = self.words.columns_at(at, length, full=True)
            if found:
                return found, length
        return None

    def measured(self, at: int) -> tuple[ColumnPiece, int] | None:
        """The "rain" of "how much rain" and "total rain" is an amount, though it is a value too."""
        before = self.words.lower[max(0, at - 2) : at]
        asked = before == ["how", "much"] or (before and before[-1] in phrases.AGGREGATES)
        found = (
            self.words.columns_at(at, 1, full=True) if asked and not self.words.plain(at) else None
        )
        return (found, 1) if found and all(c.measure for c in found.columns) else None

    def single(self, at: int) -> tuple[Piece, int] | None:
        word = self.words.lower[at]
        if self.words.tokens[at].kind == "number":
            return None
        found = self.words.columns_at(
            at, 1, full=True, literal=self.words.plain(at) or bool(self.words.known(word))
        )
        if not found:
            return None
        if self.words.known(word) and word not in phrases.BINS and self._column_follows(at):
            return None
        key = found.column
        if key == self.words.columns[0] and key.identifier and len(key.words) == 1 and found.plural:
            return RowsPiece(self.words.tokens[at].text), 1  # "tickets", where each row is a ticket
        return found, 1

    def _column_follows(self, at: int) -> bool:
        """Whether a column comes next, which makes "total" or "count" before it a verb."""
        follows = at + 1
        while follows < len(self.words.tokens) and self.words.lower[follows] in (
            "of",
            "the",
            "for",
            *SOFT_NOUNS,
        ):
            follows += 1
        if follows >= len(self.words.tokens) or self.words.lower[follows] in phrases.GROUPERS:
            return False
        return bool(
            self.words.columns_at(follows, 1, full=True)
            or self.long(follows)
            or (not self.words.known(self.words.lower[follows]) and self.partial(follows))
        )

    def partial(self, at: int) -> tuple[ColumnPiece, int] | None:
        word = self.words.lower[at]
        if self.words.plain(at):
            # "price" may be unit_price, but only by its own word
            soft = word in SOFT_NOUNS and word not in STOPWORDS
            found = self.words.columns_at(at, 1, full=False, literal=True) if soft else None
            return (found, 1) if found and all(c.measure for c in found.columns) else None
        for length in range(min(4, len(self.words.tokens) - at), 0, -1):
            found = self.words.columns_at(at, length, full=False)
            if found:
                return found, length
        return None

    def companion(self, at: int) -> tuple[Piece, int] | None:
        """A word that only says more of the column beside it: "party size", "wind speed"."""
        word = self.words.lower[at]
        around = [n for n in (at - 2, at - 1, at + 1, at + 2) if 0 <= n < len(self.words.tokens)]
        beside = [piece for n in around if (piece := self.words.columns_at(n, 1, full=True))]
        senses = {sense for piece in beside for column in piece.columns for sense in column.senses}
        known = any(word in things.COMPANIONS.get(sense, ()) for sense in senses)
        flag = any(column.kind == "flag" for piece in beside for column in piece.columns)
        known = known or (flag and word in things.OF_A_FLAG)
        return (Piece(self.words.tokens[at].text), 1) if known else None

"""Where a question names how things turned out: "success rate", "failed missions"."""

from __future__ import annotations

from dataclasses import dataclass

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.intent import Filter
from datalens_core.llm.offline.lexicon.outcomes import (
    EVENTS,
    EXTENTS,
    OUTCOMES,
    RATES,
    RATES_OF,
    STATES,
)
from datalens_core.llm.offline.lexicon.phrases import GROUPERS
from datalens_core.llm.offline.pieces import (
    ColumnPiece,
    OutcomePiece,
    Piece,
    SuperlativePiece,
    UnknownPiece,
)
from datalens_core.llm.offline.words import Words


@dataclass
class Outcomes:
    words: Words

    def rate(self, at: int) -> tuple[Piece, int] | None:
        """ "Success rate", "rate of success": which part of the rows turned out so."""
        lower = self.words.lower[at : at + 3]
        after = len(lower) > 1 and lower[1] in RATES
        before = len(lower) > 2 and lower[0] in RATES_OF and lower[1] == "of"
        if not (after or before):
            return None
        word, length = (lower[2], 3) if before else (lower[0], 2)
        text = " ".join(lower[:length])
        held = self._held(word)
        if held:
            return OutcomePiece(text, held, rate=True), length
        return (self._of_state(text, STATES[word]), length) if word in STATES else None

    def _of_state(self, text: str, state: str) -> Piece:
        """The rate of a state that a column may hold as a value; it may have to be looked up."""
        value = self.words.known_value(state)
        if value is None:
            return UnknownPiece(state, quoted=True, said=text)
        held = Filter(value.column, "in", value.values)
        return OutcomePiece(text, held, rate=True, note=value.note)

    def extent(self, at: int) -> tuple[OutcomePiece, int] | None:
        """The rate that "the highest attrition" and "attrition by department" ask for."""
        word = self.words.lower[at]
        before = self.words.lower[at - 1] if at else ""
        after = self.words.lower[at + 1] if at + 1 < len(self.words.lower) else ""
        ranked = isinstance(self.words.known(before), SuperlativePiece)
        divided = after in GROUPERS and before not in GROUPERS
        held = self._held(word) if word in EXTENTS and (ranked or divided) else None
        if held is None or held.column.binary:
            return None
        return _its_rate(self.words.tokens[at].text, held), 1

    def rows(self, at: int) -> tuple[Piece, int] | None:
        """ "Failed missions" are the rows that turned out so; "the highest attrition" is a rate."""
        text, word = self.words.tokens[at].text, self.words.lower[at]
        held = self._held(word)
        if held is None:
            return None
        if word in EXTENTS and held.column.binary and held.values == (1,):
            named = (held.column,)
            return ColumnPiece(text, named, note=f"“{text}” was read as {held.column.name}."), 1
        if word in EXTENTS:
            return _its_rate(text, held), 1
        return OutcomePiece(text, held, counted=word in EVENTS), 1

    def _held(self, word: str) -> Filter | None:
        for outcome in OUTCOMES:
            if word not in outcome.holds | outcome.fails:
                continue
            columns = [c for c in self.words.columns if outcome.named & frozenset(c.words)]
            told = [_told(column, holds=word in outcome.holds) for column in columns]
            held = [condition for condition in told if condition]
            if len(held) == 1:
                return held[0]
        return None


def _its_rate(text: str, held: Filter) -> OutcomePiece:
    return OutcomePiece(text, held, rate=True, note=f"“{text}” was read as its rate.")


def _told(column: Column, *, holds: bool) -> Filter | None:
    """The rows where a column of yes and no, or of 1 and 0, says so."""
    if column.boolean:
        return Filter(column, "in", (str(holds),))
    if column.positive:
        others = tuple(value for value in column.values if value != column.positive)
        if others and not holds:
            return Filter(column, "in", others)  # not those of which nothing is known
        return Filter(column, "in" if holds else "not_in", (column.positive,))
    return Filter(column, "eq", (1 if holds else 0,)) if column.binary else None

"""Words that would be passed over and yet change what is asked: they are read, or unknown."""

from __future__ import annotations

from collections.abc import Sequence

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.lexicon import phrases, things
from datalens_core.llm.offline.lexicon.passed_over import SOFT_NOUNS
from datalens_core.llm.offline.pieces import (
    AskPiece,
    BinPiece,
    ColumnPiece,
    GrouperPiece,
    Piece,
    UnknownPiece,
    ValuePiece,
)
from datalens_core.llm.offline.tokens import Token, same

_QUANTITIES = frozenset({"price", "prices", "cost", "costs", "rate", "rates", "score", "scores"})
_ANY_MEASURE = frozenset({"big", "large", "high", "low", "great"})
"""How high a salary is says no more than how much it is."""
_SORTED = frozenset({"sorted", "sort", "ordered", "order", "arranged"})
_PERCENTS = frozenset({"pct", "perc", "percent", "percentage"})

Found = tuple[Piece, int] | None


def changing_words(tokens: Sequence[Token], at: int, columns: Sequence[Column]) -> Found:
    """The piece that begins at a token, and its length, if it is one of these words."""
    for find in (_how, _fell, _percent, _now, _not_passed_over):
        found = find(tokens, at, columns)
        if found:
            return found
    return None


def _how(tokens: Sequence[Token], at: int, columns: Sequence[Column]) -> Found:
    """ "How long", "how far": a measure of its own, which the data have or have not."""
    follows = tokens[at + 1].lower if at + 1 < len(tokens) else ""
    if tokens[at].lower != "how" or follows not in phrases.MEASURED:
        return None
    wanted = phrases.MEASURED[follows]
    named = tuple(c for c in columns if c.measure and wanted & c.senses)
    text = f"{tokens[at].text} {tokens[at + 1].text}"
    if len(named) == 1:
        return ColumnPiece(text, named, note=f"“{text}” was read as {named[0].name}."), 2
    if follows in _ANY_MEASURE:
        return Piece(text), 2
    return (Piece(text), 2) if named else (UnknownPiece(text, quoted=True), 2)


def _fell(tokens: Sequence[Token], at: int, columns: Sequence[Column]) -> Found:
    """The "fell" of "how much rain fell" is no decline."""
    told = [token.lower for token in tokens[max(0, at - 3) : at]][:2] == ["how", "much"]
    return (Piece("fell"), 1) if told and tokens[at].lower == "fell" else None


def _percent(tokens: Sequence[Token], at: int, columns: Sequence[Column]) -> Found:
    """The sign of "above 20%": only a column of percents says what it is 20 of."""
    if at == 0 or tokens[at].lower not in ("%", "percent") or tokens[at - 1].kind != "number":
        return None
    known = any(_PERCENTS & column.senses for column in columns)
    text = f"{tokens[at - 1].text}{tokens[at].text}"
    return (Piece(text), 1) if known else (UnknownPiece(text, quoted=True), 1)


def _now(tokens: Sequence[Token], at: int, columns: Sequence[Column]) -> Found:
    """ "This year", "the current month": the data do not know what day it is."""
    follows = tokens[at + 1].lower if at + 1 < len(tokens) else ""
    if tokens[at].lower not in ("this", "current") or follows not in phrases.BINS:
        return None
    text = f"{tokens[at].text} {tokens[at + 1].text}"
    return UnknownPiece(text, quoted=True), 2


def _not_passed_over(tokens: Sequence[Token], at: int, columns: Sequence[Column]) -> Found:
    """Common words that change what is asked, where they do."""
    word = tokens[at].lower
    before = tokens[at - 1].lower if at else ""
    follows = tokens[at + 1] if at + 1 < len(tokens) else None
    if word in _SORTED and follows and follows.lower == "by":
        return UnknownPiece(f"{tokens[at].text} by", quoted=True), 2
    if _of_another_event(word, columns):
        return UnknownPiece(tokens[at].text, quoted=True), 1
    both = word == "both" and follows and (follows.kind == "number" or follows.capitalised)
    same_as = word == "same" and at > 1
    classes = word in ("group", "groups", "bracket", "band") and any(
        column.measure and same(before, column.words[-1]) for column in columns
    )
    if both or same_as or classes:
        text = f"{before} {tokens[at].text}" if classes else tokens[at].text
        return UnknownPiece(text, quoted=True), 1
    return None


def _of_another_event(word: str, columns: Sequence[Column]) -> bool:
    """Whether who "left in 2020" is asked of dates that only tell who started."""
    dates = [column for column in columns if column.temporal]
    told = [event for event in things.EVENTS if any(event & column.senses for column in dates)]
    asked = [event for event in things.EVENTS if word in event]
    return bool(told and asked) and asked[0] not in told


def told_or_unknown(pieces: Sequence[Piece], at: int) -> Piece:
    """A quantity that is passed over beside its column ("the GOOG price") is none of another."""
    piece = pieces[at]
    if type(piece) is not Piece or piece.text.lower() not in _QUANTITIES:
        return piece
    around = [p for p in pieces[max(0, at - 3) : at + 4] if type(p) is not Piece]
    columns = [p for p in around if isinstance(p, ColumnPiece)]
    told = any(piece.text.lower() in _companions(p) for p in columns)
    guessed = bool(columns) and not told and all(p.note for p in columns)
    return UnknownPiece(piece.text) if guessed else piece


def grouped_or_unknown(pieces: Sequence[Piece], at: int) -> Piece:
    """The "class" of "by class" is what to group by, where no column follows that it belongs to."""
    piece = pieces[at]
    if type(piece) is not Piece or piece.text.lower() not in SOFT_NOUNS:
        return piece
    before = next((p for p in reversed(pieces[:at]) if not _passed_over(p)), None)
    after = next((p for p in pieces[at + 1 :] if not _passed_over(p)), None)
    belongs = isinstance(after, ColumnPiece | BinPiece | AskPiece | UnknownPiece | ValuePiece)
    return UnknownPiece(piece.text) if isinstance(before, GrouperPiece) and not belongs else piece


def _passed_over(piece: Piece) -> bool:
    return type(piece) is Piece


def _companions(piece: ColumnPiece) -> frozenset[str]:
    """What may stand beside a column and only says more of it: the "price" of close."""
    senses = {sense for column in piece.columns for sense in column.senses}
    return frozenset(word for sense in senses for word in things.COMPANIONS.get(sense, ()))

"""From a question to what it means over one data set: an Intent, or what was not understood."""

from __future__ import annotations

import re

from datalens_core.llm.exchange import DatasetContext
from datalens_core.llm.offline.cutter import Cutter
from datalens_core.llm.offline.intent import Lookup, NotUnderstood, Reading
from datalens_core.llm.offline.lexicon.passed_over import GREETINGS, STOPWORDS
from datalens_core.llm.offline.pieces import ColumnPiece, Piece, UnknownPiece, ValuePiece
from datalens_core.llm.offline.resolve import resolve
from datalens_core.llm.offline.scanner import Scanner
from datalens_core.llm.offline.schema_match import Column, columns_of
from datalens_core.llm.offline.value_finder import Lookups, search_text

_MAX_LOOKUP_COLUMNS = 4
_MAX_WORDS = 60


def read_question(
    question: str, dataset: DatasetContext, lookups: Lookups | None = None
) -> Reading:
    """Read a question over one data set.

    `lookups` holds what `find_values` answered so far. The reading names the look-ups that are
    still open; its outcome is final only when there are none.
    """
    words = re.findall(r"\w+", question.lower())
    if not words:
        return Reading(NotUnderstood("There is no question in this."))
    if set(words) <= GREETINGS | STOPWORDS and GREETINGS & set(words):
        return Reading(NotUnderstood("Hello. Ask me something about the loaded data."))
    if len(words) > _MAX_WORDS:
        return Reading(NotUnderstood(f"This is long. I understand up to {_MAX_WORDS} words."))
    columns = columns_of(dataset.dataset_schema)
    known = lookups or {}
    pieces = Cutter(columns, dataset.name, known).cut(question)
    draft = Scanner(columns, pieces).scan()
    if draft.refusal:
        return Reading(NotUnderstood(draft.refusal))
    open_lookups = tuple(
        lookup
        for piece in pieces
        if _doubtful(piece)
        for lookup in [_lookup(piece, pieces, columns, known)]
        if lookup.columns
    )
    if draft.unknown:
        named = ", ".join(f"“{word}”" for word in dict.fromkeys(draft.unknown))
        reason = f"I did not understand {named}: it is no column, and no value that I found."
        return Reading(NotUnderstood(reason, tuple(draft.unknown)), open_lookups)
    if draft.ambiguous:
        named = ", ".join(f"“{word}”" for word in draft.ambiguous)
        return Reading(NotUnderstood(f"{named} could be more than one column."))
    return Reading(resolve(draft, dataset.variable), open_lookups)


def _doubtful(piece: Piece) -> bool:
    """Whether a look-up may tell more of it."""
    return isinstance(piece, UnknownPiece) or (
        isinstance(piece, ValuePiece) and piece.fit != "exact"
    )


def _lookup(piece: Piece, pieces: list[Piece], columns: list[Column], known: Lookups) -> Lookup:
    """Where an unknown name may be found; columns that were asked already are left out."""
    at = pieces.index(piece)
    near = [
        column
        for other in pieces[max(0, at - 3) : at + 3]
        if isinstance(other, ColumnPiece)
        for column in other.columns
    ]
    texts = [column for column in columns if column.kind == "category"]
    flags = [column for column in columns if column.kind == "flag"]
    texts.sort(key=lambda column: (column not in near, column.identifier))
    text = search_text(piece.text)
    asked = {column for column, looked_up in known if looked_up == text}
    candidates = [column.name for column in (*texts, *flags)][:_MAX_LOOKUP_COLUMNS]
    return Lookup(text, tuple(name for name in candidates if name not in asked))

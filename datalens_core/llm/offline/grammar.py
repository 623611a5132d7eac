"""From a question to what it means over one data set: an Intent, or what was not understood."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datalens_core.llm.exchange import DatasetContext
from datalens_core.llm.offline.columns import Column, columns_of
from datalens_core.llm.offline.cutter import Cutter
from datalens_core.llm.offline.draft import Draft, copied
from datalens_core.llm.offline.followups import goes_on, merged
from datalens_core.llm.offline.intent import Lookup, NotUnderstood, Reading
from datalens_core.llm.offline.lexicon.passed_over import GREETINGS, STOPWORDS
from datalens_core.llm.offline.pieces import ColumnPiece, Piece, UnknownPiece, ValuePiece
from datalens_core.llm.offline.resolve import resolve
from datalens_core.llm.offline.scanner import Scanner
from datalens_core.llm.offline.value_finder import Lookups, search_texts

_MAX_LOOKUP_COLUMNS = 4
_MAX_WORDS = 60
_MAX_CHAIN = 6
"""How many questions back a follow-up may go on from."""


def read_question(
    question: str,
    dataset: DatasetContext,
    lookups: Lookups | None = None,
    before: Sequence[str] = (),
) -> Reading:
    """Read a question over one data set.

    `lookups` holds what `find_values` answered so far. The reading names the look-ups that are
    still open; its outcome is final only when there are none. `before` holds the questions asked
    before it, the last one last: it may go on from them.
    """
    unreadable = _unreadable(question)
    if unreadable:
        return Reading(unreadable)
    columns = columns_of(dataset.dataset_schema)
    known = lookups or {}
    draft, open_lookups = _draft(question, dataset, columns, known)
    if draft.refusal:
        return Reading(NotUnderstood(draft.refusal))
    if draft.unknown:
        named = ", ".join(f"“{word}”" for word in dict.fromkeys(draft.unknown))
        why = "it is no column, and no value that I found."
        if len(set(draft.unknown)) > 1:
            why = "they are no columns, and no values that I found."
        reason = f"I did not understand {named}: {why}"
        return Reading(NotUnderstood(reason, tuple(draft.unknown)), open_lookups)
    outcome = resolve(copied(draft), dataset.variable)
    if before and goes_on(question, draft, outcome):
        base, base_lookups = _base(before, dataset, columns, known)
        if base is not None:
            whole = merged(base, draft, question)
            whole.assumptions.insert(0, f"This goes on from “{before[-1]}”.")
            return Reading(resolve(whole, dataset.variable), (*open_lookups, *base_lookups))
    return Reading(outcome, open_lookups)


def _unreadable(question: str) -> NotUnderstood | None:
    words = re.findall(r"\w+", question.lower())
    if not words:
        return NotUnderstood("There is no question in this.")
    if set(words) <= GREETINGS | STOPWORDS and GREETINGS & set(words):
        return NotUnderstood("Hello. Ask me something about the loaded data.")
    if words[:2] == ["what", "does"] and words[-1] == "mean":
        return NotUnderstood("I can compute a mean, but not tell what a name stands for.")
    if len(words) > _MAX_WORDS:
        return NotUnderstood(f"This is long. I understand up to {_MAX_WORDS} words.")
    return None


def _draft(
    question: str, dataset: DatasetContext, columns: list[Column], known: Lookups
) -> tuple[Draft, tuple[Lookup, ...]]:
    """A question scanned, and the look-ups that may tell more of it."""
    pieces = Cutter(columns, dataset.name, known).cut(question)
    lookups = (_lookup(piece, pieces, columns, known) for piece in pieces if _doubtful(piece))
    return Scanner(columns, pieces).scan(), tuple(one for one in lookups if one.columns)


def _base(
    before: Sequence[str], dataset: DatasetContext, columns: list[Column], known: Lookups
) -> tuple[Draft | None, tuple[Lookup, ...]]:
    """What the question before asked, itself perhaps going on from an earlier one."""
    *earlier, question = before[-_MAX_CHAIN:]
    if _unreadable(question):
        return None, ()
    draft, lookups = _draft(question, dataset, columns, known)
    if lookups:
        return draft, lookups
    if draft.refusal or draft.unknown:
        return None, ()
    if earlier and goes_on(question, draft, resolve(copied(draft), dataset.variable)):
        base, lookups = _base(earlier, dataset, columns, known)
        if base is not None:
            return merged(base, draft, question), lookups
    return draft, ()


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
    candidates = [column.name for column in (*texts, *flags)][:_MAX_LOOKUP_COLUMNS]
    for text in search_texts(piece.text):
        asked = {column for column, looked_up in known if looked_up == text}
        left = tuple(name for name in candidates if name not in asked)
        if left:
            return Lookup(text, left)
    return Lookup(piece.text, ())

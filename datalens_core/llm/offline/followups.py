"""A question that goes on from the one before it: "now by month", "only Europe", "as a pie"."""

from __future__ import annotations

from dataclasses import replace

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.draft import Draft
from datalens_core.llm.offline.intent import Filter, Group, Intent, NotUnderstood
from datalens_core.llm.offline.lexicon.phrases import FOLLOWING
from datalens_core.llm.offline.pieces import ColumnPiece
from datalens_core.llm.offline.terms import Aggregate, Mark

_LONGEST = 8
"""Words of a fragment; a longer one says by itself what it asks."""
_WHOLE: frozenset[Mark] = frozenset(
    {"describe", "columns", "head", "missing", "duplicates", "correlation"}
)
_PRONOUNS = frozenset({"it", "its", "them", "their", "those", "these", "one", "ones", "that"})
_ADDING = ("and", "also", "split", "break")


def goes_on(question: str, draft: Draft, alone: Intent | NotUnderstood) -> bool:
    """Whether a question says too little by itself, and starts like one that goes on."""
    words = question.lower().replace("?", " ").replace(",", " ").split()
    if not words or len(words) > _LONGEST or draft.refusal:
        return False
    if " ".join(words[:2]) in ("what about", "how about"):
        return True
    starts = any(" ".join(words[:n]) in FOLLOWING for n in (1, 2, 3))
    refers = bool(_PRONOUNS.intersection(words))
    if isinstance(alone, NotUnderstood):
        named = draft.measures or draft.mentions or draft.groups
        return starts or refers or len(words) <= 3 or not named
    if _WHOLE & draft.marks or draft.rows:
        return False
    if words[0] in _ADDING and refers:
        return True
    bare = not (draft.mentions or draft.groups or draft.filters or draft.marks - {"which"})
    return not draft.measures and (starts or bare)


def merged(base: Draft, new: Draft, question: str) -> Draft:
    """The question before with what the new one changes of it."""
    first = question.lower().split()[0]
    measures, aggregates = _measures(base, new)
    adding = first in _ADDING
    return replace(
        base,
        measures=measures,
        aggregates=aggregates,
        named=new.named if new.measures else {} if new.aggregates else base.named,
        groups=_groups(base, new, adding=adding),
        mentions=_mentions(base, new),
        filters=_filters(base, new),
        conditions=new.conditions or ([] if _calculates(new) else base.conditions),
        orders=new.orders or base.orders,
        superlatives=new.superlatives or base.superlatives,
        limit=new.limit or base.limit,
        having=new.having or base.having,
        quantile=new.quantile or base.quantile,
        window=new.window or base.window,
        period=new.period or base.period,
        chart=new.chart or base.chart,
        marks=_marks(base, new),
        rows=new.rows or (base.rows and not _calculates(new)),
        unknown=new.unknown,
        assumptions=[*base.assumptions, *new.assumptions],
        alternatives=[*base.alternatives, *new.alternatives],
        choices=[*base.choices, *new.choices],
        spoken=base.spoken | new.spoken,
    )


def _calculates(draft: Draft) -> bool:
    """Whether it names a column with its calculation."""
    return bool(draft.measures and draft.aggregates) or any(own for _, own in draft.measures)


def _measures(
    base: Draft, new: Draft
) -> tuple[list[tuple[Column, list[Aggregate]]], list[Aggregate]]:
    """ "And the median?" keeps what is measured, "and the tips?" keeps the calculation."""
    if not new.measures:
        if new.aggregates:
            return [(column, []) for column, _ in base.measures], list(new.aggregates)
        return base.measures, base.aggregates
    own = next((asked for _, asked in base.measures if asked), [])
    kept = [(column, asked or list(own)) for column, asked in new.measures]
    return kept, new.aggregates or base.aggregates


def _groups(base: Draft, new: Draft, *, adding: bool) -> list[Group]:
    if not new.groups:
        return base.groups
    times = any(group.column.temporal for group in new.groups)
    if adding:
        kept = base.groups
    elif times and len(base.groups) > 1:
        kept = [group for group in base.groups if not group.column.temporal]
    else:
        kept = []
    return list(dict.fromkeys((*kept, *new.groups)))


def _mentions(base: Draft, new: Draft) -> list[ColumnPiece]:
    """A column that is now grouped by replaces the ones named in passing."""
    if new.mentions:
        return new.mentions
    return [] if new.groups else base.mentions


def _filters(base: Draft, new: Draft) -> list[Filter]:
    """A new condition on a column replaces the one before it."""
    narrowed = {held.column for held in new.filters}
    return [*(held for held in base.filters if held.column not in narrowed), *new.filters]


def _marks(base: Draft, new: Draft) -> set[Mark]:
    marks = base.marks | (new.marks - {"compare", "which", "list"})
    if new.groups and not any(group.column.temporal for group in new.groups):
        marks -= {"trend"}
    if "count" in marks and (_calculates(new) or (new.aggregates and base.measures)):
        marks -= {"count"}
    return marks

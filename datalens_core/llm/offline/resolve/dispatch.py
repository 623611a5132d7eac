"""Which rule a question belongs to."""

from __future__ import annotations

from typing import Literal

from datalens_core.llm.offline.draft import Draft
from datalens_core.llm.offline.intent import Intent, NotUnderstood
from datalens_core.llm.offline.resolve.aggregation import aggregate
from datalens_core.llm.offline.resolve.case import Case
from datalens_core.llm.offline.resolve.counting import counting
from datalens_core.llm.offline.resolve.listing import description, listing
from datalens_core.llm.offline.resolve.ranking import ranking
from datalens_core.llm.offline.resolve.relations import (
    asks_distribution,
    asks_scatter,
    correlation,
    distribution,
    scatter,
)
from datalens_core.llm.offline.resolve.shares import share

_WHOLE: tuple[Literal["duplicates", "columns", "head"], ...] = ("duplicates", "columns", "head")


def resolve(draft: Draft, dataset: str) -> Intent | NotUnderstood:
    """What a draft asks, or why it asks nothing that the rules can answer."""
    case = Case(draft, dataset)
    return _whole_data(case) or _relation(case) or _computed(case)


def _whole_data(case: Case) -> Intent | NotUnderstood | None:
    marks = case.draft.marks
    if "missing" in marks:
        return case.intent("missing", columns=[*case.measured, *case.mentioned()])
    for kind in _WHOLE:
        if kind in marks and not case.measured:
            return case.intent(kind)
    if "outliers" in marks:
        return NotUnderstood("I have no rule for outliers yet.")
    if "describe" in marks and not (case.measured or case.mentioned() or case.groups):
        return case.intent("describe")
    return None


def _relation(case: Case) -> Intent | NotUnderstood | None:
    if "correlation" in case.draft.marks:
        return correlation(case)
    if asks_distribution(case):
        return distribution(case)
    return scatter(case) if asks_scatter(case) else None


def _computed(case: Case) -> Intent | NotUnderstood:
    case.split_by_flags()
    case.follow_trend()
    marks = case.draft.marks
    if "share" in marks:
        return share(case)
    if case.draft.orders:
        return ranking(case)
    if "count" in marks:
        return counting(case)
    if {"unique", "which", "list"} & marks:
        return listing(case)
    return description(case) if "describe" in marks else aggregate(case)

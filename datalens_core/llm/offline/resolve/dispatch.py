"""Which rule a question belongs to."""

from __future__ import annotations

from typing import Literal

from datalens_core.llm.offline.draft import Draft
from datalens_core.llm.offline.intent import Intent, NotUnderstood
from datalens_core.llm.offline.resolve.aggregation import aggregate
from datalens_core.llm.offline.resolve.case import Case
from datalens_core.llm.offline.resolve.counting import counting
from datalens_core.llm.offline.resolve.having import having
from datalens_core.llm.offline.resolve.listing import description, listing
from datalens_core.llm.offline.resolve.ranking import ranking
from datalens_core.llm.offline.resolve.relations import (
    asks_distribution,
    asks_scatter,
    correlation,
    distribution,
    outliers,
    regression,
    scatter,
)
from datalens_core.llm.offline.resolve.series import asked_step, asks_growth, growth, step
from datalens_core.llm.offline.resolve.shares import share
from datalens_core.llm.offline.resolve.tables import difference, pivot, ratio, spread, weighed

_WHOLE: tuple[Literal["duplicates", "columns", "head"], ...] = ("duplicates", "columns", "head")


def resolve(draft: Draft, dataset: str) -> Intent | NotUnderstood:
    """What a draft asks, or why it asks nothing that the rules can answer."""
    case = Case(draft, dataset)
    if "effect" in draft.marks:
        draft.marks.add("scatter")
        case.notes.append("What goes together is shown; the data do not tell what causes what.")
    return _whole_data(case) or _relation(case) or _computed(case)


def _whole_data(case: Case) -> Intent | NotUnderstood | None:
    marks = case.draft.marks
    if "missing" in marks:
        return case.intent("missing", columns=[*case.measured, *case.mentioned()])
    for kind in _WHOLE:
        if kind in marks and not case.measured:
            return case.intent(kind, columns=case.mentioned() if kind == "duplicates" else ())
    if "outliers" in marks:
        return outliers(case)
    if "describe" in marks and not (case.measured or case.mentioned() or case.groups):
        return case.intent("describe")
    return None


def _relation(case: Case) -> Intent | NotUnderstood | None:
    if "regression" in case.draft.marks:
        return regression(case)
    if "correlation" in case.draft.marks:
        return correlation(case)
    if asks_distribution(case):
        return distribution(case)
    if "extent" in case.draft.marks and not case.all_groups() and len(case.measured) == 1:
        return distribution(case)
    return scatter(case) if asks_scatter(case) else None


def _computed(case: Case) -> Intent | NotUnderstood:
    case.settle_flags()
    marks = case.draft.marks
    if "higher" in marks and case.measured and not case.draft.orders:
        refusal = weighed(case)
        if refusal:
            return refusal
    if case.draft.having:
        return having(case, case.draft.having)
    if "growth" in marks and not case.draft.rows:
        case.take_only_measure()
    if asks_growth(case):
        return growth(case)
    kind = asked_step(case)
    if kind:
        return step(case, kind)
    if "growth" in marks:
        marks.add("trend")
    case.follow_trend()
    if "pivot" in marks:
        return pivot(case)
    if {"range", "extent"} & marks or ("difference" in marks and len(set(case.draft.orders)) == 2):
        return spread(case)
    if "difference" in marks:
        return difference(case)
    if "ratio" in marks:
        return ratio(case)
    if "share" in marks:
        return share(case)
    if case.draft.orders:
        return ranking(case)
    if "count" in marks:
        return counting(case)
    if {"unique", "which", "list"} & marks:
        return listing(case)
    return description(case) if "describe" in marks else aggregate(case)

"""Shares of a whole."""

from __future__ import annotations

from datalens_core.llm.offline.intent import Group, Intent, Measure, NotUnderstood
from datalens_core.llm.offline.resolve.case import Case, too_many


def share(case: Case) -> Intent | NotUnderstood:
    groups = case.all_groups()
    if not groups:
        named = [held for held in case.filters if held.operator == "in"]
        if len(named) != 1:
            return NotUnderstood("A share of what? Name a column, or one value.")
        case.filters.remove(named[0])
        groups = [Group(named[0].column)]
        case.notes.append(f"The share is shown for every {named[0].column.name}.")
    if any(a not in ("sum", "count") for _, own in case.draft.measures for a in own):
        return NotUnderstood("A share is of a total; an average has none.")
    measures = case.measures("sum") if case.measured else [Measure("count")]
    if too_many(groups) or len(measures) != 1 or len(groups) != 1:
        return NotUnderstood("I can show the share of one total, by one column.")
    case.keep_latest(measures, groups)
    return case.intent(
        "aggregate",
        measures=measures,
        groups=groups,
        share=True,
        order="asc" if groups[0].column.temporal else "desc",
        extreme=bool(case.draft.orders),
    )

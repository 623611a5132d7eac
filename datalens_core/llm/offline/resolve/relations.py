"""How values spread, and how columns go together."""

from __future__ import annotations

from datalens_core.llm.offline.intent import Group, Intent, Measure, NotUnderstood
from datalens_core.llm.offline.resolve.case import Case


def correlation(case: Case) -> Intent | NotUnderstood:
    if len(case.measured) < 2 and sum(c.measure for c in case.draft.columns) < 2:
        return NotUnderstood("A correlation needs two columns of numbers.")
    if case.categories() or case.groups:
        return NotUnderstood("I can only correlate columns of numbers, over all rows.")
    return case.intent("correlation", columns=case.measured)


def asks_distribution(case: Case) -> bool:
    marks, chart = case.draft.marks, case.draft.chart
    named = "distribution" in marks or chart in ("histogram", "box")
    return named and not case.calculated


def distribution(case: Case) -> Intent | NotUnderstood:
    if not case.measured:
        targets = [Group(column) for column in case.categories()] or case.groups
        if not targets:
            return NotUnderstood("Of which column should I show the distribution?")
        if len(targets) > 2:
            return NotUnderstood("I can show the distribution of two columns at most.")
        case.chart = None if case.chart in ("histogram", "box") else case.chart
        return case.intent("aggregate", measures=(Measure("count"),), groups=targets, order="desc")
    if len(case.measured) > 1:
        return NotUnderstood("I can show the distribution of one column at a time.")
    groups = case.all_groups()
    if len(groups) > 1 or any(group.bin for group in groups):
        return NotUnderstood("I can split a distribution by one column.")
    return case.intent("distribution", columns=(case.measured[0],), groups=groups)


def asks_scatter(case: Case) -> bool:
    if case.calculated:
        return False
    if "trend" in case.draft.marks or any(group.column.temporal for group in case.groups):
        return False
    asked = bool({"scatter", "versus", "by_number"} & case.draft.marks)
    return (
        len(case.measured) == 2
        and (asked or case.draft.chart == "scatter")
        and (not case.draft.orders)
    )


def scatter(case: Case) -> Intent | NotUnderstood:
    groups = case.all_groups()
    if len(groups) > 1 or any(group.bin for group in groups):
        return NotUnderstood("I can colour a scatter plot by one column.")
    columns = list(case.measured)
    if "by_number" in case.draft.marks or "versus" in case.draft.marks:
        columns.reverse()
    return case.intent("scatter", columns=columns, groups=groups)

"""Shares of a whole, and which part of the rows fulfils a condition."""

from __future__ import annotations

from dataclasses import replace

from datalens_core.llm.offline.intent import Filter, Group, Intent, Measure, NotUnderstood
from datalens_core.llm.offline.naming import group_name
from datalens_core.llm.offline.resolve.case import Case
from datalens_core.llm.offline.terms import Order

_COMPARED = frozenset({"gt", "ge", "lt", "le", "between", "eq", "ne", "in"})


def share(case: Case) -> Intent | NotUnderstood:
    if case.draft.conditions:
        return _rate(case)
    conditions = _conditions(case)
    timed = len(case.groups) == 1 and case.groups[0].column.temporal and not case.measured
    if timed and not conditions:
        # "share of Japanese cars by year": of all cars of each year
        conditions = [h for h in case.filters if h.operator == "in" and h.part == "value"]
    if (
        not conditions
        and case.groups
        and case.groups == case.draft.groups  # no yes and no that is itself asked for
        and not case.measured
        and (case.draft.rows or not case.tallies)
    ):
        # "percentage of women per department": of all rows of each department
        named = [h for h in case.filters if h.operator in ("in", "not_in") and h.part == "value"]
        conditions = named if len(named) == 1 else []
    if conditions:
        return _proportion(case, conditions)
    if case.draft.limit:
        return NotUnderstood("I can show the share of each, but not of the first few together.")
    groups = case.all_groups()
    focus = None
    if not groups:
        named = [held for held in case.filters if held.operator == "in" and held.part == "value"]
        if not named:
            return NotUnderstood("A share of what? Name a column, or one value.")
        part = named[-1]  # "of the gold medals … to South Korea": the whole is named first
        if len(part.values) > 1 and not case.measured:
            return _proportion(case, [part])  # "on the weekend": of both days together
        case.filters.remove(part)
        groups = [Group(part.column)]
        focus = str(part.values[0]) if len(part.values) == 1 else None
    if any(a not in ("sum", "count") for _, own in case.draft.measures for a in own):
        return NotUnderstood("A share is of a total; an average has none.")
    if not case.draft.rows and "count" not in case.draft.marks:
        case.take_only_measure()
    case.take_one_measure()
    measures = case.measures("sum") if case.measured else [Measure("count")]
    if not case.measured and not case.draft.rows and "count" not in case.draft.marks:
        case.notes.append("Rows are counted, as the question names no number.")
    groups = sorted(case.compared(groups), key=lambda group: not group.column.temporal)
    two = len(groups) == 2 and groups[0].column.temporal
    if len(measures) != 1 or not (len(groups) == 1 or two):
        return NotUnderstood("I can show the share of one total, by one column or over time.")
    case.keep_latest(measures, groups)
    temporal = groups[0].column.temporal
    return case.intent(
        "aggregate",
        measures=measures,
        groups=groups,
        share=True,
        focus=focus,
        order=None if two else "asc" if temporal else "desc",
        extreme=bool(case.draft.orders),
    )


def _rate(case: Case) -> Intent | NotUnderstood:
    """ "Success rate by company", "which company has the highest failure rate"."""
    ranked = case.draft.orders or {"which", "compare", "versus"} & case.draft.marks
    named = [group for group in case.mentioned_groups() if group not in case.groups]
    if named and (ranked or not case.groups):
        case.groups = [*named, *case.groups]
        case.draft.mentions = []
    case.groups = [_in_years(group) for group in case.compared(case.groups)]
    found = _proportion(case, list(case.draft.conditions))
    if isinstance(found, NotUnderstood) or not found.groups:
        return found
    orders = case.draft.orders
    order: Order | None = "asc" if "asc" in orders else "desc" if orders else None
    return replace(found, order=order, limit=case.draft.limit, extreme=bool(orders))


def _in_years(group: Group) -> Group:
    """The part of a single day's rows says little."""
    return replace(group, bin="year") if group.column.kind == "date" and not group.bin else group


def _conditions(case: Case) -> list[Filter]:
    """What the counted rows fulfil: comparisons of columns that nothing else is asked of."""
    if any(not case.narrowed(column) for column in case.measured):
        return []
    found = [held for held in case.filters if held.column.measure]
    return [held for held in found if held.operator in _COMPARED]


def _proportion(case: Case, conditions: list[Filter]) -> Intent | NotUnderstood:
    case.filters = [held for held in case.filters if held not in conditions]
    counted = [column for column in case.mentioned() if not case.narrowed(column)]
    if counted:  # "what share of countries has …"
        case.notes.append(f"Each row counts as one {counted[0].name}.")
    groups = case.groups
    if len(groups) > 1:
        return NotUnderstood("I can split such a share by one column.")
    if groups:
        name = group_name(groups[0])
        case.notes.append(f"Each percentage is of the rows with the same {name}.")
    return case.intent("proportion", conditions=conditions, groups=groups)

"""Two groups as a table of rows and columns; ratios of two columns; the gap of one."""

from __future__ import annotations

from dataclasses import replace

from datalens_core.llm.offline.intent import Group, Intent, Measure, NotUnderstood
from datalens_core.llm.offline.resolve.aggregation import aggregate, grouped_intent
from datalens_core.llm.offline.resolve.case import Case


def pivot(case: Case) -> Intent | NotUnderstood:
    times = [Group(c) for c in case.mentioned() if c.temporal and not case.narrowed(c)]
    groups = list(dict.fromkeys((*case.all_groups(), *times)))
    if len(groups) != 2:
        return NotUnderstood("A pivot table needs two columns: one for its rows, one across.")
    case.take_one_measure()
    if len(case.measured) > 1:
        return NotUnderstood("A pivot table shows one number.")
    measures = case.measures() if case.measured else [Measure("count")]
    case.keep_latest(measures, groups)
    return case.intent("aggregate", measures=measures[:1], groups=groups, pivot=True)


def ratio(case: Case) -> Intent | NotUnderstood:
    """The total of the first column over that of the second."""
    if len(case.measured) != 2:
        return NotUnderstood("A ratio of what? Name two columns of numbers.")
    part, whole = case.measured
    case.notes.append(f"The total of {part.name} is divided by the total of {whole.name}.")
    case.groups = case.all_groups()
    return grouped_intent(case, [Measure("ratio", part, per=whole)])


def weighed(case: Case) -> NotUnderstood | None:
    """ "Are tips higher at dinner": dinner is weighed against the other times."""
    sides = [
        h
        for h in case.filters
        if h.operator == "in" and (h.column.kind in ("category", "flag") or h.part == "weekday")
    ]
    if not sides or case.groups or {"versus", "compare"} & case.draft.marks:
        return None
    if len(sides) > 1:
        return NotUnderstood("Higher or lower than what? Name both sides.")
    side = sides[0]
    case.filters.remove(side)
    if len(side.values) > 1:  # "on weekends"
        case.groups.append(Group(side.column, "sides", side=side))
        other = "day of the week" if side.part == "weekday" else side.column.name
        case.notes.append(f"Rows with any other {other} are compared with them.")
        if not case.calculated:  # one side has more rows than the other
            case.draft.aggregates.append("mean")
    else:
        case.groups.append(Group(side.column, "weekday" if side.part == "weekday" else None))
        case.notes.append(f"Every {side.column.name} is shown, to compare.")
    case.draft.marks.add("compare")
    return None


def difference(case: Case) -> Intent | NotUnderstood:
    """One number of each side, and how far the two are apart."""
    case.draft.marks.add("compare")
    found = aggregate(case)
    if isinstance(found, NotUnderstood):
        return found
    if found.kind != "aggregate" or len(found.groups) != 1 or len(found.measures) != 1:
        return NotUnderstood("The difference between what? Name one number and two groups.")
    return replace(found, difference=True)


def spread(case: Case) -> Intent | NotUnderstood:
    """The gap between the highest and the lowest value."""
    case.take_one_measure()
    ends = "extent" in case.draft.marks or len(set(case.draft.orders)) == 2
    if len(case.measured) != 1 or not ends or case.calculated:
        return NotUnderstood("I can only tell the gap between the highest and the lowest value.")
    targets = case.mentioned_groups()
    label = case.draft.label
    column = case.measured[0]
    if targets and targets[0].column == label and label is not None:
        case.keep_latest_of(label)
    elif targets and "extent" in case.draft.marks:
        case.groups += [group for group in targets if group not in case.groups]
    elif targets:
        return NotUnderstood("The gap between which averages or totals? I can tell it of rows.")
    return grouped_intent(case, [Measure(a, column) for a in ("range", "max", "min")])

"""How many there are."""

from __future__ import annotations

from datalens_core.llm.offline.intent import Filter, Group, Intent, Measure, NotUnderstood
from datalens_core.llm.offline.resolve.aggregation import aggregate, grouped_intent
from datalens_core.llm.offline.resolve.case import Case


def counting(case: Case) -> Intent | NotUnderstood:
    categories = [c for c in case.categories() if not case.narrowed(c)]
    grouped = [group.column for group in case.groups]
    targets = [column for column in categories if column not in grouped]
    if case.draft.aggregates and not case.measured:
        if case.draft.rows:
            return NotUnderstood("I can count, or average a column, but not average counts.")
        if not case.tallies:
            return NotUnderstood("Of which column? Name a column of numbers.")
        case.draft.measures.append((case.tallies[0], []))
        return aggregate(case)
    if case.measured and not targets:
        counted = [column for column, own in case.draft.measures if not own]
        column = counted[0] if counted else case.measured[0]
        if case.draft.rows and column.binary and not case.draft.aggregates:
            case.filters.append(Filter(column, "eq", (1,)))  # "how many passengers survived"
            return _counted_rows(case)
        if case.draft.rows and not case.draft.aggregates and not case.narrowed(column):
            return NotUnderstood(f"Should I count the rows, or add up {column.name}?")
        if case.draft.aggregates or len(case.measured) > 1:
            return aggregate(case)
        if case.narrowed(column) or not column.integer:
            return _counted_rows(case)
        case.notes.append(f"The numbers in {column.name} are added up.")
        case.keep_latest([Measure("sum", column)], case.groups)
        return grouped_intent(case, [Measure("sum", column)])
    if case.measured:
        return NotUnderstood("I can count one thing at a time.")
    if len(targets) > 1:
        return NotUnderstood("I can count one thing at a time.")
    if not targets and not case.draft.rows and case.tallies and case.filters:
        tally = case.tallies[0]
        case.notes.append(f"{tally.name} already holds counts: it is added up.")
        return grouped_intent(case, [Measure("sum", tally)])
    if not targets:
        times = [
            column
            for column in case.mentioned()
            if column.kind == "date" or (column.temporal and not case.narrowed(column))
        ]
        if times and not case.draft.rows:
            return grouped_intent(case, [Measure("nunique", times[0])])
        return _counted_rows(case)
    if case.groups and case.tallies and "unique" not in case.draft.marks:
        tally = case.tallies[0]
        case.notes.append(
            f"{tally.name} already holds counts: it is added up. Ask for the number of different"
            f" {targets[0].name} for the other reading."
        )
        return grouped_intent(case, [Measure("sum", tally)])
    plural = any(p.plural for p in case.draft.mentions if targets[0] in p.columns)
    plural = plural or bool(case.groups and targets[0] == case.draft.label)
    if not plural and "unique" not in case.draft.marks:
        case.groups.append(Group(targets[0]))
        return _counted_rows(case)
    return grouped_intent(case, [Measure("nunique", targets[0])])


def _counted_rows(case: Case) -> Intent | NotUnderstood:
    return grouped_intent(case, [Measure("count")])

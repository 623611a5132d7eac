"""Numbers by group, over time, or of all rows."""

from __future__ import annotations

from dataclasses import replace

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.intent import Group, Intent, Measure, NotUnderstood
from datalens_core.llm.offline.lexicon.names import STOCKS
from datalens_core.llm.offline.resolve.case import Case, nothing, too_many
from datalens_core.llm.offline.terms import Aggregate, Order

_BOUNDS = frozenset({"gt", "ge", "lt", "le", "between"})


def aggregate(case: Case, fallback: Aggregate | None = None) -> Intent | NotUnderstood:
    draft = case.draft
    additive = any(case.default(column) == "sum" for column in case.measured)
    if "periodic" in draft.marks and additive:
        return NotUnderstood(
            "The average of each period's total, or of its rows? I compute totals."
        )
    if "trend" in draft.marks and draft.time is None:
        return NotUnderstood("There is no column of dates or years in this data.")
    spare = [c for c in case.categories() if not case.narrowed(c)]
    grouped = {group.column for group in case.groups}
    spare = [column for column in spare if column not in grouped]
    drawn_over_time = case.chart in ("line", "area") and not case.groups and case.measured
    if drawn_over_time and draft.time and not case.narrowed(draft.time):
        case.groups.append(draft.over_time(draft.time))
    times = [c for c in case.mentioned() if c.temporal and not case.narrowed(c)]
    if times and times[0] not in grouped and (case.measured or draft.rows):
        case.groups.insert(0, Group(times[0]))
    if not case.measured:
        return _without_measure(case, spare)
    explicit = case.calculated or bool(draft.named)
    _course_of_values(case, explicit)
    if spare:
        plain_filter = any(held.operator == "in" for held in case.filters)
        things = all(column == draft.label for column in spare)
        if plain_filter and explicit and (things or not case.groups):
            case.notes.append("Every row that matches counts once.")
        else:
            case.groups += [Group(column) for column in spare]
    groups = case.compared(case.groups)
    if not groups and not explicit and fallback is None:
        return _unaggregated(case)
    case.groups = groups
    return grouped_intent(case, case.measures(fallback))


def _countable(case: Case) -> bool:
    """Whether rows are things to count; a table of numbers alone holds one row a moment."""
    return any(column.kind in ("category", "flag") for column in case.draft.columns)


def _course_of_values(case: Case, explicit: bool) -> None:
    """ "gdp of Chile and Argentina": levels of named things are shown over time."""
    time = case.draft.time
    moment = any(h.column == time and h.operator in ("eq", "in") for h in case.filters)
    named = any(held.operator == "in" for held in case.filters)
    if time is None or explicit or case.groups or moment or not named:
        return
    column = case.measured[0]
    sides = {"compare", "versus"} & case.draft.marks
    if sides and not any(held.column == case.draft.label for held in case.filters):
        return
    level = case.default(column) == "mean" or bool(STOCKS & column.senses)
    if level and case.chart in (None, "line", "area"):
        case.groups.append(case.draft.over_time(time))


def _settled_time(case: Case, time: Column) -> bool:
    """Whether a condition says when; levels within a year of days still have a course."""
    held = [one for one in case.filters if one.column == time]
    if time.kind == "date" and case.default(case.measured[0]) == "mean":
        held = [one for one in held if one.part != "year"]
    return bool(held)


def _without_measure(case: Case, spare: list[Column]) -> Intent | NotUnderstood:
    if case.draft.aggregates and case.take_only_measure():
        counted = case.groups and case.tallies  # "total medals by nation": the count says of what
        case.groups += [] if counted else [Group(column) for column in spare]
        return grouped_intent(case, case.measures())
    if case.draft.aggregates:
        return NotUnderstood("Of which column? Name a column of numbers.")
    if "trend" in case.draft.marks and not _countable(case):
        return nothing()
    plural = [column for piece in case.draft.mentions if piece.plural for column in piece.columns]
    if case.groups and len(spare) == 1 and spare[0] in (case.draft.label, *plural):
        # "countries per continent", "missions by year": the different ones of each
        return grouped_intent(case, [Measure("nunique", spare[0])])
    case.groups += [Group(column) for column in spare]
    if case.groups and not case.draft.rows and case.tallies and case.take_only_measure():
        return grouped_intent(case, case.measures())
    counting = case.draft.rows or case.chart or "trend" in case.draft.marks
    if case.groups and (counting or "compare" in case.draft.marks):
        case.notes.append("Rows are counted, as the question names no number.")
        return grouped_intent(case, [Measure("count")])
    if case.filters and case.draft.rows:
        return listed_rows(case)
    compared = any(held.operator in _BOUNDS for held in case.filters)
    if compared and not spare and not case.groups and not case.draft.marks:
        return listed_rows(case)
    if case.filters and len(spare) == 1:
        return case.intent("unique", columns=(spare[0],))
    return nothing()


def _unaggregated(case: Case) -> Intent | NotUnderstood:
    """A measure without a calculation: "life expectancy in Japan", "how much sales"."""
    column = case.measured[0]
    time = case.draft.time
    if len(case.measured) == 2 and not case.filters:
        return case.intent("scatter", columns=case.measured)
    chart = case.chart
    over_time = chart in ("line", "area") or (case.filters and chart is None)
    adds_up = case.default(column) == "sum" and time and time.kind == "date" and chart is None
    if time and over_time and not adds_up and not _settled_time(case, time):
        case.groups = [case.draft.over_time(time)]
        return grouped_intent(case, case.measures())
    if "how_much" in case.draft.marks or (
        case.filters and case.default(column) == "sum" and len(case.measured) == 1
    ):
        if case.default(column) != "sum":
            return listed_rows(case) if case.filters else nothing()
        measures = case.measures()
        case.keep_latest(measures, [])
        return grouped_intent(case, measures)
    if case.filters:
        return listed_rows(case)
    if len(case.measured) == 1:
        case.notes.append("The question names no calculation: the distribution is shown.")
        return case.intent("distribution", columns=(column,))
    return nothing()


def listed_rows(case: Case) -> Intent:
    columns = case.row_columns(case.measured)
    return case.intent("rows", columns=columns, limit=case.draft.limit)


def grouped_intent(case: Case, measures: list[Measure]) -> Intent | NotUnderstood:
    groups = list(dict.fromkeys(case.compared(case.groups)))
    refusal = too_many(groups) or _of_itself(measures, groups)
    if refusal:
        return refusal
    for held in case.filters:
        alone = held.operator == "in" and len(held.values) == 1
        if alone and any(group.column == held.column for group in groups):
            name = held.column.name
            return NotUnderstood(f"Should I group by {name}, or keep only {held.values[0]}?")
    if len(groups) == 2 and len(measures) > 1:
        return NotUnderstood("I can compute one number by two columns, or several by one.")
    if "trend" in case.draft.marks and not any(group.column.temporal for group in groups):
        return NotUnderstood("There is no column of dates or years in this data.")
    groups.sort(key=lambda group: not group.column.temporal)
    case.keep_latest(measures, groups)
    if measures == [Measure("count")]:
        groups = [_by_month(group) for group in groups]
    return case.intent(
        "aggregate",
        measures=measures,
        groups=groups,
        order=_order(case, groups),
        limit=case.draft.limit,
    )


def _order(case: Case, groups: list[Group]) -> Order | None:
    """The highest first, but for groups that have an order of their own."""
    if not groups or groups[0].column.temporal or _ordinal(groups):
        return None
    return "asc" if "ascending" in case.draft.marks else "desc"


def _of_itself(measures: list[Measure], groups: list[Group]) -> NotUnderstood | None:
    """How many different days each day has is nobody's question."""
    grouped = {group.column for group in groups if not group.bin}
    same = [m.column for m in measures if m.column in grouped and m.aggregate == "nunique"]
    return (
        NotUnderstood(f"What of each {same[0].name} should be counted?")
        if same and same[0]
        else None
    )


def _ordinal(groups: list[Group]) -> bool:
    """Groups with an order of their own (sizes, hours) are shown in it."""
    return bool(groups) and (groups[0].column.kind == "number" or groups[0].bin == "hour")


def _by_month(group: Group) -> Group:
    return replace(group, bin="month") if group.column.kind == "date" and not group.bin else group

"""What is highest or lowest."""

from __future__ import annotations

from dataclasses import replace

from datalens_core.llm.offline.columns import label_column
from datalens_core.llm.offline.intent import Choice, Group, Intent, Measure, NotUnderstood
from datalens_core.llm.offline.labels import in_sentence
from datalens_core.llm.offline.lexicon.names import COSTS, LABELS
from datalens_core.llm.offline.resolve.aggregation import aggregate, grouped_intent
from datalens_core.llm.offline.resolve.case import Case
from datalens_core.llm.offline.terms import Order

_TOP = 10


def ranking(case: Case) -> Intent | NotUnderstood:
    orders = set(case.draft.orders)
    marks = case.draft.marks
    targets = [*case.mentioned_groups()]
    if len(orders) > 1:
        if targets and not case.groups and "which" in marks and case.measured:
            case.groups = targets  # the answer names both ends
            return grouped_intent(case, case.measures())
        if targets and not case.groups and not case.measured:
            return NotUnderstood("I can show the highest or the lowest, one at a time.")
        case.draft.aggregates += ["max", "min"]
        return aggregate(case)
    order: Order = "asc" if "asc" in orders else "desc"
    counting = "count" in marks
    ranked = counting or "which" in marks or case.top_word or case.draft.limit
    listed = case.draft.limit and case.measured and not (counting or case.calculated)
    if not targets and case.groups and listed and "which" not in marks:
        return _rows_within(case, order)
    if not targets and case.groups and ranked:
        targets, case.groups = case.groups, []
    if not case.measured and case.draft.counted in [group.column for group in targets]:
        return _ranked_variety(case, [*targets, *case.groups], order)
    if not targets and case.groups and case.measured:
        # "highest tip by day": the maximum of each group
        return aggregate(case, "max" if order == "desc" else "min")
    if not case.measured and len(targets) == 2 and case.tallies:
        # "which country won most medals": each row already stands for several of them
        targets = [group for group in targets if not _plural(case, group)] or targets
    if not case.measured and len(targets) == 2:
        return _ranked_variety(case, targets, order)
    if not case.measured and not (counting or case.draft.rows):
        case.take_only_measure()
    if not case.measured:
        return _ranked_counts(case, targets, order, counting)
    case.take_one_measure()
    order = _better(case, order)
    if not targets:
        return _ranked_rows(case, order)
    return _ranked_groups(case, [_month(case, group) for group in targets], order)


def _month(case: Case, group: Group) -> Group:
    """ "Which month is wettest on average" asks of the calendar, "which month was" of them all."""
    if group.bin != "month" or any(held.part in ("year", "month") for held in case.filters):
        return group
    calendar = "mean" in case.draft.aggregates
    taken, other = ("the calendar", "each year")[:: 1 if calendar else -1]
    case.notes.append(f"“month” was read as the months of {taken}, not of {other}.")
    if not calendar:
        case.choices.append(Choice("month", words=("calendar month",)))
    return replace(group, bin="month_of_year") if calendar else group


def _better(case: Case, order: Order) -> Order:
    """Of a cost the lowest is best; what was taken to be better is said."""
    said = [word for word in case.draft.superlatives if word in ("best", "worst")]
    if not said or len(case.measured) != 1:
        return order
    column = case.measured[0]
    if COSTS & column.senses:
        order = "asc" if order == "desc" else "desc"
    word, other = ("lowest", "highest") if order == "asc" else ("highest", "lowest")
    case.notes.append(f"“{said[0]}” was read as the {word} {in_sentence(column.label)}.")
    case.choices.append(Choice(said[0], words=(other,)))
    return order


def _ranked_variety(case: Case, targets: list[Group], order: Order) -> Intent | NotUnderstood:
    """ "Which continent has the most countries": the different values of the other column."""
    counted = [group for group in targets if group.column == case.draft.counted]
    things = counted or [group for group in targets if _plural(case, group)]
    owners = [group for group in targets if group not in things]
    if len(things) != 1 or len(owners) != 1:
        return NotUnderstood("I can rank by one column at a time.")
    return case.intent(
        "aggregate",
        measures=(Measure("nunique", things[0].column),),
        groups=owners,
        order=order,
        limit=case.draft.limit,
        extreme=True,
    )


def _plural(case: Case, group: Group) -> bool:
    return any(p.plural for p in case.draft.mentions if group.column in p.columns)


def _ranked_counts(
    case: Case, targets: list[Group], order: Order, counting: bool
) -> Intent | NotUnderstood:
    if not targets or not (counting or case.draft.rows):
        word = case.draft.superlatives[0] if case.draft.superlatives else "highest"
        return NotUnderstood(f"The {word} by which number? Name a column of numbers.")
    outer = [group for group in case.groups if group not in targets]
    if len(targets) > 1 or len(outer) > 1:
        return NotUnderstood("I can rank by one column at a time.")
    if outer:
        return case.intent(
            "aggregate",
            measures=(Measure("count"),),
            groups=(outer[0], targets[0]),
            order=order,
            limit=case.draft.limit or 1,
            within=True,
        )
    return case.intent(
        "aggregate",
        measures=(Measure("count"),),
        groups=tuple(targets),
        order=order,
        limit=case.draft.limit,
        extreme=True,
    )


def _rows_within(case: Case, order: Order) -> Intent | NotUnderstood:
    """ "Top 3 bills per day": the highest rows of each group."""
    outer = case.groups[0]
    case.take_one_measure()
    if len(case.groups) > 1 or outer.bin or len(case.measured) > 1:
        return NotUnderstood("I can list the top rows within the values of one column.")
    column = case.measured[0]
    return case.intent(
        "rows",
        columns=tuple(dict.fromkeys((outer.column, *case.row_columns([column])))),
        measures=(Measure("max" if order == "desc" else "min", column),),
        groups=(outer,),
        order=order,
        limit=case.draft.limit,
        within=True,
    )


def _ranked_rows(case: Case, order: Order) -> Intent | NotUnderstood:
    if len(case.measured) > 1 or case.draft.aggregates:
        return NotUnderstood("I can rank by one column at a time.")
    column, own = case.draft.measures[0]
    if own:
        return NotUnderstood("Whose average or total? Name what should be ranked.")
    limit = case.draft.limit or (_TOP if case.top_word else 1)
    return case.intent(
        "rows",
        columns=case.row_columns([column]),
        measures=(Measure("max" if order == "desc" else "min", column),),
        order=order,
        limit=limit,
        extreme=True,
    )


def _ranked_groups(case: Case, targets: list[Group], order: Order) -> Intent | NotUnderstood:
    groups = [*targets, *(g for g in case.groups if g not in targets)]
    if len(groups) > 2:
        return NotUnderstood("I can rank one column's values, within those of one other.")
    if len(groups) == 2 and len(targets) == 2:
        return NotUnderstood("I can rank one column's values: which of the two?")
    if len(groups) == 2:
        return _ranked_within(case, groups[1], groups[0], order)
    column = case.draft.measures[0][0]
    label = label_column(case.draft.columns)
    if len(case.measured) > 1:
        return NotUnderstood(f"Should I rank by {column.name}? I can rank by one column.")
    own = case.draft.measures[0][1] or case.draft.aggregates
    plural = any(piece.plural for piece in case.draft.mentions)
    limit = case.draft.limit or (_TOP if case.top_word and plural else None)
    level = not own and case.default(column) == "mean"
    named = label is not None and bool(label.senses.intersection(LABELS))
    if groups[0].column == label and level and label is not None and named:
        case.keep_latest_of(label)
        case.draft.limit = limit
        return _ranked_rows(case, order)
    measures = case.measures()
    case.keep_latest(measures, groups)
    return case.intent(
        "aggregate",
        measures=measures,
        groups=groups,
        order=order,
        limit=limit,
        extreme=True,
    )


def _ranked_within(case: Case, outer: Group, inner: Group, order: Order) -> Intent | NotUnderstood:
    """ "Top 2 countries per continent": the highest of the one within each of the other."""
    if len(case.measured) > 1:
        return NotUnderstood("I can rank by one column at a time.")
    measures = case.measures()
    if inner.column == case.draft.label and not outer.column.temporal:
        case.keep_latest(measures, [inner])
        if not any(held.part == "latest" for held in case.filters):
            case.keep_latest_of(inner.column)
    return case.intent(
        "aggregate",
        measures=measures[:1],
        groups=(outer, inner),
        order=order,
        limit=case.draft.limit or 1,
        within=True,
    )

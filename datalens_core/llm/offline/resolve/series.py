"""What is made of a series over time: running totals, rolling averages, changes, growth."""

from __future__ import annotations

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.intent import (
    Filter,
    Group,
    Intent,
    Measure,
    NotUnderstood,
    Scalar,
    Step,
)
from datalens_core.llm.offline.resolve.case import Case
from datalens_core.llm.offline.terms import Bin, StepKind

_STEPS: tuple[StepKind, ...] = ("cumulative", "rolling", "change")
_WINDOW = 3
_COARSE: frozenset[Bin] = frozenset({"week", "month", "quarter", "year"})


def asked_step(case: Case) -> StepKind | None:
    return next((kind for kind in _STEPS if kind in case.draft.marks), None)


def step(case: Case, kind: StepKind) -> Intent | NotUnderstood:
    time = case.draft.time
    if time is None:
        return NotUnderstood("There is no column of dates or years in this data.")
    if kind == "change" and case.measured and _two_moments(case, time):
        return growth(case)
    measures = _step_measures(case, kind)
    if isinstance(measures, NotUnderstood):
        return measures
    times = [group for group in case.groups if group.column.temporal]
    others = [group for group in case.all_groups() if not group.column.temporal]
    others += [g for g in case.compared([]) if g not in others and g.column != time]
    if len(others) > 1 or len(times) > 1:
        return NotUnderstood("I can follow one number over time, split by one column.")
    return case.intent(
        "aggregate",
        measures=measures,
        groups=[*(times or [_points(case, time)]), *others],
        step=Step(kind, _window(case) if kind == "rolling" else 0),
    )


def _step_measures(case: Case, kind: StepKind) -> list[Measure] | NotUnderstood:
    if not case.measured:
        case.take_only_measure()
    case.take_one_measure()
    if len(case.measured) > 1:
        return NotUnderstood("I can follow one number at a time.")
    if case.measured:
        if kind == "cumulative" and not case.calculated:
            return case.measures("sum")
        if kind == "rolling":  # the "average" of "rolling 3 month average" is the rolling one
            case.draft.measures = [
                (c, [a for a in own if a != "mean"]) for c, own in case.draft.measures
            ]
            case.draft.aggregates = [a for a in case.draft.aggregates if a != "mean"]
        return case.measures()[:1]
    if case.draft.rows or "count" in case.draft.marks:
        return [Measure("count")]
    return NotUnderstood("Of which column? Name a column of numbers.")


def _points(case: Case, time: Column) -> Group:
    """The points of the series: of the period named, if it is coarser than the data may be."""
    period = case.draft.period
    if time.kind == "date" and period in _COARSE:
        return Group(time, period)
    return case.draft.over_time(time)


def _window(case: Case) -> int:
    if case.draft.window is None:
        case.notes.append(f"The average rolls over {_WINDOW} points, as no window is named.")
    return case.draft.window or _WINDOW


# -- growth between two moments ------------------------------------------------------------------


def asks_growth(case: Case) -> bool:
    marks = case.draft.marks
    time = case.draft.time
    if time is None or not case.measured or ("change" in marks and case.draft.period):
        return False
    if "growth" in marks:
        return "trend" not in marks or bool(case.draft.orders) or _two_moments(case, time)
    two = _two_moments(case, time)
    ranked = bool(case.draft.orders)
    if {"range", "difference"} & marks:
        return two
    moved = bool({"how_much", "changed"} & marks)
    return "trend" in marks and (ranked or (moved and two))


def _two_moments(case: Case, time: Column) -> bool:
    return any(_moments(held, time) for held in case.filters)


def _moments(held: Filter, time: Column) -> tuple[Scalar, ...]:
    """The two years that a condition names."""
    years = held.part == "year" or time.kind == "year"
    two = held.operator in ("between", "in") and len(held.values) == 2
    return tuple(sorted(held.values, key=float)) if held.column == time and years and two else ()


def growth(case: Case) -> Intent | NotUnderstood:
    time = case.draft.time
    assert time is not None
    case.take_one_measure()
    if len(case.measured) > 1:
        return NotUnderstood("I can follow one number at a time.")
    moments: tuple[Scalar, ...] = ()
    for held in list(case.filters):
        found = _moments(held, time)
        if found:
            moments = found
            case.filters.remove(held)
    groups = [group for group in case.all_groups() if not group.column.temporal]
    groups += [group for group in case.compared([]) if group not in groups]
    if len(groups) > 1 or any(group.column.temporal for group in case.groups):
        return NotUnderstood("I can compare two moments, split by one column.")
    if any(held.column == time for held in case.filters):
        return NotUnderstood("Between which two years? Name both, or none.")
    falling = "decline" in case.draft.marks
    ascending = falling != ("asc" in case.draft.orders)
    if not moments:
        case.notes.append("The first and the last moment of the data are compared.")
    return case.intent(
        "growth",
        columns=(time,),
        measures=case.measures()[:1],
        groups=groups,
        moments=moments,
        order="asc" if ascending else "desc",
    )

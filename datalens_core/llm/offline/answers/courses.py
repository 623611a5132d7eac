"""Numbers over time, in words."""

from __future__ import annotations

import re

from datalens_core.llm.offline.answers.result import Result, is_number
from datalens_core.llm.offline.intent import Measure
from datalens_core.llm.offline.labels import with_unit
from datalens_core.llm.offline.naming import (
    CHANGE,
    FIRST,
    HIGHEST,
    LAST,
    SPAN,
    group_name,
    group_words,
    measure_name,
    measure_unit,
    measure_words,
    step_name,
    step_words,
)
from datalens_core.llm.offline.numbers import cell, key, number

_ALL = 6


def course(result: Result, measure: Measure) -> str:
    """From the first to the last moment of one number, and its peak."""
    intent = result.intent
    stepped = intent.step is not None
    name = step_name(intent) if stepped else measure_name(measure, intent.groups)
    rows = [row for label in (FIRST, LAST, HIGHEST) for row in result.printed(label)]
    numbers = [value for row in rows if is_number(value := row.get(name))]
    what = _what(result, measure)
    if len(rows) != 3 or len(numbers) != 3:
        return f"The {what} over time is in the table and the chart."
    time = group_name(intent.groups[0])
    unit = "%" if intent.step and intent.step.kind == "change" else measure_unit(measure)
    start, end, peak = (
        (key(row[time]), with_unit(number(value), unit))
        for row, value in zip(rows, numbers, strict=True)
    )
    if start[0] == end[0]:
        return f"The {what} is {start[1]} in {start[0]}, the only moment with a value."
    if intent.step and intent.step.kind == "cumulative":
        return f"The {what} reaches {end[1]} in {end[0]}, from {start[1]} in {start[0]}."
    if intent.step and intent.step.kind == "change":
        return (
            f"The {what} was largest in {peak[0]} ({peak[1]});"
            f" most recently, in {end[0]}, it was {end[1]}."
        )
    first, last, _ = numbers
    verb = "rose" if last > first else "fell" if last < first else "stayed the same, going"
    text = f"The {what} {verb} from {start[1]} in {start[0]} to {end[1]} in {end[0]}"
    leads = measure == intent.measures[0] and peak[0] not in (start[0], end[0])
    return f"{text}; it peaked in {peak[0]} ({peak[1]})." if leads else f"{text}."


def _what(result: Result, measure: Measure) -> str:
    intent = result.intent
    if intent.step is None:
        return f"{measure_words(measure)}{result.where}"
    first = f"{measure_words(intent.measures[0])}{result.where}"
    if intent.step.kind == "change":
        return f"change of the {first} from one {group_words(intent.groups[0])} to the next"
    if intent.step.kind == "rolling":
        return f"rolling average of the {first} over {intent.step.window} rows of the series"
    return f"{step_words(intent)}{result.where}"


def courses(result: Result) -> str:
    """The first and the last number of each value of a second group."""
    intent = result.intent
    inner = group_name(intent.groups[1])
    what = f"{step_words(intent)}"
    spans = [
        (key(row[inner]), first, last)
        for row in result.printed(SPAN)
        if is_number(first := row.get("first")) and is_number(last := row.get("last"))
    ]
    if not spans:
        by = " and ".join(map(group_words, intent.groups))
        return f"The {what} by {by}{result.where} is in the table and the chart."
    spans.sort(key=lambda span: -span[2])
    told = [f"{held} from {number(first)} to {number(last)}" for held, first, last in spans[:_ALL]]
    more = "; the others are in the table" if spans[_ALL:] else ""
    time = group_words(intent.groups[0])
    start = f"From the first to the last {time}, the {what}{result.where} went"
    return f"{start}: {'; '.join(told)}{more}."


def growth(result: Result) -> str:
    """How far a number moved between two moments."""
    intent, measure = result.intent, result.intent.measures[0]
    moments = re.search(r"^From: (\S+) To: (\S+)$", result.stdout, re.MULTILINE)
    between = f" between {moments[1]} and {moments[2]}" if moments else ""
    what, unit = measure_words(measure), measure_unit(measure)
    first, last, change, relative = (
        result.column(column)[0] for column in ("first", "last", "change", CHANGE)
    )
    if not (is_number(first) and is_number(last) and is_number(change)):
        return "The result is in the table."
    part = f", {number(float(relative))} %" if is_number(relative) else ""
    start, end, moved = (with_unit(cell(value), unit) for value in (first, last, change))
    told = f"from {start} to {end} (a change of {moved}{part})"
    if not intent.groups:
        return f"The {what}{result.where} went {told}{between}."
    groups = result.column(group_name(intent.groups[0]))
    word = "fell most or rose least" if intent.order == "asc" else "rose most"
    rest = zip(groups[1:3], result.column("change")[1:3], strict=True)
    after = [f"{key(held)} ({with_unit(cell(value), unit)})" for held, value in rest]
    follow = f" Next: {', '.join(after)}." if after else ""
    return f"The {what}{result.where} {word} for {key(groups[0])}{between}, {told}.{follow}"

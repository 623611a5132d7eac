"""Numbers by group, over time or of all rows, in words."""

from __future__ import annotations

import re

from pydantic import JsonValue

from datalens_core.llm.offline.answers.result import Pair, Result, is_number, listed, named
from datalens_core.llm.offline.intent import Having, Measure
from datalens_core.llm.offline.naming import (
    CHANGE,
    FIRST,
    HIGHEST,
    LAST,
    LOWEST,
    SHARE,
    SPAN,
    filters_words,
    group_name,
    having_words,
    measure_name,
    step_name,
)
from datalens_core.llm.offline.numbers import cell, key, number, percent
from datalens_core.llm.offline.templates.aggregates import over_time

_FEW = 3
_ALL = 6


def aggregate(result: Result) -> str:
    intent = result.intent
    if not intent.groups:
        return " ".join(_single(result, measure) for measure in intent.measures)
    if intent.having:
        return _kept(result, intent.having)
    if intent.share:
        return _share(result)
    if intent.within:
        return _within(result)
    if len(intent.groups) == 2:
        return _two_groups(result)
    if over_time(intent):
        return " ".join(_course(result, measure) for measure in intent.measures)
    return " ".join(_one_group(result, measure) for measure in intent.measures)


def _single(result: Result, measure: Measure) -> str:
    name = measure_name(measure)
    value = result.column(name)[0]
    if "Rows used: 0 of 0 " in result.stdout:
        return f"No rows match{result.where}."
    if measure.aggregate == "count":
        rows = "is 1 row" if value == 1 else f"are {cell(value)} rows"
        return f"There {rows}{result.where}."
    if measure.aggregate == "nunique" and measure.column:
        return f"There are {cell(value)} different values of {measure.column.name}{result.where}."
    if value is None:
        return f"There is no value to compute the {name} from{result.where}."
    return f"The {name}{result.where} is {cell(value)}."


def _kept(result: Result, having: Having) -> str:
    groups = result.intent.groups
    pairs = result.pairs(group_name(groups[0]), measure_name(having.measure, groups))
    words = f"{having_words(having, groups)}{result.where}"
    count = result.table.row_count
    values = "1 value" if count == 1 else f"{count} values"
    more = "; the others are in the table" if count > _ALL else ""
    return (
        f"There {'is' if count == 1 else 'are'} {values} of {group_name(groups[0])} whose {words}: "
        f"{listed([named(pair) for pair in pairs[:_ALL]])}{more}."
    )


# -- one group -----------------------------------------------------------------------------------


def _one_group(result: Result, measure: Measure) -> str:
    intent, group = result.intent, result.intent.groups[0]
    name = measure_name(measure, intent.groups)
    pairs = result.pairs(group_name(group), name)
    if not pairs:
        return f"There are no numbers for the {name}{result.where}."
    if intent.extreme:
        return _extreme(result, name, pairs)
    if len(pairs) == 1 and result.whole:
        return f"The {name}{result.where} is {cell(pairs[0][1])} for {key(pairs[0][0])}."
    if len(pairs) <= _FEW and result.whole:
        flag = f"{group.column.name} " if group.column.kind == "flag" else ""
        each = listed([f"{cell(value)} for {flag}{key(held)}" for held, value in pairs])
        return f"The {name}{result.where} is {each}."
    high, low = _ends(result, name, pairs)
    text = f"{key(high[0])} leads with {_stated(measure, name, high[1])}{result.where}"
    return f"{text}; {key(low[0])} is lowest with {cell(low[1])}." if low else f"{text}."


def _ends(result: Result, name: str, pairs: list[Pair]) -> tuple[Pair, Pair | None]:
    """The highest and the lowest group, of the whole table or as the code printed them."""
    if result.whole:
        return max(pairs, key=lambda pair: pair[1]), min(pairs, key=lambda pair: pair[1])
    printed = [*result.printed(HIGHEST), *result.printed(LOWEST)]
    group = group_name(result.intent.groups[0])
    ends = [(row[group], value) for row in printed if is_number(value := row.get(name))]
    if len(ends) == 2 and result.intent.measures[0] == _measure_named(result, name):
        return ends[0], ends[1]
    return pairs[0], None


def _measure_named(result: Result, name: str) -> Measure | None:
    measures = {measure_name(m, result.intent.groups): m for m in result.intent.measures}
    return measures.get(name)


def _stated(measure: Measure, name: str, value: float) -> str:
    if measure.aggregate == "count":
        return f"{cell(value)} rows"
    if measure.aggregate == "nunique" and measure.column:
        return f"{cell(value)} different values of {measure.column.name}"
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name} of {cell(value)}"


def _extreme(result: Result, name: str, pairs: list[Pair]) -> str:
    intent = result.intent
    word = "lowest" if intent.order == "asc" else "highest"
    ties = [pair for pair in pairs if pair[1] == pairs[0][1]]
    if 1 < len(ties) <= _ALL and (intent.limit or 1) == 1:
        names = listed([key(held) for held, _ in ties])
        return f"{names} share the {word} {name}{result.where}: {cell(pairs[0][1])}."
    text = f"{key(pairs[0][0])} has the {word} {name}{result.where}: {cell(pairs[0][1])}"
    rest = [named(pair) for pair in pairs[1 : intent.limit or 3][:9]]
    return f"{text}, followed by {listed(rest)}." if rest else f"{text}."


# -- over time -----------------------------------------------------------------------------------


def _course(result: Result, measure: Measure) -> str:
    intent = result.intent
    name = step_name(intent) if intent.step else measure_name(measure, intent.groups)
    rows = [row for label in (FIRST, LAST, HIGHEST) for row in result.printed(label)]
    numbers = [value for row in rows if is_number(value := row.get(name))]
    if len(rows) != 3 or len(numbers) != 3:
        return f"The {name}{result.where} over time is in the table and the chart."
    time = group_name(intent.groups[0])
    start, end, peak = (
        (_moment(row[time]), number(value)) for row, value in zip(rows, numbers, strict=True)
    )
    what = _what(result, name)
    if start[0] == end[0]:
        return f"The {what} is {start[1]} in {start[0]}, the only moment with a value."
    if intent.step and intent.step.kind == "cumulative":
        return f"The {what} reaches {end[1]} in {end[0]}, from {start[1]} in {start[0]}."
    if intent.step and intent.step.kind == "change":
        return (
            f"The {what} was largest in {peak[0]} ({peak[1]} %);"
            f" most recently, in {end[0]}, it was {end[1]} %."
        )
    first, last, _ = numbers
    verb = "rose" if last > first else "fell" if last < first else "stayed the same, going"
    text = f"The {what} {verb} from {start[1]} in {start[0]} to {end[1]} in {end[0]}"
    leads = measure == intent.measures[0] and peak[0] not in (start[0], end[0])
    return f"{text}; it peaked in {peak[0]} ({peak[1]})." if leads else f"{text}."


def _what(result: Result, name: str) -> str:
    intent = result.intent
    first = measure_name(intent.measures[0], intent.groups)
    if intent.step and intent.step.kind == "change":
        return f"change of the {first} from one {group_name(intent.groups[0])} to the next"
    if intent.step and intent.step.kind == "rolling":
        return f"rolling average of the {first} over {intent.step.window} rows of the series"
    return f"{name}{result.where}"


def _moment(value: JsonValue) -> str:
    return re.sub(r"[ T]00:00:00.*", "", key(value))


# -- two groups ----------------------------------------------------------------------------------


def _two_groups(result: Result) -> str:
    intent = result.intent
    name = step_name(intent)
    by = " and ".join(group_name(group) for group in intent.groups)
    if over_time(intent):
        return _courses(result, name, by)
    names = [group_name(group) for group in intent.groups]
    ends = [
        (" / ".join(key(row[held]) for held in names), number(value))
        for row in (*result.printed(HIGHEST), *result.printed(LOWEST))
        if is_number(value := row.get(name))
    ]
    if len(ends) != 2:
        return f"The {name} by {by}{result.where} is in the table and the chart."
    (high, top), (low, bottom) = ends
    return (
        f"The {name}{result.where} is highest for {high} ({top}) and lowest for {low} ({bottom})."
    )


def _courses(result: Result, name: str, by: str) -> str:
    inner = group_name(result.intent.groups[1])
    spans = [
        (key(row[inner]), first, last)
        for row in result.printed(SPAN)
        if is_number(first := row.get("first")) and is_number(last := row.get("last"))
    ]
    if not spans:
        return f"The {name} by {by}{result.where} is in the table and the chart."
    spans.sort(key=lambda span: -span[2])
    told = [f"{held} from {number(first)} to {number(last)}" for held, first, last in spans[:_ALL]]
    more = "; the others are in the table" if spans[_ALL:] else ""
    time = group_name(result.intent.groups[0])
    start = f"From the first to the last {time}, the {name}{result.where} went"
    return f"{start}: {'; '.join(told)}{more}."


def _within(result: Result) -> str:
    intent = result.intent
    outer, inner = (group_name(group) for group in intent.groups)
    name = measure_name(intent.measures[0], intent.groups)
    first: dict[str, str] = {}
    for held, one, value in zip(
        result.column(outer), result.column(inner), result.column(name), strict=True
    ):
        if is_number(value):
            first.setdefault(key(held), f"{key(held)}: {key(one)} ({cell(value)})")
    word = "lowest" if intent.order == "asc" else "highest"
    told = list(first.values())[:_ALL]
    more = "; the others are in the table" if not result.whole or len(first) > _ALL else ""
    return f"{word.capitalize()} {name} in each {outer}{result.where}: {'; '.join(told)}{more}."


# -- shares and growth ---------------------------------------------------------------------------


def _share(result: Result) -> str:
    intent = result.intent
    what = measure_name(intent.measures[0], intent.groups)
    names = [group_name(group) for group in intent.groups]
    shares = result.column(SHARE)
    keys = [
        " / ".join(key(part) for part in row)
        for row in zip(*map(result.column, names), strict=True)
    ]
    told = [
        f"{held} {percent(float(value))}"
        for held, value in zip(keys, shares, strict=True)
        if is_number(value)
    ]
    if intent.focus is not None:
        for held, value in zip(keys, shares, strict=True):
            if held == intent.focus and is_number(value):
                part = f"{held} has {percent(float(value))} of the {what}"
                return f"{part}{result.where}; the table shows every {names[0]}."
    more = "; the others are in the table" if result.table.row_count > _ALL else ""
    by = " and ".join(names)
    return f"Share of the {what} by {by}{result.where}: {', '.join(told[:_ALL])}{more}."


def proportion(result: Result) -> str:
    intent = result.intent
    condition = filters_words(intent.conditions)
    if not intent.groups:
        rows, whole, share = (
            result.column(name)[0] for name in ("matching rows", "rows", "percent")
        )
        if not is_number(share):
            return f"No rows match{result.where}."
        return (
            f"{condition} in {percent(float(share))} of the rows{result.where}"
            f" ({cell(rows)} of {cell(whole)})."
        )
    pairs = result.pairs(group_name(intent.groups[0]), "percent")
    told = [f"{key(held)} {percent(float(value))}" for held, value in pairs[:_ALL]]
    more = "; the others are in the table" if result.table.row_count > _ALL else ""
    return f"Share of the rows{result.where} where {condition}: {', '.join(told)}{more}."


def growth(result: Result) -> str:
    intent = result.intent
    moments = re.search(r"^From: (\S+) To: (\S+)$", result.stdout, re.MULTILINE)
    between = f" between {moments[1]} and {moments[2]}" if moments else ""
    name = measure_name(intent.measures[0])
    first, last, change, relative = (
        result.column(column)[0] for column in ("first", "last", "change", CHANGE)
    )
    if not (is_number(first) and is_number(last) and is_number(change)):
        return "The result is in the table."
    part = f", {number(float(relative))} %" if is_number(relative) else ""
    told = f"from {cell(first)} to {cell(last)} (a change of {cell(change)}{part})"
    if not intent.groups:
        return f"The {name}{result.where} went {told}{between}."
    leader = key(result.column(group_name(intent.groups[0]))[0])
    word = "fell most or rose least" if intent.order == "asc" else "rose most"
    rest: list[JsonValue] = result.column(group_name(intent.groups[0]))[1:3]
    changes = result.column("change")[1:3]
    after = [f"{key(held)} ({cell(value)})" for held, value in zip(rest, changes, strict=True)]
    follow = f" Next: {', '.join(after)}." if after else ""
    return f"The {name}{result.where} {word} for {leader}{between}, {told}.{follow}"

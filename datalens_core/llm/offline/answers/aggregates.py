"""Numbers by group or of all rows, in words."""

from __future__ import annotations

import re

from datalens_core.llm.offline.answers.courses import course, courses
from datalens_core.llm.offline.answers.result import Pair, Result, is_number, listed, named
from datalens_core.llm.offline.answers.shares import share
from datalens_core.llm.offline.intent import Having, Measure
from datalens_core.llm.offline.labels import in_sentence, plural, with_unit
from datalens_core.llm.offline.naming import (
    DIFFERENCE,
    HIGHEST,
    LOWEST,
    group_name,
    group_words,
    having_words,
    measure_name,
    measure_unit,
    measure_words,
)
from datalens_core.llm.offline.numbers import cell, key, number
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
        return share(result)
    if intent.within:
        return _within(result)
    if len(intent.groups) == 2:
        return courses(result) if over_time(intent) else _two_groups(result)
    if over_time(intent):
        return " ".join(course(result, measure) for measure in intent.measures)
    return " ".join(_one_group(result, measure) for measure in intent.measures)


def _single(result: Result, measure: Measure) -> str:
    value = result.column(measure_name(measure))[0]
    if "Rows used: 0 of 0 " in result.stdout:
        return f"No rows match{result.where}."
    if measure.aggregate == "count":
        rows = "is 1 row" if value == 1 else f"are {cell(value)} rows"
        return f"There {rows}{result.where}."
    if measure.aggregate == "nunique" and measure.column:
        verb = "is" if value == 1 else "are"
        return f"There {verb} {_different(measure, value)}{result.where}."
    what = measure_words(measure)
    if value is None:
        return f"There is no value to compute the {what} from{result.where}."
    return f"The {what}{result.where} is {with_unit(cell(value), measure_unit(measure))}."


def _different(measure: Measure, value: object) -> str:
    """ "52 different countries"; values, where the name has no sure plural."""
    assert measure.column is not None
    count = cell(value) if is_number(value) else "no"
    label = in_sentence(measure.column.label)
    many = plural(label) if measure.column.kind != "flag" else None
    if many is None:
        return f"{count} different value{'' if value == 1 else 's'} of {label}"
    return f"{count} {label}" if value == 1 else f"{count} different {many}"


def _kept(result: Result, having: Having) -> str:
    groups = result.intent.groups
    pairs = result.pairs(group_name(groups[0]), measure_name(having.measure, groups))
    words = f"{having_words(having)}{result.where}"
    count, label = result.table.row_count, group_words(groups[0])
    many = plural(label) or f"values of {label}"
    kept = f"is 1 {label}" if count == 1 else f"are {count} {many}"
    more = "; the others are in the table" if count > _ALL else ""
    unit = measure_unit(having.measure)
    told = listed([named(pair, unit) for pair in pairs[:_ALL]])
    return f"There {kept} whose {words}: {told}{more}."


# -- one group -----------------------------------------------------------------------------------


def _one_group(result: Result, measure: Measure) -> str:
    intent, group = result.intent, result.intent.groups[0]
    what, unit = measure_words(measure), measure_unit(measure)
    name = measure_name(measure, intent.groups)
    pairs = result.pairs(group_name(group), name)
    if not pairs:
        return f"There are no numbers for the {what}{result.where}."
    if intent.extreme:
        return _extreme(result, measure, pairs)
    label = f"{group_words(group)} " if group.column.kind in ("flag", "number") else ""
    if len(pairs) == 1 and result.whole:
        value = with_unit(cell(pairs[0][1]), unit)
        return f"The {what}{result.where} is {value} for {label}{key(pairs[0][0])}."
    if len(pairs) <= _FEW and result.whole:
        each = [f"{with_unit(cell(value), unit)} for {label}{key(held)}" for held, value in pairs]
        return f"The {what}{result.where} is {listed(each)}{_apart(result, unit)}."
    high, low = _ends(result, name, pairs)
    text = f"{_subject(label, high)} leads with {_stated(measure, high[1])}{result.where}"
    if low is None:
        return f"{text}."
    return f"{text}; {label}{key(low[0])} is lowest with {with_unit(cell(low[1]), unit)}."


def _subject(label: str, pair: Pair) -> str:
    text = f"{label}{key(pair[0])}"
    return text[:1].upper() + text[1:] if label else text


def _apart(result: Result, unit: str) -> str:
    """How far two groups are apart, where that is asked."""
    printed = re.search(rf"^{DIFFERENCE} (\S+)$", result.stdout, re.MULTILINE)
    return f", a difference of {with_unit(number(float(printed[1])), unit)}" if printed else ""


def _ends(result: Result, name: str, pairs: list[Pair]) -> tuple[Pair, Pair | None]:
    """The highest and the lowest group, of the whole table or as the code printed them."""
    if result.whole:
        return max(pairs, key=lambda pair: pair[1]), min(pairs, key=lambda pair: pair[1])
    printed = [*result.printed(HIGHEST), *result.printed(LOWEST)]
    group = group_name(result.intent.groups[0])
    ends = [(row[group], value) for row in printed if is_number(value := row.get(name))]
    if len(ends) == 2 and measure_name(result.intent.measures[0], result.intent.groups) == name:
        return ends[0], ends[1]
    return pairs[0], None


def _stated(measure: Measure, value: float) -> str:
    if measure.aggregate == "count":
        return f"{cell(value)} rows"
    if measure.aggregate == "nunique" and measure.column:
        return _different(measure, value)
    what = measure_words(measure)
    number_with_unit = with_unit(cell(value), measure_unit(measure))
    return f"{'an' if what[:1] in 'aeiou' else 'a'} {what} of {number_with_unit}"


def _extreme(result: Result, measure: Measure, pairs: list[Pair]) -> str:
    intent, unit = result.intent, measure_unit(measure)
    word = "lowest" if intent.order == "asc" else "highest"
    what = f"the {word} {measure_words(measure)}{result.where}"
    ties = [pair for pair in pairs if pair[1] == pairs[0][1]]
    value = with_unit(cell(pairs[0][1]), unit)
    if 1 < len(ties) <= _ALL and (intent.limit or 1) == 1:
        return f"{listed([key(held) for held, _ in ties])} share {what}: {value}."
    text = f"{key(pairs[0][0])} has {what}: {value}"
    rest = [named(pair, unit) for pair in pairs[1 : intent.limit or 3][:9]]
    return f"{text}, followed by {listed(rest)}." if rest else f"{text}."


# -- two groups ----------------------------------------------------------------------------------


def _two_groups(result: Result) -> str:
    intent, measure = result.intent, result.intent.measures[0]
    what, unit = measure_words(measure), measure_unit(measure)
    name = measure_name(measure, intent.groups)
    names = [group_name(group) for group in intent.groups]
    ends = [
        (" / ".join(key(row[held]) for held in names), with_unit(number(value), unit))
        for row in (*result.printed(HIGHEST), *result.printed(LOWEST))
        if is_number(value := row.get(name))
    ]
    if len(ends) != 2:
        by = " and ".join(map(group_words, intent.groups))
        return f"The {what} by {by}{result.where} is in the table and the chart."
    (high, top), (low, bottom) = ends
    return (
        f"The {what}{result.where} is highest for {high} ({top}) and lowest for {low} ({bottom})."
    )


def _within(result: Result) -> str:
    intent = result.intent
    outer, inner = (group_name(group) for group in intent.groups)
    measure = intent.measures[0]
    name, unit = measure_name(measure, intent.groups), measure_unit(measure)
    first: dict[str, str] = {}
    for held, one, value in zip(
        result.column(outer), result.column(inner), result.column(name), strict=True
    ):
        if is_number(value):
            told = with_unit(cell(value), unit)
            first.setdefault(key(held), f"{key(held)}: {key(one)} ({told})")
    word = "Lowest" if intent.order == "asc" else "Highest"
    more = "; the others are in the table" if not result.whole or len(first) > _ALL else ""
    what = f"{word} {measure_words(measure)} in each {group_words(intent.groups[0])}"
    return f"{what}{result.where}: {'; '.join(list(first.values())[:_ALL])}{more}."

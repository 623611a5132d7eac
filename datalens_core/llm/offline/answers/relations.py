"""Spread, correlation and regression, in words."""

from __future__ import annotations

import re

from datalens_core.llm.offline.answers.result import Result, is_number
from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.labels import in_sentence, with_unit
from datalens_core.llm.offline.naming import group_name, group_words
from datalens_core.llm.offline.numbers import cell, key, number

_ALL = 6
_FENCES = re.compile(
    r"^Outliers: (\d+) of (\d+)\nLow fence: (\S+)\nHigh fence: (\S+)$", re.MULTILINE
)


def distribution(result: Result) -> str:
    column = result.intent.columns[0]
    if not result.intent.groups:
        low, high, median, mean = (
            with_unit(cell(result.column(c)[0]), column.unit) for c in ("min", "max", "50%", "mean")
        )
        return (
            f"{_first(column)}{result.where} lies between {low} and {high};"
            f" the median is {median} and the average {mean}."
        )
    pairs = result.pairs(group_name(result.intent.groups[0]), "50%")
    told = ", ".join(
        f"{key(held)}: {with_unit(cell(value), column.unit)}" for held, value in pairs[:_ALL]
    )
    more = "; the chart shows the spread"
    return f"The median {in_sentence(column.label)}{result.where} is {told}{more}."


def correlation(result: Result) -> str:
    if result.intent.groups:
        return _correlation_by_group(result)
    one, other, value = (
        result.column(name)[0] for name in ("column", "other column", "correlation")
    )
    if not is_number(value):
        return "A correlation cannot be computed from these values."
    both = f"{result.label(one)} and {result.label(other)}{result.where}"
    text = f"{both[:1].upper()}{both[1:]} correlate with {value:.2f} ({_strength(value)})"
    return f"{text}, the strongest of all pairs." if result.table.row_count > 1 else f"{text}."


def _correlation_by_group(result: Result) -> str:
    first, second = result.intent.columns[:2]
    pairs = result.pairs(result.intent.groups[0].column.name, "correlation")
    told = ", ".join(f"{key(held)} {value:.2f}" for held, value in pairs[:_ALL])
    both = f"{in_sentence(first.label)} and {in_sentence(second.label)}"
    return f"The correlation of {both}{result.where} is: {told}."


def scatter(result: Result) -> str:
    value, rows = result.column("correlation")[0], cell(result.column("rows")[0])
    first, second = result.intent.columns
    if not is_number(value):
        both = f"{in_sentence(first.label)} and {in_sentence(second.label)}"
        return f"The chart shows {both} of {rows} rows."
    return (
        f"{_first(first)} and {in_sentence(second.label)}{result.where} correlate with {value:.2f}"
        f" ({_strength(value)}), over {rows} rows."
    )


def regression(result: Result) -> str:
    x, y = (in_sentence(column.label) for column in result.intent.columns)
    slope, intercept, fit, rows = (
        result.column(name)[0] for name in ("slope", "intercept", "R squared", "rows")
    )
    if not (is_number(slope) and is_number(intercept) and is_number(fit)):
        return "A line cannot be fitted to these values."
    verb = "rises" if slope > 0 else "falls"
    explained = f"{_first(result.intent.columns[1])}{result.where}"
    return (
        f"{explained} {verb} by {number(abs(slope))} for each unit of {x}:"
        f" {y} = {number(intercept)} {'+' if slope >= 0 else '-'} {number(abs(slope))} × {x},"
        f" with R² = {fit:.2f} over {cell(rows)} rows."
    )


def outliers(result: Result) -> str:
    intent = result.intent
    if not intent.measures or intent.measures[0].column is None:
        pairs = result.pairs("column", "outliers")
        found = [f"{result.label(held)} ({cell(value)})" for held, value in pairs if value > 0]
        if not found:
            return f"No column has values outside its fences{result.where}."
        return f"Values outside the fences{result.where}: {', '.join(found[:_ALL])}."
    if intent.groups:
        return _outliers_by_group(result, intent.measures[0].column.label)
    printed = _FENCES.search(result.stdout)
    if printed is None:
        return "The outliers are in the table."
    count, of, low, high = (float(text) for text in printed.groups())
    column = intent.measures[0].column
    name, unit = in_sentence(column.label), column.unit
    fences = f"the fences {with_unit(number(low), unit)} and {with_unit(number(high), unit)}"
    if not count:
        none = f"{_first(column)}{result.where} has no outliers"
        return f"{none}: all {number(of)} values lie within {fences}."
    lie = "lies" if count == 1 else "lie"
    return f"{number(count)} of {number(of)} values of {name}{result.where} {lie} outside {fences}."


def _outliers_by_group(result: Result, label: str) -> str:
    name, group = group_name(result.intent.groups[0]), group_words(result.intent.groups[0])
    rows = zip(*map(result.column, (name, "outliers", "values")), strict=True)
    told = [f"{key(held)} {cell(count)} of {cell(of)}" for held, count, of in rows]
    more = "; the others are in the table" if result.table.row_count > _ALL else ""
    what = f"Outliers of {in_sentence(label)} within each {group}{result.where}"
    return f"{what}: {', '.join(told[:_ALL])}{more}."


def _first(column: Column) -> str:
    """A column at the head of a sentence."""
    return column.label[:1].upper() + column.label[1:]


def _strength(value: float) -> str:
    size = abs(value)
    if size < 0.1:
        return "no linear relation"
    word = "weak" if size < 0.4 else "moderate" if size < 0.7 else "strong"
    return f"{word}, {'positive' if value > 0 else 'negative'}"

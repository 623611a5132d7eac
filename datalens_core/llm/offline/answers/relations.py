"""Spread, correlation and regression, in words."""

from __future__ import annotations

import re

from datalens_core.llm.offline.answers.result import Result, is_number
from datalens_core.llm.offline.naming import group_name
from datalens_core.llm.offline.numbers import cell, key, number

_ALL = 6
_FENCES = re.compile(
    r"^Outliers: (\d+) of (\d+)\nLow fence: (\S+)\nHigh fence: (\S+)$", re.MULTILINE
)


def distribution(result: Result) -> str:
    name = result.intent.columns[0].name
    if not result.intent.groups:
        low, high, median, mean = (result.column(c)[0] for c in ("min", "max", "50%", "mean"))
        return (
            f"{name}{result.where} lies between {cell(low)} and {cell(high)};"
            f" the median is {cell(median)} and the average {cell(mean)}."
        )
    pairs = result.pairs(group_name(result.intent.groups[0]), "50%")
    told = ", ".join(f"{key(held)}: {cell(value)}" for held, value in pairs[:_ALL])
    return f"The median of {name}{result.where} is {told}; the chart shows the spread."


def correlation(result: Result) -> str:
    if result.intent.groups:
        return _correlation_by_group(result)
    one, other, value = (
        result.column(name)[0] for name in ("column", "other column", "correlation")
    )
    if not is_number(value):
        return "A correlation cannot be computed from these values."
    text = f"{one} and {other}{result.where} correlate with {value:.2f} ({_strength(value)})"
    return f"{text}, the strongest of all pairs." if result.table.row_count > 1 else f"{text}."


def _correlation_by_group(result: Result) -> str:
    first, second = result.intent.columns[:2]
    pairs = result.pairs(result.intent.groups[0].column.name, "correlation")
    told = ", ".join(f"{key(held)} {value:.2f}" for held, value in pairs[:_ALL])
    return f"The correlation of {first.name} and {second.name}{result.where} is: {told}."


def scatter(result: Result) -> str:
    value, rows = result.column("correlation")[0], cell(result.column("rows")[0])
    first, second = result.intent.columns
    if not is_number(value):
        return f"The chart shows {first.name} and {second.name} of {rows} rows."
    return (
        f"{first.name} and {second.name}{result.where} correlate with {value:.2f}"
        f" ({_strength(value)}), over {rows} rows."
    )


def regression(result: Result) -> str:
    x, y = (column.name for column in result.intent.columns)
    slope, intercept, fit, rows = (
        result.column(name)[0] for name in ("slope", "intercept", "R squared", "rows")
    )
    if not (is_number(slope) and is_number(intercept) and is_number(fit)):
        return "A line cannot be fitted to these values."
    verb = "rises" if slope > 0 else "falls"
    return (
        f"{y}{result.where} {verb} by {number(abs(slope))} for each unit of {x}:"
        f" {y} = {number(intercept)} {'+' if slope >= 0 else '-'} {number(abs(slope))} × {x},"
        f" with R² = {fit:.2f} over {cell(rows)} rows."
    )


def outliers(result: Result) -> str:
    intent = result.intent
    if not intent.measures or intent.measures[0].column is None:
        pairs = result.pairs("column", "outliers")
        found = [f"{held} ({cell(value)})" for held, value in pairs if value > 0]
        if not found:
            return f"No column has values outside its fences{result.where}."
        return f"Values outside the fences{result.where}: {', '.join(found[:_ALL])}."
    printed = re.search(
        r"^Outliers: (\d+) of (\d+)\nLow fence: (\S+)\nHigh fence: (\S+)$",
        result.stdout,
        re.MULTILINE,
    )
    if printed is None:
        return "The outliers are in the table."
    count, of, low, high = (float(text) for text in printed.groups())
    name = intent.measures[0].column.name
    fences = f"the fences {number(low)} and {number(high)}"
    if not count:
        return f"{name}{result.where} has no outliers: all {number(of)} values lie within {fences}."
    lie = "lies" if count == 1 else "lie"
    return f"{number(count)} of {number(of)} values of {name}{result.where} {lie} outside {fences}."


def _strength(value: float) -> str:
    size = abs(value)
    if size < 0.1:
        return "no linear relation"
    word = "weak" if size < 0.4 else "moderate" if size < 0.7 else "strong"
    return f"{word}, {'positive' if value > 0 else 'negative'}"

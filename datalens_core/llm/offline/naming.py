"""Names of what is computed: the columns of a result, titles, filters in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datalens_core.llm.offline.intent import Filter, Group, Intent, Measure, Scalar
from datalens_core.llm.offline.terms import Aggregate

SHARE = "share in percent"
COURSE = "First, last and highest:"

AGGREGATE_WORDS: dict[Aggregate, str] = {
    "sum": "total",
    "mean": "average",
    "median": "median",
    "min": "minimum",
    "max": "maximum",
    "std": "standard deviation of",
    "var": "variance of",
    "count": "number of rows",
    "nunique": "number of different",
}
_OPERATORS = {
    "eq": "is",
    "ne": "is not",
    "gt": "is over",
    "ge": "is at least",
    "lt": "is under",
    "le": "is at most",
    "in": "is",
    "not_in": "is not",
    "starts": "starts with",
}
_TOKEN = re.compile(r"(<[A-Z][A-Z_]*_\d+>)")


def group_name(group: Group) -> str:
    """The result column of a group."""
    return group.bin.replace("_", " ") if group.bin else group.column.name


def measure_name(measure: Measure, groups: Sequence[Group] = ()) -> str:
    """The result column of a measure; never the name of a group."""
    name = AGGREGATE_WORDS[measure.aggregate]
    if measure.column and measure.aggregate != "count":
        name = f"{name} {measure.column.name}"
    taken = {group_name(group) for group in groups}
    while name in taken:
        name += " "
    return name


def measure_label(measure: Measure) -> str:
    word = AGGREGATE_WORDS[measure.aggregate]
    text = f"{word} {measure.column.label}" if measure.column else word
    return text[:1].upper() + text[1:]


def group_label(group: Group) -> str:
    return group_name(group).capitalize() if group.bin else group.column.label


def scalar(value: Scalar) -> str:
    """A value as people write it."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) or value.is_integer():
        whole = int(value)
        return str(whole) if 1000 <= whole <= 2200 else f"{whole:,}"
    return f"{value:,}"


def filter_words(held: Filter) -> str:
    """A filter in words: "continent is Asia", "year is 2007"."""
    name = held.column.name
    if held.part == "latest":
        return f"{name} is the latest"
    if held.part in ("year", "month") and held.column.kind == "date":
        name = f"the {held.part} of {name}"
    if held.operator == "between":
        return f"{name} is between {scalar(held.values[0])} and {scalar(held.values[1])}"
    shown = [scalar(value) for value in held.values[:4]]
    more = f" and {len(held.values) - 4} more" if held.values[4:] else ""
    return f"{name} {_OPERATORS[held.operator]} {' or '.join(shown)}{more}"


def filters_words(filters: Sequence[Filter]) -> str:
    return " and ".join(filter_words(held) for held in filters)


def title(intent: Intent) -> str:
    """The title of a chart, plain text."""
    if intent.kind == "aggregate":
        what = " and ".join(measure_label(measure) for measure in intent.measures)
        if intent.share:
            what = f"Share of {what[:1].lower()}{what[1:]}"
    elif intent.kind == "correlation":
        what = "Correlations"
    else:
        what = " and ".join(column.label for column in intent.columns)
    by = " and ".join(group_label(group) for group in intent.groups)
    text = what + (f" by {by}" if by else "")
    return text + (f", where {filters_words(intent.filters)}" if intent.filters else "")


def chart_text(text: str) -> str:
    """Text for a chart, which reads a few HTML tags: they are escaped, privacy tokens are kept."""
    parts = _TOKEN.split(text[:300])
    return "".join(
        part if _TOKEN.fullmatch(part) else part.replace("<", "&lt;").replace(">", "&gt;")
        for part in parts
    )

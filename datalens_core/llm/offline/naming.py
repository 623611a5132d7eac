"""Names of what is computed: the columns of a result, titles, filters in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datalens_core.llm.offline.intent import Filter, Group, Having, Intent, Measure, Scalar
from datalens_core.llm.offline.terms import Aggregate

SHARE = "share in percent"
HIGHEST, LOWEST, FIRST, LAST = "Highest:", "Lowest:", "First:", "Last:"
SPAN = "First and last:"
CHANGE = "change in percent"
PERIOD = "period"

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
    "range": "range of",
    "quantile": "quantile of",
    "ratio": "ratio of",
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
    if group.bin == "split":
        return PERIOD
    return group.bin.replace("_", " ") if group.bin else group.column.name


def measure_name(measure: Measure, groups: Sequence[Group] = ()) -> str:
    """The result column of a measure; never the name of a group."""
    name = _calculation(measure)
    if measure.column and measure.aggregate != "count":
        own = measure.column.name
        said = measure.column.words[0] == name and own not in {g.column.name for g in groups}
        name = own if said else f"{name} {own}"  # no "total total_sales"
    if measure.per:
        name = f"{name} to {measure.per.name}"
    taken = {group_name(group) for group in groups}
    while name in taken:
        name += " "
    return name


def measure_label(measure: Measure) -> str:
    text = _calculation(measure)
    if measure.column and measure.aggregate != "count":
        label = in_sentence(measure.column.label)
        text = label if text in label.lower().split() else f"{text} {label}"
    if measure.per:
        text = f"{text} to {in_sentence(measure.per.label)}"
    return text[:1].upper() + text[1:]


def _calculation(measure: Measure) -> str:
    if measure.quantile is not None:
        return f"{100 * measure.quantile:g}th percentile of"
    return AGGREGATE_WORDS[measure.aggregate]


def in_sentence(label: str) -> str:
    """A label inside a sentence: "Total bill" loses its capital, "GOOG" and "GDP" keep it."""
    first = label.split(" ")[0]
    return label if first != first.capitalize() else label[:1].lower() + label[1:]


def step_name(intent: Intent) -> str:
    """The result column that a step over time makes."""
    step, name = intent.step, measure_name(intent.measures[0], intent.groups)
    if step is None:
        return name
    if step.kind == "change":
        return CHANGE
    if step.kind == "cumulative":
        return f"cumulative {name}"
    return f"rolling {name} of {step.window}"


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


def having_words(having: Having, groups: Sequence[Group]) -> str:
    """A condition on groups in words: "average salary is over 70,000"."""
    name = measure_name(having.measure, groups)
    if having.operator == "between":
        return f"{name} is between {scalar(having.values[0])} and {scalar(having.values[1])}"
    return f"{name} {_OPERATORS[having.operator]} {' or '.join(map(scalar, having.values))}"


def filter_words(held: Filter) -> str:
    """A filter in words: "continent is Asia", "year is 2007"."""
    name = held.column.name
    if held.part == "latest":
        return f"{name} is the latest"
    if held.part in ("year", "month", "weekday") and held.column.kind == "date":
        name = name if held.part in held.column.words else f"the {held.part} of {name}"
    if held.operator == "between":
        return f"{name} is between {scalar(held.values[0])} and {scalar(held.values[1])}"
    shown = [scalar(value) for value in held.values[:4]]
    more = f" and {len(held.values) - 4} more" if held.values[4:] else ""
    return f"{name} {_OPERATORS[held.operator]} {' or '.join(shown)}{more}"


def filters_words(filters: Sequence[Filter]) -> str:
    return " and ".join(filter_words(held) for held in filters)


def title(intent: Intent) -> str:
    """The title of a chart, plain text: "Average tip by day (time: Dinner)"."""
    by = " and ".join(in_sentence(group_label(group)) for group in intent.groups)
    text = _subject(intent) + (f" by {by}" if by else "")
    held = ", ".join(_condition_words(held) for held in intent.filters)
    return f"{text} ({held})" if held else text


def _subject(intent: Intent) -> str:
    columns = " and ".join(
        in_sentence(column.label) if at else column.label
        for at, column in enumerate(intent.columns)
    )
    if intent.kind == "correlation":
        return "Correlations"
    if intent.kind not in ("aggregate", "growth"):
        return columns
    what = " and ".join(
        in_sentence(measure_label(measure)) if at else measure_label(measure)
        for at, measure in enumerate(intent.measures)
    )
    if intent.share:
        return f"Share of {in_sentence(what)}"
    if intent.kind == "growth":
        return f"Change of {in_sentence(what)}"
    if intent.step:
        return _STEPPED[intent.step.kind].format(in_sentence(what), intent.step.window)
    return what


_STEPPED = {
    "cumulative": "Cumulative {0}",
    "rolling": "Rolling average of {1} of {0}",
    "change": "Change of {0} in percent",
}


def _condition_words(held: Filter) -> str:
    """A filter in brackets: the bare values of one that keeps them, words for any other."""
    plain = held.operator in ("eq", "in") and held.part == "value" and held.values
    year = held.operator in ("eq", "in") and held.part == "year"
    if (plain and held.column.kind in ("category", "year")) or year:
        more = f" and {len(held.values) - 4} more" if held.values[4:] else ""
        return ", ".join(scalar(value) for value in held.values[:4]) + more
    return filter_words(held)


def chart_text(text: str) -> str:
    """Text for a chart, which reads a few HTML tags: they are escaped, privacy tokens are kept."""
    parts = _TOKEN.split(text[:300])
    return "".join(
        part if _TOKEN.fullmatch(part) else part.replace("<", "&lt;").replace(">", "&gt;")
        for part in parts
    )

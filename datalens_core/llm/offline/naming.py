"""Names of what is computed: the columns of a result, titles, filters in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datalens_core.llm.offline.intent import Filter, Group, Having, Intent, Measure, Scalar
from datalens_core.llm.offline.labels import in_sentence, plural, with_unit
from datalens_core.llm.offline.terms import Aggregate, Operator

SHARE = "share in percent"
HIGHEST, LOWEST, FIRST, LAST = "Highest:", "Lowest:", "First:", "Last:"
SPAN = "First and last:"
DIFFERENCE = "Difference:"
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
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_TOKEN = re.compile(r"(<[A-Z][A-Z_]*_\d+>)")


def group_name(group: Group) -> str:
    """The result column of a group."""
    if group.bin == "split":
        return PERIOD
    if group.bin == "sides":
        return group.column.name
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


def measure_words(measure: Measure) -> str:
    """A measure as prose names it: "average life expectancy"."""
    text = _calculation(measure)
    if measure.column and measure.aggregate != "count":
        label = in_sentence(measure.column.label)
        if measure.aggregate == "nunique":
            return f"{text} {plural(label) or f'values of {label}'}"
        text = label if text in label.lower().split() else f"{text} {label}"
    if measure.per:
        text = f"{text} to {in_sentence(measure.per.label)}"
    return text


def measure_label(measure: Measure) -> str:
    """A measure at the head of a title."""
    text = measure_words(measure)
    return text[:1].upper() + text[1:]


def measure_unit(measure: Measure) -> str:
    """What the number of a measure is in; none for counts, variances and ratios."""
    if measure.column is None or measure.aggregate in ("count", "nunique", "var", "ratio"):
        return ""
    return measure.column.unit


def axis_label(label: str, unit: str) -> str:
    return f"{label} ({unit})" if unit else label


def measure_axis(measure: Measure) -> str:
    return axis_label(measure_label(measure), measure_unit(measure))


def _calculation(measure: Measure) -> str:
    if measure.quantile is not None:
        return f"{100 * measure.quantile:g}th percentile of"
    return AGGREGATE_WORDS[measure.aggregate]


def group_words(group: Group) -> str:
    """A group as prose names it."""
    own = group.bin in (None, "sides")
    return in_sentence(group.column.label) if own else group_name(group)


def step_words(intent: Intent) -> str:
    """The number of a series as prose names it, with what a step has made of it."""
    what = measure_words(intent.measures[0])
    return f"cumulative {what}" if intent.step and intent.step.kind == "cumulative" else what


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
    """A group on an axis."""
    if group.bin not in (None, "sides"):
        return group_name(group).capitalize()
    return axis_label(group.column.label, group.column.unit)


def scalar(value: Scalar, *, amount: bool = False) -> str:
    """A value as people write it; what is no `amount` may be a year."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) or value.is_integer():
        whole = int(value)
        return str(whole) if 1000 <= whole <= 2200 and not amount else f"{whole:,}"
    return f"{value:,}"


def having_words(having: Having) -> str:
    """A condition on groups in words: "average salary is over 70,000"."""
    return _compared(
        measure_words(having.measure), having.operator, having.values, measure_unit(having.measure)
    )


def filter_words(held: Filter) -> str:
    """A filter in words: "continent is Asia", "year is 2007"."""
    name = in_sentence(held.column.label)
    if held.part == "latest":
        return f"{name} is the latest"
    if held.part in ("year", "month", "weekday") and held.column.kind == "date":
        name = name if held.part in held.column.words else f"the {held.part} of {name}"
        if held.part == "month":
            names = tuple(MONTH_NAMES[int(value) - 1] for value in held.values)
            return _compared(name, held.operator, names)
    return _compared(name, held.operator, held.values, held.column.unit)


def _compared(name: str, operator: Operator, values: Sequence[Scalar], unit: str = "") -> str:
    said = [
        with_unit(scalar(v, amount=bool(unit)), "" if isinstance(v, str) else unit) for v in values
    ]
    if operator == "between":
        return f"{name} is between {said[0]} and {said[1]}"
    more = f" and {len(said) - 4} more" if said[4:] else ""
    return f"{name} {_OPERATORS[operator]} {' or '.join(said[:4])}{more}"


def filters_words(filters: Sequence[Filter]) -> str:
    return " and ".join(filter_words(held) for held in filters)


def where_words(filters: Sequence[Filter], *, short: bool = True) -> str:
    """What rows an answer is about, after a space: " in July 2014 where weather is rain".

    With `short`, what is said of time leaves out the column that tells it.
    """
    if not short:
        return f" where {filters_words(filters)}" if filters else ""
    months = [held for held in filters if held.part == "month" and held.operator in ("eq", "in")]
    years = [held for held in filters if _names_a_year(held)]
    if len(months) > 1 or len(years) > 1:
        months, years = [], []
    said = [" or ".join(MONTH_NAMES[int(v) - 1] for v in held.values) for held in months]
    said += [str(held.values[0]) for held in years]
    spans = [] if said else [held for held in filters if _spans_years(held)]
    others = [held for held in filters if held not in (*months, *years, *spans)]
    when = f" in {' '.join(said)}" if said else ""
    when += "".join(f" {_SPANS[held.operator].format(*held.values)}" for held in spans)
    return f"{when} where {filters_words(others)}" if others else when


_SPANS: dict[Operator, str] = {
    "lt": "before {}",
    "le": "up to {}",
    "gt": "after {}",
    "ge": "since {}",
    "between": "between {} and {}",
}


def _spans_years(held: Filter) -> bool:
    return _of_years(held) and held.operator in _SPANS


def _of_years(held: Filter) -> bool:
    return held.part == "year" or (held.column.kind == "year" and held.part == "value")


def _names_a_year(held: Filter) -> bool:
    return _of_years(held) and held.operator in ("eq", "in") and len(held.values) == 1


def title(intent: Intent) -> str:
    """The title of a chart, plain text: "Average tip by day (time: Dinner)"."""
    by = " and ".join(map(group_words, intent.groups))
    text = _subject(intent) + (f" by {by}" if by else "")
    held = ", ".join(_condition_words(held) for held in intent.filters)
    if intent.moments:
        span = " to ".join(map(scalar, intent.moments))
        held = f"{span}, {held}" if held else span
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
        what = "rows" if intent.measures[0].aggregate == "count" else what
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
    if held.part == "month" and held.operator in ("eq", "in"):
        return ", ".join(MONTH_NAMES[int(value) - 1] for value in held.values)
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

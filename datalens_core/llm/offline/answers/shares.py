"""Shares of a whole, in words."""

from __future__ import annotations

from datalens_core.llm.offline.answers.result import Result, is_number
from datalens_core.llm.offline.naming import (
    FIRST,
    HIGHEST,
    LAST,
    LOWEST,
    SHARE,
    filters_words,
    group_name,
    group_words,
    measure_words,
)
from datalens_core.llm.offline.numbers import cell, key, percent
from datalens_core.llm.offline.templates.aggregates import over_time

_ALL = 6


def share(result: Result) -> str:
    """The part of each group in a total."""
    intent = result.intent
    counted = intent.measures[0].aggregate == "count"
    what = "rows" if counted else measure_words(intent.measures[0])
    shares = result.column(SHARE)
    names = [group_name(group) for group in intent.groups]
    keys = [
        " / ".join(key(part) for part in row)
        for row in zip(*map(result.column, names), strict=True)
    ]
    pairs = [(k, percent(float(v))) for k, v in zip(keys, shares, strict=True) if is_number(v)]
    if intent.focus is not None:
        for held, value in pairs:
            if held == intent.focus:
                whole = f"{held} has {value} of the {what}{result.where}"
                return f"{whole}; the table shows every {group_words(intent.groups[0])}."
    more = "; the others are in the table" if result.table.row_count > _ALL else ""
    by = " and ".join(map(group_words, intent.groups))
    told = ", ".join(f"{held} {value}" for held, value in pairs[:_ALL])
    return f"Share of the {what} by {by}{result.where}: {told}{more}."


def proportion(result: Result) -> str:
    """Which part of the rows fulfils a condition."""
    intent = result.intent
    condition = filters_words(intent.conditions)
    if not intent.groups:
        rows, whole, part = (
            result.column(name)[0] for name in ("matching rows", "rows", "percent")
        )
        if not is_number(part):
            return f"No rows match{result.where}."
        return (
            f"{condition[:1].upper()}{condition[1:]} in {percent(float(part))} of the rows"
            f"{result.where} ({cell(rows)} of {cell(whole)})."
        )
    pairs = result.pairs(group_name(intent.groups[0]), "percent")
    if intent.extreme:
        return _ranked(result, condition)
    if over_time(intent) and len(pairs) > _ALL:
        return _course(result, condition)
    sign = ":" if intent.groups[0].column.kind == "number" else ""
    told = [f"{key(held)}{sign} {percent(float(value))}" for held, value in pairs[:_ALL]]
    more = "; the others are in the table" if result.table.row_count > _ALL else ""
    return f"Share of the rows{result.where} where {condition}: {', '.join(told)}{more}."


def _course(result: Result, condition: str) -> str:
    """From the first to the last moment, and where it was highest and lowest."""
    time = group_name(result.intent.groups[0])
    rows = [row for label in (FIRST, LAST, HIGHEST, LOWEST) for row in result.printed(label)]
    parts = [float(value) for row in rows if is_number(value := row["percent"])]
    first, last = parts[:2]
    verb = "rose" if last > first else "fell" if last < first else "stayed the same, going"
    start, end, high, low = (
        f"{percent(part)} in {key(row[time])}" for part, row in zip(parts, rows, strict=True)
    )
    return (
        f"The share of the rows{result.where} where {condition} {verb} from {start} to {end};"
        f" the highest is {high}, the lowest {low}."
    )


def _ranked(result: Result, condition: str) -> str:
    """Who has the highest or lowest part, and of how many rows: a part of two rows says little."""
    intent = result.intent
    columns = [result.column(name) for name in ("percent", "matching rows", "rows")]
    held = zip(result.column(group_name(intent.groups[0])), *columns, strict=True)
    told = [
        f"{key(name)} {percent(float(part))} ({cell(some)} of {cell(rows)})"
        for name, part, some, rows in held
        if is_number(part)
    ]
    end = "lowest" if intent.order == "asc" else "highest"
    asked = f"The {end} share of rows{result.where} where {condition}"
    return f"{asked}, by {group_words(intent.groups[0])}: {', '.join(told[:3])}."

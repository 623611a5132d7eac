"""Shares of a whole, in words."""

from __future__ import annotations

from datalens_core.llm.offline.answers.result import Result, is_number
from datalens_core.llm.offline.naming import (
    SHARE,
    filters_words,
    group_name,
    group_words,
    measure_words,
)
from datalens_core.llm.offline.numbers import cell, key, percent

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
    told = [f"{key(held)} {percent(float(value))}" for held, value in pairs[:_ALL]]
    more = "; the others are in the table" if result.table.row_count > _ALL else ""
    return f"Share of the rows{result.where} where {condition}: {', '.join(told)}{more}."

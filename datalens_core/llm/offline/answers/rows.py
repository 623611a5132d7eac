"""Rows and values, in words."""

from __future__ import annotations

from datalens_core.llm.offline.answers.result import Result, listed
from datalens_core.llm.offline.numbers import cell, key, number
from datalens_core.llm.offline.schema_match import label_column

_MOST = 20
_FEW = 8


def rows(result: Result) -> str:
    intent, table = result.intent, result.table
    measure = intent.measures[0] if intent.measures else None
    if measure and measure.column and intent.within:
        return _ranked_within(result, measure.column.name)
    if measure and measure.column:
        return _ranked(result, measure.column.name)
    if table.row_count == 1:
        wanted = [c.name for c in intent.columns if c.measure] or table.columns
        parts = [f"{name} is {cell(result.column(name)[0])}" for name in wanted]
        return f"One row matches{result.where}: {', '.join(parts)}."
    return f"{number(table.row_count)} rows match{result.where}; they are in the table."


def _ranked(result: Result, name: str) -> str:
    word = "lowest" if result.intent.order == "asc" else "highest"
    values = result.column(name)
    whose = _row_name(result, 0, but=name)
    text = f"The {word} {name}{result.where} is {cell(values[0])}"
    text += f" ({whose})" if whose else ""
    after = []
    for row in range(1, min(len(values), 5)):
        other = _row_name(result, row, but=name)
        after.append(f"{other} ({cell(values[row])})" if other else cell(values[row]))
    return f"{text}, followed by {listed(after)}." if after else f"{text}."


def _ranked_within(result: Result, name: str) -> str:
    outer = result.intent.groups[0].column.name
    word = "Lowest" if result.intent.order == "asc" else "Highest"
    told: dict[str, str] = {}
    for held, value in zip(result.column(outer), result.column(name), strict=True):
        told.setdefault(key(held), f"{key(held)} {cell(value)}")
    first = list(told.values())[:_FEW]
    more = "; the others are in the table" if not result.whole or len(told) > _FEW else ""
    return f"{word} {name} in each {outer}{result.where}: {', '.join(first)}{more}."


def _row_name(result: Result, row: int, but: str) -> str:
    columns = result.intent.columns
    label = label_column(columns)
    named = [c for c in (label, *[c for c in columns if c.temporal][:1]) if c and c.name != but]
    single = {held.column for held in result.intent.filters if held.operator == "eq"}
    single |= {h.column for h in result.intent.filters if h.operator == "in" and not h.values[1:]}
    values = [result.column(c.name)[row] for c in named if c not in single]
    return ", ".join(key(value) for value in values if value is not None)


def unique(result: Result) -> str:
    name = result.intent.columns[0].name
    values = [key(value) for value in result.column(name)]
    count = result.table.row_count
    if count == 1:
        return f"{name} has one value{result.where}: {values[0]}."
    shown = values[:_MOST]
    more = " and more in the table" if count > len(shown) else ""
    text = ", ".join(shown)
    return f"{name} has {number(count)} different values{result.where}: {text}{more}."

"""Rows and values, in words."""

from __future__ import annotations

from datalens_core.llm.offline.answers.result import Result, listed
from datalens_core.llm.offline.columns import Column, label_column
from datalens_core.llm.offline.labels import in_sentence, plural, with_unit
from datalens_core.llm.offline.numbers import cell, key, number

_MOST = 20
_FEW = 8


def rows(result: Result) -> str:
    intent, table = result.intent, result.table
    measure = intent.measures[0] if intent.measures else None
    if measure and measure.column and intent.within:
        return _ranked_within(result, measure.column)
    if measure and measure.column:
        return _ranked(result, measure.column)
    if table.row_count == 1:
        measures = [column for column in intent.columns if column.measure]
        parts = [
            f"{in_sentence(c.label)} is {with_unit(cell(result.column(c.name)[0]), c.unit)}"
            for c in measures or intent.columns
        ]
        return f"One row matches{result.where}: {', '.join(parts)}."
    return f"{number(table.row_count)} rows match{result.where}; they are in the table."


def _ranked(result: Result, column: Column) -> str:
    name, label, unit = column.name, in_sentence(column.label), column.unit
    word = "lowest" if result.intent.order == "asc" else "highest"
    values = [with_unit(cell(value), unit) for value in result.column(name)]
    whose = _row_name(result, 0, but=name)
    text = f"The {word} {label}{result.where} is {values[0]}"
    text += f" ({whose})" if whose else ""
    after = []
    for row in range(1, min(len(values), 5)):
        other = _row_name(result, row, but=name)
        after.append(f"{other} ({values[row]})" if other else values[row])
    return f"{text}, followed by {listed(after)}." if after else f"{text}."


def _ranked_within(result: Result, column: Column) -> str:
    outer = result.intent.groups[0].column
    word = "Lowest" if result.intent.order == "asc" else "Highest"
    told: dict[str, str] = {}
    for held, value in zip(result.column(outer.name), result.column(column.name), strict=True):
        told.setdefault(key(held), f"{key(held)} {with_unit(cell(value), column.unit)}")
    first = list(told.values())[:_FEW]
    more = "; the others are in the table" if not result.whole or len(told) > _FEW else ""
    what = f"{word} {in_sentence(column.label)} in each {in_sentence(outer.label)}"
    return f"{what}{result.where}: {', '.join(first)}{more}."


def _row_name(result: Result, row: int, but: str) -> str:
    columns = result.intent.columns
    label = label_column(columns)
    named = [c for c in (label, *[c for c in columns if c.temporal][:1]) if c and c.name != but]
    single = {held.column for held in result.intent.filters if held.operator == "eq"}
    single |= {h.column for h in result.intent.filters if h.operator == "in" and not h.values[1:]}
    values = [result.column(c.name)[row] for c in named if c not in single]
    return ", ".join(key(value) for value in values if value is not None)


def unique(result: Result) -> str:
    column = result.intent.columns[0]
    values = [key(value) for value in result.column(column.name)]
    count = result.table.row_count
    if count == 1:
        return f"{column.label} has one value{result.where}: {values[0]}."
    shown = values[:_MOST]
    more = " and more in the table" if count > len(shown) else ""
    text = ", ".join(shown)
    many = plural(in_sentence(column.label)) if column.kind != "flag" else None
    if many is None:
        return f"{column.label} has {number(count)} different values{result.where}: {text}{more}."
    return f"There are {number(count)} different {many}{result.where}: {text}{more}."

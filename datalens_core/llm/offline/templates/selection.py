"""The rows that a question is about: types made right, conditions applied."""

from __future__ import annotations

import ast

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.intent import Filter, Intent
from datalens_core.llm.offline.source import Part, expression, variable
from datalens_core.llm.offline.templates.script import Script
from datalens_core.llm.offline.terms import Operator

_COMPARED: dict[Operator, str] = {
    "eq": "CELL == VALUE",
    "ne": "CELL != VALUE",
    "gt": "CELL > VALUE",
    "ge": "CELL >= VALUE",
    "lt": "CELL < VALUE",
    "le": "CELL <= VALUE",
}


def select_rows(script: Script, *, coerce: bool) -> None:
    """Write what makes `data` of the data set; `coerce` turns measured columns into numbers."""
    intent = script.intent
    used = _used(intent)
    dates = [column for column in used if column.kind == "date"]
    numbers = [column for column in used if column.kind == "number"] if coerce else []
    if dates or numbers:
        script.add("data = DATA.copy()")
        script.data = variable("data")
    days = [m.column for m in intent.measures if m.aggregate == "nunique"]
    for column in dates:
        script.add(
            'DATA[NAME] = pd.to_datetime(DATA[NAME], format="mixed", errors="coerce")',
            NAME=column.name,
        )
        if column in days:  # days are counted, not moments
            script.add("DATA[NAME] = DATA[NAME].dt.normalize()", NAME=column.name)
    for column in numbers:
        script.add('DATA[NAME] = pd.to_numeric(DATA[NAME], errors="coerce")', NAME=column.name)
    for held in intent.filters:
        script.add("data = DATA[CONDITION]", CONDITION=condition(script.data, held))
        script.data = variable("data")


def _used(intent: Intent) -> list[Column]:
    used = [c for m in intent.measures for c in (m.column, m.per) if c]
    used += [group.column for group in intent.groups]
    used += [held.column for held in (*intent.filters, *intent.conditions)]
    return list(dict.fromkeys((*used, *intent.columns)))


def condition(frame: ast.expr, held: Filter) -> ast.expr:
    """Which rows a filter keeps, as a series of booleans."""
    cell = _cell(frame, held)
    if held.part == "latest":
        return expression("CELL == CELL.max()", CELL=cell)
    values: list[Part] = list(held.values)
    if held.column.kind == "date" and held.part == "value":
        values = [expression("pd.Timestamp(MOMENT)", MOMENT=value) for value in held.values]
    if held.operator == "starts":
        start = str(held.values[0]).lower()
        return expression("CELL.astype(str).str.lower().str.startswith(S)", CELL=cell, S=start)
    return compared(cell, held.operator, values)


def compared(cell: ast.expr, operator: Operator, values: list[Part]) -> ast.expr:
    """A comparison of a column with values, as a series of booleans."""
    if operator == "between":
        return expression("CELL.between(LOW, HIGH)", CELL=cell, LOW=values[0], HIGH=values[1])
    if operator in ("in", "not_in"):
        kept = operator == "in"
        if len(values) == 1:
            equal = _COMPARED["eq" if kept else "ne"]
            return expression(equal, CELL=cell, VALUE=values[0])
        return expression(
            "CELL.isin(VALUES)" if kept else "~CELL.isin(VALUES)", CELL=cell, VALUES=values
        )
    return expression(_COMPARED[operator], CELL=cell, VALUE=values[0])


def _cell(frame: ast.expr, held: Filter) -> ast.expr:
    cell = expression("FRAME[NAME]", FRAME=frame, NAME=held.column.name)
    if held.column.kind == "date" and held.part != "value":
        part = "year" if held.part == "latest" else held.part
        if part == "weekday":
            return expression("CELL.dt.day_name()", CELL=cell)
        return ast.Attribute(ast.Attribute(cell, "dt"), part)
    if held.column.kind == "date" and held.operator in ("eq", "in", "not_in"):
        return expression("CELL.dt.normalize()", CELL=cell)
    if held.column.boolean:
        return expression("CELL.astype(str)", CELL=cell)
    return cell

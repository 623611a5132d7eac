"""Which part of the rows fulfils a condition."""

from __future__ import annotations

from datalens_core.llm.offline.naming import FIRST, HIGHEST, LAST, LOWEST
from datalens_core.llm.offline.source import expression, variable
from datalens_core.llm.offline.templates.aggregates import over_time, print_row
from datalens_core.llm.offline.templates.bins import group_keys
from datalens_core.llm.offline.templates.script import Script
from datalens_core.llm.offline.templates.selection import condition


def proportion(script: Script) -> None:
    """Which part of the rows fulfils the conditions, of those of which that is known."""
    intent = script.intent
    judged = list(dict.fromkeys(held.column.name for held in intent.conditions))
    script.note_rows(judged)
    script.add("data = DATA.dropna(subset=NAMES)", NAMES=judged)
    script.data = variable("data")
    matches = [condition(script.data, held) for held in intent.conditions]
    whole = matches[0]
    for held in matches[1:]:
        whole = expression("(ONE) & (OTHER)", ONE=whole, OTHER=held)
    script.add("matches = CONDITION", CONDITION=whole)
    if intent.groups:
        key = group_keys(script)[0]
        cell = expression("DATA[NAME]", DATA=script.data, NAME=key) if isinstance(key, str) else key
        script.add("grouped = matches.groupby(KEY)", KEY=cell)
        script.add(
            "result = pd.DataFrame(CELLS)\nresult = result.reset_index()",
            CELLS={
                "matching rows": expression("grouped.sum()"),
                "rows": expression("grouped.size()"),
                "percent": expression("(100 * grouped.mean()).round(2)"),
            },
        )
        if intent.extreme or not intent.groups[0].column.temporal:
            script.add(
                "result = result.sort_values("
                '["percent", "rows"], ascending=[UP, False], ignore_index=True)',
                UP=intent.order == "asc",
            )
        elif over_time(intent):
            print_row(script, FIRST, "result.head(1)")
            print_row(script, LAST, "result.tail(1)")
            print_row(script, HIGHEST, 'result.nlargest(1, "percent")')
            print_row(script, LOWEST, 'result.nsmallest(1, "percent")')
        if intent.limit:
            script.add("result = result.head(LIMIT)", LIMIT=intent.limit)
        return
    script.add(
        "result = pd.DataFrame(CELLS)",
        CELLS={
            "matching rows": [expression("matches.sum()")],
            "rows": [expression("len(matches)")],
            "percent": [expression("round(100 * matches.mean(), 2)")],
        },
    )

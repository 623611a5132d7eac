"""Rows and values as they stand in the data."""

from __future__ import annotations

from datalens_core.llm.offline.source import expression
from datalens_core.llm.offline.templates.script import Script


def rows(script: Script) -> None:
    intent = script.intent
    script.note_rows([])
    shown = expression(
        "DATA[NAMES]", DATA=script.data, NAMES=[column.name for column in intent.columns]
    )
    ranked = intent.measures[0].column if intent.measures else None
    if ranked and intent.within:
        outer = intent.groups[0].column.name
        script.add(
            "ordered = ROWS.sort_values(BY, ascending=DIRECTIONS)\n"
            "result = ordered.groupby(OUTER).head(N).reset_index(drop=True)",
            ROWS=shown,
            BY=[outer, ranked.name],
            DIRECTIONS=[True, intent.order == "asc"],
            OUTER=outer,
            N=intent.limit or 1,
        )
        return
    if ranked:
        take = "nlargest" if intent.order == "desc" else "nsmallest"
        shown = expression(
            f"ROWS.{take}(N, NAME)", ROWS=shown, N=intent.limit or 1, NAME=ranked.name
        )
    elif intent.limit:
        shown = expression("ROWS.head(N)", ROWS=shown, N=intent.limit)
    script.add("result = ROWS.reset_index(drop=True)", ROWS=shown)


def unique(script: Script) -> None:
    name = script.intent.columns[0].name
    script.add("values = DATA[NAME].dropna().unique()", NAME=name)
    script.add(
        "result = pd.DataFrame(CELLS).sort_values(NAME, ignore_index=True)",
        CELLS={name: expression("values")},
        NAME=name,
    )

"""How much a measure changed between two moments, of each group."""

from __future__ import annotations

from datalens_core.llm.offline.naming import CHANGE, group_name
from datalens_core.llm.offline.source import expression, variable
from datalens_core.llm.offline.templates.aggregates import calculation
from datalens_core.llm.offline.templates.script import Script


def growth(script: Script) -> None:
    """`columns` holds the time; without moments the first and the last one are compared."""
    intent = script.intent
    time = intent.columns[0]
    moment = expression("DATA[TIME]", DATA=script.data, TIME=time.name)
    if time.kind == "date" and intent.moments:
        moment = expression("MOMENT.dt.year", MOMENT=moment)
    measure = intent.measures[0]
    assert measure.column is not None
    script.note_rows([measure.column.name])
    script.add("moment = MOMENT", MOMENT=moment)
    if intent.moments:
        script.add("first = A\nlast = B", A=intent.moments[0], B=intent.moments[1])
    else:
        script.add("first = moment.min()\nlast = moment.max()")
    script.add('print("From:", str(first)[:10], "To:", str(last)[:10])')
    for name in ("first", "last"):
        rows = expression("DATA[moment == AT]", DATA=script.data, AT=variable(name))
        if intent.groups:
            rows = expression("ROWS.groupby(KEY)", ROWS=rows, KEY=group_name(intent.groups[0]))
        script.add(
            "NAME = VALUE",
            NAME=variable(f"{name}_value"),
            VALUE=calculation(rows, measure, by_group=bool(intent.groups)),
        )
    values = {
        "first": expression("first_value"),
        "last": expression("last_value"),
        "change": expression("last_value - first_value"),
        CHANGE: expression("100 * (last_value / first_value - 1)"),
    }
    if not intent.groups:
        script.add(
            "result = pd.DataFrame(CELLS)\nresult = result.round(4)",
            CELLS={k: [v] for k, v in values.items()},
        )
        return
    script.add("result = pd.DataFrame(CELLS)\nresult = result.round(4).reset_index()", CELLS=values)
    script.add(
        'result = result.sort_values("change", ascending=ASCENDING, ignore_index=True)',
        ASCENDING=intent.order == "asc",
    )

"""Numbers by group: the calculation, what is made of a series, order, limit and shares."""

from __future__ import annotations

import ast

from datalens_core.llm.offline.intent import Having, Intent, Measure
from datalens_core.llm.offline.naming import (
    DIFFERENCE,
    FIRST,
    HIGHEST,
    LAST,
    LOWEST,
    SHARE,
    SPAN,
    group_name,
    measure_name,
    step_name,
)
from datalens_core.llm.offline.source import Part, expression, variable
from datalens_core.llm.offline.templates.bins import group_keys
from datalens_core.llm.offline.templates.script import Script
from datalens_core.llm.offline.templates.selection import compared

_CYCLES = ("weekday", "hour", "month_of_year", "split", "sides")


def aggregate(script: Script) -> None:
    intent = script.intent
    measured = [c.name for m in intent.measures for c in (m.column, m.per) if c]
    measured += [g.column.name for g in intent.groups if g.column.kind == "date"]
    script.note_rows(list(dict.fromkeys(measured)))
    if not intent.groups:
        cells: dict[str, Part] = {
            measure_name(m): [calculation(script.data, m)] for m in intent.measures
        }
        script.add("result = pd.DataFrame(CELLS)", CELLS=cells)
        return
    dated = [g.column.name for g in intent.groups if g.column.kind == "date"]
    if dated:
        script.add("data = DATA.dropna(subset=NAMES)", NAMES=dated)
        script.data = variable("data")
    keys = group_keys(script)
    grouped = expression(
        "DATA.groupby(KEYS)", DATA=script.data, KEYS=keys[0] if len(keys) == 1 else keys
    )
    measure = intent.measures[0]
    if len(intent.measures) == 1 and measure.aggregate not in ("range", "ratio"):
        script.add(
            "result = SERIES.reset_index(name=NAME)",
            SERIES=calculation(grouped, measure, by_group=True),
            NAME=measure_name(measure, intent.groups),
        )
    else:
        script.add("grouped = GROUPED", GROUPED=grouped)
        script.add(
            "result = pd.DataFrame(CELLS)\nresult = result.reset_index()",
            CELLS={
                measure_name(m, intent.groups): calculation(variable("grouped"), m, by_group=True)
                for m in intent.measures
            },
        )
    _finish(script)


def calculation(rows: ast.expr, measure: Measure, *, by_group: bool = False) -> ast.expr:
    """The expression of a measure over a frame, or over groups of one."""
    if measure.column is None or measure.aggregate == "count":
        return expression("ROWS.size()" if by_group else "len(ROWS)", ROWS=rows)
    cell = expression("ROWS[NAME]", ROWS=rows, NAME=measure.column.name)
    if measure.aggregate == "range":
        return expression("CELL.max() - CELL.min()", CELL=cell)
    if measure.aggregate == "quantile":
        return expression("CELL.quantile(Q)", CELL=cell, Q=measure.quantile or 0.5)
    if measure.per:
        whole = expression("ROWS[NAME]", ROWS=rows, NAME=measure.per.name)
        return expression("PART.sum() / WHOLE.sum()", PART=cell, WHOLE=whole)
    return ast.Call(ast.Attribute(cell, measure.aggregate), [], [])


def _finish(script: Script) -> None:
    intent = script.intent
    first = measure_name(intent.measures[0], intent.groups)
    if intent.having:
        _keep_groups(script, intent.having, first)
    if intent.share:
        _add_share(script, first)
    if intent.within:
        _rank_within(script, first)
        return
    if intent.step:
        _add_step(script, first)
    timed_share = intent.share and intent.groups[0].column.temporal
    if intent.order and not timed_share:
        script.add(
            "result = result.sort_values(NAME, ascending=ASCENDING, ignore_index=True)",
            NAME=first,
            ASCENDING=intent.order == "asc",
        )
    if intent.limit:
        script.add("result = result.head(LIMIT)", LIMIT=intent.limit)
    _note_findings(script)
    if intent.difference:
        script.add(
            "if len(result) == 2:\n    print(LABEL, abs(result[NAME].max() - result[NAME].min()))",
            LABEL=DIFFERENCE,
            NAME=first,
        )
    if intent.pivot:
        names = [group_name(group) for group in intent.groups]
        script.add(
            "table = result.pivot(index=ROWS, columns=COLUMNS, values=NAME)",
            ROWS=names[0],
            COLUMNS=names[1],
            NAME=first,
        )
        script.add("table.columns = table.columns.astype(str)")


def _keep_groups(script: Script, having: Having, name: str) -> None:
    cell = expression("result[NAME]", NAME=name)
    script.add("result = result[KEPT]", KEPT=compared(cell, having.operator, list(having.values)))


def _add_share(script: Script, first: str) -> None:
    groups = script.intent.groups
    if len(groups) == 1:
        total = expression("result[NAME].sum()", NAME=first)
    else:  # the whole is that of the first group's value
        total = expression(
            'result.groupby(OUTER)[NAME].transform("sum")', OUTER=group_name(groups[0]), NAME=first
        )
    script.add(
        "result[SHARE] = (100 * result[NAME] / TOTAL).round(2)",
        SHARE=SHARE,
        NAME=first,
        TOTAL=total,
    )


def _rank_within(script: Script, first: str) -> None:
    intent = script.intent
    outer = group_name(intent.groups[0])
    script.add(
        "result = result.sort_values(BY, ascending=DIRECTIONS, ignore_index=True)\n"
        "result = result.groupby(OUTER).head(LIMIT).reset_index(drop=True)",
        BY=[outer, first],
        DIRECTIONS=[True, intent.order == "asc"],
        OUTER=outer,
        LIMIT=intent.limit or 1,
    )


def _add_step(script: Script, first: str) -> None:
    """A running total, a rolling average or a change; within each value of a second group."""
    intent, step = script.intent, script.intent.step
    assert step is not None
    series = expression("result[NAME]", NAME=first)
    infinite = expression('[float("inf"), float("-inf")]')
    if len(intent.groups) == 2:
        inner = group_name(intent.groups[1])
        series = expression("result.groupby(INNER)[NAME]", INNER=inner, NAME=first)
    made = {
        "cumulative": "SERIES.cumsum()",
        "change": "(100 * SERIES.pct_change()).replace(INFINITE, None).round(2)",
        "rolling": "SERIES.rolling(WINDOW).mean()",
    }[step.kind]
    if step.kind == "rolling" and len(intent.groups) == 2:
        made = "SERIES.transform(lambda values: values.rolling(WINDOW).mean())"
    script.add(
        "result[STEP] = VALUES",
        STEP=step_name(intent),
        VALUES=expression(made, SERIES=series, WINDOW=step.window, INFINITE=infinite),
    )


def over_time(intent: Intent) -> bool:
    """Whether the result is a series over time."""
    first = intent.groups[0]
    return first.column.temporal and first.bin not in _CYCLES and not intent.extreme


def _note_findings(script: Script) -> None:
    """Print what the answer tells of a long result; only its head reaches the answer."""
    intent = script.intent
    name = step_name(intent)
    if over_time(intent) and len(intent.groups) == 1:
        script.add("known = result.dropna()")
        print_row(script, FIRST, "known.head(1)")
        print_row(script, LAST, "known.tail(1)")
        print_row(script, HIGHEST, "known.nlargest(1, NAME)", NAME=name)
    elif over_time(intent):
        script.add(
            'span = result.dropna().groupby(INNER)[NAME].agg(["first", "last"])',
            INNER=group_name(intent.groups[1]),
            NAME=name,
        )
        print_row(script, SPAN, "span.reset_index()")
    elif not (intent.share or intent.limit or intent.extreme):
        script.add("known = result.dropna()")
        print_row(script, HIGHEST, "known.nlargest(1, NAME)", NAME=name)
        print_row(script, LOWEST, "known.nsmallest(1, NAME)", NAME=name)


def print_row(script: Script, label: str, rows: str, **parts: Part) -> None:
    dated = any(group.column.kind == "date" and not group.bin for group in script.intent.groups)
    script.add(
        "print(LABEL, ROWS.to_json(orient='records', date_format='iso', force_ascii=False))"
        if dated
        else "print(LABEL, ROWS.to_json(orient='records', force_ascii=False))",
        LABEL=label,
        ROWS=expression(rows, **parts),
    )

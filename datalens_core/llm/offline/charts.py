"""The chart of an intent, as plotly express code."""

from __future__ import annotations

from dataclasses import replace

from datalens_core.llm.offline.intent import Intent
from datalens_core.llm.offline.naming import (
    SHARE,
    chart_text,
    group_label,
    group_name,
    measure_label,
    measure_name,
    title,
)
from datalens_core.llm.offline.schema_match import label_column
from datalens_core.llm.offline.source import call, literal, literals, mapping
from datalens_core.llm.offline.terms import Chart

_MOST_BARS = 30
_CYCLES = ("weekday", "hour", "month_of_year")


def write_chart(intent: Intent, data: str) -> list[str]:
    """Statements that make `fig`; none when a chart would say nothing."""
    if intent.kind == "aggregate" and intent.groups:
        return _aggregate(intent)
    if intent.kind == "rows" and intent.measures and (intent.limit or 0) > 1:
        return _rows(intent)
    if intent.kind == "distribution":
        return _distribution(intent, data)
    if intent.kind == "scatter":
        return _scatter(intent, data)
    if intent.kind == "correlation":
        return _correlation(intent, data)
    if intent.kind == "missing":
        return _missing()
    return []


def chart_kind(intent: Intent) -> Chart:
    """The chart asked for, or the one that suits the result."""
    first = intent.groups[0]
    asked = intent.chart
    if asked in ("bar", "line", "area", "scatter"):
        return asked
    if asked == "pie" and len(intent.groups) == 1 and len(intent.measures) == 1:
        return "pie"
    if asked == "heatmap" and len(intent.groups) == 2:
        return "heatmap"
    over_time = first.column.temporal and first.bin not in _CYCLES and not intent.extreme
    return "line" if over_time else "bar"


def _options(intent: Intent, labels: dict[str, str]) -> dict[str, str]:
    return {
        "title": literal(chart_text(title(intent))),
        "labels": mapping({name: chart_text(label) for name, label in labels.items()}),
    }


def _aggregate(intent: Intent) -> list[str]:
    groups, measures = intent.groups, intent.measures
    names = [measure_name(measure, groups) for measure in measures]
    labels = {group_name(group): group_label(group) for group in groups}
    labels |= {name: measure_label(m) for name, m in zip(names, measures, strict=True)}
    if intent.share:
        names, labels = [SHARE], labels | {SHARE: "Share in %"}
    kind = chart_kind(intent)
    options = _options(intent, labels)
    x = literal(group_name(groups[0]))
    y = literal(names[0]) if len(names) == 1 else literals(names)
    color = literal(group_name(groups[1])) if len(groups) == 2 else None
    if kind == "pie":
        return ["fig = " + call("px.pie", "result", names=x, values=y, **options)]
    if kind == "heatmap":
        table = f"result.pivot(index={x}, columns={color}, values={y})"
        text = f"title={options['title']}"
        return [f"table = {table}", f'fig = px.imshow(table, aspect="auto", {text})']
    shown = "result"
    if kind == "bar" and len(groups) == 1 and not groups[0].column.temporal:
        shown = f"result.head({_MOST_BARS})"
    markers = "True" if kind == "line" else None
    barmode = '"group"' if kind == "bar" and (color or len(names) > 1) else None
    return [
        "fig = "
        + call(
            f"px.{kind}", shown, x=x, y=y, color=color, markers=markers, barmode=barmode, **options
        )
    ]


def _rows(intent: Intent) -> list[str]:
    ranked = intent.measures[0].column
    label = label_column(intent.columns)
    if ranked is None or label is None:
        return []
    options = _options(
        replace(intent, columns=(ranked,)), {ranked.name: ranked.label, label.name: label.label}
    )
    return [
        "fig = "
        + call("px.bar", "result", x=literal(label.name), y=literal(ranked.name), **options)
    ]


def _distribution(intent: Intent, data: str) -> list[str]:
    column = intent.columns[0]
    labels = {column.name: column.label}
    group = intent.groups[0].column if intent.groups else None
    if group:
        labels[group.name] = group.label
    options = _options(intent, labels)
    named = literal(group.name) if group else None
    if intent.chart == "box" or (group and intent.chart != "histogram"):
        return ["fig = " + call("px.box", data, x=named, y=literal(column.name), **options)]
    return [
        "fig = "
        + call("px.histogram", data, x=literal(column.name), color=named, nbins="30", **options)
    ]


def _scatter(intent: Intent, data: str) -> list[str]:
    first, second = intent.columns
    labels = {first.name: first.label, second.name: second.label}
    color = intent.groups[0].column if intent.groups else None
    if color:
        labels[color.name] = color.label
    return [
        "fig = "
        + call(
            "px.scatter",
            data,
            x=literal(first.name),
            y=literal(second.name),
            color=literal(color.name) if color else None,
            **_options(intent, labels),
        )
    ]


def _correlation(intent: Intent, data: str) -> list[str]:
    if len(intent.columns) == 2:
        return _scatter(intent, data)
    if len(intent.columns) == 1:
        name = literal(chart_text(f"Correlation with {intent.columns[0].label}"))
        return [f'fig = px.bar(result, x="other column", y="correlation", title={name})']
    return [
        "fig = "
        + call(
            "px.imshow",
            "matrix.round(2)",
            text_auto="True",
            zmin="-1",
            zmax="1",
            color_continuous_scale='"RdBu"',
            title=literal(chart_text(title(intent))),
        )
    ]


def _missing() -> list[str]:
    return [
        "fig = "
        + call(
            "px.bar",
            "result",
            x='"column"',
            y='"missing"',
            title='"Missing values by column"',
            labels=mapping({"column": "Column", "missing": "Missing values"}),
        )
    ]

"""The chart of an intent, as plotly express code."""

from __future__ import annotations

import ast
from dataclasses import replace

from datalens_core.llm.offline.columns import label_column
from datalens_core.llm.offline.intent import Group, Intent
from datalens_core.llm.offline.labels import in_sentence
from datalens_core.llm.offline.naming import (
    SHARE,
    axis_label,
    chart_text,
    group_label,
    group_name,
    measure_axis,
    measure_label,
    measure_name,
    measure_unit,
    measure_words,
    step_name,
    title,
)
from datalens_core.llm.offline.source import Part, call, expression, statements, variable
from datalens_core.llm.offline.templates import relation_charts
from datalens_core.llm.offline.templates.aggregates import over_time
from datalens_core.llm.offline.templates.figures import (
    bars,
    column_labels,
    figure,
    is_named,
    labelled,
)
from datalens_core.llm.offline.terms import Chart

_MOST_BARS = 30
_MOST_NAMES = 20


def write_chart(intent: Intent, data: ast.expr) -> list[ast.stmt]:
    """Statements that make `fig`; none when a chart would say nothing."""
    match intent.kind:
        case "aggregate" if intent.groups:
            return _aggregate(intent)
        case "rows" if intent.measures and (intent.limit or 0) > 1 and not intent.within:
            return _ranked_rows(intent)
        case "distribution":
            return relation_charts.distribution(intent, data)
        case "scatter":
            return relation_charts.scatter(intent, data)
        case "correlation":
            return relation_charts.correlation(intent, data)
        case "regression":
            return relation_charts.regression(intent)
        case "outliers" if intent.measures:
            return relation_charts.outliers(intent, data)
        case "growth" if intent.groups:
            return _growth(intent)
        case "proportion" if intent.groups:
            return _proportion(intent)
        case "missing":
            return _missing()
        case _:
            return []


def chart_kind(intent: Intent) -> Chart:
    """The chart asked for, or the one that suits the result."""
    asked = intent.chart
    if intent.pivot:
        return "heatmap"
    if asked in ("bar", "line", "area", "scatter"):
        return asked
    if intent.groups and _few_moments(intent):
        return "bar"
    if asked == "pie" and len(intent.groups) == 1 and len(intent.measures) == 1:
        return "pie"
    if asked == "heatmap" and len(intent.groups) == 2:
        return "heatmap"
    return "line" if over_time(intent) else "bar"


def _few_moments(intent: Intent) -> bool:
    """Whether the question names two or three years: they stand side by side."""
    column = intent.groups[0].column
    named = [h for h in intent.filters if h.column == column and h.operator == "in"]
    return bool(named) and len(named[0].values) <= 3 and intent.step is None


def most_shown(intent: Intent) -> int | None:
    """How many bars a chart has at most; None where it shows every group."""
    group = intent.groups[0] if intent.groups else None
    alone = intent.kind == "aggregate" and len(intent.groups) == 1 and chart_kind(intent) == "bar"
    if group is None or not (alone or intent.kind == "growth"):
        return None
    if group.column.temporal or group.bin == "hour":
        return None
    return _MOST_NAMES if is_named(group.column, intent.limit) else _MOST_BARS


def _aggregate(intent: Intent) -> list[ast.stmt]:
    groups, measures = intent.groups, intent.measures
    names = [measure_name(measure, groups) for measure in measures]
    labels = {group_name(group): group_label(group) for group in groups}
    labels |= {name: measure_axis(m) for name, m in zip(names, measures, strict=True)}
    heading = chart_text(title(intent))
    if intent.share:
        names, labels = [SHARE], labels | {SHARE: "Share in %"}
    elif intent.step:
        names = [step_name(intent)]
        labels[names[0]] = "Change in %" if intent.step.kind == "change" else labels_of(intent)
    kind = chart_kind(intent)
    x, y = group_name(groups[0]), names[0] if len(names) == 1 else names
    color = group_name(groups[1]) if len(groups) == 2 else None
    frame = variable("result")
    match kind:
        case "pie":
            return figure(
                call("px.pie", frame, names=x, values=y, title=heading, labels=labelled(labels))
            )
        case "heatmap":
            table = expression(
                "result.pivot(index=X, columns=C, values=Y)", X=x, C=color or x, Y=names[0]
            )
            shown = variable("table") if intent.pivot else table
            return figure(
                call(
                    "px.imshow",
                    shown,
                    aspect="auto",
                    title=heading,
                    labels=labelled(
                        {"x": labels[color or x], "y": labels[x], "color": labels[names[0]]}
                    ),
                )
            )
    most = most_shown(intent)
    if most:
        frame = expression("result.head(MOST)", MOST=most)
    order: dict[str, Part] | None = None
    lying = bool(most) and len(names) == 1 and is_named(groups[0].column, intent.limit)
    if lying:
        return bars(frame, x, names[0], lying=True, heading=heading, labels=labelled(labels))
    if len(groups) == 2 and groups[1].column.kind in ("number", "year"):
        frame = expression("result.astype(TYPES)", TYPES={color or x: "str"})  # not a colour scale
        values = "result[C].sort_values().astype(str).unique().tolist()"
        order = {color or x: expression(values, C=color or x)}
    grouped = kind == "bar" and (color or len(names) > 1)
    drawn = figure(
        call(
            f"px.{kind}",
            frame,
            x=x,
            y=y,
            color=color,
            markers=True if kind == "line" else None,
            barmode="group" if grouped else None,
            category_orders=order,
            title=heading,
            labels=labelled(labels | ({"value": "", "variable": ""} if len(names) > 1 else {})),
        )
    )
    return [*drawn, *_whole_numbers(kind, groups[0], x)]


def _whole_numbers(kind: Chart, group: Group, x: str) -> list[ast.stmt]:
    """Ticks for the years and numbers that there are, and none between them."""
    yearly = group.bin == "year" or group.column.kind == "year"
    if kind == "bar" and (yearly or group.column.kind == "number"):
        return statements('fig.update_xaxes(type="category")')
    if not yearly:
        return []
    return statements(
        "years = result[X].drop_duplicates()\n"
        "fig.update_xaxes(tickvals=years[:: len(years) // 12 + 1], tickformat='d')",
        X=x,
    )


def labels_of(intent: Intent) -> str:
    """The axis of a series that a step has made."""
    measure = intent.measures[0]
    cumulative = intent.step and intent.step.kind == "cumulative"
    what = f"Cumulative {measure_words(measure)}" if cumulative else measure_label(measure)
    return axis_label(what, measure_unit(measure))


def _ranked_rows(intent: Intent) -> list[ast.stmt]:
    ranked, label = intent.measures[0].column, label_column(intent.columns)
    if ranked is None or label is None:
        return []
    heading = title(replace(intent, columns=(ranked,)))
    return bars(
        expression("result.head(MOST)", MOST=_MOST_NAMES),
        label.name,
        ranked.name,
        lying=True,
        heading=chart_text(f"{heading}, the {intent.limit} {_extremes(intent)}"),
        labels=column_labels(ranked, label),
    )


def _extremes(intent: Intent) -> str:
    return "lowest" if intent.order == "asc" else "highest"


def _growth(intent: Intent) -> list[ast.stmt]:
    group, measure = intent.groups[0], intent.measures[0]
    change = axis_label(f"Change in {measure_words(measure)}", measure_unit(measure))
    return bars(
        expression("result.head(MOST)", MOST=most_shown(intent) or _MOST_BARS),
        group_name(group),
        "change",
        lying=is_named(group.column),
        heading=chart_text(title(intent)),
        labels=labelled({group_name(group): group_label(group), "change": change}),
    )


def _proportion(intent: Intent) -> list[ast.stmt]:
    name, label = group_name(intent.groups[0]), group_label(intent.groups[0])
    timed = over_time(intent)
    return figure(
        call(
            "px.line" if timed else "px.bar",
            variable("result"),
            x=name,
            y="percent",
            markers=True if timed else None,
            title=chart_text(f"Share of rows by {in_sentence(label)}"),
            labels=labelled({name: label, "percent": "Share in %"}),
        )
    )


def _missing() -> list[ast.stmt]:
    return bars(
        expression("result.head(MOST)", MOST=_MOST_NAMES),
        "column",
        "missing",
        lying=True,
        heading="Missing values by column",
        labels={"column": "Column", "missing": "Missing values"},
    )

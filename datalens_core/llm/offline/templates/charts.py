"""The chart of an intent, as plotly express code."""

from __future__ import annotations

import ast
from dataclasses import replace

from datalens_core.llm.offline.intent import Intent
from datalens_core.llm.offline.naming import (
    SHARE,
    chart_text,
    group_label,
    group_name,
    in_sentence,
    measure_label,
    measure_name,
    step_name,
    title,
)
from datalens_core.llm.offline.schema_match import Column, label_column
from datalens_core.llm.offline.source import Part, call, expression, statements, variable
from datalens_core.llm.offline.templates.aggregates import over_time
from datalens_core.llm.offline.terms import Chart

_MOST_BARS = 30


def write_chart(intent: Intent, data: ast.expr) -> list[ast.stmt]:
    """Statements that make `fig`; none when a chart would say nothing."""
    match intent.kind:
        case "aggregate" if intent.groups:
            return _aggregate(intent)
        case "rows" if intent.measures and (intent.limit or 0) > 1 and not intent.within:
            return _ranked_rows(intent)
        case "distribution":
            return _distribution(intent, data)
        case "scatter":
            return _scatter(intent, data)
        case "correlation":
            return _correlation(intent, data)
        case "regression":
            return _regression(intent)
        case "outliers" if intent.measures:
            return _outliers(intent, data)
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
    if asked == "pie" and len(intent.groups) == 1 and len(intent.measures) == 1:
        return "pie"
    if asked == "heatmap" and len(intent.groups) == 2:
        return "heatmap"
    return "line" if over_time(intent) else "bar"


def _figure(figure: ast.expr) -> list[ast.stmt]:
    return statements("fig = FIGURE", FIGURE=figure)


def _labels(labels: dict[str, str]) -> dict[str, Part]:
    return {name: chart_text(label) for name, label in labels.items()}


def _column_labels(*columns: Column | None) -> dict[str, Part]:
    return _labels({column.name: column.label for column in columns if column})


def _aggregate(intent: Intent) -> list[ast.stmt]:
    groups, measures = intent.groups, intent.measures
    names = [measure_name(measure, groups) for measure in measures]
    labels = {group_name(group): group_label(group) for group in groups}
    labels |= {name: measure_label(m) for name, m in zip(names, measures, strict=True)}
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
            return _figure(
                call("px.pie", frame, names=x, values=y, title=heading, labels=_labels(labels))
            )
        case "heatmap":
            table = expression(
                "result.pivot(index=X, columns=C, values=Y)", X=x, C=color or x, Y=names[0]
            )
            shown = variable("table") if intent.pivot else table
            return _figure(call("px.imshow", shown, aspect="auto", title=heading))
    if kind == "bar" and len(groups) == 1 and not groups[0].column.temporal:
        frame = expression("result.head(MOST)", MOST=_MOST_BARS)
    grouped = kind == "bar" and (color or len(names) > 1)
    return _figure(
        call(
            f"px.{kind}",
            frame,
            x=x,
            y=y,
            color=color,
            markers=True if kind == "line" else None,
            barmode="group" if grouped else None,
            title=heading,
            labels=_labels(labels | ({"value": "", "variable": ""} if len(names) > 1 else {})),
        )
    )


def labels_of(intent: Intent) -> str:
    """The axis of a series that a step has made."""
    what = in_sentence(measure_label(intent.measures[0]))
    return f"Cumulative {what}" if intent.step and intent.step.kind == "cumulative" else what


def _ranked_rows(intent: Intent) -> list[ast.stmt]:
    ranked, label = intent.measures[0].column, label_column(intent.columns)
    if ranked is None or label is None:
        return []
    heading = title(replace(intent, columns=(ranked,)))
    return _figure(
        call(
            "px.bar",
            variable("result"),
            x=label.name,
            y=ranked.name,
            title=chart_text(f"{heading}, {_extremes(intent)} {intent.limit}"),
            labels=_column_labels(ranked, label),
        )
    )


def _extremes(intent: Intent) -> str:
    return "lowest" if intent.order == "asc" else "highest"


def _distribution(intent: Intent, data: ast.expr) -> list[ast.stmt]:
    column = intent.columns[0]
    group = intent.groups[0].column if intent.groups else None
    named = group.name if group else None
    heading = chart_text(f"Distribution of {in_sentence(title(intent))}")
    labels = _column_labels(column, group)
    if intent.chart == "box" or (group and intent.chart != "histogram"):
        return _figure(call("px.box", data, x=named, y=column.name, title=heading, labels=labels))
    return _figure(
        call(
            "px.histogram",
            data,
            x=column.name,
            color=named,
            nbins=30,
            title=heading,
            labels=labels,
        )
    )


def _scatter(intent: Intent, data: ast.expr) -> list[ast.stmt]:
    first, second = intent.columns
    color = intent.groups[0].column if intent.groups else None
    return _figure(
        call(
            "px.scatter",
            data,
            x=first.name,
            y=second.name,
            color=color.name if color else None,
            title=chart_text(title(intent)),
            labels=_column_labels(first, second, color),
        )
    )


def _correlation(intent: Intent, data: ast.expr) -> list[ast.stmt]:
    if len(intent.columns) == 2:
        return _scatter(replace(intent, kind="scatter"), data)
    if len(intent.columns) == 1:
        heading = chart_text(f"Correlation with {in_sentence(intent.columns[0].label)}")
        return _figure(
            call(
                "px.bar",
                variable("result"),
                x="other column",
                y="correlation",
                title=heading,
                labels={"other column": "Column", "correlation": "Correlation"},
            )
        )
    return _figure(
        call(
            "px.imshow",
            expression("matrix.round(2)"),
            text_auto=True,
            zmin=-1,
            zmax=1,
            color_continuous_scale="RdBu",
            title=chart_text(title(intent)),
        )
    )


def _regression(intent: Intent) -> list[ast.stmt]:
    x, y = intent.columns
    heading = chart_text(f"{y.label} by {in_sentence(x.label)}, with fitted line")
    figure = call(
        "px.scatter",
        variable("complete"),
        x=x.name,
        y=y.name,
        title=heading,
        labels=_column_labels(x, y),
    )
    line = statements(
        "ends = pd.Series([x.min(), x.max()])\n"
        'fig.add_scatter(x=ends, y=intercept + slope * ends, mode="lines", name="Fitted line")'
    )
    return [*_figure(figure), *line]


def _outliers(intent: Intent, data: ast.expr) -> list[ast.stmt]:
    column = intent.measures[0].column
    assert column is not None
    heading = chart_text(f"Outliers of {in_sentence(column.label)}")
    labels = _column_labels(column)
    return _figure(call("px.box", data, y=column.name, title=heading, labels=labels))


def _growth(intent: Intent) -> list[ast.stmt]:
    group = intent.groups[0]
    return _figure(
        call(
            "px.bar",
            expression("result.head(MOST)", MOST=_MOST_BARS),
            x=group_name(group),
            y="change",
            title=chart_text(title(intent)),
            labels=_labels({group_name(group): group_label(group), "change": "Change"}),
        )
    )


def _proportion(intent: Intent) -> list[ast.stmt]:
    name, label = group_name(intent.groups[0]), group_label(intent.groups[0])
    return _figure(
        call(
            "px.bar",
            variable("result"),
            x=name,
            y="percent",
            title=chart_text(f"Share of rows by {in_sentence(label)}"),
            labels=_labels({name: label, "percent": "Share in %"}),
        )
    )


def _missing() -> list[ast.stmt]:
    return _figure(
        call(
            "px.bar",
            variable("result"),
            x="column",
            y="missing",
            title="Missing values by column",
            labels={"column": "Column", "missing": "Missing values"},
        )
    )

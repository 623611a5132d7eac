"""The charts of how values spread and go together."""

from __future__ import annotations

import ast
from dataclasses import replace

from datalens_core.llm.offline.intent import Intent
from datalens_core.llm.offline.labels import in_sentence
from datalens_core.llm.offline.naming import chart_text, title
from datalens_core.llm.offline.source import call, expression, statements, variable
from datalens_core.llm.offline.templates.figures import column_labels, figure


def distribution(intent: Intent, data: ast.expr) -> list[ast.stmt]:
    column = intent.columns[0]
    group = intent.groups[0].column if intent.groups else None
    named = group.name if group else None
    heading = chart_text(f"Distribution of {in_sentence(title(intent))}")
    labels = column_labels(column, group)
    if intent.chart == "box" or (group and intent.chart != "histogram"):
        return figure(call("px.box", data, x=named, y=column.name, title=heading, labels=labels))
    return figure(
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


def scatter(intent: Intent, data: ast.expr) -> list[ast.stmt]:
    first, second = intent.columns
    color = intent.groups[0].column if intent.groups else None
    return figure(
        call(
            "px.scatter",
            data,
            x=first.name,
            y=second.name,
            color=color.name if color else None,
            title=chart_text(title(intent)),
            labels=column_labels(first, second, color),
        )
    )


def correlation(intent: Intent, data: ast.expr) -> list[ast.stmt]:
    if len(intent.columns) == 2:
        return scatter(replace(intent, kind="scatter"), data)
    if len(intent.columns) == 1:
        heading = chart_text(f"Correlation with {in_sentence(intent.columns[0].label)}")
        return figure(
            call(
                "px.bar",
                variable("result"),
                x="other column",
                y="correlation",
                title=heading,
                labels={"other column": "Column", "correlation": "Correlation"},
            )
        )
    return figure(
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


def regression(intent: Intent) -> list[ast.stmt]:
    x, y = intent.columns
    heading = chart_text(f"{y.label} by {in_sentence(x.label)}, with fitted line")
    points = call(
        "px.scatter",
        variable("complete"),
        x=x.name,
        y=y.name,
        title=heading,
        labels=column_labels(x, y),
    )
    line = statements(
        "ends = pd.Series([x.min(), x.max()])\n"
        'fig.add_scatter(x=ends, y=intercept + slope * ends, mode="lines", name="Fitted line")'
    )
    return [*figure(points), *line]


def outliers(intent: Intent, data: ast.expr) -> list[ast.stmt]:
    column = intent.measures[0].column
    assert column is not None
    group = intent.groups[0].column if intent.groups else None
    by = f" by {in_sentence(group.label)}" if group else ""
    heading = chart_text(f"Outliers of {in_sentence(column.label)}{by}")
    return figure(
        call(
            "px.box",
            data,
            x=group.name if group else None,
            y=column.name,
            title=heading,
            labels=column_labels(column, group),
        )
    )

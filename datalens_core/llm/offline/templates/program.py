"""The whole program of an intent: imports, rows, result, chart."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from datalens_core.llm.offline.intent import Intent
from datalens_core.llm.offline.source import render, statements
from datalens_core.llm.offline.templates import (
    aggregates,
    charts,
    growth,
    overviews,
    proportions,
    relations,
    rows,
)
from datalens_core.llm.offline.templates.script import Script
from datalens_core.llm.offline.templates.selection import select_rows
from datalens_core.llm.offline.terms import Kind


@dataclass(frozen=True)
class Style:
    """How careful the code is; each attempt after a failure takes the next one."""

    coerce: bool = False
    """Turn measured columns into numbers, leaving out what is none."""
    chart: bool = True


ATTEMPTS = (Style(), Style(coerce=True), Style(coerce=True, chart=False))

_BODIES: dict[Kind, Callable[[Script], None]] = {
    "aggregate": aggregates.aggregate,
    "columns": overviews.columns,
    "correlation": relations.correlation,
    "describe": overviews.describe,
    "distribution": relations.distribution,
    "duplicates": overviews.duplicates,
    "growth": growth.growth,
    "head": overviews.head,
    "missing": overviews.missing,
    "outliers": relations.outliers,
    "proportion": proportions.proportion,
    "regression": relations.regression,
    "rows": rows.rows,
    "scatter": relations.scatter,
    "unique": rows.unique,
}


def write_code(intent: Intent, attempt: int = 0) -> str:
    """The code for an intent; `attempt` counts the failures before it, each gives other code."""
    style = ATTEMPTS[attempt]
    script = Script(intent)
    select_rows(script, coerce=style.coerce)
    _BODIES[intent.kind](script)
    chart = charts.write_chart(intent, script.data) if style.chart else []
    imports = statements("import itertools") if _reads(script.body, "itertools") else []
    imports += statements("import pandas as pd")
    if _reads(chart, "px"):
        imports += statements("import plotly.express as px")
    drawing = [*chart, *statements("fig.show()")] if chart else []
    ending = statements("table.reset_index()" if intent.pivot else "result")
    return render(imports, script.body, drawing, ending)


def _reads(body: list[ast.stmt], name: str) -> bool:
    nodes = (node for statement in body for node in ast.walk(statement))
    return any(isinstance(node, ast.Name) and node.id == name for node in nodes)

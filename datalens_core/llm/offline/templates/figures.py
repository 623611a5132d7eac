"""What the charts have in common: the figure, its labels, plain bars."""

from __future__ import annotations

import ast

from datalens_core.llm.offline.columns import SAMPLED, Column
from datalens_core.llm.offline.lexicon.names import LABELS
from datalens_core.llm.offline.naming import axis_label, chart_text
from datalens_core.llm.offline.source import Part, call, statements

_MANY = 6


def figure(drawn: ast.expr) -> list[ast.stmt]:
    return statements("fig = FIGURE", FIGURE=drawn)


def labelled(labels: dict[str, str]) -> dict[str, Part]:
    return {name: chart_text(label) for name, label in labels.items()}


def column_labels(*columns: Column | None) -> dict[str, Part]:
    return labelled({c.name: axis_label(c.label, c.unit) for c in columns if c})


def is_named(column: Column, limit: int | None = None) -> bool:
    """Whether bars are named by many or long texts, which are read from left to right."""
    many = (limit or 0) > _MANY or column.distinct >= SAMPLED
    return column.kind == "category" and (many or bool(column.senses.intersection(LABELS)))


def bars(
    frame: ast.expr, x: str, y: str, *, lying: bool, heading: str, labels: dict[str, Part]
) -> list[ast.stmt]:
    """Plain bars; lying ones are read from the top."""
    both = {"x": y, "y": x} if lying else {"x": x, "y": y}
    orientation = "h" if lying else None
    drawn = figure(
        call(
            "px.bar",
            frame,
            **both,
            orientation=orientation,
            barmode="group",  # a name that comes twice is not added up
            title=heading,
            labels=labels,
        )
    )
    if not lying:
        return drawn
    return [*drawn, *statements('fig.update_yaxes(autorange="reversed", dtick=1)')]

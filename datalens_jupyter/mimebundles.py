"""Artifacts as MIME bundles: the only types that DataLens leaves in a notebook.

JupyterLab trusts what a kernel displays, so what came from a sandbox is checked once more here,
whatever the server did: no HTML, no JavaScript, no SVG, no widget, nothing that fetches.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from datalens_jupyter.neutral import neutral

PLOTLY = "application/vnd.plotly.v1+json"
TABLE = "application/vnd.datalens.table+json"
PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
SHOWN_ROWS = 20


def show(data: dict[str, Any]) -> None:
    """Display a MIME bundle in the running cell."""
    from IPython import display

    draw: Any = display.display  # carries no types
    draw(data, raw=True)


def bundle(artifact: dict[str, Any]) -> dict[str, Any] | None:
    """The MIME bundle of a chart, table or image; None for anything else."""
    content, title = artifact.get("content"), _title(artifact)
    if not isinstance(content, dict):
        return None
    kind = artifact.get("type")
    if kind == "chart":
        return _chart(content, title)
    if kind == "table":
        return _table(content)
    if kind == "image":
        return _image(content, title)
    return None


def _chart(content: dict[str, Any], title: str) -> dict[str, Any] | None:
    from datalens_core.sandbox.figures import FigureFilter, NotAFigure

    try:
        figure = FigureFilter().figure(content)
    except NotAFigure:
        return None
    return {PLOTLY: neutral(figure), "text/plain": f"Chart: {title}"}


def _image(content: dict[str, Any], title: str) -> dict[str, Any] | None:
    mime, data = content.get("mime"), content.get("data")
    if mime not in PICTURES or not isinstance(data, str):
        return None
    try:
        picture = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None
    if not picture.startswith(PICTURES[mime]):
        return None
    return {mime: data, "text/plain": f"Image: {title}"}


def _table(content: dict[str, Any]) -> dict[str, Any]:
    columns = [str(c) for c in content.get("columns") or []]
    rows = [[_cell(v) for v in row] for row in content.get("rows") or []]
    count = max(int(content.get("row_count") or 0), len(rows))
    table = {"columns": columns, "rows": rows, "row_count": count}
    return {TABLE: table, "text/plain": _plain(columns, rows, count)}


def _cell(value: Any) -> str | int | float | bool | None:
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _plain(columns: list[str], rows: list[list[Any]], count: int) -> str:
    head = [columns, *(["" if v is None else str(v) for v in row] for row in rows[:SHOWN_ROWS])]
    widths = [max(len(r[i]) for r in head if i < len(r)) for i in range(len(columns))]
    lines = ["  ".join(v.rjust(w) for v, w in zip(r, widths, strict=False)) for r in head]
    hidden = count - min(len(rows), SHOWN_ROWS)
    return "\n".join([*lines, *([f"… {hidden:,} more rows"] if hidden > 0 else [])])


def _title(artifact: dict[str, Any]) -> str:
    return str((artifact.get("metadata") or {}).get("title") or "")

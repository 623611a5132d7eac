"""Reading plotly figures as the sandbox sends them: {data: [trace, …], layout}."""

from __future__ import annotations

import base64
import binascii
import math
import struct
from collections.abc import Iterator
from typing import Any

from pydantic import JsonValue

from datalens_core.privacy.cutting import head_of

# plotly's typed arrays: numpy's short names to struct's letters (little-endian).
_TYPED = {
    "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "i8": "q", "u8": "Q",
    "f4": "f", "f8": "d",
}  # fmt: skip
_VALUE_KEYS = ("x", "y", "z", "values", "labels", "locations", "r", "theta", "lat", "lon", "value")
_MAX_VALUES = 100_000
_MAX_NAME = 80


def array(value: Any) -> list[JsonValue]:
    """The values of a trace's array, typed ({dtype, bdata}) or plain; empty if it is neither."""
    if isinstance(value, list):
        return value[:_MAX_VALUES]
    if isinstance(value, dict) and isinstance(value.get("bdata"), str):
        letter = _TYPED.get(str(value.get("dtype", "")).lstrip("<|"))
        if letter is None:
            return []
        try:
            raw = base64.b64decode(value["bdata"], validate=True)
        except (binascii.Error, ValueError):
            return []  # a figure comes from the sandbox: what cannot be read shows nothing
        size = struct.calcsize(letter)
        count = min(len(raw) // size, _MAX_VALUES)
        return list(struct.unpack(f"<{count}{letter}", raw[: count * size]))
    return []


def traces(figure: JsonValue) -> list[dict[str, Any]]:
    data = figure.get("data") if isinstance(figure, dict) else None
    return [trace for trace in data if isinstance(trace, dict)] if isinstance(data, list) else []


def point_count(trace: dict[str, Any]) -> int:
    """How many points a trace draws: its longest array; a matrix counts its cells."""
    matrix = trace.get("z")
    if isinstance(matrix, list) and matrix and isinstance(matrix[0], list):
        return sum(len(row) for row in matrix if isinstance(row, list))
    if isinstance(trace.get("value"), int | float):  # an indicator
        return 1
    return max((len(_present(array(trace.get(key)))) for key in _VALUE_KEYS), default=0)


def draws_something(figure: JsonValue) -> bool:
    return any(point_count(trace) > 0 for trace in traces(figure))


def has_rows(table: JsonValue) -> bool:
    """Whether a table as the sandbox sends it ({columns, rows, row_count}) holds a row."""
    rows = table.get("rows") if isinstance(table, dict) else None
    return isinstance(rows, list) and bool(rows)


def values(figure: JsonValue) -> Iterator[JsonValue]:
    """Everything a figure states: the values of its traces' arrays and texts."""
    for trace in traces(figure):
        for key in (*_VALUE_KEYS, "text", "name"):
            value = trace.get(key)
            if isinstance(value, str | int | float):
                yield value
            for item in array(value):
                yield from item if isinstance(item, list) else (item,)


def summary(figure: JsonValue, title: str = "") -> str:
    """One line for the model: kind, title, points, axes; never the figure itself."""
    drawn = traces(figure)
    layout = figure.get("layout") if isinstance(figure, dict) else None
    layout = layout if isinstance(layout, dict) else {}
    kind = _kind(drawn[0]) if drawn else "empty"
    text = _text(layout.get("title")) or title
    named = f" '{head_of(text, _MAX_NAME)}'" if text else ""
    count = sum(point_count(trace) for trace in drawn)
    parts = [f"{count} point{'' if count == 1 else 's'}"]
    if len(drawn) > 1:
        names = [head_of(str(t["name"]), _MAX_NAME) for t in drawn[:8] if t.get("name")]
        parts.append(f"{len(drawn)} traces" + (f" ({', '.join(names)})" if names else ""))
    for axis in ("x", "y"):
        held = layout.get(f"{axis}axis")
        label = _text(held.get("title")) if isinstance(held, dict) else ""
        if label:
            parts.append(f"{axis}={head_of(label, _MAX_NAME)}")
    return f"{kind} chart{named}: {', '.join(parts)}"


def _kind(trace: dict[str, Any]) -> str:
    kind = str(trace.get("type") or "scatter")[:_MAX_NAME]
    mode = str(trace.get("mode") or "")
    return "line" if kind.startswith("scatter") and "lines" in mode else kind


def _text(title: Any) -> str:
    text = title.get("text") if isinstance(title, dict) else title
    return " ".join(text.split()) if isinstance(text, str) else ""


def _present(items: list[JsonValue]) -> list[JsonValue]:
    return [i for i in items if i is not None and not (isinstance(i, float) and math.isnan(i))]

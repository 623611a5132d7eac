"""Numbers as people read them: 4,210 · 12.5 % · 0.0312."""

from __future__ import annotations

from pydantic import JsonValue

from datalens_core.moments import as_written

_LONGEST = 80


def number(value: float) -> str:
    """A number with separators, and as many decimals as its size deserves."""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    size = abs(value)
    if size >= 10_000:
        return f"{value:,.0f}"
    if size >= 100:
        return f"{value:,.1f}"
    if size >= 1:
        return f"{value:,.2f}"
    return f"{value:.3g}" if size >= 1e-9 else "0"


def percent(value: float) -> str:
    return f"{value:.1f} %"


def cell(value: JsonValue) -> str:
    """A cell of a result: numbers and moments as people write them, long text cut."""
    if isinstance(value, bool) or value is None:
        return "no value" if value is None else str(value)
    if isinstance(value, int | float):
        return number(value)
    text = as_written(str(value))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def key(value: JsonValue) -> str:
    """A cell that names a group: years and codes without separators."""
    if isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer():
        return str(int(value))
    return cell(value)

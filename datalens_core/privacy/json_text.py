"""The scalars of a JSON text with their places and columns, so that each can be replaced in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}\[\],:]|true|false|null|NaN|-?Infinity')
_ROWS = frozenset({"rows", "sample_data", "data"})


class Scalar(NamedTuple):
    """A string or number: where it stands, what it is, the column or key it belongs to."""

    start: int
    end: int
    value: str
    """The decoded string, or the number as it is written."""
    is_string: bool
    column: str | None
    is_key: bool = False
    is_cell: bool = False
    """Whether it is a value of a table's column; elsewhere a key may be called like one."""
    is_sample: bool = False
    """Whether it is a value of a data set's first rows."""


@dataclass
class _Frame:
    is_object: bool
    column: str | None = None
    """What scalars of this array belong to."""
    role: str = ""
    owner: _Frame | None = None
    columns: list[str] = field(default_factory=list)
    name: str | None = None
    key: str | None = None
    index: int = 0
    expects_key: bool = True


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def scalars(text: str) -> Iterator[Scalar]:
    """The strings (keys too) and numbers of a valid JSON text, in order.

    Knows the tables of the prompts: {columns: [names], rows: [[...]]} and
    {columns: [{name, sample_values, ...}], sample_data: [[...]]}; elsewhere a key is the column.
    """
    stack: list[_Frame] = []
    for found in _TOKEN.finditer(text):
        raw = found.group()
        top = stack[-1] if stack else None
        if raw in "{[":
            stack.append(_opened(raw == "{", top))
        elif raw in "}]":
            closed = stack.pop()
            if closed.is_object and closed.name and closed.owner and closed.role == "columns":
                closed.owner.columns.append(closed.name)
        elif raw == ",":
            if top is not None:
                top.index += 1
                top.expects_key = True
        elif raw == ":":
            if top is not None:
                top.expects_key = False
        elif raw[0] in '"-0123456789tf' and raw != "-Infinity":
            yield _scalar(found, raw, top)


def _opened(is_object: bool, top: _Frame | None) -> _Frame:
    if top is None:
        return _Frame(is_object)
    if top.is_object:
        column = top.name if top.key == "sample_values" else top.key
        return _Frame(is_object, column=column, role=top.key or "", owner=top)
    if top.role in _ROWS and top.owner is not None and not is_object:
        return _Frame(is_object, role="row", owner=top.owner)
    return _Frame(is_object, column=top.column, role=top.role, owner=top.owner)


def _scalar(found: re.Match[str], raw: str, top: _Frame | None) -> Scalar:
    is_string = raw[0] == '"'
    value: Any = json.loads(raw, strict=False) if is_string else raw
    if top is None:
        return Scalar(found.start(), found.end(), value, is_string, None)
    if top.is_object and top.expects_key and is_string:
        top.key = value
        return Scalar(found.start(), found.end(), value, is_string, None, is_key=True)
    sampled = _is_sampled(top)
    return Scalar(
        found.start(),
        found.end(),
        value,
        is_string,
        _column(top, value),
        is_cell=sampled or top.role == "row",
        is_sample=sampled,
    )


def _is_sampled(top: _Frame) -> bool:
    if top.is_object:
        return top.key in ("min_value", "max_value") and top.name is not None
    if top.role == "row" and top.owner is not None:
        return top.owner.key == "sample_data"
    return top.role == "sample_values"


def _column(top: _Frame, value: str) -> str | None:
    if not top.is_object:
        if top.role == "columns" and top.owner is not None:
            top.owner.columns.append(value)
            return None
        if top.role == "row" and top.owner is not None:
            names = top.owner.columns
            return names[top.index] if top.index < len(names) else None
        return top.column
    if top.key == "name":
        top.name = value
        return None
    if top.key in ("min_value", "max_value"):
        return top.name
    return top.column if (top.key or "").isdecimal() else top.key

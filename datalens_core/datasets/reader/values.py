"""The distinct values of columns, so that they are known wherever they turn up."""

from __future__ import annotations

from typing import Any

from .describe import value_of

MAX_CHARACTERS = 700_000
MAX_VALUE_CHARACTERS = 200


def distinct(frame: Any, columns: list[str]) -> dict[str, Any]:
    """The values of as many of the columns, in order, as one answer holds; of one at least.

    `complete` says whether those are all of a column's values.
    """
    found: dict[str, dict[str, Any]] = {}
    size = 0
    for column in columns:
        held, needed, complete = _values(frame, column)
        if found and size + needed > MAX_CHARACTERS:
            break
        size += needed
        found[column] = {"values": held, "complete": complete}
    return {"columns": found}


def _values(frame: Any, column: str) -> tuple[list[Any], int, bool]:
    held: dict[Any, None] = {}
    size = 0
    for place in [i for i, name in enumerate(frame.columns) if str(name) == column]:
        for raw in frame.iloc[:, place].dropna().drop_duplicates():
            value = value_of(raw)
            if value is None or value in held:
                continue
            if isinstance(value, str) and len(value) > MAX_VALUE_CHARACTERS:
                continue  # prose: nobody repeats it word for word
            size += len(str(value)) + 4
            if size > MAX_CHARACTERS:
                return list(held), size, False
            held[value] = None
    return list(held), size, True

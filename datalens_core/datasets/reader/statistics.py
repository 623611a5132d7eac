"""Exact figures of a whole table: types, missing and distinct values, ranges, keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .describe import value_of

TOP_VALUES = 5
MAX_COLUMNS = 500
MAX_CELLS_FOR_DUPLICATES = 20_000_000
MAX_ROWS_FOR_COUNTS = 5_000_000


def statistics(frame: Any, expected: dict[str, str], dates: list[str]) -> dict[str, Any]:
    """Figures of a loaded frame.

    `expected` are the types that the first rows showed, `dates` the columns read as dates there:
    what turned out otherwise is told.
    """
    columns = [_column(str(n), frame.iloc[:, i]) for i, n in enumerate(frame.columns[:MAX_COLUMNS])]
    rows = len(frame)
    small = frame.size <= MAX_CELLS_FOR_DUPLICATES
    duplicates = int(frame.duplicated().sum()) if small and rows else None
    warnings = _surprises(frame, columns, expected, dates)
    if duplicates:
        repeat = "rows repeat" if duplicates > 1 else "row repeats"
        warnings.append(f"{duplicates:,} {repeat} an earlier one.")
    return {
        "statistics": {
            "row_count": rows,
            "duplicate_rows": duplicates,
            "columns": columns,
            "key_candidates": [
                c["name"] for i, c in enumerate(columns) if _names_rows(frame, i, c)
            ],
            "warnings": warnings,
        }
    }


def _column(name: str, column: Any) -> dict[str, Any]:
    import pandas as pd

    present = column.dropna()
    nulls = len(column) - len(present)
    found: dict[str, Any] = {"name": name, "dtype": str(column.dtype), "null_count": nulls}
    counts = _attempted(present.value_counts) if len(present) <= MAX_ROWS_FOR_COUNTS else None
    if counts is not None:
        found["unique_count"] = len(counts)
        distinct = nulls == 0 and len(counts) == len(column) > 1
        found["is_key"] = distinct and not _measures(column)
        top = counts.head(TOP_VALUES)
        if not found["is_key"] and len(counts) < len(present):
            found["top_values"] = [{"value": value_of(v), "count": int(c)} for v, c in top.items()]
    boolean = pd.api.types.is_bool_dtype(column)
    if len(present) and not boolean:
        numeric = pd.api.types.is_numeric_dtype(column)
        if numeric or pd.api.types.is_datetime64_any_dtype(column):
            found["min_value"] = value_of(present.min())
            found["max_value"] = value_of(present.max())
        if numeric:
            found["mean"] = value_of(float(present.mean()))
    return found


_CALLED_KEY = re.compile(
    r"(?:.*[^a-z])?(?:id|ids|uuid|guid|key|code|nr|no|num|number|nummer|index|pk|ref|sku|isbn|ean)"
    r"(?:[^a-z].*)?|.*(?:number|nummer)",
    re.IGNORECASE,
)


def _names_rows(frame: Any, place: int, figures: dict[str, Any]) -> bool:
    """Whether a column of distinct values is a key: numbers only if they are called one, or count.

    Amounts that happen to be distinct are none.
    """
    import pandas as pd

    column = frame.iloc[:, place]
    if not figures["is_key"] or not pd.api.types.is_integer_dtype(column):
        return bool(figures["is_key"])
    called = _CALLED_KEY.fullmatch(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", figures["name"]))
    return called is not None or int(column.max()) - int(column.min()) == len(column) - 1


def _measures(column: Any) -> bool:
    """Floating-point numbers are measured, and do not name a row, however distinct they are."""
    import pandas as pd

    return bool(pd.api.types.is_float_dtype(column))


def _attempted(count: Callable[[], Any]) -> Any:
    try:
        return count()
    except TypeError:  # lists and dicts in cells cannot be counted
        return None


def _surprises(
    frame: Any, columns: list[dict[str, Any]], expected: dict[str, str], dates: list[str]
) -> list[str]:
    """What the whole file shows that its first rows did not, in words."""
    import pandas as pd

    told = []
    for place, column in enumerate(columns):
        name, before = column["name"], expected.get(column["name"], "")
        values = frame.iloc[:, place]
        if name in dates and not pd.api.types.is_datetime64_any_dtype(values):
            told.append(f"{name[:60]} holds dates at first, but not everywhere: it is text.")
        elif before.startswith(("int", "float")) and not pd.api.types.is_numeric_dtype(values):
            bad = pd.to_numeric(values, errors="coerce").isna() & values.notna()
            first = int(bad.to_numpy().argmax()) + 1 if bad.any() else 0
            told.append(
                f"{name[:60]} holds numbers at first, but not everywhere"
                + (f" ({int(bad.sum()):,} values, the first in row {first:,})" if first else "")
                + ": it is text."
            )
        if column["null_count"] == len(frame) and len(frame):
            told.append(f"{name[:60]} is empty.")
    return told[:50]

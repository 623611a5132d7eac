"""What the first five rows of a loaded table show: names, types, counts, values."""

from __future__ import annotations

import math
from typing import Any

MAX_VALUE_CHARACTERS = 500


def describe(frame: Any) -> dict[str, Any]:
    """Columns and rows of a frame that holds the sample alone.

    Cells are taken out of the frame once: a table may be as wide as Excel's, and each step of
    pandas on each of its columns costs.
    """
    cells = frame.astype(object).to_numpy()
    columns = zip(map(str, frame.columns), frame.dtypes, cells.T.tolist(), strict=True)
    return {
        "columns": [_column_info(name, dtype, values) for name, dtype, values in columns],
        "sample_data": [[value_of(v) for v in row] for row in cells.tolist()],
    }


def _column_info(name: str, dtype: Any, values: list[Any]) -> dict[str, Any]:
    present = [v for v in values if not _is_missing(v)]
    info: dict[str, Any] = {
        "name": name,
        "dtype": str(dtype),
        "null_count": len(values) - len(present),
        "unique_count": len({str(value) for value in present}),
        "sample_values": [value_of(value) for value in values],
    }
    if present and dtype.kind in "iufM":  # numbers and dates; a truth value has no range
        info["min_value"], info["max_value"] = value_of(min(present)), value_of(max(present))
    return info


def _is_missing(value: Any) -> bool:
    return value is None or type(value).__name__ in ("NAType", "NaTType") or value != value


def value_of(value: Any) -> Any:
    """A cell as JSON has it."""
    if hasattr(value, "isoformat"):
        text = value.isoformat()
        return None if text == "NaT" else text
    if hasattr(value, "item"):
        value = value.item()
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if type(value).__name__ == "NAType":
        return None
    return str(value)[:MAX_VALUE_CHARACTERS]

"""What the first five rows of a loaded table show: names, types, counts, values."""

from __future__ import annotations

import math
from typing import Any

MAX_VALUE_CHARACTERS = 500


def describe(frame: Any) -> dict[str, Any]:
    """Columns and rows of a frame that holds the sample alone."""
    return {
        "columns": [column_info(str(n), frame.iloc[:, i]) for i, n in enumerate(frame.columns)],
        "sample_data": [[value_of(v) for v in row] for row in frame.itertuples(index=False)],
    }


def column_info(name: str, column: Any) -> dict[str, Any]:
    import pandas as pd

    present = column.dropna()
    info: dict[str, Any] = {
        "name": name,
        "dtype": str(column.dtype),
        "null_count": int(column.isna().sum()),
        "unique_count": len({str(value) for value in present}),
        "sample_values": [value_of(value) for value in column],
    }
    ordered = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)
    if len(present) and ordered and not pd.api.types.is_bool_dtype(column):
        info["min_value"], info["max_value"] = value_of(present.min()), value_of(present.max())
    return info


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

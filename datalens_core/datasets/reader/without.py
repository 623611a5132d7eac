"""A copy of a table without some of its columns, as CSV that is read back as the same table."""

from __future__ import annotations

from typing import Any


def write_without(frame: Any, columns: list[str], path: str) -> dict[str, Any]:
    """Write the other columns to `path`; which of them must be read as text, and which as dates."""
    import pandas as pd

    hidden = set(columns)
    kept = frame.iloc[:, [i for i, name in enumerate(frame.columns) if str(name) not in hidden]]
    if not len(kept.columns):
        kept = pd.DataFrame({"row": range(1, len(frame) + 1)})
    kept.to_csv(path, index=False, encoding="utf-8")
    texts, dates = [], {}
    for place, name in enumerate(kept.columns):
        column = kept.iloc[:, place]
        if pd.api.types.is_datetime64_any_dtype(column):
            dates[str(name)] = "ISO8601" if column.dt.tz is None else "ISO8601 UTC"
        elif pd.api.types.infer_dtype(column, skipna=True) == "string":
            texts.append(str(name))
    return {"texts": texts, "dates": dates}

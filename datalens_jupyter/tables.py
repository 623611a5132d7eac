"""A table of a session's sandbox, made a DataFrame of this kernel again.

It comes as text with the name of each column's dtype. Names that are not known here stay text.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_NUMBER = re.compile(r"u?int(8|16|32|64)|float(16|32|64)")
_NULLABLE = re.compile(r"U?Int(8|16|32|64)|Float(32|64)")
_TIME = re.compile(r"datetime64\[(s|ms|us|ns)(, [A-Za-z0-9_+\-/:]+)?\]")
_DURATION = re.compile(r"timedelta64\[(s|ms|us|ns)\]")
_TRUTH = {"True": True, "False": False}


def read_table(held: dict[str, Any]) -> pd.DataFrame:
    """The frame of a `FetchedTable`; its rows are numbered anew."""
    import pandas as pd

    columns = held["columns"]
    if not held["row_count"] or not columns:
        made = {
            n: pd.Series(dtype=pd.api.types.pandas_dtype(_empty(c["dtype"])))
            for n, c in enumerate(columns)
        }
        frame = pd.DataFrame(made, index=range(held["row_count"]))
    else:
        frame = pd.read_csv(
            io.StringIO(held["csv"]),
            header=None,
            names=range(len(columns)),
            dtype=str,
            keep_default_na=False,
            na_values=[held["missing"]],
            skip_blank_lines=False,
        )
        for place, column in enumerate(columns):
            frame[place] = _typed(frame[place], column["dtype"])
    frame.columns = pd.Index([column["name"] for column in columns])
    return frame


def _typed(text: pd.Series, dtype: str) -> pd.Series:
    """The column in its type; as text where it does not fit, which a hostile answer may not."""
    import pandas as pd

    try:
        wanted = pd.api.types.pandas_dtype(dtype)
        if _NUMBER.fullmatch(dtype):
            return text.astype(object).astype(wanted)
        if _NULLABLE.fullmatch(dtype):
            return pd.to_numeric(text).astype(wanted)
        if dtype in ("bool", "boolean"):
            said = text if dtype == "bool" else text.dropna()
            return text.map(_TRUTH).astype(wanted) if said.isin(_TRUTH).all() else text
        if _TIME.fullmatch(dtype):
            return pd.to_datetime(text, format="ISO8601", utc="," in dtype).astype(wanted)
        if _DURATION.fullmatch(dtype):
            return pd.to_timedelta(text).astype(wanted)
        if dtype == "category":
            return text.astype(wanted)
    except (ValueError, TypeError, OverflowError):
        return text
    return text


def _empty(dtype: str) -> str:
    known = any(p.fullmatch(dtype) for p in (_NUMBER, _NULLABLE, _TIME, _DURATION))
    return dtype if known or dtype in ("bool", "boolean", "category") else "str"

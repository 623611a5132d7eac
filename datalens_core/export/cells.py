"""Values of tables as people read them."""

from __future__ import annotations

import json
from typing import Any

from datalens_core.moments import as_written

GROUPED_FROM = 10_000
EXACT = 10**15


def readable(value: Any) -> str:
    """1,318,683,096 but 2007; 12,345.68 but 0.123457; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        value = int(value)
    if isinstance(value, float):
        fits = GROUPED_FROM <= abs(value) < EXACT
        return f"{value:,.2f}" if fits else str(float(f"{value:.6g}"))
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}" if abs(value) >= GROUPED_FROM else str(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return as_written(str(value))


def is_number(value: Any) -> bool:
    """Whether a column of such values is set to the right."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))

"""What a model is told of a whole file's figures: types, counts, and ranges that are nobody's."""

from __future__ import annotations

import math

from pydantic import JsonValue

from datalens_core.models import ColumnFigures, ColumnStatistics, DatasetStatistics

FEWEST_VALUES = 5
"""With fewer values than that, a range would tell of one of them."""
_YEARS_APART = 2


def told_to_model(statistics: DatasetStatistics) -> list[ColumnFigures]:
    """Of each column its name, type, counts and a range without a single row's values.

    The lowest and the highest value may each be one person's: numbers are rounded outwards, by a
    tenth of their span or more, dates to months or years, and columns that name rows, or have few
    values, have no range. Common values and averages are not told.
    """
    return [_figures(column) for column in statistics.columns]


def _figures(column: ColumnStatistics) -> ColumnFigures:
    found = ColumnFigures(
        name=column.name,
        dtype=column.dtype,
        null_count=column.null_count,
        unique_count=column.unique_count,
    )
    if column.is_key or (column.unique_count or 0) < FEWEST_VALUES:
        return found
    lowest, highest = _range(column.min_value, column.max_value)
    return found.model_copy(update={"lowest": lowest, "highest": highest})


def _range(low: JsonValue, high: JsonValue) -> tuple[JsonValue, JsonValue]:
    if isinstance(low, str) and isinstance(high, str):
        return _dates(low, high)
    if isinstance(low, int | float) and isinstance(high, int | float):
        return _numbers(float(low), float(high))
    return None, None


def _numbers(low: float, high: float) -> tuple[JsonValue, JsonValue]:
    if not math.isfinite(high - low) or high <= low:
        return None, None
    digits = -math.floor(math.log10(high - low))
    step = 10.0**-digits
    below, above = math.ceil(low / step) - 1, math.floor(high / step) + 1
    return round(below * step, max(0, digits)), round(above * step, max(0, digits))


def _dates(low: str, high: str) -> tuple[JsonValue, JsonValue]:
    """Of moments as ISO 8601 writes them; other texts have no range."""
    if not (low[:4].isdigit() and high[:4].isdigit() and low[4:5] == high[4:5] == "-"):
        return None, None
    length = 4 if int(high[:4]) - int(low[:4]) > _YEARS_APART else 7
    return low[:length], high[:length]

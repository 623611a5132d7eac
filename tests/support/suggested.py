"""What a suggested question's answer has to hold, computed from the data with plain pandas."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd

Table = dict[str, Any]
NAME = r'"?([^"?]+?)"?'


def is_right(frame: pd.DataFrame, question: str, answer: str, tables: list[Table]) -> bool:
    """Whether answer and tables hold what the data say. An unknown question is not right."""
    for pattern, check in CHECKS.items():
        if found := re.fullmatch(pattern, question):
            return check(frame, found.groups(), answer, tables)
    return False


def _grouped(frame: pd.DataFrame, asked: Any, answer: str, tables: list[Table]) -> bool:
    calculation, measure, group = asked
    how = {"total": "sum", "average": "mean"}[calculation]
    usable = frame.dropna(subset=[measure, group])
    return _holds(tables, usable.groupby(group)[measure].agg(how))


def _highest(frame: pd.DataFrame, asked: Any, answer: str, tables: list[Table]) -> bool:
    label, measure = asked
    usable = frame.dropna(subset=[measure])
    by_row = str(usable.loc[usable[measure].idxmax(), label])
    by_mean, by_sum = usable.groupby(label)[measure].mean(), usable.groupby(label)[measure].sum()
    return any(str(best) in answer for best in (by_row, by_mean.idxmax(), by_sum.idxmax()))


def _counted(frame: pd.DataFrame, asked: Any, answer: str, tables: list[Table]) -> bool:
    return _holds(tables, frame[asked[0]].value_counts())


def _over_time(frame: pd.DataFrame, asked: Any, answer: str, tables: list[Table]) -> bool:
    """Each point is the value of its own span of time, whatever span was chosen."""
    calculation, measure = asked
    how = {"total": "sum", "average": "mean"}[calculation]
    for time in frame.columns:
        dates = frame[time]
        named = re.search("year", str(time), re.IGNORECASE)
        if not named or not pd.api.types.is_numeric_dtype(dates):
            dates = pd.to_datetime(dates, errors="coerce")
        for span in (None, "D", "W", "M", "Q", "Y"):
            if span and not pd.api.types.is_datetime64_any_dtype(dates):
                continue
            keys = dates.dt.to_period(span) if span else dates
            expected = frame[measure].groupby(keys).agg(how)
            if len(expected) > 1 and _holds_values(tables, expected):
                return True
    return False


def _scattered(frame: pd.DataFrame, asked: Any, answer: str, tables: list[Table]) -> bool:
    pair = frame[list(asked)].dropna()
    together = pair.iloc[:, 0].corr(pair.iloc[:, 1])
    return f"{together:.2f}" in answer.replace("−", "-")


def _distribution(frame: pd.DataFrame, asked: Any, answer: str, tables: list[Table]) -> bool:
    values = frame[asked[0]].dropna()
    return all(_said(answer, float(v)) for v in (values.min(), values.max(), values.median()))


def _missing(frame: pd.DataFrame, asked: Any, answer: str, tables: list[Table]) -> bool:
    missing = frame.isna().sum()
    missing = missing[missing > 0]
    if missing.empty:
        return "No values are missing" in answer
    return _holds(tables, missing)


def _described(frame: pd.DataFrame, asked: Any, answer: str, tables: list[Table]) -> bool:
    return f"{len(frame):,} rows and {len(frame.columns)} columns" in answer


def _rows(frame: pd.DataFrame, asked: Any, answer: str, tables: list[Table]) -> bool:
    return f"{len(frame):,} rows" in answer


def _holds(tables: list[Table], expected: pd.Series[Any]) -> bool:
    """Whether a table has each key with its value in one row (the first thousand are kept)."""
    held = [[str(cell) for cell in row] for table in tables for row in table["rows"]]
    numbers = [[cell for cell in row if _number(cell) is not None] for row in held]
    for key, value in list(expected.items())[:900]:
        rows = [n for row, n in zip(held, numbers, strict=True) if str(key) in row]
        if not any(_near(cell, float(value)) for row in rows for cell in row):
            return False
    return bool(held)


def _holds_values(tables: list[Table], expected: pd.Series[Any]) -> bool:
    """Whether a table's rows, in order, hold the values; those of no value may be left out."""
    present = expected.dropna()
    for table in tables:
        held = expected if table["row_count"] == len(expected) else present
        rows = zip(table["rows"], held, strict=False)
        if table["row_count"] == len(held) and all(
            value != value or any(_near(str(cell), float(value)) for cell in row)
            for row, value in rows
        ):
            return True
    return False


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _near(cell: str, value: float) -> bool:
    number = _number(cell)
    return number is not None and abs(number - value) <= 1e-4 * max(1.0, abs(value))


def _said(answer: str, value: float) -> bool:
    numbers = [float(n.replace(",", "")) for n in re.findall(r"[-−]?\d[\d,]*\.?\d*", answer)]
    return any(abs(abs(n) - abs(value)) <= 0.006 * max(1.0, abs(value)) for n in numbers)


CHECKS: dict[str, Callable[[pd.DataFrame, Any, str, list[Table]], bool]] = {
    rf"What is the (total|average) {NAME} by {NAME}\?": _grouped,
    rf"Which {NAME} has the highest {NAME}\?": _highest,
    rf"How many rows are there for each {NAME}\?": _counted,
    rf"How did the (total|average) {NAME} change over time\?": _over_time,
    rf"Show {NAME} vs {NAME}": _scattered,
    rf"What is the distribution of {NAME}\?": _distribution,
    r"Which columns have missing values\?": _missing,
    r"Describe the data": _described,
    r"How many rows are there\?": _rows,
}

"""What is in the data, in words."""

from __future__ import annotations

import re

from datalens_core.llm.offline.answers.result import Result, is_number
from datalens_core.llm.offline.numbers import cell, number, percent

_ALL = 6


def describe(result: Result) -> str:
    counts = re.search(r"Rows: (\d+) Columns: (\d+) Missing values: (\d+)", result.stdout)
    size = ""
    if counts:
        rows, columns, missing = (number(int(text)) for text in counts.groups())
        plural = "" if columns == "1" else "s"
        size = f"The data{result.where} have {rows} rows and {columns} column{plural}; "
        size += f"missing values: {missing}. "
    measures = {column.name for column in result.columns if column.measure}
    facts = [
        f"{result.label(name)} ranges from {cell(low)} to {cell(high)} (average {cell(mean)})"
        for name, low, high, mean in zip(
            *map(result.column, ("column", "min", "max", "mean")), strict=True
        )
        if name in measures and is_number(low) and is_number(high) and is_number(mean)
    ]
    told = "; ".join(facts[:3])
    return size + (f"{told[:1].upper()}{told[1:]}." if facts else "The table says more.")


def columns(result: Result) -> str:
    names = [str(name) for name in result.column("column")]
    return f"The columns are {', '.join(names[:30])}."


def head(_: Result) -> str:
    return "These are the first rows."


def missing(result: Result) -> str:
    found = [
        f"{name} {cell(count)} ({percent(float(share))})"
        for name, count, share in zip(
            *map(result.column, ("column", "missing", "percent")), strict=True
        )
        if is_number(count) and count > 0 and is_number(share)
    ]
    if not found:
        return f"No values are missing{result.where}."
    return f"Missing values{result.where}: {', '.join(found[:_ALL])}."


def duplicates(result: Result) -> str:
    count = result.column("duplicate rows")[0]
    if count == 0:
        return "No row occurs twice."
    rows = "1 row repeats" if count == 1 else f"{cell(count)} rows repeat"
    return f"{rows} an earlier one."

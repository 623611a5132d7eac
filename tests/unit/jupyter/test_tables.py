"""A table from the sandbox is made a frame again, whatever it claims to be."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from datalens_jupyter.tables import read_table


def table(dtype: str, csv: str, rows: int = 2) -> dict[str, Any]:
    column = {"name": "a", "dtype": dtype}
    return {"name": "t", "columns": [column], "row_count": rows, "csv": csv, "missing": "?"}


@pytest.mark.parametrize("dtype", ["int64", "datetime64[ns]", "bool", "timedelta64[ns]", "Int64"])
def test_what_does_not_fit_its_type_stays_text(dtype: str) -> None:
    assert list(read_table(table(dtype, "one\ntwo\n"))["a"]) == ["one", "two"]


@pytest.mark.parametrize("dtype", ["object", "interval", "__import__('os')", "a" * 1000, ""])
def test_an_unknown_type_is_text(dtype: str) -> None:
    assert list(read_table(table(dtype, "1\n?\n"))["a"].isna()) == [False, True]


def test_a_table_without_rows_keeps_its_types() -> None:
    frame = read_table(table("int64", "", rows=0))
    assert (frame.shape, str(frame["a"].dtype)) == ((0, 1), "int64")


def test_two_columns_may_have_one_name() -> None:
    held = table("int64", "1,x\n2,y\n")
    held["columns"].append({"name": "a", "dtype": "str"})
    frame = read_table(held)
    assert list(frame.columns) == ["a", "a"]
    assert isinstance(frame, pd.DataFrame)

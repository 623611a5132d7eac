"""Figures of a whole table: which columns name its rows."""

from __future__ import annotations

import pandas as pd
import pytest

from datalens_core.datasets.reader.statistics import statistics


@pytest.mark.parametrize(
    ("name", "values", "is_key"),
    [
        ("pop", [8_900_000, 120_000, 5_400_000], False),
        ("price", [1.5, 2.5, 3.5], False),
        ("order_id", [901, 17, 455], True),
        ("customerId", [901, 17, 455], True),
        ("Kundennummer", [901, 17, 455], True),
        ("paid", [901, 17, 455], False),
        ("row", [3, 1, 2], True),
        ("city", ["Rome", "Oslo", "Bern"], True),
        ("city", ["Rome", "Oslo", "Rome"], False),
    ],
)
def test_a_measure_whose_values_happen_to_differ_is_no_key(
    name: str, values: list[object], is_key: bool
) -> None:
    found = statistics(pd.DataFrame({name: values}), {}, [])["statistics"]
    assert found["key_candidates"] == ([name] if is_key else [])


@pytest.mark.parametrize(
    ("rows", "told"),
    [([1, 1], "1 row repeats an earlier one."), ([1, 1, 1], "2 rows repeat an earlier one.")],
)
def test_rows_that_repeat_are_counted(rows: list[int], told: str) -> None:
    assert statistics(pd.DataFrame({"n": rows}), {}, [])["statistics"]["warnings"] == [told]

"""Ranges that tell the size of things and no row's own value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalens_core.models import ColumnStatistics, DatasetStatistics, ValueCount
from datalens_core.privacy.whole_file import told_to_model


def told(**fields: object) -> dict[str, object]:
    column = ColumnStatistics.model_validate(
        {"name": "c", "dtype": "int64", "null_count": 0, "unique_count": 100, **fields}
    )
    statistics = DatasetStatistics(
        row_count=100, columns=[column], key_candidates=[], warnings=["row 7"]
    )
    return told_to_model(statistics)[0].model_dump()


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [
        (30_137, 93_596, (30_000, 100_000)),
        (-0.0123, 0.98, (-0.1, 1.0)),
        (1, 9, (0, 10)),
        (5, 5, (None, None)),
        ("1961-03-04T00:00:00", "1999-12-31T00:00:00", ("1961", "1999")),
        ("2024-01-02T00:00:00", "2024-11-30T00:00:00", ("2024-01", "2024-11")),
        ("Ann Lee", "Zoe Ng", (None, None)),
        (None, None, (None, None)),
    ],
)
def test_a_range_is_rounded_outwards(low: object, high: object, ends: tuple[object, ...]) -> None:
    found = told(min_value=low, max_value=high)
    assert (found["lowest"], found["highest"]) == ends


@pytest.mark.parametrize("fields", [{"is_key": True}, {"unique_count": 4}, {"unique_count": None}])
def test_keys_and_few_values_have_no_range(fields: dict[str, object]) -> None:
    found = told(min_value=1, max_value=99, **fields)
    assert (found["lowest"], found["highest"]) == (None, None)


def test_common_values_and_averages_are_not_told() -> None:
    found = told(mean=3.5, top_values=[ValueCount(value="Ann Lee", count=3)])
    assert "Ann" not in str(found)
    assert "3.5" not in str(found)


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
def test_the_rounded_range_holds_the_true_one(one: float, other: float) -> None:
    low, high = sorted((one, other))
    found = told(min_value=low, max_value=high)
    if found["lowest"] is not None:
        slack = 1e-9 * max(1.0, abs(low), abs(high))
        assert float(str(found["lowest"])) <= low + slack
        assert float(str(found["highest"])) >= high - slack

"""Moments are shown as people write them, and nothing else is touched."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalens_core.moments import as_written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2024-03-01T00:00:00", "2024-03-01"),
        ("2024-03-01 00:00:00.000", "2024-03-01"),
        ("2024-03-01T00:00:00.000Z", "2024-03-01"),
        ("2024-03-01T18:30:00.000", "2024-03-01 18:30"),
        ("2024-03-01T18:30:05", "2024-03-01 18:30:05"),
        ("2024-03-01T18:30:00.250", "2024-03-01 18:30:00.25"),
        ("2024-03-01T00:00:00+02:00", "2024-03-01 00:00+02:00"),
        ("2024-03-01", "2024-03-01"),
        ("at 2024-03-01T18:30:00", "at 2024-03-01T18:30:00"),
        ("18:30:00", "18:30:00"),
    ],
)
def test_moments_as_people_write_them(text: str, written: str) -> None:
    assert as_written(text) == written


@given(moment=st.datetimes(min_value=dt.datetime(1000, 1, 1)))
def test_what_is_written_is_still_the_moment(moment: dt.datetime) -> None:
    assert dt.datetime.fromisoformat(as_written(moment.isoformat())) == moment

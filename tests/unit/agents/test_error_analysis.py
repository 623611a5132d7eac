"""Errors in plain words, with the line and the names that were meant."""

from __future__ import annotations

import pytest

from datalens_core.agents.code_checks import check_code
from datalens_core.agents.error_analysis import analyze_error
from datalens_core.models import ErrorAnalysis
from tests.unit.agents.scripted import failed

FRAMES = {"df": ["region", "total_revenue", "sold_on"]}


def analysis(name: str, value: str, code: str = "df", traceback: str = "") -> ErrorAnalysis:
    return analyze_error(failed(code, name, value, traceback), FRAMES, check_code(code, FRAMES))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KeyError", "'regoin'"),
        ("KeyError", "\"['regoin'] not in index\""),
        ("KeyError", "\"None of [Index(['regoin'], dtype='str')] are in the [columns]\""),
        ("KeyError", "'Column not found: regoin'"),
        ("KeyError", "\"Column(s) ['regoin'] do not exist\""),
        ("AttributeError", "'DataFrame' object has no attribute 'regoin'"),
        (
            "ValueError",
            "Value of 'x' is not the name of a column in 'data_frame'. "
            "Expected one of ['region'] but received: regoin",
        ),
    ],
)
def test_a_misspelt_column_is_recognised(name: str, value: str) -> None:
    found = analysis(name, value)
    assert found.suggestions == ["region"]
    assert "Did you mean 'region'?" in found.hint


def test_a_part_of_a_name_is_recognised() -> None:
    assert analysis("KeyError", "'Revenue'").suggestions == ["total_revenue"]


def test_a_column_like_no_other_lists_the_columns() -> None:
    found = analysis("KeyError", "'zzz'")
    assert found.suggestions == []
    assert "'region', 'total_revenue', 'sold_on'" in found.hint


def test_a_misspelt_frame_is_recognised() -> None:
    assert analysis("NameError", "name 'dff' is not defined").suggestions == ["df"]


@pytest.mark.parametrize(
    ("traceback", "line"),
    [
        ("Cell In[3], line 2\n  1 x\n----> 2 df['a']\nFile /usr/lib/pandas/frame.py:99", 2),
        ("\x1b[0;32mCell In[3], line 2\x1b[0m", 2),
        ('File "<string>", line 3, in <module>', 3),
        ("File /usr/lib/python3/site-packages/pandas/core/frame.py:4107, in x", None),
        ("Cell In[1], line 77", None),
        ("", None),
    ],
)
def test_the_line_is_of_the_users_code(traceback: str, line: int | None) -> None:
    assert analysis("TypeError", "x", "a\nb\nc", traceback).line == line


def test_code_that_does_not_parse_has_its_line() -> None:
    assert analysis("SyntaxError", "invalid syntax", "x = 1\ny = (").line == 2


@pytest.mark.parametrize("name", ["TimeoutError", "MemoryError"])
def test_the_limits_are_not_recoverable(name: str) -> None:
    assert not analysis(name, "").recoverable


@pytest.mark.parametrize("name", ["ZeroDivisionError", "OSError", "NeverHeardOfError"])
def test_every_error_has_a_hint(name: str) -> None:
    assert analysis(name, "what it says").hint


def test_a_failure_without_an_error_artifact_is_still_one() -> None:
    result = failed("df", "x", "").model_copy(update={"artifacts": [], "stderr": "a\nKilled"})
    assert analyze_error(result, FRAMES).message == "Killed"

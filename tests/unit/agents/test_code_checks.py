"""What is known of code before it runs."""

from __future__ import annotations

import pytest

from datalens_core.agents.code_checks import check_code, clean_code, names_assigned

FRAMES = {"df": ["region", "revenue"]}


@pytest.mark.parametrize(
    "code",
    [
        "df.head()",
        "import pandas as pd\npd.DataFrame({'a': [1]})",
        "import plotly.express as px",
        "from plotly import graph_objects",
        "pd.Timestamp.now()",
    ],
)
def test_code_on_data_uses_a_data_library(code: str) -> None:
    assert check_code(code, FRAMES).uses_data_library


@pytest.mark.parametrize(
    "code", ["1 + 1", "import os", "'df'", "# df", "df = 1", "pd = 3\nprint(pd)", "print('pandas')"]
)
def test_code_without_data_uses_none(code: str) -> None:
    assert not check_code(code, FRAMES).uses_data_library


def test_an_unknown_column_gets_the_likely_one() -> None:
    (found,) = check_code("x = 1\ndf['revnue'].sum()", FRAMES).unknown_columns
    assert (found.name, found.line, found.suggestions) == ("revnue", 2, ["revenue"])


@pytest.mark.parametrize(
    "code",
    [
        "df['revenue']",
        "df['new'] = 1\ndf['new']",
        "df = df.rename(columns={})\ndf['other']",
        "other['x']",
        "df[name]",
        "df[['region', 'revenue']]",
    ],
)
def test_where_it_is_not_sure_no_column_is_called_unknown(code: str) -> None:
    assert check_code(code, FRAMES).unknown_columns == ()


def test_a_syntax_error_has_its_line() -> None:
    error = check_code("x = 1\ny = (", FRAMES).syntax_error
    assert error is not None
    assert error[1] == 2


@pytest.mark.parametrize("code", ["\0", "(" * 5_000, "x = " + "-" * 100_000 + "1", "\ud800"])
def test_hostile_code_is_only_looked_at(code: str) -> None:
    check_code(code, FRAMES)


def test_the_same_code_with_other_comments_is_the_same_code() -> None:
    one, other = check_code("df.sum()", FRAMES), check_code("df . sum() # again", FRAMES)
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize(
    "text", ["df.sum()", "```python\ndf.sum()\n```", "```\ndf.sum()\n```\n", "    df.sum()\n"]
)
def test_code_is_freed_of_fences_and_indentation(text: str) -> None:
    assert clean_code(text) == "df.sum()"


def test_names_that_code_binds_are_known() -> None:
    assert names_assigned("a = 1\ndef f(): pass\nfor b in a: pass") == {"a", "f", "b"}

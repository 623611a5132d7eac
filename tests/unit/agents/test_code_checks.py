"""What is known of code before it runs."""

from __future__ import annotations

import pytest

from datalens_core.agents.code_checks import check_code, clean_code, names_assigned
from datalens_core.agents.columns_used import ANY_COLUMN

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


@pytest.mark.parametrize(
    "code",
    [
        "df.groupby('regoin')['revenue'].sum()",
        "df.groupby(['region', 'regoin']).size()",
        "df.groupby(by='regoin').size()",
        "df.sort_values('regoin')",
        "df.dropna(subset=['regoin'])",
        "df.pivot_table(index='regoin', values='revenue')",
        "df.nlargest(3, 'regoin')",
        "px.bar(df, x='regoin', y='revenue')",
        "x = 1\ndf['revenue']\nprint(df[['regoin']])",
    ],
)
def test_a_column_that_a_method_or_a_chart_takes_is_looked_at_too(code: str) -> None:
    (found,) = check_code(code, FRAMES).unknown_columns
    assert (found.name, found.suggestions) == ("regoin", ["region"])
    assert "regoin" in code.splitlines()[found.line - 1]


@pytest.mark.parametrize(
    "code",
    [
        "df['margin'] = 1\ndf.groupby('margin').size()",
        "df = load()\ndf.groupby('anything').size()",
        "other.groupby('anything').size()",
        "df.groupby('region').agg({'revenue': 'sum'}).sort_values('anything')",
        "px.bar(totals, x='anything')",
        "px.bar(df, x='region', title='anything', labels={'anything': 'x'})",
    ],
)
def test_where_it_is_not_sure_nothing_is_said(code: str) -> None:
    assert check_code(code, FRAMES).unknown_columns == ()


@pytest.mark.parametrize(
    ("code", "foreign"),
    [
        ("import pandas as pd\nimport numpy as np\nfrom scipy import stats", ()),
        ("import plotly.express as px\nfrom sklearn.linear_model import LinearRegression", ()),
        ("import statsmodels.api as sm\nimport math, re, json\nfrom datetime import date", ()),
        ("import os, sys\nimport pandas", ("os", "sys")),
        ("def f():\n    from urllib.request import urlopen\ndf", ("urllib",)),
        ("import subprocess as pandas", ("subprocess",)),
        ("import requests\nimport torch\ndf", ("requests", "torch")),
    ],
)
def test_imports_that_an_analysis_does_not_need_are_flagged(
    code: str, foreign: tuple[str, ...]
) -> None:
    assert check_code(code, FRAMES).foreign_imports == foreign


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("df.dropna()", {ANY_COLUMN}),
        ("df.dropna(subset=['revenue']).mean()", {"revenue"}),
        ("data = df.copy()\ndata.dropna(subset=['region', 'revenue'])", {"region", "revenue"}),
        ("df['revenue'].dropna()", {"revenue"}),
        ("df[['region', 'revenue']].dropna()", {"region", "revenue"}),
        ("result = df.sum()\nresult.dropna()", set()),
        ("df.notna().sum()", set()),
    ],
)
def test_rows_that_go_for_a_missing_value_are_seen(code: str, columns: set[str]) -> None:
    assert check_code(code, FRAMES).leaves_out == columns

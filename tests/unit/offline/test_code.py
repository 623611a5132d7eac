"""The code that is written: it parses, it is honest pandas and plotly, and names stay data."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalens_core.llm.exchange import DatasetContext, Observation, TaskContext
from datalens_core.llm.offline.analyst import next_action, plan
from datalens_core.llm.offline.columns import Column, columns_of
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Filter, Group, Intent, Measure, Step
from datalens_core.llm.offline.templates import ATTEMPTS, write_code
from datalens_core.models import ColumnInfo, DatasetSchema

ASKED = [
    ("plotly/gapminder", "average life expectancy by continent"),
    ("plotly/gapminder", "population by continent over time"),
    ("plotly/gapminder", "gdp per capita vs life expectancy by continent"),
    ("plotly/tips", "distribution of tips"),
    ("plotly/tips", "top 10 tips"),
    ("plotly/tips", "share of total bill by day"),
    ("plotly/iris", "correlation matrix"),
    ("vega/cars", "average mpg by month"),
    ("vega/seattle_weather", "total precipitation by weekday"),
]


@pytest.mark.parametrize(("data", "question"), ASKED)
def test_each_attempt_is_valid_code_that_differs_and_ends_with_the_result(
    data: str, question: str, context: Callable[[str, str], TaskContext]
) -> None:
    failed = Observation(success=False)
    task = context(data, question)
    codes = [str(next_action(task, [failed] * n).arguments.get("code")) for n in range(2)]
    assert codes[0] != codes[1]
    for code in codes:
        tree = ast.parse(code)
        assert "import pandas as pd\n" in code
        assert isinstance(tree.body[-1], ast.Expr)
        assert ast.unparse(tree.body[-1]) == "result"


@pytest.mark.parametrize(
    ("data", "question", "chart"),
    [
        ("plotly/gapminder", "average life expectancy by continent", "bar"),
        ("plotly/gapminder", "life expectancy over time", "line"),
        ("plotly/gapminder", "pie chart of population by continent in 2007", "pie"),
        ("plotly/gapminder", "gdp per capita vs life expectancy", "scatter"),
        ("plotly/gapminder", "heatmap of average life expectancy by continent and year", "imshow"),
        ("plotly/gapminder", "area chart of population by continent over time", "area"),
        ("plotly/tips", "box plot of tip by day", "box"),
        ("plotly/tips", "histogram of tips", "histogram"),
        ("plotly/tips", "average tip by day as a line chart", "line"),
    ],
)
def test_the_chart_is_the_one_asked_for_with_title_and_labels(
    data: str, question: str, chart: str, context: Callable[[str, str], TaskContext]
) -> None:
    code = str(next_action(context(data, question), []).arguments["code"])
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    drawn = [call for call in calls if ast.unparse(call.func) == f"px.{chart}"]
    assert len(drawn) == 1
    named = {keyword.arg for keyword in drawn[0].keywords}
    assert named >= ({"title"} if chart == "imshow" else {"title", "labels"})
    assert "fig.show()" in code


@pytest.mark.parametrize(
    ("data", "question", "drawn"),
    [
        ("plotly/gapminder", "average gdp per capita by country", 'orientation="h"'),
        ("plotly/gapminder", "average life expectancy by year", "tickvals=years"),
        ("plotly/gapminder", "compare life expectancy in 1952 and 2007", 'type="category"'),
        ("vega/cars", "average mpg by origin and cylinders", '{"Cylinders": "str"}'),
        ("vega/cars", "average weight by cylinders", '"Average weight (lbs)"'),
    ],
)
def test_a_chart_can_be_read(
    data: str, question: str, drawn: str, context: Callable[[str, str], TaskContext]
) -> None:
    assert drawn in str(next_action(context(data, question), []).arguments["code"])


def _hostile(name: str, value: str) -> DatasetSchema:
    category = ColumnInfo(
        name=name, dtype="str", null_count=0, unique_count=1, sample_values=[value]
    )
    number = ColumnInfo(
        name=f"{name} amount", dtype="int64", null_count=0, unique_count=2, sample_values=[1, 2]
    )
    return DatasetSchema(columns=[category, number], row_count=2, sample_data=[[value, 1]])


def _every_intent(category: Column, number: Column, value: str) -> list[Intent]:
    """An intent for each template."""
    time = replace(category, kind="date")
    total, by = Measure("sum", number), (Group(category),)
    held = (Filter(category, "in", (value,)), Filter(category, "starts", (value,)))
    plain = Intent(kind="aggregate", dataset="df", measures=(total,), groups=by, order="desc")
    both = (Group(time, "month"), Group(category))
    return [
        plain,
        replace(plain, filters=held, share=True),
        replace(plain, groups=(Group(time, "split", 1980), Group(category)), pivot=True),
        replace(plain, groups=both, step=Step("rolling", 3)),
        replace(plain, groups=both, within=True, limit=2),
        replace(plain, groups=(Group(time),), step=Step("change")),
        replace(plain, measures=(Measure("ratio", number, per=number),)),
        replace(plain, measures=(Measure("quantile", number, quantile=0.9),), groups=()),
        replace(plain, kind="correlation", columns=(number, number)),
        replace(plain, kind="describe", columns=(category,)),
        replace(plain, kind="distribution", columns=(number,)),
        replace(plain, kind="duplicates", columns=(category,)),
        replace(plain, kind="growth", columns=(time,), moments=(1952, 2007)),
        replace(plain, kind="missing", columns=(category,)),
        replace(plain, kind="outliers"),
        replace(plain, kind="outliers", groups=(), columns=(category, number)),
        replace(plain, difference=True),
        replace(plain, kind="proportion", conditions=held),
        replace(plain, kind="proportion", conditions=held, extreme=True, limit=2),
        replace(plain, groups=(Group(category, "sides", side=held[0]),)),
        replace(plain, groups=(Group(category, "hour"),)),
        replace(plain, kind="regression", columns=(number, number)),
        replace(plain, kind="rows", columns=(category, number), limit=3),
        replace(plain, kind="scatter", columns=(number, number)),
        replace(plain, kind="unique", columns=(category,)),
    ]


HOSTILE = (
    *("a'b", 'a"b', "a\\", "a\nb", "{a}", "{0}", "%s", "#", '"""', "\u2028", "\ud800", "RESULT"),
    *("DATA", "NAME", "'] ; import os #", "<EMAIL_ADDRESS_1>", "__import__('os')", "\x00"),
)
_names = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=40)).filter(str.strip)


@settings(deadline=None)
@given(name=_names, value=_names, attempt=st.integers(0, len(ATTEMPTS) - 1))
def test_whatever_a_column_is_called_its_name_stays_a_string(
    name: str, value: str, attempt: int
) -> None:
    category, number = columns_of(_hostile(name, value))
    plain = replace(category, name="plain"), replace(number, name="plain amount")
    for intent, model in zip(
        _every_intent(category, number, value), _every_intent(*plain, "x"), strict=True
    ):
        code, expected = write_code(intent, attempt), write_code(model, attempt)
        assert _shape(code) == _shape(expected)
        tokens = tokenize.generate_tokens(io.StringIO(code).readline)
        assert not any(token.type == tokenize.COMMENT for token in tokens)


def _shape(code: str) -> str:
    """The syntax tree with every string left out."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def test_markup_in_a_column_name_is_escaped_in_the_chart_and_a_privacy_token_is_kept() -> None:
    name = '<a href="http://evil.example">x</a> <EMAIL_ADDRESS_1>'
    columns = columns_of(_hostile(name, "v"))
    intent = Intent(
        kind="aggregate",
        dataset="df",
        measures=(Measure("mean", columns[1]),),
        groups=(Group(columns[0]),),
    )
    code = write_code(intent)
    titles = [
        keyword.value.value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "title" and isinstance(keyword.value, ast.Constant)
    ]
    assert "<a" not in str(titles[0])
    assert "<EMAIL_ADDRESS_1>" in str(titles[0])


def test_a_value_in_quotes_is_only_ever_compared(
    dataset: Callable[[str], DatasetContext],
) -> None:
    value = "Sun\"]; __import__('os')"
    lookups = {("day", value): [value]}
    reading = read_question(f"average tip for «{value}»", dataset("plotly/tips"), lookups)
    assert isinstance(reading.outcome, Intent)
    calls = [n for n in ast.walk(ast.parse(write_code(reading.outcome))) if isinstance(n, ast.Call)]
    assert "__import__" not in {ast.unparse(call.func) for call in calls}


def test_the_plan_names_the_rows_and_columns_of_the_question(
    context: Callable[[str, str], TaskContext],
) -> None:
    made = plan(context("plotly/gapminder", "average life expectancy by continent in 2007"))
    assert made.steps == [
        "Keep those of the 1,704 rows where year is 2007.",
        "Group the remaining rows by continent.",
        "Compute the average life expectancy of each group.",
        "Draw a bar chart.",
        "State the answer from the result.",
    ]
    assert made.required_libraries == ["pandas", "plotly"]

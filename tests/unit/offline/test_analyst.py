"""What the analyst does next, decided from the conversation alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from datalens_core.llm.exchange import (
    DatasetContext,
    ErrorView,
    Observation,
    TableView,
    TaskContext,
)
from datalens_core.llm.offline.analyst import next_action, plan

MakeContext = Callable[[str, str], TaskContext]


def test_a_name_that_the_sample_does_not_show_is_looked_up_and_then_filtered_by(
    context: MakeContext, after_lookups: Callable[..., tuple[object, list[Observation]]]
) -> None:
    task = context("plotly/gapminder", "average life expectancy in Europe")
    first = next_action(task, [])
    assert (first.tool, first.arguments["text"]) == ("find_values", "Europe")
    action, _ = after_lookups(task, "plotly/gapminder")
    code = str(action.arguments["code"])  # type: ignore[attr-defined]
    assert 'df["continent"] == "Europe"' in code


def test_a_name_that_is_found_nowhere_is_said_not_to_be_understood(
    context: MakeContext, after_lookups: Callable[..., tuple[object, list[Observation]]]
) -> None:
    task = context("plotly/tips", "average tip in Atlantis")
    action, _ = after_lookups(task, "plotly/tips")
    text = str(action.arguments["answer"])  # type: ignore[attr-defined]
    assert "did not understand “Atlantis”" in text
    assert text.count("\n- ") == 3


def test_the_answer_states_the_numbers_of_the_observation(context: MakeContext) -> None:
    task = context("plotly/tips", "total tip by time")
    table = TableView(
        columns=["time", "total tip"], rows=[["Dinner", 4210.0], ["Lunch", 185.51]], row_count=2
    )
    seen = Observation(
        success=True, stdout="Rows used: 240 of 244 with a value\n", tables=[table], charts=["bar"]
    )
    action = next_action(task, [seen])
    assert action.tool == "final_answer"
    assert action.arguments["answer"] == "The total tip is 4,210 for Dinner and 185.5 for Lunch."
    assert action.arguments["assumptions"] == [
        "Rows with missing values were left out: 240 of 244 rows are used."
    ]


def test_an_observation_that_is_not_what_was_asked_for_gives_no_number(
    context: MakeContext,
) -> None:
    task = context("plotly/tips", "average tip by day")
    forged = TableView(columns=["note"], rows=[["9,999 %"]], row_count=1)
    action = next_action(task, [Observation(success=True, tables=[forged])])
    assert action.arguments["answer"] == "The result is in the table."


def test_after_failures_the_code_differs_and_then_the_failure_is_admitted(
    context: MakeContext,
) -> None:
    task = context("plotly/tips", "average tip by day")
    error = ErrorView(name="TypeError", value="cannot average text")
    failed = Observation(success=False, error=error)
    codes = [next_action(task, [failed] * n).arguments["code"] for n in range(3)]
    assert len(set(map(str, codes))) == 3
    last = next_action(task, [failed] * 3)
    assert last.tool == "final_answer"
    assert "could not compute" in str(last.arguments["answer"])
    assert "TypeError" in str(last.arguments["answer"])


def test_no_rows_are_said_to_be_no_rows(context: MakeContext) -> None:
    task = context("plotly/gapminder", "average life expectancy by continent in 2150")
    empty = TableView(columns=["continent", "average lifeExp"], rows=[], row_count=0)
    action = next_action(task, [Observation(success=True, tables=[empty])])
    assert action.arguments["answer"] == "No rows match in 2150."


def test_a_forecast_is_refused_with_its_reason(context: MakeContext) -> None:
    action = next_action(context("plotly/gapminder", "forecast the population of 2050"), [])
    assert str(action.arguments["answer"]).startswith("Forecasts need a model")


def test_without_data_both_plan_and_answer_ask_for_some() -> None:
    task = TaskContext(question="how many rows?", datasets=[])
    assert "data set" in plan(task).steps[0]
    assert "No data set is loaded" in str(next_action(task, []).arguments["answer"])


def test_what_was_assumed_is_listed(context: MakeContext) -> None:
    task = context("plotly/tips", "bill by gender")
    table = TableView(columns=["sex", "total total_bill"], rows=[["Male", 3256.82]], row_count=1)
    done = next_action(task, [Observation(success=True, tables=[table])])
    assert done.arguments["assumptions"] == [
        "“bill” was read as total_bill.",
        "“gender” was read as sex.",
        "total_bill is added up, as the question names no calculation.",
    ]


def test_the_data_set_that_fits_the_question_is_used(context: MakeContext) -> None:
    tips = context("plotly/tips", "").datasets[0]
    other = context("plotly/gapminder", "").datasets[0].model_copy(update={"variable": "world"})
    task = TaskContext(question="average life expectancy by continent", datasets=[tips, other])
    assert 'world.groupby("continent")' in str(next_action(task, []).arguments["code"])


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "average tip by department",
            "“department” is a column of staff.csv, not of tips.csv: I answer over one data set",
        ),
        ("average tip by wombat", "I did not understand “wombat”"),
    ],
)
def test_a_question_over_two_data_sets_is_told_where_its_words_are(
    question: str, said: str, dataset: Callable[[str], DatasetContext]
) -> None:
    sets = [dataset("plotly/tips"), dataset("made/staff")]
    task = TaskContext(question=question, datasets=sets)
    seen: list[Observation] = []
    while (action := next_action(task, seen)).tool == "find_values":
        seen.append(Observation(success=True, stdout="[]"))
    assert str(action.arguments["answer"]).startswith(said)


def test_a_chart_that_shows_only_the_first_groups_says_so(context: MakeContext) -> None:
    task = context("plotly/gapminder", "average gdp per capita by country in 2007")
    table = TableView(
        columns=["country", "average gdpPercap"], rows=[["Norway", 49357.19]], row_count=142
    )
    seen = Observation(success=True, tables=[table], charts=["bar"])
    told = next_action(task, [seen]).arguments["assumptions"]
    assert isinstance(told, list)
    assert "The chart shows the first 20 of 142." in told


def test_two_sides_are_told_with_their_difference_and_their_unit(
    context: MakeContext, after_lookups: Callable[..., tuple[object, list[Observation]]]
) -> None:
    task = context("vega/cars", "difference in average weight between Japan and USA")
    table = TableView(
        columns=["Origin", "average Weight_in_lbs"],
        rows=[["USA", 3372.7], ["Japan", 2221.2]],
        row_count=2,
    )
    _, looked_up = after_lookups(task, "vega/cars")
    seen = Observation(success=True, stdout="Difference: 1151.5\n", tables=[table])
    action = next_action(task, [*looked_up, seen])
    assert action.arguments["answer"] == (
        "The average weight is 3,372.7 lbs for USA and 2,221.2 lbs for Japan,"
        " a difference of 1,151.5 lbs."
    )

"""Questions that go on from the one before them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from datalens_core.llm.exchange import DatasetContext
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Group, Intent, NotUnderstood

Dataset = Callable[[str], DatasetContext]


def _read(dataset: DatasetContext, *questions: str) -> Intent:
    *before, question = questions
    lookups = {("continent", "Europe"): ["Europe"], ("time", "lunch"): ["Lunch"]}
    outcome = read_question(question, dataset, lookups, before).outcome
    assert isinstance(outcome, Intent), outcome
    return outcome


def test_another_calculation_keeps_what_is_measured_and_by_what(dataset: Dataset) -> None:
    intent = _read(dataset("plotly/tips"), "average tip by day", "and the median?")
    assert [(m.aggregate, m.column.name if m.column else "") for m in intent.measures] == [
        ("median", "tip")
    ]
    assert [group.column.name for group in intent.groups] == ["day"]


def test_another_chart_changes_only_the_chart(dataset: Dataset) -> None:
    first = _read(dataset("plotly/tips"), "average tip by day")
    second = _read(dataset("plotly/tips"), "average tip by day", "as a line chart")
    assert (first.chart, second.chart) == (None, "line")
    assert second.measures == first.measures


def test_now_by_another_column_replaces_the_first_one(dataset: Dataset) -> None:
    intent = _read(dataset("vega/seattle_weather"), "total precipitation by year", "now by month")
    assert [group.bin for group in intent.groups] == ["month"]


def test_only_a_value_narrows_the_rows(dataset: Dataset) -> None:
    world = dataset("plotly/gapminder")
    intent = _read(world, "average life expectancy by year", "only Europe")
    assert [held.values for held in intent.filters] == [("Europe",)]


def test_a_follow_up_may_go_on_from_a_follow_up(dataset: Dataset) -> None:
    intent = _read(dataset("plotly/tips"), "average tip by day", "and the median?", "only lunch")
    assert [m.aggregate for m in intent.measures] == ["median"]
    assert [held.values for held in intent.filters] == [("Lunch",)]


def test_the_answer_says_what_it_goes_on_from(dataset: Dataset) -> None:
    intent = _read(dataset("plotly/tips"), "average tip by day", "and the median?")
    assert intent.assumptions[0] == "This goes on from “average tip by day”."


def test_a_whole_question_does_not_go_on_from_the_one_before(dataset: Dataset) -> None:
    tips = dataset("plotly/tips")
    alone = _read(tips, "average total bill by sex")
    assert _read(tips, "total tip by day at lunch", "average total bill by sex") == alone
    assert _read(tips, "total tip by day", "how many rows are there?").groups == ()


@pytest.mark.parametrize("question", ["and the median?", "only Europe", "now by month"])
def test_without_a_question_before_a_fragment_is_refused(question: str, dataset: Dataset) -> None:
    outcome = read_question(question, dataset("plotly/tips")).outcome
    assert isinstance(outcome, NotUnderstood)


def test_and_adds_a_group(dataset: Dataset) -> None:
    intent = _read(dataset("plotly/tips"), "average tip by day", "and by sex")
    assert {group.column.name for group in intent.groups} == {"day", "sex"}
    assert all(isinstance(group, Group) for group in intent.groups)


def test_which_one_asks_of_what_was_shown(dataset: Dataset) -> None:
    intent = _read(dataset("plotly/tips"), "average tip by day", "which one is highest?")
    assert [group.column.name for group in intent.groups] == ["day"]
    assert (intent.order, intent.extreme) == ("desc", True)


def test_what_stands_after_instead_of_is_replaced(dataset: Dataset) -> None:
    intent = _read(dataset("plotly/tips"), "total tip by day", "average instead of total")
    assert [m.aggregate for m in intent.measures] == ["mean"]


def test_a_question_that_names_no_column_goes_on(dataset: Dataset) -> None:
    intent = _read(dataset("plotly/tips"), "average tip by day", "top 2 only")
    assert [group.column.name for group in intent.groups] == ["day"]
    assert intent.limit == 2


def test_their_is_of_the_groups_before_and_no_count_stays(dataset: Dataset) -> None:
    cars = dataset("vega/cars")
    intent = _read(cars, "how many cars per origin?", "and their average horsepower?")
    assert [(m.aggregate, m.column and m.column.name) for m in intent.measures] == [
        ("mean", "Horsepower")
    ]
    assert [group.column.name for group in intent.groups] == ["Origin"]

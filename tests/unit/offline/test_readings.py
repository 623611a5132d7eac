"""The other reading of a question is a question that is read that way."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from datalens_core.llm.exchange import DatasetContext, Observation, TableView, TaskContext
from datalens_core.llm.offline.analyst import next_action
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Intent
from datalens_core.llm.offline.readings import other_readings

Dataset = Callable[[str], DatasetContext]


def others(dataset: DatasetContext, question: str) -> dict[str, str]:
    outcome = read_question(question, dataset).outcome
    assert isinstance(outcome, Intent), outcome
    return {a.label: a.query for a in other_readings(outcome, question, dataset, {})}


def test_the_other_column_is_one_question_away(dataset: Dataset) -> None:
    iris = dataset("plotly/iris")
    found = others(iris, "top 3 species by width")
    assert found == {"width: petal_width": "top 3 species by petal width"}
    outcome = read_question("top 3 species by petal width", iris).outcome
    assert isinstance(outcome, Intent)
    assert [m.column.name for m in outcome.measures if m.column] == ["petal_width"]
    assert outcome.choices == ()


def test_the_other_calculation_is_one_question_away(dataset: Dataset) -> None:
    assert others(dataset("made/sales"), "Units sold per region") == {
        "average Units sold": "average Units sold per region"
    }


def test_what_is_best_is_said_and_may_be_turned_round(dataset: Dataset) -> None:
    tips = dataset("plotly/tips")
    question = "which day is best for tips?"
    assert others(tips, question)["best: lowest"] == "which day is lowest for tips?"
    outcome = read_question(question, tips).outcome
    assert isinstance(outcome, Intent)
    assert "“best” was read as the highest tip." in outcome.assumptions


def test_of_a_price_the_lowest_is_best(dataset: Dataset) -> None:
    outcome = read_question("which region is best for unit price?", dataset("made/sales")).outcome
    assert isinstance(outcome, Intent)
    assert outcome.order == "asc"


@pytest.mark.parametrize(
    "question", ["average tip by day", "total total_bill by sex", "how many rows are there?"]
)
def test_what_is_clear_has_no_other_reading(question: str, dataset: Dataset) -> None:
    assert others(dataset("plotly/tips"), question) == {}


def test_a_total_that_means_nothing_is_not_offered(dataset: Dataset) -> None:
    assert others(dataset("plotly/gapminder"), "life expectancy by continent") == {}


def test_they_come_with_the_answer(context: Callable[[str, str], TaskContext]) -> None:
    table = TableView(columns=["species", "average sepal_width"], rows=[["a", 3.4]], row_count=1)
    seen = Observation(success=True, stdout="Rows used: 150 of 150 with a value\n", tables=[table])
    action = next_action(context("plotly/iris", "top 3 species by width"), [seen])
    assert action.tool == "final_answer"
    assert "I took sepal_width" in json.dumps(action.arguments["assumptions"])
    assert action.arguments["alternatives"] == [
        {"label": "width: petal_width", "query": "top 3 species by petal width"}
    ]

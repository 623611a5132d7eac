"""What is not understood is not passed over."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from datalens_core.llm.exchange import DatasetContext
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Filter, Intent, NotUnderstood

Dataset = Callable[[str], DatasetContext]


def _filters(dataset: DatasetContext, question: str, **found: list[str]) -> list[Filter]:
    lookups = {(column, value): [value] for column, values in found.items() for value in values}
    outcome = read_question(question, dataset, lookups).outcome
    assert isinstance(outcome, Intent), outcome
    return list(outcome.filters)


def test_a_negation_that_turns_nothing_round_is_not_understood(dataset: Dataset) -> None:
    outcome = read_question("average tip without size 4", dataset("plotly/tips")).outcome
    assert isinstance(outcome, NotUnderstood)
    assert "not" in outcome.words


def test_a_negation_turns_round_the_values_it_names_and_no_later_ones(dataset: Dataset) -> None:
    held = _filters(
        dataset("plotly/gapminder"),
        "average life expectancy excluding Africa and Asia in 2007",
        continent=["Africa", "Asia"],
    )
    assert [(h.operator, h.values) for h in held] == [
        ("not_in", ("Africa", "Asia")),
        ("eq", (2007,)),
    ]


def test_numbers_before_a_column_belong_to_it(dataset: Dataset) -> None:
    held = _filters(dataset("vega/cars"), "average displacement for 6 and 8 cylinders")
    assert [(h.column.name, h.operator, h.values) for h in held] == [("Cylinders", "in", (6, 8))]


def test_both_ends_of_a_range_are_scaled(dataset: Dataset) -> None:
    held = _filters(
        dataset("plotly/gapminder"), "countries with pop between 50 and 60 million in 1997"
    )
    assert held[0].values == (50_000_000, 60_000_000)


@pytest.mark.parametrize("question", ["forecast tips for next year", "predict the tip", "why?"])
def test_what_rules_cannot_do_is_refused_with_a_reason(question: str, dataset: Dataset) -> None:
    outcome = read_question(question, dataset("plotly/tips")).outcome
    assert isinstance(outcome, NotUnderstood)
    assert "rules cannot" in outcome.reason or "need a model" in outcome.reason


def test_words_that_could_be_two_columns_are_read_as_one_and_that_is_said(
    dataset: Dataset,
) -> None:
    outcome = read_question("top 3 species by width", dataset("plotly/iris")).outcome
    assert isinstance(outcome, Intent)
    assert "“width” could be sepal_width or petal_width: I took sepal_width." in outcome.assumptions

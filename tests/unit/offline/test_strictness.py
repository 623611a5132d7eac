"""A word that changes what is asked is read, or the question is refused: never passed over."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from datalens_core.llm.exchange import DatasetContext
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Having, Intent, NotUnderstood

Dataset = Callable[[str], DatasetContext]


@pytest.mark.parametrize(
    ("data", "question"),
    [
        ("made/sales", "total sales this month"),
        ("made/sales", "total sales of the current year"),
        ("made/sales", "orders sorted by total sales"),
        ("made/sales", "average total sales by unit price group"),
        ("made/sales", "which products have the same region?"),
        ("made/sales", "what does total sales mean?"),
        ("made/sales", "orders with units sold above 20%"),
        ("made/sales", "average monthly total sales"),
        ("made/sales", "ratio of returned orders"),
        ("made/sales", "what share of total sales do the top 2 regions make?"),
        ("made/sales", "what is the average number of orders per region?"),
        ("made/sales", "regions with total sales in both 2023 and 2024"),
        ("plotly/tips", "how long did the dinners last?"),
        ("plotly/tips", "how tall are the smokers?"),
        ("plotly/tips", "average tip over 5"),
        ("plotly/tips", "days with more than 70 bills"),
        ("plotly/iris", "what is the price of the petals?"),
    ],
)
def test_what_is_not_wholly_understood_is_refused(
    data: str, question: str, dataset: Dataset
) -> None:
    reading = read_question(question, dataset(data))
    assert isinstance(reading.outcome, NotUnderstood), reading.outcome


def understood(dataset: DatasetContext, question: str) -> Intent:
    outcome = read_question(question, dataset).outcome
    assert isinstance(outcome, Intent), outcome
    return outcome


@pytest.mark.parametrize(
    ("question", "aggregate", "operator", "values"),
    [
        ("days with an average tip over 3", "mean", "gt", (3,)),
        ("which days have a total total_bill of at least 1000?", "sum", "ge", (1000,)),
        ("days with more than 70 rows", "count", "gt", (70,)),
        ("how many days have fewer than 20 rows?", "count", "lt", (20,)),
    ],
)
def test_a_condition_on_groups_is_one_on_groups(
    question: str, aggregate: str, operator: str, values: tuple[int, ...], dataset: Dataset
) -> None:
    intent = understood(dataset("plotly/tips"), question)
    assert isinstance(intent.having, Having)
    assert intent.having.measure.aggregate == aggregate
    assert (intent.having.operator, intent.having.values) == (operator, values)
    assert [group.column.name for group in intent.groups] == ["day"]
    assert intent.filters == ()


@pytest.mark.parametrize(
    ("question", "order", "limit"),
    [
        ("top 3 total_bill per day", "desc", 3),
        ("the 2 largest tips in each day", "desc", 2),
        ("lowest 2 tips for each day", "asc", 2),
    ],
)
def test_the_top_rows_within_groups_are_rows(
    question: str, order: str, limit: int, dataset: Dataset
) -> None:
    intent = understood(dataset("plotly/tips"), question)
    assert (intent.kind, intent.within) == ("rows", True)
    assert (intent.order, intent.limit) == (order, limit)
    assert intent.groups[0].column.name == "day"


def test_the_most_common_value_of_each_group(dataset: Dataset) -> None:
    intent = understood(dataset("plotly/tips"), "most common time on each day")
    assert intent.within
    assert [group.column.name for group in intent.groups] == ["day", "time"]


def test_a_percentage_by_group_is_of_the_rows_of_each_group(dataset: Dataset) -> None:
    intent = understood(dataset("plotly/tips"), "percentage of women per day")
    assert intent.kind == "proportion"
    assert [held.values for held in intent.conditions] == [("Female",)]
    assert [group.column.name for group in intent.groups] == ["day"]


def test_months_between_two_are_all_of_them(dataset: Dataset) -> None:
    intent = understood(dataset("made/sales"), "total sales between February and April")
    assert [(f.part, f.operator, f.values) for f in intent.filters] == [
        ("month", "between", (2, 4))
    ]


def test_rows_that_a_first_column_numbers_are_counted_not_added_up(dataset: Dataset) -> None:
    sales = dataset("made/sales")
    columns = list(sales.dataset_schema.columns)
    columns[0] = columns[0].model_copy(update={"name": "ticket"})
    schema = sales.dataset_schema.model_copy(update={"columns": columns})
    tickets = sales.model_copy(update={"name": "log.csv", "dataset_schema": schema})
    intent = understood(tickets, "how many tickets per region?")
    assert [m.aggregate for m in intent.measures] == ["count"]


def test_things_that_happen_on_dates_are_ranked_over_all_of_them(dataset: Dataset) -> None:
    intent = understood(dataset("made/sales"), "which product has the highest unit price?")
    assert intent.filters == ()


def test_what_a_count_counts_is_no_group_of_its_own(dataset: Dataset) -> None:
    intent = understood(dataset("plotly/medals_long"), "total medals by nation")
    assert [group.column.name for group in intent.groups] == ["nation"]
    assert [m.aggregate for m in intent.measures] == ["sum"]


def test_a_date_of_one_event_is_not_taken_for_another(dataset: Dataset) -> None:
    held = dataset("made/sales")
    columns = [
        c.model_copy(update={"name": "start_date"}) if c.name == "order_date" else c
        for c in held.dataset_schema.columns
    ]
    schema = held.dataset_schema.model_copy(update={"columns": columns})
    staff = held.model_copy(update={"dataset_schema": schema})
    outcome = read_question("how many orders left in 2024?", staff).outcome
    assert isinstance(outcome, NotUnderstood)
    assert isinstance(read_question("how many orders started in 2024?", staff).outcome, Intent)


def test_higher_weighs_one_side_against_the_others(dataset: Dataset) -> None:
    tips = dataset("plotly/tips")
    lookups = {("time", "dinner"): ["Dinner"]}
    outcome = read_question("are tips higher at dinner?", tips, lookups).outcome
    assert isinstance(outcome, Intent)
    assert ([g.column.name for g in outcome.groups], outcome.filters) == (["time"], ())

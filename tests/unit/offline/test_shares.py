"""What is said of a share: of what it is one, and who has it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from datalens_core.llm.exchange import DatasetContext, Observation, TableView, TaskContext
from datalens_core.llm.offline.analyst import next_action
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Intent, NotUnderstood

ENDS = {"First:": 0, "Last:": 6, "Highest:": 1, "Lowest:": 2}
"""Which row of a course is printed after each label."""
COUNTED = "Rows are counted, as the question names no number."


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("share by day", True),
        ("breakdown by sex", True),
        ("share of rows by day", False),
        ("share of total bill by day", False),
    ],
)
def test_a_share_of_rows_that_nobody_named_is_an_assumption(
    question: str, said: bool, dataset: Callable[[str], DatasetContext]
) -> None:
    outcome = read_question(question, dataset("plotly/tips")).outcome
    assert isinstance(outcome, Intent), outcome
    assert (COUNTED in outcome.assumptions) is said


def test_the_one_that_was_asked_for_has_its_share(
    context: Callable[[str, str], TaskContext],
) -> None:
    rows = [["Sun", 1627.16, 33.74], ["Sat", 1778.4, 36.88]]
    table = TableView(
        columns=["day", "total total_bill", "share in percent"], rows=rows, row_count=2
    )
    seen = Observation(success=True, stdout="Rows used: 163 of 163 with a value\n", tables=[table])
    asked = "what share of total bill has Sun"
    answer = next_action(context("plotly/tips", asked), [seen]).arguments["answer"]
    assert str(answer).startswith("Sun has 33.7 % of the total bill; ")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("tip of the wombats", "it is no column"),
        ("gruffle the wombats", "they are no columns"),
    ],
)
def test_what_is_not_known_is_named_in_a_right_sentence(
    question: str, said: str, dataset: Callable[[str], DatasetContext]
) -> None:
    outcome = read_question(question, dataset("plotly/tips")).outcome
    assert isinstance(outcome, NotUnderstood)
    assert said in outcome.reason


def test_a_share_of_yes_and_no_is_of_the_rows_that_are_left(
    dataset: Callable[[str], DatasetContext],
) -> None:
    lookups = {("region", "North"): ["North"]}
    outcome = read_question("share returned in the North", dataset("made/sales"), lookups).outcome
    assert isinstance(outcome, Intent)
    assert (outcome.kind, [group.column.name for group in outcome.groups]) == (
        "aggregate",
        ["returned"],
    )
    assert [held.values for held in outcome.filters] == [("North",)]


def told(context: Callable[[str, str], TaskContext], question: str, seen: Observation) -> str:
    return str(next_action(context("made/visits", question), [seen]).arguments["answer"])


def test_a_ranked_rate_says_of_how_many_rows_it_is_one(
    context: Callable[[str, str], TaskContext],
) -> None:
    rows = [["South", 2, 2, 100.0], ["North", 1, 40, 2.5]]
    table = TableView(
        columns=["clinic", "matching rows", "rows", "percent"], rows=rows, row_count=2
    )
    seen = Observation(success=True, stdout="", tables=[table])
    answer = told(context, "which clinic has the highest absence rate?", seen)
    assert answer.endswith("by clinic: South 100.0 % (2 of 2), North 2.5 % (1 of 40).")


def test_a_rate_over_time_is_told_from_its_first_to_its_last_year(
    context: Callable[[str, str], TaskContext],
) -> None:
    parts = [50.0, 62.5, 10.0, 20.0, 30.0, 35.0, 40.0]
    rows = [[2010 + at, 1, 8, part] for at, part in enumerate(parts)]
    names = ["year", "matching rows", "rows", "percent"]
    shown = {label: dict(zip(names, rows[at], strict=True)) for label, at in ENDS.items()}
    table = TableView(columns=names, rows=rows, row_count=len(rows))
    printed = "".join(f"{label} {json.dumps([row])}\n" for label, row in shown.items())
    seen = Observation(success=True, stdout=printed, tables=[table])
    answer = told(context, "absence rate over time", seen)
    assert "fell from 50.0 % in 2010 to 40.0 % in 2016" in answer
    assert answer.endswith("the highest is 62.5 % in 2011, the lowest 10.0 % in 2012.")

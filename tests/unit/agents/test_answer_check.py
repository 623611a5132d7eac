"""An answer may say what was computed, as rounded as it likes, and nothing else."""

from __future__ import annotations

import base64
import struct

import pytest

from datalens_core.agents.answer_check import check_answer, check_rows, missing_values
from datalens_core.models import Artifact, ArtifactType, ColumnFigures
from tests.unit.agents.scripted import bar_chart, sales_task, table, worked

OUTPUT = (
    "total    1234567.891\nshare       0.4567\nmean       -12.345\ncount          61\nsmall 1.5e-05"
)


def passes(answer: str, *artifacts: Artifact, stdout: str = OUTPUT) -> bool:
    task = sales_task("Which of the 17 shops leads?")
    return all(c.passed for c in check_answer(answer, task, [worked("df", stdout, *artifacts)]))


@pytest.mark.parametrize(
    "answer",
    [
        "The total is 1,234,567.89.",
        "The total is 1 234 568.",
        "Der Umsatz ist 1.234.567,89 €.",
        "About 1.2 million in all.",
        "About 1,200,000 in all.",
        "$1.23M in total.",
        "45.67% of it, or 46 percent.",
        "It fell by 12.3.",
        "There are 61 of them.",
        "Roughly 60 of them.",
        "The smallest is 1.5e-05.",
        "Between 2024-01-05 and 2024-02-11 there were 61.",
        "Of the 17 shops, the top 3 lead.",
        "1. Europe\n2. Asia",
        "All 1,234 rows in 4 columns were used.",
        "Q3 and H2O and item_77 are names.",
        "Europe leads.",
    ],
)
def test_what_the_outputs_cover_passes(answer: str) -> None:
    assert passes(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "The total is 1,234,568.9.",
        "The total is 1,234,667.",
        "About 1.3 million.",
        "47% of it.",
        "There are 62 of them.",
        "There are 5 duplicates.",
        "The mean is 12.4.",
        "There are 60 of them.",
    ],
)
def test_what_no_output_covers_fails(answer: str) -> None:
    assert not passes(answer)


@pytest.mark.parametrize(
    ("answer", "column", "known"),
    [
        ("The total is 78,285 billion.", "GDP (BILLIONS)", True),
        ("The total is $78.3 trillion.", "GDP (BILLIONS)", True),
        ("The total is 78,285.", "GDP (BILLIONS)", True),
        ("The total is 78,285 million.", "GDP (BILLIONS)", False),
        ("The total is 78,285 billion.", "GDP", False),
        ("The total is 78.3 million.", "revenue in thousands", True),
        ("The total is 783 million.", "revenue in thousands", False),
    ],
)
def test_a_column_may_say_in_what_it_counts(answer: str, column: str, known: bool) -> None:
    assert passes(answer, table([column], [[78285.45]]), stdout="") is known


def test_the_numbers_of_tables_and_charts_count() -> None:
    assert passes("Europe has 52.5.", table(["region", "sum"], [["Europe", 52.5]]), stdout="")
    assert passes("Asia has 33.", bar_chart(["Asia"], [33]), stdout="")
    assert passes("Store 45 leads.", table(["store"], [["Store 45"]]), stdout="")


def test_typed_arrays_of_plotly_are_read() -> None:
    raw = base64.b64encode(struct.pack("<2d", 33.25, 4.0)).decode()
    figure = {"data": [{"type": "bar", "y": {"dtype": "f8", "bdata": raw}}], "layout": {}}
    chart = Artifact(type=ArtifactType.CHART, content=figure)
    assert passes("Asia has 33.25.", chart, stdout="")
    assert not passes("Asia has 34.25.", chart, stdout="")


@pytest.mark.parametrize("figure", [{}, {"data": []}, {"data": [{"type": "bar"}]}, None, "x"])
def test_a_chart_without_points_fails(figure: object) -> None:
    chart = Artifact(type=ArtifactType.CHART, content=figure)  # type: ignore[arg-type]
    (check,) = check_answer("See the chart.", sales_task(), [worked("df", "", chart)])
    assert (check.name, check.passed) == ("charts", False)


def test_an_answer_without_numbers_and_charts_needs_no_check() -> None:
    assert check_answer("Europe leads.", sales_task(), [worked("df")]) == []


def test_the_detail_names_what_was_not_found() -> None:
    (check,) = check_answer("It is 99, or 98.", sales_task(), [worked("df")])
    assert check.detail == "Not found in the outputs: 99, 98."


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Which had more than 50 million people?", "None has more than 50,000,000."),
        ("Which had more than 50m people?", "None has more than 50 million."),
        ("Orders over €2.5k", "No order is over 2,500."),
        ("Which earn above 1.2 billion?", "Nobody earns 1,200,000,000."),
        ("Which grew by over 20%?", "None grew by 20 percent."),
        ("Which are above 1,500?", "None is above 1500."),
    ],
)
def test_the_questions_own_numbers_may_be_said_in_any_form(question: str, answer: str) -> None:
    checks = check_answer(answer, sales_task(question), [worked("df", "")])
    assert [check.passed for check in checks] == [True]


def test_a_number_beside_the_questions_own_is_not_covered_by_it() -> None:
    checks = check_answer("It is 51 million.", sales_task("Over 50 million?"), [worked("df", "")])
    assert [check.passed for check in checks] == [False]


@pytest.mark.parametrize(
    ("answer", "assumptions", "passed"),
    [
        ("Europe leads.", [], False),
        ("Europe leads; 7 rows without a revenue are left out.", [], True),
        ("Europe leads.", ["7 Zeilen ohne Umsatz fehlen."], True),
    ],
)
def test_rows_that_were_left_out_have_to_be_named(
    answer: str, assumptions: list[str], passed: bool
) -> None:
    task = sales_task()
    figures = [
        ColumnFigures(name="revenue", dtype="float64", null_count=7),
        ColumnFigures(name="region", dtype="float64", null_count=0),
    ]
    dataset = task.datasets[0].model_copy(update={"whole_file": figures})
    missing = missing_values(task.model_copy(update={"datasets": [dataset]}), {"revenue", "region"})
    assert missing == {"revenue": 7}
    check = check_rows(answer, assumptions, missing)
    assert check is not None
    assert check.passed is passed
    assert passed or "revenue (7)" in check.detail
    assert check_rows(answer, assumptions, {}) is None, "nothing was left out"

"""Suggested questions: three to five of any table, understood as they are meant, none idle."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from vega_datasets import local_data

from datalens_core.llm.exchange import DatasetContext
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Intent
from datalens_core.llm.offline.suggestions import suggest_questions
from datalens_core.models import ColumnInfo, DatasetSchema

PLOTLY = (
    *("carshare", "election", "experiment", "gapminder", "iris"),
    *("medals_long", "medals_wide", "stocks", "tips", "wind"),
)
SHIPPED = [
    *(f"plotly/{name}" for name in PLOTLY),
    *(f"vega/{name.replace('-', '_')}" for name in local_data.list_datasets()),
]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_question_suggested_of_shipped_data_is_understood(
    name: str, dataset: Callable[[str], DatasetContext]
) -> None:
    held = dataset(name)
    suggested = suggest_questions(held.dataset_schema)
    assert 3 <= len(set(suggested)) == len(suggested) <= 5
    for question in suggested:
        reading = read_question(question, held)
        assert isinstance(reading.outcome, Intent), question
        assert not reading.lookups, question


def schema(rows: int = 100, **columns: list[object]) -> DatasetSchema:
    frame = pd.DataFrame(columns)
    return DatasetSchema(
        columns=[
            ColumnInfo(
                name=str(name),
                dtype=str(frame[name].dtype),
                null_count=int(frame[name].isna().sum()),
                unique_count=int(frame[name].nunique()),
                sample_values=[None if v != v else v for v in frame[name].tolist()],
            )
            for name in frame
        ],
        row_count=rows,
        sample_data=frame.astype(object).to_numpy().tolist(),
    )


def suggested(rows: int = 100, **columns: list[object]) -> str:
    return "\n".join(suggest_questions(schema(rows, **columns)))


def test_a_column_that_names_the_rows_is_asked_for_its_highest_and_not_counted() -> None:
    asked = suggested(place=["Rome", "Oslo", "Bern", "Kyiv", "Riga"], height=[1, 2, 3, 4, 5])
    assert "Which place has the highest height?" in asked
    assert "each place" not in asked
    assert "by place" not in asked


def test_times_of_day_and_ids_are_no_groups() -> None:
    asked = suggested(
        time=["10:00", "10:00", "10:01", "10:01", "10:02"],
        zip=[101, 101, 102, 102, 103],
        customer_id=["a", "a", "b", "b", "c"],
        units=[1, 2, 3, 4, 5],
    )
    assert not any(name in asked for name in ("time?", "zip", "customer_id"))


def test_addresses_are_no_groups() -> None:
    mails = ["a@example.org", "a@example.org", "b@example.org", "b@example.org", "c@example.org"]
    assert "mail" not in suggested(mail=mails, units=[1, 2, 3, 4, 5])


def test_a_table_of_ticks_gets_questions_of_the_table() -> None:
    asked = suggested(**{"Ann Lee": [True, False, True, True, False], "Bo\nLi": [True] * 5})
    assert "each" not in asked
    assert "Describe the data" in asked


def test_a_name_that_says_total_is_not_totalled_again() -> None:
    asked = suggested(total_bill=[1.5, 2, 3, 4, 5], day=["Sun", "Sun", "Sat", "Sat", "Sat"])
    assert "What is the average total_bill by day?" in asked


def test_missing_values_are_asked_for_where_some_are_seen() -> None:
    assert "missing" in suggested(a=["x", "x", None, "y", "y"], b=[1, 2, 3, 4, 5])


@pytest.mark.parametrize("name", ['say "hi"', "line\nbreak", "x" * 200, "a;b {c}", "名前", "by"])
def test_any_name_gives_questions_that_are_understood(name: str) -> None:
    held = DatasetContext(
        name="d",
        variable="df",
        dataset_schema=schema(**{name: [1.5, 2.5, 3, 4, 5], "kind": ["a", "a", "b", "b", "b"]}),
    )
    asked = suggest_questions(held.dataset_schema)
    assert len(asked) >= 3
    assert all(isinstance(read_question(q, held).outcome, Intent) for q in asked)

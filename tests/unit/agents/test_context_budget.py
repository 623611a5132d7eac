"""What a request holds: the last two runs whole, older ones a line each, within a budget."""

from __future__ import annotations

import pytest

from datalens_core.agents.reasoning import ReasoningAgent
from datalens_core.agents.task_budget import MAX_CHARACTERS, fit_task, request_limit, task_limit
from datalens_core.llm.cutting import size
from datalens_core.llm.exchange import DatasetContext, PastRun, read_context
from datalens_core.models import ColumnFigures, ColumnInfo, DatasetSchema
from datalens_core.settings import Settings
from tests.unit.agents.scripted import (
    ScriptedGateway,
    ScriptedRun,
    answers,
    plans,
    runs,
    sales_task,
    worked,
)

PAST = [
    PastRun(question=f"Question {n}?", answer=f"Answer {n}.\nMore {n}.", code=f"df.head({n})")
    for n in range(6)
]


def wide(columns: int) -> DatasetContext:
    held = [
        ColumnInfo(
            name=f"column {n}", dtype="str", null_count=0, unique_count=5, sample_values=["x" * 90]
        )
        for n in range(columns)
    ]
    schema = DatasetSchema(columns=held, row_count=5, sample_data=[["x" * 90] * columns] * 5)
    figures = [ColumnFigures(name=column.name, dtype="float64", null_count=0) for column in held]
    return DatasetContext(name="wide.csv", variable="df", dataset_schema=schema, whole_file=figures)


async def test_the_last_two_questions_go_whole_and_older_ones_as_a_line() -> None:
    task = sales_task("And now?").model_copy(update={"history": PAST})
    gateway = ScriptedGateway(plans("One."), runs("df"), answers("Done."))
    await ReasoningAgent(gateway, Settings.offline()).run(ScriptedRun(task=task))
    for request in gateway.requests:
        context = read_context(request.messages[1].content)
        assert context is not None
        assert [run.code for run in context.history] == ["", "", "", "", "df.head(4)", "df.head(5)"]
        assert context.history[0].answer == "Answer 0."
        assert context.history[-1].answer == "Answer 5.\nMore 5."


@pytest.mark.parametrize("columns", [10, 500, 5_000])
def test_the_facts_stay_within_their_budget_and_say_what_is_left_out(columns: int) -> None:
    task = sales_task().model_copy(update={"datasets": [wide(columns)]})
    fitted = fit_task(task)
    assert len(fitted.model_dump_json()) <= MAX_CHARACTERS
    (dataset,) = fitted.datasets
    assert dataset.columns_left_out == columns - len(dataset.dataset_schema.columns)
    assert dataset.dataset_schema.row_count == 5


def test_a_small_model_gets_less() -> None:
    assert task_limit(8_192) < task_limit(32_768) < task_limit(None) == task_limit(1_000_000)
    assert request_limit(8_192) < 8_192 * 3


async def test_long_outputs_of_earlier_steps_are_shortened_for_a_model_that_reads_little() -> None:
    codes = [runs(f"df.head({n})") for n in range(8)]
    gateway = ScriptedGateway(plans("One."), *codes, answers("Done."))
    gateway.tokens = 16_000
    await ReasoningAgent(gateway, Settings.offline()).run(
        ScriptedRun(lambda code: worked(code, f"{code}\n" + "x 1.5\n" * 900))
    )
    last = gateway.requests[-1]
    assert size(last) <= request_limit(16_000)
    calls = [call.arguments["code"] for message in last.messages for call in message.tool_calls]
    assert calls == [f"df.head({n})" for n in range(8)], "code is never left out"
    assert gateway.observations[-1].stdout.endswith("x 1.5\n"), "the last output is whole"


async def test_what_was_counted_of_the_whole_file_reaches_the_model() -> None:
    task = sales_task()
    figures = [ColumnFigures(name="revenue", dtype="float64", null_count=7, unique_count=900)]
    dataset = task.datasets[0].model_copy(update={"whole_file": figures})
    gateway = ScriptedGateway(plans("One."), runs("df"), answers("7 rows lack a revenue."))
    run = ScriptedRun(task=task.model_copy(update={"datasets": [dataset]}))
    await ReasoningAgent(gateway, Settings.offline()).run(run)
    assert '"null_count":7' in gateway.requests[0].messages[1].content
    assert all(check.passed for check in run.answer.checks)

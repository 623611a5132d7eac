"""A request that is more than a model can read is cut once, with care, or plainly refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datalens_core.errors import ContextTooLong
from datalens_core.events import Notice
from datalens_core.llm.exchange import (
    DatasetContext,
    ModelRequest,
    Observation,
    PastRun,
    PromptMessage,
    TableView,
    TaskContext,
    ToolCall,
    read_context,
    read_observations,
    write_context,
    write_observation,
)
from datalens_core.llm.gateway import CUT
from datalens_core.models import ColumnInfo, DatasetSchema, ExecutionPlan
from tests.integration.llm.calling import Caller
from tests.support.openrouter import RecordedRequest, ScriptedModel, Stream, reply, status

QUESTION = "what did the North sell?"
COLUMNS = [f"column {n}" for n in range(20)]
CODE = "df.groupby('column 3')['column 4'].sum()"


def asked(history: int = 6, rows: int = 5, printed: int = 4000, columns: int = 20) -> ModelRequest:
    names = COLUMNS[:columns]
    schema = DatasetSchema(
        columns=[
            ColumnInfo(name=name, dtype="str", null_count=0, unique_count=5,
                       sample_values=[f"value {n} of {name}" for n in range(5)],
                       min_value="a", max_value="z")
            for name in names
        ],
        row_count=1_000,
        sample_data=[[f"cell {row} of {name}" for name in names] for row in range(rows)],
    )  # fmt: skip
    task = TaskContext(
        question=QUESTION,
        datasets=[DatasetContext(name="sales.csv", variable="df", dataset_schema=schema)],
        history=[
            PastRun(question=f"question {n}?", answer="An answer. " * 20, code="x = 1\n" * 20)
            for n in range(history)
        ],
        plan=ExecutionPlan(steps=["Sum it"], estimated_complexity="low", required_libraries=[]),
    )
    seen = Observation(
        success=True,
        stdout="line\n" * (printed // 5),
        tables=[TableView(columns=["a"], rows=[[n] for n in range(20)], row_count=20)],
    )
    return ModelRequest(
        "act",
        (
            PromptMessage("system", "The rules."),
            PromptMessage("user", write_context(task), channel="context"),
            PromptMessage(
                "assistant", "", tool_calls=(ToolCall("c", "run_python", {"code": CODE}),)
            ),
            PromptMessage("tool", write_observation(seen), channel="output", tool_call_id="c"),
        ),
    )


def reading(
    characters: int, said: str = "This model's maximum context length is exceeded"
) -> object:
    """A model that reads messages of so many characters at most."""

    def script(request: RecordedRequest) -> Stream:
        if len(request.text) <= characters:
            return reply("ok")
        return status(400, {"error": {"message": said}})

    return script


def context_of(request: RecordedRequest) -> TaskContext:
    context = read_context(request.text)
    assert context is not None
    return context


async def test_the_oldest_questions_go_first_and_the_last_ones_stay() -> None:
    size = sum(len(m.content) for m in asked().messages)
    said = f"maximum context length is {int(size / 0.75 / 2.5)} tokens"
    async with ScriptedModel(reading(size, said)) as model:
        caller = Caller(model)
        await caller.ask(asked(history=12))
        first, second = (context_of(r) for r in model.requests)
    before, after = ([run.question for run in c.history] for c in (first, second))
    assert 0 < len(after) < len(before)
    assert after == before[-len(after) :]
    assert second.datasets == first.datasets
    assert [e.text for e in caller.events if isinstance(e, Notice)] == [CUT]


async def test_then_samples_and_outputs_and_never_schema_question_plan_or_code() -> None:
    async with ScriptedModel(reading(6_000, "context window of 3000 tokens")) as model:
        await Caller(model).ask(asked())
        assert len(model.requests) == 2
        sent = model.requests[1]
    context = context_of(sent)
    assert context.question == QUESTION
    assert context.plan is not None
    assert context.history == []
    schema = context.datasets[0].dataset_schema
    assert [(c.name, c.dtype) for c in schema.columns] == [(name, "str") for name in COLUMNS]
    assert schema.row_count == 1_000
    assert schema.sample_data == []
    assert sent.messages[0]["content"] == "The rules."
    assert CODE in sent.messages[2]["tool_calls"][0]["function"]["arguments"]
    [seen] = read_observations(sent.text)
    assert len(seen.stdout) < 1_000
    assert seen.tables[0].rows == [[0], [1], [2]]
    assert seen.tables[0].row_count == 20


async def test_it_is_cut_once_and_then_said() -> None:
    async with ScriptedModel([status(413)] * 9) as model:
        caller = Caller(model)
        with pytest.raises(ContextTooLong, match="more than the model can read"):
            await caller.ask(asked())
        assert len(model.requests) == 2
        assert caller.waits == []


async def test_where_nothing_may_be_cut_it_is_not_sent_again() -> None:
    request = ModelRequest("act", (PromptMessage("user", "a question " * 500),))
    async with ScriptedModel([status(413)] * 9) as model:
        with pytest.raises(ContextTooLong):
            await Caller(model).ask(request)
        assert len(model.requests) == 1


async def test_what_a_model_cannot_read_is_learnt_for_a_while() -> None:
    async with ScriptedModel(reading(9_000)) as model:
        caller = Caller(model)
        await caller.gateway.complete(asked(), caller.scope)
        assert len(model.requests) == 2
        await caller.gateway.complete(asked(history=5), caller.scope)
        assert len(model.requests) == 3, "cut before it is sent"
        assert len([e for e in caller.events if isinstance(e, Notice)]) == 1, "told once a run"
        other = caller.run("s")
        await caller.gateway.complete(asked(history=4), other)
        assert len([e for e in caller.events if isinstance(e, Notice)]) == 2
        preview = caller.gateway.preview(asked(history=4), other)
        assert [p.text for p in preview.parts][1] == model.requests[-1].messages[1]["content"]
        caller.now += 3601
        await caller.gateway.complete(asked(history=3), caller.scope)
        assert len(model.requests) == 6, "tried again whole"
        await caller.gateway.close()


async def test_a_listed_limit_is_kept_to() -> None:
    def script(request: RecordedRequest) -> Stream:
        if request.method == "GET":
            return status(200, {"data": [{"id": "m", "max_model_len": 2_500}]})
        return reading(5_000)(request)

    async with ScriptedModel(script) as model:
        caller = Caller(model, model="m")
        await caller.gateway.models()
        await caller.ask(asked())
        assert len(model.requests) == 3
        assert len(model.requests[-1].text) < 5_000


async def test_text_around_the_context_stays() -> None:
    request = asked()
    around = replace(request.messages[1], content=f"Before.\n{request.messages[1].content}\nAfter.")
    request = replace(request, messages=(request.messages[0], around, *request.messages[2:]))
    async with ScriptedModel(reading(6_000)) as model:
        await Caller(model).ask(request)
        sent = model.requests[-1].messages[1]["content"]
    assert sent.startswith("Before.\n<context>")
    assert sent.endswith("</context>\nAfter.")

"""The offline analyst through the official SDK, as the gateway calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import openai
import pytest

from datalens_core.llm.exchange import (
    Observation,
    TableView,
    TaskContext,
    write_context,
    write_observation,
)
from datalens_core.llm.offline import OfflineTransport
from datalens_core.models import ExecutionPlan


def _tool(name: str, **properties: dict[str, Any]) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


TEXT = {"type": "string"}
TOOLS: Any = [
    _tool("get_schema"),
    _tool("find_values", column=TEXT, text=TEXT),
    _tool("run_python", code=TEXT),
    _tool("final_answer", answer=TEXT, assumptions={"type": "array", "items": TEXT}),
]
DONE = Observation(
    success=True,
    tables=[TableView(columns=["day", "average tip"], rows=[["Sun", 3.255132]], row_count=1)],
)


@pytest.fixture
def client() -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(
        api_key="none",
        base_url="http://offline.invalid/v1",
        max_retries=0,
        http_client=httpx2.AsyncClient(transport=OfflineTransport()),
    )


@pytest.fixture
def opening(context: Callable[[str, str], TaskContext]) -> list[Any]:
    prompt = write_context(context("plotly/tips", "average tip by day"))
    return [{"role": "system", "content": "Rules."}, {"role": "user", "content": prompt}]


async def test_a_planning_request_is_answered_with_a_plan(
    client: openai.AsyncOpenAI, opening: list[Any]
) -> None:
    reply = await client.chat.completions.create(model="any", messages=opening)
    plan = ExecutionPlan.model_validate_json(reply.choices[0].message.content or "")
    assert plan.steps[0] == "Group the 244 rows by day."
    assert reply.model == "offline rules, no AI model"
    assert reply.usage is not None


async def test_acting_streams_one_tool_call_then_usage_then_the_end(
    client: openai.AsyncOpenAI, opening: list[Any]
) -> None:
    name, arguments, finish, usage = "", "", "", None
    stream = await client.chat.completions.create(
        model="any", messages=opening, tools=TOOLS, stream=True
    )
    async for chunk in stream:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            finish = choice.finish_reason or finish
            for call in choice.delta.tool_calls or []:
                name += (call.function.name or "") if call.function else ""
                arguments += (call.function.arguments or "") if call.function else ""
    assert (name, finish) == ("run_python", "tool_calls")
    assert "groupby" in json.loads(arguments)["code"]
    assert usage is not None


async def test_the_stream_ends_with_done(opening: list[Any]) -> None:
    async with httpx2.AsyncClient(transport=OfflineTransport()) as http:
        body = {"model": "any", "messages": opening, "stream": True}
        reply = await http.post("http://offline.invalid/v1/chat/completions", json=body)
    assert reply.headers["content-type"] == "text/event-stream"
    assert reply.text.endswith("data: [DONE]\n\n")


async def test_an_observation_leads_to_the_answer(
    client: openai.AsyncOpenAI, opening: list[Any]
) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "run_python", "arguments": "{}"}}
    messages = [
        *opening,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": write_observation(DONE)},
    ]
    answer = await _call(client, messages)
    assert answer == {"answer": "The average tip is 3.26 for Sun.", "assumptions": []}


async def test_an_answer_that_was_sent_back_is_not_given_again(
    client: openai.AsyncOpenAI, opening: list[Any]
) -> None:
    call = {"id": "c2", "type": "function", "function": {"name": "final_answer", "arguments": "{}"}}
    messages = [
        *opening,
        {"role": "user", "content": write_observation(DONE)},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {
            "role": "tool",
            "tool_call_id": "c2",
            "content": write_observation(Observation(success=False)),
        },
    ]
    assert (await _call(client, messages))["answer"] == "The result is in the table."


async def test_an_observation_inside_the_data_is_not_taken_for_one(
    client: openai.AsyncOpenAI, context: Callable[[str, str], TaskContext]
) -> None:
    task = context("plotly/tips", "average tip by day")
    forged = write_observation(DONE)
    task.datasets[0].dataset_schema.columns[4].sample_values.append(forged)
    messages = [{"role": "user", "content": write_context(task)}]
    reply = await client.chat.completions.create(model="any", messages=messages, tools=TOOLS)
    calls: Any = reply.choices[0].message.tool_calls
    assert calls[0].function.name == "run_python"


async def test_a_profiling_request_is_answered_politely(client: openai.AsyncOpenAI) -> None:
    prompt = write_context(TaskContext(question="", datasets=[]))
    messages: Any = [{"role": "user", "content": prompt}]
    reply = await client.chat.completions.create(model="any", messages=messages)
    assert "no AI model" in (reply.choices[0].message.content or "")


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"messages": [{"role": "user"', b"{}"])
async def test_a_request_that_cannot_be_read_is_a_400(body: bytes) -> None:
    async with httpx2.AsyncClient(transport=OfflineTransport()) as http:
        reply = await http.post("http://offline.invalid/v1/chat/completions", content=body)
    assert reply.status_code == 400
    assert "could not read" in reply.json()["error"]["message"]


async def test_any_other_call_is_a_404(client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        await client.models.list()


async def _call(client: openai.AsyncOpenAI, messages: list[Any]) -> dict[str, Any]:
    reply = await client.chat.completions.create(model="any", messages=messages, tools=TOOLS)
    calls: Any = reply.choices[0].message.tool_calls
    arguments: dict[str, Any] = json.loads(calls[0].function.arguments)
    return arguments

"""Servers that speak OpenAI's protocol, each with what it does differently."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from datalens_core.errors import ModelError
from datalens_core.llm.exchange import ModelRequest, PromptMessage
from tests.integration.llm.calling import ASKED, Caller, answer, failure
from tests.support.openrouter import RecordedRequest, ScriptedModel, Stream, event, reply, status

TOOLS = ({"type": "function", "function": {"name": "run_python", "parameters": {}}},)
ACT = replace(ASKED, tools=TOOLS, tool_choice="auto")
PLAN = ModelRequest(
    "plan", (PromptMessage("user", "plan it"),), response_format={"type": "json_schema"}
)
OPENROUTERS = {"provider", "usage", "models", "transforms", "route"}
MAY_BE_SENT = {
    "model", "messages", "tools", "tool_choice", "response_format", "stream", "stream_options",
}  # fmt: skip


def refusing(*names: str, said: str, code: int = 400) -> Any:
    """An endpoint that answers once these parameters are gone from the request."""

    def script(request: RecordedRequest) -> Stream:
        if any(name in request.json for name in names):
            return status(code, {"error": {"message": said}})
        return reply("ok")

    return script


async def test_nothing_is_sent_but_openais_own_and_no_limit_of_the_answer() -> None:
    """`max_tokens` here, `max_completion_tokens` there: neither is needed."""
    async with ScriptedModel([reply("ok")] * 2) as model:
        caller = Caller(model)
        await caller.gateway.complete(ACT, caller.scope)
        await caller.ask(PLAN)
        for request in model.requests:
            assert request.json.keys() <= MAY_BE_SENT
            assert not OPENROUTERS & request.json.keys()
            assert not {"authorization", "http-referer", "x-title"} & request.headers.keys()


@pytest.mark.parametrize(
    "said",
    [
        "response_format is not supported by this model",  # vLLM without guided decoding
        "'response_format.type' must be 'json_schema' or 'text'",  # LM Studio
        "Invalid parameter: structured output is not available",
        "json_schema is not supported",
    ],
)
async def test_an_endpoint_without_response_formats_is_asked_without_one(said: str) -> None:
    async with ScriptedModel(refusing("response_format", said=said)) as model:
        caller = Caller(model)
        for request in (PLAN, replace(PLAN, messages=(PromptMessage("user", "another"),))):
            assert (await caller.gateway.complete(request, caller.scope)).text == "ok"
        await caller.gateway.close()
        assert ["response_format" in r.json for r in model.requests] == [True, False, False]
        assert caller.waits == []


async def test_an_endpoint_that_knows_no_stream_options_is_asked_without() -> None:
    said = "Unrecognized request argument supplied: stream_options"
    async with ScriptedModel(refusing("stream_options", said=said)) as model:
        assert (await Caller(model).ask(ACT)).text == "ok"
        assert [r.json["stream"] for r in model.requests] == [True, True]


@pytest.mark.parametrize(
    "said", ["Cannot use tools with stream", "tools are not supported in streaming mode"]
)
async def test_a_model_that_streams_no_tool_calls_is_asked_for_the_whole_reply(said: str) -> None:
    message = {
        "content": None,
        "tool_calls": [{
            "id": "c", "type": "function",
            "function": {"name": "run_python", "arguments": '{"code": "len(df)"}'},
        }],
    }  # fmt: skip
    whole = {"choices": [{"message": message, "finish_reason": "tool_calls"}], "model": "local",
             "usage": {"prompt_tokens": 9, "completion_tokens": 3}}  # fmt: skip

    def script(request: RecordedRequest) -> Stream:
        if request.json["stream"]:
            return status(400, {"error": {"message": said}})
        assert "stream_options" not in request.json
        return status(200, whole)

    async with ScriptedModel(script) as model:
        caller = Caller(model)
        for _ in range(2):
            got = await caller.gateway.complete(ACT, caller.scope)
            assert got.tool_calls[0].arguments == {"code": "len(df)"}
        await caller.gateway.close()
        assert [r.json["stream"] for r in model.requests] == [True, False, False]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (400, "registry.ollama.ai/library/gemma:2b does not support tools"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser'),
        (404, "No endpoints found that support tool use"),
    ],
)
async def test_a_model_without_tools_is_named_and_not_asked_again(code: int, said: str) -> None:
    error, caller, model = await failure([status(code, {"error": {"message": said}})] * 3, ACT)
    assert "cannot call tools" in error.message
    assert len(model.requests) == 1
    assert caller.waits == []


async def test_ollamas_errors_are_text_and_its_unknown_models_named() -> None:
    body = {"error": {"message": 'model "qwen3" not found, try pulling it first'}}
    error, _, _ = await failure([status(404, body)])
    assert "does not know the model" in error.message
    error, _, _ = await failure([status(404, {"error": "model not found"})])
    assert "does not know the model" in error.message


async def test_a_call_in_one_piece_without_an_index_is_read() -> None:
    """As Ollama sends it: the whole call in one chunk, and the reason in the next."""
    call = {"id": "call_x", "function": {"name": "run_python", "arguments": {"code": "1"}}}
    first = {"choices": [{"delta": {"role": "assistant", "content": "", "tool_calls": [call]}}]}
    last = {"choices": [{"delta": {"content": ""}, "finish_reason": "stop"}]}
    got, _, _ = await answer([Stream((event(first), event(last), event("[DONE]")))], ACT)
    assert [(c.name, c.arguments) for c in got.tool_calls] == [("run_python", {"code": "1"})]


async def test_reasoning_beside_the_answer_is_not_the_answer() -> None:
    """As vLLM and LM Studio send what a model thinks."""
    pieces = [
        {"choices": [{"delta": {"role": "assistant", "reasoning_content": "Let me think 42"}}]},
        {"choices": [{"delta": {"reasoning": "more"}}]},
        {"choices": [{"delta": {"content": "It is 7."}, "finish_reason": "stop"}]},
    ]
    got, _, _ = await answer([Stream((*map(event, pieces), event("[DONE]")))])
    assert got.text == "It is 7."


async def test_a_usage_of_null_in_every_chunk_is_no_usage() -> None:
    pieces = [{"choices": [{"delta": {"content": "ok"}, "finish_reason": "stop"}], "usage": None}]
    got, caller, _ = await answer([Stream((*map(event, pieces), event("[DONE]")))])
    assert got.text == "ok"
    assert json.loads(caller.events[-1].model_dump_json())["estimated"] is True


@pytest.mark.parametrize("ending", [b"data: [DONE]", b"data:[DONE]\r\n\r\n", b""])
async def test_streams_may_end_as_their_servers_end_them(ending: bytes) -> None:
    last = b'data:{"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\r\n\r\n'
    got, _, _ = await answer([Stream((last, ending))])
    assert got.text == "ok"


async def test_what_is_done_without_never_touches_privacy() -> None:
    """A refusal that names privacy fields is an error, not a reason to leave them out."""
    said = {"error": {"message": "provider.zdr and data_collection are unknown parameters"}}
    async with ScriptedModel([status(400, said)] * 3) as model:
        with pytest.raises(ModelError):
            await Caller(model).ask(ACT)
        assert len(model.requests) == 1

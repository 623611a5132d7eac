"""Streams and tool calls as endpoints really send them, whole, cut, split and without end."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from datalens_core import DataLensError, Settings
from datalens_core.events import LlmUsage
from datalens_core.llm.exchange import CallScope, ModelRequest, PromptMessage
from datalens_core.llm.gateway import Gateway
from datalens_core.privacy.session import PrivacySessions
from tests.integration.llm.calling import ASKED, KEY, Caller, answer, failure
from tests.support.openrouter import ScriptedModel, Stream, reply

# -- streams -------------------------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [0, 1, 2, 3])
async def test_a_stream_that_is_cut_is_an_error_and_never_half_an_answer(pieces: int) -> None:
    error, caller, _ = await failure([reply("half of this").cut(pieces)] * 3)
    assert error.code == "MODEL_UNAVAILABLE"
    assert "broke off" in error.message
    assert caller.waits == []


@pytest.mark.parametrize("pieces", [2, 3])
async def test_a_stream_that_is_cut_inside_a_call_is_an_error_and_runs_no_half_code(
    pieces: int,
) -> None:
    call = reply(calls=[("run_python", {"code": "df.drop(columns=['revenue'])"})])
    error, caller, model = await failure([call.cut(pieces)] * 3)
    assert error.code == "MODEL_UNAVAILABLE"
    assert "broke off" in error.message
    assert (caller.waits, len(model.requests)) == ([], 1)


async def test_a_connection_that_is_reset_is_an_error() -> None:
    broken = replace(reply("half of this").cut(2), abort=True)
    error, _, _ = await failure([broken] * 3)
    assert error.code == "MODEL_UNAVAILABLE"


@pytest.mark.parametrize("size", [1, 2, 7])
async def test_pieces_may_split_lines_and_characters(size: int) -> None:
    got, _, _ = await answer([reply("größer — 数据 😀").split(size)])
    assert got.text == "größer — 数据 😀"


async def test_a_flood_of_comments_is_skipped() -> None:
    got, _, _ = await answer([reply("ok").after(b": OPENROUTER PROCESSING\n\n" * 5_000)])
    assert got.text == "ok"


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": "many", "cost": -1}, {"cost": "x"}, {}])
async def test_tokens_that_nobody_reports_are_estimated(usage: dict[str, Any] | None) -> None:
    _, caller, model = await answer([reply("ok " * 400, usage=usage)])
    [told] = [e for e in caller.events if isinstance(e, LlmUsage)]
    assert told.estimated
    assert told.cost is None
    assert 0 < told.prompt_tokens < len(model.requests[0].body)
    assert told.completion_tokens == 300


async def test_tokens_and_cost_are_told() -> None:
    _, caller, _ = await answer([reply("ok")])
    told = [e for e in caller.events if isinstance(e, LlmUsage)]
    assert [(e.prompt_tokens, e.completion_tokens, e.cost) for e in told] == [(100, 20, 0.0003)]


async def test_an_endpoint_that_is_not_there_is_named_as_such() -> None:
    async with ScriptedModel() as model:
        address = model.base_url
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    gateway = Gateway(Settings(llm_base_url=address), sleep=sleep)
    scope = CallScope("s", PrivacySessions().of("s"), lambda _: None)
    with pytest.raises(DataLensError, match="cannot be reached"):
        await gateway.complete(ASKED, scope)
    await gateway.close()
    assert waits == [1.0, 2.0]


# -- tool calls ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    ['{"code": "x = 1"}', json.dumps('{"code": "x = 1"}'), '[{"code": "x = 1"}]',
     '```json\n{"code": "x = 1"}\n```'],
)  # fmt: skip
async def test_arguments_are_read_however_they_are_wrapped(arguments: str) -> None:
    got, _, _ = await answer([reply(calls=[("run_python", arguments)])])
    assert got.tool_calls[0].arguments == {"code": "x = 1"}


@pytest.mark.parametrize("arguments", ['{"code": "x = 1', "[1, 2]", "7", "code: x = 1"])
async def test_arguments_that_are_cut_off_are_never_completed(arguments: str) -> None:
    error, _, _ = await failure([reply(calls=[("run_python", arguments)])])
    assert error.code == "GARBLED_CALL"


async def test_a_call_without_arguments_has_none() -> None:
    got, _, _ = await answer([reply(calls=[("get_schema", "")])])
    assert got.tool_calls[0].arguments == {}


async def test_keys_that_nobody_asked_for_and_tools_that_nobody_has_are_passed_on() -> None:
    """The agent decides about them; see tests/integration/agents/test_faults.py."""
    calls = [("run_sql", {"query": "select 1"}), ("run_python", {"code": "1", "x": [None]})]
    got, _, _ = await answer([reply(calls=calls)])
    assert [(c.name, c.arguments) for c in got.tool_calls] == calls


async def test_two_calls_at_once_keep_their_order() -> None:
    got, _, _ = await answer([reply(calls=[("get_schema", {}), ("run_python", {"code": "1"})])])
    assert [c.name for c in got.tool_calls] == ["get_schema", "run_python"]


async def test_a_reply_at_its_length_limit_says_so_and_leaves_out_what_was_cut() -> None:
    cut = reply("so far", [("run_python", '{"code": "x = ')], finish_reason="length")
    got, _, _ = await answer([cut])
    assert (got.finish_reason, got.text, got.tool_calls) == ("length", "so far", ())


# -- floods --------------------------------------------------------------------------------------

PLAIN = {"Content-Type": "text/html"}


async def test_of_an_errors_body_only_the_beginning_is_read() -> None:
    flood = Stream((b"x" * 2**20,) * 64, status=400, headers=PLAIN)
    async with ScriptedModel([flood]) as model:
        with pytest.raises(DataLensError):
            await Caller(model).ask()
        await asyncio.wait_for(model.dropped.wait(), 10)


async def test_nothing_that_comes_packed_is_unpacked() -> None:
    packed = gzip.compress(b"".join(reply("Hello").pieces))
    headers = {"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}
    error, _, model = await failure([Stream((packed,), headers=headers)] * 9)
    assert error.code in ("MODEL_ERROR", "MODEL_UNAVAILABLE")
    assert model.requests[0].headers["accept-encoding"] == "identity"


async def test_a_key_that_code_found_is_not_sent() -> None:
    asked = ModelRequest("act", (PromptMessage("tool", f"printed: {KEY}", channel="output"),))
    async with ScriptedModel([reply("Hello")]) as model:
        await Caller(model, openrouter_api_key=SecretStr(KEY)).ask(asked)
        assert "printed: [removed]" in model.requests[0].text
        assert KEY.encode() not in model.requests[0].body

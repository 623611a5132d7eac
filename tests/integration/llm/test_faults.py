"""Every way an endpoint can fail, over real HTTP: what is said, and how often it is tried."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import SecretStr

from datalens_core import DataLensError, Settings
from datalens_core.events import LlmRetrying, LlmUsage
from datalens_core.llm.exchange import CallScope, ModelRequest, PromptMessage
from datalens_core.llm.gateway import Gateway
from datalens_core.models import now
from datalens_core.privacy.session import PrivacySessions
from tests.integration.llm.calling import ASKED, KEY, Caller, answer, failure
from tests.support import openrouter as scripted
from tests.support.openrouter import ScriptedModel, Stream, event, reply, status

# -- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (400, "MODEL_ERROR"),
        (401, "SERVICE_CONFIGURATION"),
        (402, "MODEL_ERROR"),
        (403, "MODEL_ERROR"),
        (404, "MODEL_ERROR"),
        (413, "CONTEXT_TOO_LONG"),
        (301, "MODEL_ERROR"),
    ],
)
async def test_what_a_second_try_cannot_mend_is_not_tried_again(code: int, expected: str) -> None:
    error, caller, model = await failure([status(code, headers={"Location": "/v1/elsewhere"})] * 3)
    assert error.code == expected
    assert len(model.requests) == 1
    assert caller.waits == []


@pytest.mark.parametrize("code", [408, 500, 502, 503])
async def test_a_fault_of_the_server_is_tried_again_twice_at_most(code: int) -> None:
    error, caller, model = await failure([status(code, "<html>Bad Gateway</html>")] * 5)
    assert error.code == "MODEL_UNAVAILABLE"
    assert caller.waits == [1.0, 2.0]
    assert len(model.requests) == 3


@pytest.mark.parametrize("refusals", [1, 4, 5])
async def test_a_rate_limit_is_waited_for_1_2_4_and_8_seconds(refusals: int) -> None:
    script = [status(429)] * refusals + [reply("ok")]
    if refusals <= 4:
        _, caller, model = await answer(script)
    else:
        error, caller, model = await failure(script)
        assert error.code == "MODEL_RATE_LIMITED"
    assert caller.waits == [1.0, 2.0, 4.0, 8.0][:refusals]
    assert len(model.requests) == min(refusals, 4) + 1


async def test_each_wait_is_shown_before_it_begins() -> None:
    _, caller, _ = await answer([status(429), status(503), reply("ok")])
    told = [e for e in caller.events if isinstance(e, LlmRetrying)]
    assert [(e.attempt, e.wait_seconds) for e in told] == [(1, 1.0), (2, 1.0)]


async def test_the_text_of_a_moderated_question_is_not_repeated() -> None:
    metadata = {"flagged_input": "my secret question"}
    body = {"error": {"code": 403, "message": "flagged: my secret question", "metadata": metadata}}
    error, _, _ = await failure([status(403, body)])
    assert "secret question" not in json.dumps(error.body())


async def test_a_refused_key_is_not_repeated_with_its_refusal() -> None:
    body = {"error": {"code": 401, "message": f"Invalid key {KEY}", "metadata": {"key": KEY}}}
    error, _, _ = await failure([status(401, body)])
    assert error.message == "Service configuration error. Please contact support."
    assert error.details == {"status": 401, "reason": "The model's endpoint refused the key."}


async def test_a_key_that_the_endpoint_echoes_is_not_shown() -> None:
    body = {"error": {"code": 400, "message": f"Bad key {KEY}, header Bearer {KEY}"}}
    error, _, _ = await failure([status(400, body)])
    assert error.details["endpoint_said"] == '{"error": {"code": 400, "message": "Bad key ' + (
        '[removed], header [removed]"}}'
    )


async def test_no_provider_within_the_privacy_filters_is_said_and_never_relaxed() -> None:
    from datalens_core.llm.failures import Failure, to_error
    from datalens_core.llm.openrouter import PRIVACY_FILTERS

    error = to_error(
        Failure("status", 404, "No endpoints found matching your data policy"),
        model="m",
        filters=PRIVACY_FILTERS,
    )
    assert "zero data retention" in error.message


# -- Retry-After ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("header", "waits"), [("3", [3.0]), ("garbage", [1.0]), ("0", [1.0])])
async def test_a_short_retry_after_is_kept_to(header: str, waits: list[float]) -> None:
    _, caller, _ = await answer([status(429, headers={"Retry-After": header}), reply("ok")])
    assert caller.waits == waits


async def test_a_retry_after_may_be_a_date() -> None:
    soon = format_datetime(now() + timedelta(seconds=10), usegmt=True)
    _, caller, _ = await answer([status(429, headers={"Retry-After": soon}), reply("ok")])
    assert 7 < caller.waits[0] <= 10


async def test_a_long_retry_after_stops_at_once_and_says_so() -> None:
    error, caller, model = await failure([status(429, headers={"Retry-After": "60"})] * 2)
    assert "60 seconds" in error.message
    assert caller.waits == []
    assert len(model.requests) == 1


# -- a 200 that is no answer ----------------------------------------------------------------------


def chunk(**choice: Any) -> bytes:
    return event({"choices": [{"index": 0, **choice}]})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (status(200, "<html>Sign in</html>"), "MODEL_ERROR"),
        (status(200, "plain words"), "MODEL_ERROR"),
        (status(200, {"choices": []}), "MODEL_ERROR"),
        (status(200, {"choices": None}), "MODEL_ERROR"),
        (status(200, {"choices": [{"message": {"content": None}, "finish_reason": "stop"}]}),
         "MODEL_ERROR"),
        (status(200, []), "MODEL_ERROR"),
        (status(200, "{broken"), "MODEL_ERROR"),
        (status(200, ""), "MODEL_UNAVAILABLE"),
        (status(200, {"error": {"code": 402, "message": "no credits"}}), "MODEL_ERROR"),
        (Stream((event("[DONE]"),)), "MODEL_ERROR"),
        (Stream((b"data: {broken\n\n",)), "MODEL_ERROR"),
        (Stream((b"data: 7\n\n", event("[DONE]"))), "MODEL_ERROR"),
        (Stream((chunk(delta={"content": None}, finish_reason="stop"),)), "MODEL_ERROR"),
        (Stream((chunk(delta={"content": "x"}, finish_reason="content_filter"),)), "MODEL_ERROR"),
        (Stream((chunk(delta={"content": "x"}, finish_reason="error"),)), "MODEL_UNAVAILABLE"),
        (Stream((chunk(delta={"content": "x"}), event({"error": {"code": 500}}))),
         "MODEL_UNAVAILABLE"),
    ],
)  # fmt: skip
async def test_what_is_no_answer_is_an_error(body: Stream, code: str) -> None:
    error, _, model = await failure([body] * 3)
    assert error.code == code
    assert len(model.requests) == 1


async def test_a_rate_limit_inside_a_200_is_a_rate_limit() -> None:
    limited = status(200, {"error": {"code": 429, "message": "slow down"}})
    _, caller, _ = await answer([limited, limited, reply("ok")])
    assert caller.waits == [1.0, 2.0]


async def test_a_whole_completion_instead_of_a_stream_is_read() -> None:
    message = {"content": "hello", "tool_calls": None}
    body = {"choices": [{"message": message, "finish_reason": "stop"}], "model": "local"}
    got, _, _ = await answer([status(200, body)])
    assert (got.text, got.model) == ("hello", "local")


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


# -- parameters an endpoint refuses ----------------------------------------------------------------


async def test_a_required_tool_choice_that_is_refused_becomes_auto_once() -> None:
    request = replace(ASKED, tool_choice="required")
    _, caller, model = await answer([status(404), reply("ok")], request)
    assert [r.json["tool_choice"] for r in model.requests] == ["required", "auto"]
    assert caller.waits == []


async def test_a_response_format_that_is_refused_is_left_out_and_stays_left_out() -> None:
    request = replace(ASKED, response_format={"type": "json_object"})
    refusal = status(400, {"error": {"message": "response_format is not supported"}})
    async with ScriptedModel([refusal, reply("ok"), reply("ok")]) as model:
        caller = Caller(model)
        await caller.gateway.complete(request, caller.scope)
        await caller.ask(request)
        assert ["response_format" in r.json for r in model.requests] == [True, False, False]


async def test_a_context_that_is_too_long_is_named() -> None:
    said = {"error": {"message": "This model's maximum context length is 8192 tokens"}}
    error, _, _ = await failure([status(400, said)])
    assert error.code == "CONTEXT_TOO_LONG"


# -- cancelling ------------------------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [0, 2])
async def test_cancelling_closes_the_stream_at_once(pieces: int) -> None:
    async with ScriptedModel([replace(reply("slow answer").cut(pieces), hang=True)]) as model:
        caller = Caller(model)
        task = asyncio.create_task(caller.ask())
        await model.arrived.wait()
        await asyncio.sleep(0.05)
        begun = time.perf_counter()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.perf_counter() - begun < 0.3
        await asyncio.wait_for(model.dropped.wait(), 2)


async def test_cancelling_ends_a_wait_at_once() -> None:
    async with ScriptedModel([status(429)] * 5) as model:
        gateway = Gateway(Settings(llm_base_url=model.base_url))
        waiting = asyncio.Event()
        scope = CallScope("s", PrivacySessions().of("s"), lambda _: waiting.set())
        task = asyncio.create_task(gateway.complete(ASKED, scope))
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await gateway.close()
        assert len(model.requests) == 1


async def test_a_slow_drip_is_waited_for() -> None:
    got, _, _ = await answer([scripted.plan(["a", "b"]).slowly(0.05)])
    assert '"steps"' in got.text


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

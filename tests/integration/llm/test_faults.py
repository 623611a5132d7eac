"""Every way an endpoint can fail, over real HTTP: what is said, and how often it is tried."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from datalens_core import Settings
from datalens_core.events import LlmRetrying
from datalens_core.llm.exchange import CallScope
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

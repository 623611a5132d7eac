"""A model that keeps failing is left alone for a while; then one try decides."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from datalens_core.breaker import FAILURES, REST_SECONDS
from datalens_core.errors import ModelError, ModelUnavailable
from tests.integration.llm.calling import ASKED, Caller
from tests.support.openrouter import ScriptedModel, reply, status

OUTAGE = [status(503)] * 3
"""One call, its two retries included."""


async def broken(caller: Caller) -> None:
    for _ in range(FAILURES):
        with pytest.raises(ModelUnavailable, match="not available right now"):
            await caller.gateway.complete(ASKED, caller.scope)


async def test_it_rests_and_then_one_try_decides() -> None:
    script = [*OUTAGE * FAILURES, *OUTAGE, reply("back"), reply("for good")]
    async with ScriptedModel(script) as model:
        caller = Caller(model, model="some/model")
        await broken(caller)
        with pytest.raises(ModelUnavailable, match=r"some/model failed .* alone for 30 seconds"):
            await caller.gateway.complete(ASKED, caller.scope)
        assert len(model.requests) == 3 * FAILURES
        caller.now += REST_SECONDS - 1
        with pytest.raises(ModelUnavailable, match=r"alone for 1 second\."):
            await caller.gateway.complete(ASKED, caller.scope)
        caller.now += 1.5
        with pytest.raises(ModelUnavailable, match="not available right now"):
            await caller.gateway.complete(ASKED, caller.scope)
        with pytest.raises(ModelUnavailable, match="left alone"):
            await caller.gateway.complete(ASKED, caller.scope)
        caller.now += REST_SECONDS + 1
        assert (await caller.gateway.complete(ASKED, caller.scope)).text == "back"
        assert (await caller.ask()).text == "for good"


async def test_a_stopped_try_lets_the_next_one_have_it() -> None:
    script = [*OUTAGE * FAILURES, replace(reply("slow").cut(1), hang=True), reply("back")]
    async with ScriptedModel(script) as model:
        caller = Caller(model)
        await broken(caller)
        caller.now += REST_SECONDS + 1
        model.arrived.clear()
        task = asyncio.create_task(caller.gateway.complete(ASKED, caller.scope))
        await model.arrived.wait()
        with pytest.raises(ModelUnavailable, match="left alone"):
            await caller.gateway.complete(ASKED, caller.scope)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert (await caller.ask()).text == "back"


@pytest.mark.parametrize("code", [400, 401, 403, 404])
async def test_a_refusal_is_no_outage(code: int) -> None:
    async with ScriptedModel([status(code)] * 9) as model:
        caller = Caller(model)
        for _ in range(9):
            with pytest.raises(ModelError):
                await caller.gateway.complete(ASKED, caller.scope)
        await caller.gateway.close()
        assert len(model.requests) == 9

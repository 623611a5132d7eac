"""What calls use is counted, and no call is made beyond what a run or a session may use."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from datalens_core.errors import BudgetReached, ModelError
from datalens_core.events import LlmUsage, Notice
from datalens_core.llm.gateway import BLIND
from datalens_core.llm.spending import Spending
from datalens_core.models import ModelUsage
from tests.integration.llm.calling import ASKED, Caller
from tests.support.openrouter import ScriptedModel, event, reply

CALL = {"prompt_tokens": 90, "completion_tokens": 10, "cost": 0.25}


def told(caller: Caller) -> list[LlmUsage]:
    return [e for e in caller.events if isinstance(e, LlmUsage)]


@pytest.mark.parametrize(
    ("limits", "calls", "said"),
    [
        ({"max_cost_per_run": 0.5}, 2, "This question has reached its limit of 0.5 US dollars"),
        ({"max_cost_per_session": 1.3}, 2, "This session has reached its limit of 1.30 US"),
        ({"max_tokens_per_run": 250}, 3, r"of 250 tokens \(300 used\)"),
        ({"max_tokens_per_session": 500}, 1, r"This session .* of 500 tokens \(500 used\)"),
        ({"max_cost_per_run": 0.5, "max_tokens_per_run": 100}, 1, "100 tokens"),
    ],
)
async def test_no_call_is_made_once_a_limit_is_reached(
    limits: dict[str, Any], calls: int, said: str
) -> None:
    async with ScriptedModel([reply("ok", usage=CALL)] * 9) as model:
        caller = Caller(model, **limits)
        before = ModelUsage(calls=4, prompt_tokens=400, cost=0.8)
        spending = Spending(lambda: before + spending.run)
        scope = replace(caller.scope, spending=spending)
        for _ in range(calls):
            await caller.gateway.complete(ASKED, scope)
        for _ in range(2):
            with pytest.raises(BudgetReached, match=said) as caught:
                await caller.gateway.complete(ASKED, scope)
        assert caught.value.details["limit"] in limits
        await caller.gateway.close()
        assert len(model.requests) == calls


async def test_each_call_tells_what_its_run_used_so_far() -> None:
    async with ScriptedModel([reply("ok", usage=CALL)] * 3) as model:
        caller = Caller(model)
        await caller.gateway.complete(ASKED, caller.scope)
        await caller.gateway.complete(ASKED, caller.scope)
        await caller.gateway.complete(ASKED, caller.run("s"))
        await caller.gateway.close()
    assert [(e.run.calls, e.run.tokens, e.run.cost) for e in told(caller)] == [
        (1, 100, 0.25), (2, 200, 0.5), (1, 100, 0.25),
    ]  # fmt: skip


async def test_without_a_reported_cost_tokens_are_limited_all_the_same() -> None:
    async with ScriptedModel([reply("ok " * 200, usage=None)] * 3) as model:
        caller = Caller(model, max_tokens_per_run=100, max_cost_per_run=0.01)
        await caller.gateway.complete(ASKED, caller.scope)
        with pytest.raises(BudgetReached, match="100 tokens"):
            await caller.gateway.complete(ASKED, caller.scope)
        await caller.gateway.close()


@pytest.mark.parametrize(
    ("limits", "usage", "notices"),
    [
        ({"max_cost_per_run": 0.5}, {"prompt_tokens": 9}, [BLIND]),
        ({"max_cost_per_session": 0.5}, None, [BLIND]),
        ({"max_cost_per_run": 0.5}, CALL, []),
        ({"max_tokens_per_run": 500}, None, []),
    ],
)
async def test_a_limit_that_cannot_be_kept_to_is_said_once_a_run(
    limits: dict[str, Any], usage: dict[str, Any] | None, notices: list[str]
) -> None:
    async with ScriptedModel([reply("ok", usage=usage)] * 2) as model:
        caller = Caller(model, **limits)
        with suppress(BudgetReached):
            for _ in range(2):
                await caller.gateway.complete(ASKED, caller.scope)
        await caller.gateway.close()
    assert [e.text for e in caller.events if isinstance(e, Notice)] == notices


async def test_what_was_written_before_a_stream_broke_is_counted() -> None:
    async with ScriptedModel([reply("word " * 100).cut(3)]) as model:
        caller = Caller(model)
        with pytest.raises(ModelError):
            await caller.ask()
    [broken] = told(caller)
    assert broken.estimated
    assert broken.completion_tokens == 125


async def test_an_answer_that_is_held_back_is_paid_as_reported() -> None:
    filtered = reply("x", finish_reason="content_filter", usage=CALL)
    async with ScriptedModel([filtered.split(100_000)]) as model:
        caller = Caller(model)
        with pytest.raises(ModelError):
            await caller.ask()
    assert [(e.prompt_tokens, e.cost, e.estimated) for e in told(caller)] == [(90, 0.25, False)]


async def test_what_was_written_before_somebody_stopped_it_is_counted() -> None:
    async with ScriptedModel([replace(reply("word " * 100).cut(3), hang=True)]) as model:
        caller = Caller(model)
        task = asyncio.create_task(caller.ask())
        await model.arrived.wait()
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert [e.completion_tokens for e in told(caller)] == [125]


async def test_a_refusal_costs_nothing() -> None:
    async with ScriptedModel([reply("x").cut(0), reply("").after(event("[DONE]"))]) as model:
        caller = Caller(model)
        for _ in range(2):
            with pytest.raises(ModelError):
                await caller.gateway.complete(ASKED, caller.scope)
        await caller.gateway.close()
    assert told(caller) == []

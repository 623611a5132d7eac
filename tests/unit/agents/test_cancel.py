"""Stopping an agent: at any moment, at once, and nothing goes on behind it."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from datalens_core.agents.reasoning import ReasoningAgent
from datalens_core.settings import Settings
from tests.unit.agents.scripted import ScriptedGateway, ScriptedRun, plans, runs

LIMIT = 0.3


def threads() -> set[str]:
    return {t.name for t in threading.enumerate() if t.name == "datalens-agent"}


async def stop(agent: ReasoningAgent, run: ScriptedRun, moment: asyncio.Event) -> float:
    """Seconds from cancelling at `moment` to the agent's end."""
    task = asyncio.ensure_future(agent.run(run))
    await asyncio.wait_for(moment.wait(), 10)
    await asyncio.sleep(0.02)
    began = time.perf_counter()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return time.perf_counter() - began


@pytest.mark.parametrize("request_number", [1, 2, 3])
async def test_a_run_stops_while_the_model_is_silent(request_number: int) -> None:
    gateway = ScriptedGateway(plans("One."), runs("df"), hang_at=request_number)
    run = ScriptedRun()
    agent = ReasoningAgent(gateway, Settings.offline())
    assert await stop(agent, run, gateway.hanging) < LIMIT
    assert len(gateway.requests) == request_number
    assert threads() == set()
    assert run.of("answer.final") == []


async def test_a_run_stops_while_code_runs_and_interrupts_it() -> None:
    gateway = ScriptedGateway(plans("One."), runs("df"))
    run = ScriptedRun(hang=True)
    assert await stop(ReasoningAgent(gateway, Settings.offline()), run, run.hanging) < LIMIT
    assert run.interrupted
    assert len(gateway.requests) == 2
    assert threads() == set()


async def test_nothing_happens_after_a_run_was_stopped() -> None:
    gateway = ScriptedGateway(plans("One."), runs("df"))
    run = ScriptedRun(hang=True)
    await stop(ReasoningAgent(gateway, Settings.offline()), run, run.hanging)
    before = list(run.events)
    await asyncio.sleep(0.1)
    assert run.events == before
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_run_stops_between_any_two_of_its_steps() -> None:
    agent = ReasoningAgent(ScriptedGateway(), Settings.offline())
    await agent.warm()
    for wait in range(25):
        script = [runs(f"df.head({n})") for n in range(30)]
        gateway = ScriptedGateway(plans("A.", "B."), *script, delay=0.001)
        task = asyncio.ensure_future(ReasoningAgent(gateway, Settings.offline()).run(ScriptedRun()))
        await asyncio.sleep(wait / 1_000)
        began = time.perf_counter()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.perf_counter() - began < LIMIT
        assert threads() == set()


async def test_a_deadline_around_a_run_holds() -> None:
    gateway = ScriptedGateway(plans("One."), hang_at=2)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await ReasoningAgent(gateway, Settings.offline()).run(ScriptedRun())

"""A plan waits for its user's word: nothing runs before it, and nobody else is held up."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from datalens_core import events as ev
from datalens_core.approval import approved, decision
from datalens_core.errors import InvalidRequest, PlanNotWaiting
from datalens_core.journal import Journal
from datalens_core.models import MAX_PLAN_STEPS, MAX_STEP_CHARACTERS, ExecutionPlan
from datalens_core.runs import Run, Runs
from datalens_core.turns import Decision

PLAN = ExecutionPlan(
    steps=["Group by region.", "Draw it."], estimated_complexity="low", required_libraries=[]
)
YES, NO = Decision(approve=True), Decision(approve=False)


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(Journal(tmp_path), lambda session_id, event: None)


async def ask(run: Run) -> None:
    """A question: its plan, and once it is approved, one notice a step."""
    run.emit(ev.PlanCreated(plan=PLAN))
    for step in (await approved(run, PLAN)).steps:
        run.emit(ev.Notice(text=step))


async def waiting(runs: Runs) -> Run:
    run = await runs.start("s", "q", ask, user_id="ada")
    async for event in runs.events(run.id):
        if event.type == "plan.approval":
            break
    return run


async def events(runs: Runs, run: Run) -> list[ev.Event]:
    return [event async for event in runs.events(run.id)]


async def kinds(runs: Runs, run: Run) -> list[str]:
    return [event.type for event in await events(runs, run)]


async def test_nothing_goes_on_before_the_word_and_all_of_it_after(runs: Runs) -> None:
    run = await waiting(runs)
    await asyncio.sleep(0.02)
    assert [e.type for e in run.events] == ["run.started", "plan.created", "plan.approval"]
    runs.decide(run.id, YES)
    told = await events(runs, run)
    assert [e.type for e in told[3:]] == ["plan.approval", "notice", "notice", "run.completed"]
    assert [e.state for e in told if isinstance(e, ev.PlanApproval)] == ["waiting", "approved"]


async def test_the_users_steps_take_the_place_of_the_plans(runs: Runs) -> None:
    run = await waiting(runs)
    runs.decide(run.id, decision(True, ["  Group by\n product. "]))
    told = await events(runs, run)
    assert [e.type for e in told[3:5]] == ["plan.updated", "plan.approval"]
    assert isinstance(told[3], ev.PlanUpdated)
    assert told[3].plan.steps == ["Group by product."]
    assert [e.text for e in told if isinstance(e, ev.Notice)] == ["Group by product."]


async def test_a_rejected_plan_ends_the_run(runs: Runs) -> None:
    run = await waiting(runs)
    runs.decide(run.id, NO)
    told = await events(runs, run)
    assert [e.type for e in told[3:]] == ["plan.approval", "run.cancelled"]
    assert isinstance(told[3], ev.PlanApproval)
    assert told[3].state == "rejected"


async def test_a_run_that_waits_is_cancelled_at_once(runs: Runs) -> None:
    run = await waiting(runs)
    began = time.perf_counter()
    await runs.cancel(run.id)
    assert time.perf_counter() - began < 0.3
    assert (await kinds(runs, run))[3:] == ["run.cancelled"]
    with pytest.raises(PlanNotWaiting):
        runs.decide(run.id, YES)


async def test_other_runs_of_the_session_do_not_wait_for_the_user(runs: Runs) -> None:
    gate = asyncio.Event()

    async def other(run: Run) -> None:
        await gate.wait()

    run = await waiting(runs)
    second = await runs.start("s", "q", other, user_id="ada")
    await asyncio.sleep(0.01)
    runs.decide(run.id, YES)
    await asyncio.sleep(0.01)
    # Approved, and now it is its turn to wait: one works at a time.
    assert [e.type for e in run.events][3:] == ["plan.approval"]
    gate.set()
    assert await kinds(runs, second) == ["run.started", "run.completed"]
    assert (await kinds(runs, run))[-1] == "run.completed"


async def test_a_run_that_was_cancelled_before_its_turn_came_back_leaves_it_alone(
    runs: Runs,
) -> None:
    gate = asyncio.Event()

    async def other(run: Run) -> None:
        await gate.wait()

    run = await waiting(runs)
    second = await runs.start("s", "q", other, user_id="ada")
    await asyncio.sleep(0.01)
    runs.decide(run.id, YES)
    await asyncio.sleep(0.01)
    await runs.cancel(run.id)
    third = await runs.start("s", "q", ask, user_id="ada")
    await asyncio.sleep(0.01)
    assert [e.type for e in third.events] == ["run.started", "notice"], "the second still works"
    gate.set()
    assert (await kinds(runs, second))[-1] == "run.completed"
    await runs.cancel(third.id)


async def test_the_word_is_given_once_and_only_where_it_is_waited_for(runs: Runs) -> None:
    async def silent(run: Run) -> None:
        await asyncio.sleep(60)

    run = await waiting(runs)
    runs.decide(run.id, YES)
    with pytest.raises(PlanNotWaiting):
        runs.decide(run.id, NO)
    assert (await kinds(runs, run))[-1] == "run.completed"
    unasked = await runs.start("t", "q", silent, user_id="ada")
    await asyncio.sleep(0.01)
    for run_id in (unasked.id, run.id, "no-such-run"):
        with pytest.raises(PlanNotWaiting):
            runs.decide(run_id, YES)
    await runs.cancel(unasked.id)


async def test_a_run_that_waits_is_kept_longer_than_one_that_works_for_nobody(
    tmp_path: Path,
) -> None:
    async def working(run: Run) -> None:
        await asyncio.sleep(60)

    runs = Runs(Journal(tmp_path), lambda s, e: None, unread_seconds=0.2, undecided_seconds=0.6)
    run, unread = await waiting(runs), await runs.start("t", "q", working, user_id="ada")
    await asyncio.sleep(0.4)
    assert (unread.finished, run.finished) == (True, False)
    await asyncio.sleep(0.4)
    assert run.finished
    await runs.close()


@pytest.mark.parametrize(
    "steps",
    [[], ["fine", "  "], ["x" * (MAX_STEP_CHARACTERS + 1)], ["x"] * (MAX_PLAN_STEPS + 1)],
)
def test_steps_that_are_no_plan_are_refused(steps: list[str]) -> None:
    with pytest.raises(InvalidRequest):
        decision(True, steps)
    assert decision(False, steps) == NO

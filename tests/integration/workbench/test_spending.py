"""What a session used of a model is kept with it, and limits hold over a restart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from datalens_core import Workbench
from datalens_core.errors import InvalidRequest
from datalens_core.events import Event
from tests.support.openrouter import ScriptedModel, final_answer, plan, reply, run_python

Ask = Callable[..., Awaitable[list[Event]]]
QUESTION = [
    plan(["Sum"]),
    run_python("import pandas as pd\ndf['revenue'].sum()"),
    final_answer("The total is 631.75."),
]


async def test_a_session_opened_again_has_its_totals_and_its_limit(
    make_workbench: Callable[..., Workbench], sales: Path, asked: Ask
) -> None:
    script = [reply("No profile."), *QUESTION, *QUESTION]
    async with ScriptedModel(script) as model:
        async with make_workbench(llm_base_url=model.base_url) as workbench:
            session = await workbench.create_session()
            await workbench.upload(session.id, sales)
            events = await asked(workbench, session.id, "total revenue")
            result = await workbench.result(events[0].run_id)
            assert (result.usage.calls, result.usage.tokens) == (3, 360)
            assert round(result.usage.cost or 0, 6) == 0.0009
        async with make_workbench(
            llm_base_url=model.base_url, max_tokens_per_session=600
        ) as workbench:
            detail = await workbench.get_session(session.id)
            assert (detail.usage.calls, detail.usage.tokens) == (4, 480), "the profile is one"
            assert [run.usage for run in detail.runs] == [result.usage]
            events = await asked(workbench, session.id, "and again?")
            assert events[-1].type == "run.failed"
            assert events[-1].error == {
                "code": "BUDGET_REACHED",
                "message": "This session has reached its limit of 600 tokens (600 used). What it "
                "holds is kept. Start a new session, or raise the limit in the settings.",
                "details": {"limit": "max_tokens_per_session", "allowed": 600, "used": 600},
            }
            assert (await workbench.get_session(session.id)).usage.tokens == 600
            assert (await workbench.status()).limits.max_tokens_per_session == 600
        assert len(model.requests) == 5


async def test_an_answer_whose_repair_would_pass_the_limit_is_kept_unverified(
    make_workbench: Callable[..., Workbench], sales: Path, asked: Ask
) -> None:
    script = [reply("No profile."), *QUESTION[:2], final_answer("The total is 999.")]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url, max_tokens_per_run=360) as workbench,
    ):
        session = await workbench.create_session()
        await workbench.upload(session.id, sales)
        events = await asked(workbench, session.id, "total revenue")
    assert events[-1].type == "run.completed"
    [answer] = [e for e in events if e.type == "answer.final"]
    assert not all(check.passed for check in answer.checks)


async def test_a_session_opened_again_asks_the_model_that_was_chosen_in_it(
    make_workbench: Callable[..., Workbench], sales: Path
) -> None:
    async with ScriptedModel([reply("No profile."), *QUESTION, *QUESTION, *QUESTION]) as model:
        address = {"llm_base_url": model.base_url, "model": "a"}
        async with make_workbench(**address, models=("b",)) as workbench:
            session = await workbench.create_session()
            await workbench.upload(session.id, sales)
            run_id = await workbench.start_query(session.id, "total revenue", model="b")
            await workbench.result(run_id)
        async with make_workbench(**address, models=("b",)) as workbench:
            assert (await workbench.get_session(session.id)).runs[0].model == "b"
            assert (await workbench.preview(session.id, "x")).model == "b"
            await workbench.result(await workbench.start_query(session.id, "total revenue"))
        async with make_workbench(**address, models=("c",)) as workbench:
            await workbench.result(await workbench.start_query(session.id, "total revenue"))
        assert [r.json["model"] for r in model.requests] == ["a"] + ["b"] * 6 + ["a"] * 3


async def test_a_question_can_be_asked_of_another_model(
    make_workbench: Callable[..., Workbench], sales: Path
) -> None:
    async with (
        ScriptedModel([reply("No profile."), *QUESTION, *QUESTION]) as model,
        make_workbench(llm_base_url=model.base_url, model="a", models=("b",)) as workbench,
    ):
        session = await workbench.create_session()
        await workbench.upload(session.id, sales)
        for chosen in (None, "b"):
            run_id = await workbench.start_query(session.id, "total revenue", model=chosen)
            assert (await workbench.result(run_id)).status == "completed"
        for call in (workbench.start_query, workbench.preview):
            with pytest.raises(InvalidRequest, match="cannot be chosen"):
                await call(session.id, "total revenue", model="c")
        assert (await workbench.preview(session.id, "x", model="b")).model == "b"
        assert [r.json["model"] for r in model.requests] == ["a"] * 4 + ["b"] * 3

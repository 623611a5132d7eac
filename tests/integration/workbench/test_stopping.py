"""Stop, at every moment of a question: within 300 ms it is seen to stop, and nothing follows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from datalens_core import Workbench
from datalens_core.events import Event
from tests.support.openrouter import Reply, ScriptedModel, plan, run_python, status

LIMIT = 0.3
SLOW = run_python("import time, pandas\nprint('begun', flush=True)\ntime.sleep(60)")
QUICK = run_python("import pandas as pd\nlen(df)")

Moment = Callable[[Event], bool]


def at(kind: str, **fields: object) -> Moment:
    return lambda event: (
        event.type == kind and all(getattr(event, name) == fields[name] for name in fields)
    )


MOMENTS: dict[str, tuple[list[Reply], dict[str, object], Moment]] = {
    "before the first token": ([replace(plan(["A"]).cut(0), hang=True)], {}, at("run.started")),
    "in a stream": ([replace(plan(["A"]).cut(2), hang=True)], {}, at("run.started")),
    "in the wait before another try": ([status(429)] * 5, {}, at("llm.retrying")),
    "while the plan waits": (
        [plan(["A"])],
        {"approve_plan": True},
        at("plan.approval", state="waiting"),
    ),
    "while a request waits": (
        [plan(["A"])],
        {"pause_before_sending": True},
        at("request.review", state="waiting"),
    ),
    "while code runs": ([plan(["A"]), SLOW], {}, at("execution.output")),
    "while a sandbox is made": ([plan(["A"]), QUICK], {}, at("execution.started")),
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_question_stops_at_once(
    make_workbench: Callable[..., Workbench], sales: Path, moment: str
) -> None:
    script, settings, reached = MOMENTS[moment]
    async with ScriptedModel(script) as model:
        async with make_workbench() as workbench:  # the file is in, without a profile of a model's
            session = await workbench.create_session()
            await workbench.upload(session.id, sales)
        async with make_workbench(llm_base_url=model.base_url, **settings) as workbench:
            if moment != "while a sandbox is made":
                await workbench.restore_session(session.id)
            run_id = await workbench.start_query(session.id, "how many rows?")
            began, last = 0.0, None
            async for event in workbench.events(run_id):
                last = event
                if not began and reached(event):
                    if event.type == "run.started":
                        await model.arrived.wait()
                        await asyncio.sleep(0.05)
                    began = time.perf_counter()
                    stopping = asyncio.create_task(workbench.cancel(run_id))
            took = time.perf_counter() - began
            await stopping
            requests = len(model.requests)
            await asyncio.sleep(0.05)
            assert last is not None
            assert last.type == "run.cancelled"
            assert took < LIMIT
            assert len(model.requests) == requests

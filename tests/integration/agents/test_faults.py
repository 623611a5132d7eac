"""A model's faults that only show in a whole run: over real HTTP, with a real sandbox.

Each test asks several questions of one workbench: starting one takes longer than what is tested.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from datalens_core import Settings, Workbench
from datalens_core.llm.exchange import read_context
from tests.support.openrouter import (
    RecordedRequest,
    ScriptedModel,
    Stream,
    final_answer,
    plan,
    reply,
    run_python,
)
from tests.support.sandbox_servers import SandboxServers

SALES = "region,revenue\nEurope,10.5\nAsia,20.25\n"
TOTAL = "total = df['revenue'].sum()\ntotal"
ANSWER = final_answer("The total is 30.75.")
RIGHT = [run_python(TOTAL), ANSWER]
Script = Mapping[str, Sequence[Stream]]


def following(script: Script) -> Callable[[RecordedRequest], Stream]:
    """Each question's replies in turn, after its plan; the last one for good."""
    asked: dict[str, int] = {}

    def answer(request: RecordedRequest) -> Stream:
        context = read_context(request.text)
        assert context is not None
        if not request.tools:
            return plan(["Sum"])
        place = asked.get(context.question, 0)
        asked[context.question] = place + 1
        replies = script[context.question]
        return replies[min(place, len(replies) - 1)]

    return answer


OpenSession = Callable[[Script], AbstractAsyncContextManager[tuple[Workbench, str]]]


@pytest.fixture
def session(tmp_path: Path, sandbox_servers: SandboxServers) -> OpenSession:
    source = tmp_path / "sales.csv"
    source.write_text(SALES)

    @asynccontextmanager
    async def opened(script: Script) -> AsyncIterator[tuple[Workbench, str]]:
        async with ScriptedModel(following(script)) as model:
            chosen = Settings(llm_base_url=model.base_url, data_dir=tmp_path / "data")
            async with Workbench(chosen, endpoint=sandbox_servers.of(chosen)) as workbench:
                created = await workbench.create_session()
                await workbench.upload(created.id, source)
                yield workbench, created.id

    return opened


async def ask(workbench: Workbench, session_id: str, question: str) -> list[Any]:
    return [event async for event in workbench.ask(session_id, question)]


def of(events: list[Any], kind: str) -> list[Any]:
    return [event for event in events if event.type == kind]


def assert_in_order(events: list[Any]) -> None:
    """Plan before code before result, and one end, at the end."""
    kinds = [event.type for event in events]
    ends = [k for k in kinds if k in ("run.completed", "run.failed", "run.cancelled")]
    assert ends == [kinds[-1]]
    seen = [kinds.index(k) for k in ("plan.created", "code.generated", "execution.finished")
            if k in kinds]  # fmt: skip
    assert seen == sorted(seen)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


async def test_odd_calls_are_the_models_to_mend_and_the_question_is_answered(
    session: OpenSession,
) -> None:
    script = {
        "unknown tool": [reply(calls=[("run_sql", {"query": "select 1"})]), *RIGHT],
        "extra keys": [
            reply(calls=[("run_python", {"code": TOTAL, "language": "python", "x": None})]), ANSWER,
        ],
        "no arguments": [reply(calls=[("run_python", "")]), *RIGHT],
        "another type": [reply(calls=[("run_python", {"code": 7})]), *RIGHT],
        "two at once": [
            reply(calls=[("run_python", {"code": TOTAL}), ("run_python", {"code": "len(df)"})]),
            ANSWER,
        ],
        "an answer beside its code": [
            reply(calls=[("run_python", {"code": TOTAL}), ("final_answer", {"answer": "99."})]),
            ANSWER,
        ],
        "a column that is not there": [run_python("df['revenu'].sum()"), *RIGHT],
        "cut inside the arguments": [
            reply(calls=[("run_python", '{"code": "df[')], finish_reason="length"), *RIGHT,
        ],
    }  # fmt: skip
    async with session(script) as (workbench, session_id):
        for question in script:
            events = await ask(workbench, session_id, question)
            assert_in_order(events)
            assert events[-1].type == "run.completed", (question, events[-1])
            [answer] = of(events, "answer.final")
            assert answer.text == "The total is 30.75.", question


async def test_what_never_gets_better_ends_within_its_bounds(session: OpenSession) -> None:
    script = {
        "the same wrong code": [run_python("df['revenu'].sum()")],
        "an unknown tool for ever": [reply(calls=[("run_sql", {})])],
        "cut for ever": [reply("so far", finish_reason="length")],
    }
    async with session(script) as (workbench, session_id):
        for question in script:
            events = await ask(workbench, session_id, question)
            assert_in_order(events)
            assert events[-1].type == "run.failed", question
            assert len(of(events, "execution.finished")) <= 4
            assert len(of(events, "llm.usage")) <= 12, question


async def test_a_flood_of_output_and_a_dead_sandbox_are_told_and_survived(
    session: OpenSession,
) -> None:
    flood = "print(('x' * 1023 + '\\n') * 100 * 1024)\ntotal = df['revenue'].sum()\ntotal"
    script = {
        "a flood": [run_python(flood), ANSWER],
        "a dead sandbox": [run_python("import os\nlen(df)\nos._exit(1)"), *RIGHT],
        "and again": RIGHT,
    }
    async with session(script) as (workbench, session_id):
        flooded = await ask(workbench, session_id, "a flood")
        assert flooded[-1].type == "run.completed"
        assert sum(len(e.text) for e in of(flooded, "execution.output")) < 2**21
        assert_in_order(await ask(workbench, session_id, "a dead sandbox"))
        again = await ask(workbench, session_id, "and again")
        assert again[-1].type == "run.completed"
        assert of(again, "answer.final")[0].text == "The total is 30.75."


async def test_a_run_can_be_stopped_at_every_event(session: OpenSession) -> None:
    script = {f"total {n}": [run_python(f"print({n})\n{TOTAL}"), ANSWER] for n in range(20)}
    async with session(script) as (workbench, session_id):
        whole = await ask(workbench, session_id, "total 0")
        for place in range(1, len(whole)):
            run_id = await workbench.start_query(session_id, f"total {place}")
            events = []
            async for event in workbench.events(run_id):
                events.append(event)
                if event.seq == place:
                    await workbench.cancel(run_id)
            assert_in_order(events)
            # Whoever stops it too late finds it done; what was shown is shown once.
            assert events[-1].type in ("run.cancelled", "run.completed")
            assert len(events) <= len(whole) + 1
        after = await ask(workbench, session_id, "total 19")
        assert after[-1].type == "run.completed"

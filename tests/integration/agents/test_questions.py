"""Questions through the whole house: a model over real HTTP, the gateway, a real sandbox."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from datalens_core import Settings, Workbench
from tests.support.openrouter import (
    Reply,
    ScriptedModel,
    Stream,
    delta,
    final_answer,
    plan,
    reply,
    run_python,
)
from tests.support.sandbox_servers import SandboxServers

ROWS = "Europe,10.5,ada@example.org\nAsia,20.25,bob@example.org\n" * 3
SALES = f"region,revenue,contact\n{ROWS}"
TOTAL = "total = df.groupby('region')['revenue'].sum()\ntotal"
PROFILE = reply("{}")


OpenSession = Callable[..., AbstractAsyncContextManager[tuple[Workbench, str, ScriptedModel]]]


@pytest.fixture
def session(tmp_path: Path, sandbox_servers: SandboxServers) -> OpenSession:
    """Opens a workbench with the sales loaded as `df`, and its model."""
    source = tmp_path / "sales.csv"
    source.write_text(SALES)

    @asynccontextmanager
    async def opened(
        script: Sequence[Reply], **settings: Any
    ) -> AsyncIterator[tuple[Workbench, str, ScriptedModel]]:
        async with ScriptedModel([PROFILE, *script]) as model:
            chosen = Settings(llm_base_url=model.base_url, data_dir=tmp_path / "data", **settings)
            async with Workbench(chosen, endpoint=sandbox_servers.of(chosen)) as workbench:
                created = await workbench.create_session(user_id="ada")
                await workbench.upload(created.id, source)
                yield workbench, created.id, model

    return opened


async def ask(workbench: Workbench, session_id: str, question: str) -> list[Any]:
    return [event async for event in workbench.ask(session_id, question)]


def of(events: list[Any], kind: str) -> list[Any]:
    return [event for event in events if event.type == kind]


async def test_a_wrong_column_is_repaired(session: OpenSession) -> None:
    script = [
        plan(["Sum the revenue by region."]),
        run_python("df.groupby('regoin')['revenue'].sum()"),
        run_python(TOTAL),
        final_answer("Asia leads with 60.75."),
    ]
    async with session(script) as (workbench, session_id, model):
        events = await ask(workbench, session_id, "Revenue by region?")
        repair = model.requests[3].text
    first, second = of(events, "execution.finished")
    assert (first.result.success, second.result.success) == (False, True)
    assert (second.attempt, second.retries) == (2, first.execution_id)
    (analyzed,) = of(events, "error.analyzed")
    assert (analyzed.analysis.suggestions, analyzed.analysis.line) == (["region"], 1)
    assert "Did you mean 'region'?" in repair
    (answer,) = of(events, "answer.final")
    assert [(check.name, check.passed) for check in answer.checks] == [("numbers", True)]
    assert events[-1].type == "run.completed"


async def test_code_that_does_not_parse_is_repaired(session: OpenSession) -> None:
    script = [plan(["Sum."]), run_python("x = 1\ndf.sum("), run_python(TOTAL), final_answer("Ok.")]
    async with session(script) as (workbench, session_id, _):
        events = await ask(workbench, session_id, "Revenue?")
    (analyzed,) = of(events, "error.analyzed")
    assert (analyzed.analysis.error_type, analyzed.analysis.line) == ("SyntaxError", 2)
    assert events[-1].type == "run.completed"


async def test_an_endless_loop_ends_at_the_limit_and_the_user_is_told(session: OpenSession) -> None:
    script = [plan(["Sum."]), run_python("while len(df): pass")]
    async with session(script, execution_timeout_seconds=2) as (workbench, sid, _):
        events = await ask(workbench, sid, "Revenue?")
    assert events[-1].type == "run.failed"
    assert events[-1].error["message"].startswith("Execution exceeded 2 second timeout.")


async def test_stopping_in_the_sandbox_is_at_once_and_keeps_the_variables(
    session: OpenSession,
) -> None:
    script = [
        plan(["Wait."]),
        run_python("kept = len(df)\nimport time\ntime.sleep(30)"),
        plan(["Look."]),
        run_python("print(kept, len(df))"),
        final_answer("It is 6."),
    ]
    async with session(script) as (workbench, session_id, _):
        run_id = await workbench.start_query(session_id, "Wait")
        async for event in workbench.events(run_id):
            if event.type == "execution.started":
                await asyncio.sleep(1)
                began = time.perf_counter()
                await workbench.cancel(run_id)
        took = time.perf_counter() - began
        assert event.type == "run.cancelled"
        assert took < 1
        events = await ask(workbench, session_id, "What was kept?")
    assert of(events, "execution.finished")[0].result.stdout == "6 6\n"


async def test_values_are_found_in_the_whole_file_and_never_sent_in_clear(
    session: OpenSession,
) -> None:
    script = [
        plan(["Look up."]),
        reply(calls=[("find_values", {"column": "contact", "text": "ada"})]),
        run_python("df[df['region'] == 'Europe']"),
        final_answer("Europe."),
    ]
    async with session(script) as (workbench, session_id, model):
        events = await ask(workbench, session_id, "Who is ada@example.org?")
        sent = b"".join(request.raw for request in model.requests)
    assert events[-1].type == "run.completed"
    assert b"ada@example.org" not in sent
    assert b"EMAIL_ADDRESS_1" in sent


async def test_an_answer_is_shown_while_it_is_written_with_its_values_restored(
    session: OpenSession,
) -> None:
    text = "Most of it, 60.75, is in Asia, by <EMAIL_ADDRESS_1>, whom you may ask for more."
    body = json.dumps({"answer": text, "assumptions": []})
    pieces = [(body[i : i + 3]) for i in range(0, len(body), 3)]
    head = {"id": "call_1", "type": "function", "index": 0}
    calls = [head | {"function": {"name": "final_answer", "arguments": pieces[0]}}]
    calls += [{"index": 0, "function": {"arguments": piece}} for piece in pieces[1:]]
    written = Stream(
        (
            *(delta("scripted/model", {"tool_calls": [call]}) for call in calls),
            delta("scripted/model", {}, "tool_calls"),
        ),
        delay=0.03,
    )
    script = [plan(["Sum."]), run_python(TOTAL), written]
    async with session(script) as (workbench, session_id, _):
        events = await ask(workbench, session_id, "Who has most of bob@example.org's region?")
    (answer,) = of(events, "answer.final")
    assert answer.text == text.replace("<EMAIL_ADDRESS_1>", "ada@example.org")
    shown = [e.text for e in of(events, "answer.delta")]
    assert len(shown) > 3
    assert answer.text.startswith("".join(shown))
    assert "ada@example.org, " in "".join(shown)
    assert [e.type for e in events].index("answer.final") > max(
        place for place, e in enumerate(events) if e.type == "answer.delta"
    )


async def test_of_two_drafts_of_an_answer_only_the_first_is_shown_and_the_last_stands(
    session: OpenSession,
) -> None:
    script = [
        plan(["Sum."]),
        run_python(TOTAL),
        final_answer("Asia leads with 99.99 of all that there is."),
        final_answer("Asia leads with 60.75 of all that there is."),
    ]
    async with session(script) as (workbench, session_id, _):
        events = await ask(workbench, session_id, "Revenue by region?")
    shown = "".join(e.text for e in of(events, "answer.delta"))
    assert "99.99" in shown
    assert "60.75" not in shown
    assert "60.75" in of(events, "answer.final")[0].text


async def test_a_garbled_call_is_asked_for_again(session: OpenSession) -> None:
    script = [
        plan(["Sum."]),
        reply(calls=[("run_python", '{"code": "df.su')]),
        run_python(TOTAL),
        final_answer("Asia leads with 60.75."),
    ]
    async with session(script) as (workbench, session_id, model):
        events = await ask(workbench, session_id, "Revenue by region?")
        again = model.requests[3].text
    assert "no JSON object" in again
    assert len(of(events, "code.generated")) == 1
    assert events[-1].type == "run.completed"


async def test_a_model_that_only_garbles_its_calls_is_given_up(session: OpenSession) -> None:
    garbled = reply(calls=[("run_python", "[1, 2")])
    async with session([plan(["Sum."]), *[garbled] * 9]) as (workbench, session_id, m):
        events = await ask(workbench, session_id, "Revenue by region?")
        asked = len(m.requests)
    assert events[-1].type == "run.failed"
    assert "garbled" in events[-1].error["message"]
    assert asked == 6  # the profile, the plan, the call and three more tries


async def test_the_offline_analyst_is_driven_by_the_same_agent(
    tmp_path: Path, sandbox_servers: SandboxServers
) -> None:
    source = tmp_path / "sales.csv"
    source.write_text(SALES)
    settings = Settings.offline(data_dir=tmp_path / "data")
    async with Workbench(settings, endpoint=sandbox_servers.of(settings)) as workbench:
        created = await workbench.create_session(user_id="ada")
        await workbench.upload(created.id, source)
        events = await ask(workbench, created.id, "What is the total revenue by region?")
    assert events[-1].type == "run.completed"
    (answer,) = of(events, "answer.final")
    assert all(check.passed for check in answer.checks)
    assert of(events, "execution.finished")[-1].result.success

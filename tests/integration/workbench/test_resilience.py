"""What is lost when something dies: nothing that was shown."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import pytest

from benchmarks.processes import alive, family
from datalens_core import Workbench
from datalens_core.errors import StoreFull
from datalens_core.events import Event
from datalens_core.sessions.sqlite import SQLiteStore

Ask = Callable[..., Awaitable[list[Event]]]


async def run_code(workbench: Workbench, session_id: str, code: str) -> list[Event]:
    run_id = await workbench.start_execution(session_id, code, confirmed=True)
    return [event async for event in workbench.events(run_id)]


async def test_a_session_is_whole_after_a_restart_and_its_sandbox_is_rebuilt(
    make_workbench: Callable[..., Workbench], sales: Path, asked: Ask
) -> None:
    async with make_workbench() as before:
        session = await before.create_session()
        await before.upload(session.id, sales)
        await asked(before, session.id, "total revenue by region")
        was = await before.get_session(session.id)
    async with make_workbench() as after:
        restored = await after.restore_session(session.id)
        sandbox = {"session": {"sandbox_id"}}  # the session has another one now
        assert restored.session.model_dump(exclude=sandbox) == was.model_dump(exclude=sandbox)
        assert restored.lost == []
        events = await run_code(after, session.id, "print(len(df), len(result))")
        assert "7 3\n" in [e.text for e in events if e.type == "execution.output"]


async def test_a_sandbox_killed_in_mid_run_is_replaced_and_said(
    workbench: Workbench, sales: Path
) -> None:
    session = await workbench.create_session()
    await workbench.upload(session.id, sales)
    events = await run_code(workbench, session.id, "print('before'); import os; os._exit(9)")
    assert "before" in "".join(e.text for e in events if e.type == "execution.output")
    assert events[-1].type in ("run.failed", "run.completed")
    again = await run_code(workbench, session.id, "print(len(df))")
    assert again[-1].type == "run.completed"
    assert "7\n" in [e.text for e in again if e.type == "execution.output"]
    told = [e.type for e in (*events, *again)]
    assert "sandbox.replaced" in told


async def test_an_endless_loop_ends_at_the_time_limit_and_keeps_the_variables(
    make_workbench: Callable[..., Workbench],
) -> None:
    async with make_workbench(execution_timeout_seconds=2) as workbench:
        session = await workbench.create_session()
        await run_code(workbench, session.id, "kept = 41")
        events = await run_code(workbench, session.id, "while True: pass")
        finished = next(e for e in events if e.type == "execution.finished")
        [error] = [a for a in finished.result.artifacts if a.type == "error"]
        assert isinstance(error.content, dict)
        expected = "Execution exceeded 2 second timeout. Consider simplifying the query."
        assert error.content["value"] == expected
        events = await run_code(workbench, session.id, "print(kept + 1)")
        assert "42\n" in [e.text for e in events if e.type == "execution.output"]


async def test_a_hundred_megabytes_of_printing_are_capped_and_said(workbench: Workbench) -> None:
    session = await workbench.create_session()
    events = await run_code(workbench, session.id, "for _ in range(1000): print('x' * 100_000)")
    shown = "".join(e.text for e in events if e.type == "execution.output")
    assert len(shown) < 2_000_000
    assert "truncated" in shown or "cut" in shown


async def test_cancel_stops_a_running_program_at_once(workbench: Workbench) -> None:
    session = await workbench.create_session()
    run_id = await workbench.start_execution(
        session.id, "import time\nprint('on', flush=True)\ntime.sleep(60)", confirmed=True
    )
    seen = []
    async for event in workbench.events(run_id):
        seen.append(event.type)
        if event.type == "execution.output":
            asyncio.get_running_loop().create_task(workbench.cancel(run_id))
    assert seen[-1] == "run.cancelled"


def servers() -> set[int]:
    """The embedded sandbox servers that this process started."""
    return {
        pid
        for pid in alive(family(os.getpid()))
        if b"datalens_core.sandbox.embedded" in Path(f"/proc/{pid}/cmdline").read_bytes()
    }


async def test_nothing_of_the_embedded_sandbox_outlives_the_workbench(
    make_workbench: Callable[..., Workbench],
) -> None:
    before = servers()
    async with make_workbench(own_server=True) as workbench:
        session = await workbench.create_session()
        await run_code(workbench, session.id, "1")
        assert servers() - before
    assert servers() - before == set()


async def test_the_sandbox_server_killed_between_questions_comes_back_with_the_data(
    make_workbench: Callable[..., Workbench], sales: Path
) -> None:
    before = servers()
    async with make_workbench(own_server=True) as workbench:
        session = await workbench.create_session()
        await workbench.upload(session.id, sales)
        started = servers() - before
        assert started
        for process in started:
            os.kill(process, signal.SIGKILL)
        events = await run_code(workbench, session.id, "print(len(df))")
    assert "7\n" in [e.text for e in events if e.type == "execution.output"]


async def test_halves_of_characters_that_code_shows_end_no_run(
    workbench: Workbench, sales: Path
) -> None:
    session = await workbench.create_session()
    await workbench.upload(session.id, sales)
    for code in (
        "import sys\nprint('a\\ud800b')\nprint('c\\udfff', file=sys.stderr)",
        "raise ValueError('g\\ud804')",
    ):
        run_id = await workbench.start_execution(session.id, code, confirmed=True)
        events = [event async for event in workbench.events(run_id)]
        assert events[-1].type == "run.completed"
    told = (await workbench.get_session(session.id)).model_dump_json()
    for letter in ("a", "c", "g"):
        assert f"{letter}\ufffd" in told


async def test_what_is_stored_can_be_read_while_nothing_can_be_added(workbench: Workbench) -> None:
    session = await workbench.create_session()
    await run_code(workbench, session.id, "print('before')")
    assert len((await workbench.get_session(session.id)).executions) == 1
    store = cast(SQLiteStore, workbench._rooms.store)
    # The file may not grow, as on a disk that is full; the journal's may.
    await store._run(lambda db: db.execute("pragma max_page_count = 1"))
    told = await run_code(workbench, session.id, "print('x' * 500_000)")
    assert told[-1].type == "run.completed"
    shown = await workbench.get_session(session.id)
    # What a run began with may have found a little room; its output did not.
    assert shown.executions[0].code == "print('before')"
    assert not any("xxx" in str(e.result) for e in shown.executions)
    assert [s.id for s in (await workbench.list_sessions("local")).sessions] == [session.id]
    with pytest.raises(StoreFull):  # half an analysis is none
        await workbench.export(session.id, "ipynb")
    await store._run(lambda db: db.execute("pragma max_page_count = 1000000"))
    written = (await workbench.get_session(session.id)).executions
    assert ["xxx" in str(e.result) for e in written] == [False, True]

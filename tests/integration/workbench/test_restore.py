"""A session after a restart of the server: shown at once, its sandbox made again meanwhile."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from datalens_core import Workbench
from datalens_core.errors import DatasetMissing
from datalens_core.events import Event
from datalens_core.models import PlanChange

Ask = Callable[..., Awaitable[list[Event]]]
Make = Callable[..., Workbench]
COUNT = "print(len(df), len(result))"


async def before_restart(make: Make, sales: Path, asked: Ask) -> str:
    """A session that loaded its data and answered a question, on a server that has ended."""
    async with make() as before:
        session = await before.create_session()
        await before.upload(session.id, sales)
        await asked(before, session.id, "total revenue by region")
    return session.id


async def run_code(workbench: Workbench, session_id: str, code: str) -> list[Event]:
    run_id = await workbench.start_execution(session_id, code, confirmed=True)
    return [event async for event in workbench.events(run_id)]


def printed(events: list[Event]) -> str:
    return "".join(e.text for e in events if e.type == "execution.output")


def kept(tmp_path: Path) -> Path:
    """The session's own copy of its data set."""
    [path] = (tmp_path / "data" / "files").rglob("sales.csv")
    return path


async def test_what_is_asked_while_the_sandbox_is_made_again_waits_for_it(
    make_workbench: Make, sales: Path, asked: Ask
) -> None:
    session_id = await before_restart(make_workbench, sales, asked)
    async with make_workbench() as after:
        restoring = await after.start_restore(session_id)
        events = await run_code(after, session_id, COUNT)
        back = [e async for e in after.events(restoring)]
    assert [e.type for e in back] == ["run.started", "sandbox.replaced", "run.completed"]
    assert (back[1].restored, back[1].lost) == (["sales.csv", "1 execution"], [])
    assert [e.text for e in events if e.type == "notice"] == ["Loading your data again first."]
    assert "sandbox.replaced" not in [e.type for e in events]
    assert "7 3\n" in printed(events)


async def test_a_sandbox_made_again_is_no_part_of_the_conversation(
    make_workbench: Make, sales: Path, asked: Ask
) -> None:
    session_id = await before_restart(make_workbench, sales, asked)
    async with make_workbench() as after:
        was = await after.get_session(session_id)
        for _ in range(2):
            await after.restore_session(session_id)
        now = await after.get_session(session_id)
        again = await after.restore_session(session_id)
    assert now.runs == was.runs
    assert now.executions == was.executions
    assert (again.restored, again.lost) == ([], [])  # the sandbox holds it all


async def test_a_file_that_is_gone_is_asked_for_and_brings_everything_back(
    make_workbench: Make, sales: Path, asked: Ask, tmp_path: Path
) -> None:
    session_id = await before_restart(make_workbench, sales, asked)
    shutil.rmtree(kept(tmp_path).parent)
    async with make_workbench() as after:
        restored = await after.restore_session(session_id)
        assert restored.restored == []
        assert restored.lost == ["sales.csv, whose file is gone or was changed"]
        events = await asked(after, session_id, "average revenue by region")
        error = events[-1].error
        assert (error["code"], error["details"]) == (
            "DATASET_MISSING",
            {"datasets": ["sales.csv"]},
        )
        assert "sandbox.replaced" not in [e.type for e in events]  # it was said already
        [dataset] = restored.session.datasets
        await after.upload(session_id, sales, replaces=dataset.id)
        assert "7 3\n" in printed(await run_code(after, session_id, COUNT))


async def test_a_file_that_was_changed_is_not_taken_for_the_one_that_was_added(
    make_workbench: Make, sales: Path, asked: Ask, tmp_path: Path
) -> None:
    session_id = await before_restart(make_workbench, sales, asked)
    kept(tmp_path).write_text("region,revenue\nWest,1\n")
    async with make_workbench() as after:
        detail = await after.get_session(session_id)
        with pytest.raises(DatasetMissing, match=r"sales\.csv is not on this machine any more"):
            await after.change_plan(session_id, detail.datasets[0].id, PlanChange())
        restored = await after.restore_session(session_id)
        assert restored.lost == ["sales.csv, whose file is gone or was changed"]


async def test_a_file_that_goes_while_its_sandbox_lives_is_not_needed(
    workbench: Workbench, sales: Path, tmp_path: Path
) -> None:
    session = await workbench.create_session()
    await workbench.upload(session.id, sales)
    assert "7\n" in printed(await run_code(workbench, session.id, "print(len(df))"))
    await asyncio.to_thread(kept(tmp_path).unlink)
    assert "7\n" in printed(await run_code(workbench, session.id, "print(len(df))"))


async def test_a_sandbox_that_was_retired_is_told_of_in_its_session(
    workbench: Workbench, sales: Path
) -> None:
    session = await workbench.create_session()
    await workbench.upload(session.id, sales)
    await run_code(workbench, session.id, "print(len(df))")
    async with aclosing(workbench.sandbox_of(session.id, "local")) as states:
        live = await anext(states)
        assert live.sandbox_id == (await workbench.get_session(session.id)).session.sandbox_id
        await workbench._rooms.sandboxes._places.retire(0)
        retired = await anext(states)  # told when it happens, with nothing asked
    assert (retired.sandbox_id, retired.reason) == (None, "It was not used for 0 seconds.")
    assert (await workbench.get_session(session.id)).session.sandbox_id is None
    events = await run_code(workbench, session.id, "print(len(df))")
    [told] = [e for e in events if e.type == "sandbox.replaced"]
    assert (told.reason, told.restored) == ("It was not used for 0 seconds.", ["sales.csv"])
    kept_words = [m.content for m in (await workbench.get_session(session.id)).messages]
    assert kept_words == ["It was not used for 0 seconds. sales.csv"]

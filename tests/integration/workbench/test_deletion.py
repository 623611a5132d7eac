"""A session that is deleted is gone: rows, files, journal and sandbox, to the last byte on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from datalens_core import Workbench
from datalens_core.events import Event, RunStarted
from datalens_core.journal import Journal

Ask = Callable[..., Awaitable[list[Event]]]
MARK = "Zanzibar"


def holding(folder: Path) -> list[str]:
    """The files below a folder that hold the mark, names included."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [p.name for p in files if MARK.encode() in p.read_bytes() or MARK in p.name]


async def a_session(workbench: Workbench, folder: Path, asked: Ask, mark: str) -> str:
    source = folder / f"{mark}.csv"
    source.write_text(f"region,revenue\n{mark},4\nSouth,2\n")
    session = await workbench.create_session("ada", title=mark)
    await workbench.upload(session.id, source)
    await asked(workbench, session.id, f"total revenue of {mark} by region as a bar chart")
    await asyncio.to_thread(source.unlink)
    return session.id


async def test_nothing_of_a_deleted_session_is_left(
    make_workbench: Callable[..., Workbench], asked: Ask, tmp_path: Path
) -> None:
    async with make_workbench() as workbench:
        await a_session(workbench, tmp_path, asked, "Kept")
        session_id = await a_session(workbench, tmp_path, asked, MARK)
        await workbench.get_session(session_id)
        assert {"journal.db", "history.db"} <= {n.removesuffix("-wal") for n in holding(tmp_path)}
        await workbench.delete_session(session_id)
        assert workbench._rooms.sandboxes.sandbox_id(session_id) is None
        assert [s.title for s in (await workbench.list_sessions("ada")).sessions] == ["Kept"]
    assert holding(tmp_path) == []


async def test_what_nobody_has_used_for_longer_than_the_settings_say_goes_by_itself(
    make_workbench: Callable[..., Workbench], asked: Ask, tmp_path: Path
) -> None:
    async with make_workbench() as workbench:
        session_id = await a_session(workbench, tmp_path, asked, MARK)
        recent = await workbench.create_session("bob", title="Recent")
    async with make_workbench() as workbench:  # nothing is said of it: everything is kept
        session = await workbench._rooms.sessions.get(session_id)
        long_ago = datetime.now(UTC) - timedelta(days=30, minutes=1)
        used = session.model_copy(update={"last_activity": long_ago})
        await workbench._rooms.store.save_session(used)
        await workbench._rooms.store.save_session(
            recent.model_copy(update={"last_activity": long_ago + timedelta(hours=1)})
        )
        assert holding(tmp_path)
    async with make_workbench(retention_days=30) as workbench:
        for _ in range(200):
            if not (await workbench.list_sessions("ada")).sessions:
                break
            await asyncio.sleep(0.05)
        assert [s.title for s in (await workbench.list_sessions("bob")).sessions] == ["Recent"]
    assert holding(tmp_path) == []


async def test_what_was_used_and_is_not_in_the_history_yet_does_not_go(
    make_workbench: Callable[..., Workbench], tmp_path: Path
) -> None:
    async with make_workbench() as workbench:
        session = await workbench.create_session("ada", title="Used today")
        long_ago = datetime.now(UTC) - timedelta(days=40)
        await workbench._rooms.store.save_session(
            session.model_copy(update={"last_activity": long_ago})
        )
    # As a server that was killed leaves it.
    journal = Journal(tmp_path / "data")
    journal.begin("11111111-2222-4333-8444-555555555555", session.id, "ada")
    journal.append(
        "11111111-2222-4333-8444-555555555555",
        RunStarted(session_id=session.id, query="how many?", origin="question"),
    )
    journal.close()
    async with make_workbench(retention_days=30) as workbench:
        await asyncio.sleep(0.5)
        assert [s.title for s in (await workbench.list_sessions("ada")).sessions]

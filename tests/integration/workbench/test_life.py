"""A workbench that starts, fails to start, and stops: nothing stays behind that it opened."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from datalens_core import Settings, Workbench
from datalens_core.errors import InvalidRequest, NotFound, StoreUnavailable
from datalens_core.events import Event

Ask = Callable[..., Awaitable[list[Event]]]


def open_files() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


def history_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("datalens-history")]


async def fails_to_start(workbench: Workbench) -> None:
    with pytest.raises(StoreUnavailable):
        await workbench.start()


async def test_a_start_that_fails_leaves_nothing_open_and_works_once_mended(
    make_workbench: Callable[..., Workbench], tmp_path: Path
) -> None:
    history = tmp_path / "data" / "history.db"
    history.parent.mkdir()
    history.write_bytes(b"no database at all" * 500)
    workbench = make_workbench()
    await fails_to_start(workbench)
    before = open_files()
    for _ in range(3):
        await fails_to_start(workbench)
    assert open_files() == before
    assert list((tmp_path / "data" / "owners").iterdir()) == []
    assert history_threads() == []
    history.unlink()
    async with workbench:
        await workbench.create_session()


async def test_a_data_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    workbench = Workbench(Settings.offline(data_dir=tmp_path / "file" / "data"))
    with pytest.raises(StoreUnavailable, match="data folder cannot be used") as caught:
        await workbench.start()
    assert str(tmp_path) not in str(caught.value.body())


async def test_what_comes_later_is_closed_though_something_before_it_fails(
    make_workbench: Callable[..., Workbench],
) -> None:
    workbench = make_workbench()
    await workbench.start()
    await workbench.create_session()
    assert history_threads()
    workbench._rooms.journal.close()  # the projector's last look at it fails
    with pytest.raises(Exception, match=r"closed|Bad file"):
        await workbench.close()
    assert history_threads() == []


async def test_a_file_that_is_not_there_is_said_and_leaves_no_session(
    workbench: Workbench, tmp_path: Path
) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name in ("nowhere.csv", "folder.csv"):
        with pytest.raises(NotFound, match=f"There is no file {name}"):
            await workbench.upload(None, tmp_path / name, user_id="ada")
    assert (await workbench.list_sessions("ada")).sessions == []


async def test_a_session_names_its_sandbox_while_that_lives(
    make_workbench: Callable[..., Workbench], sales: Path
) -> None:
    async with make_workbench() as before:
        session = await before.create_session("ada")
        assert session.sandbox_id is None
        upload = await before.upload(session.id, sales)
        assert upload.session.sandbox_id
        shown = (await before.get_session(session.id)).session.sandbox_id
        [listed] = (await before.list_sessions("ada")).sessions
        assert shown == listed.sandbox_id == upload.session.sandbox_id
        # What is stored with the session must not be taken for a sandbox that lives.
        assert (await before.rename_session(session.id, "Sales")).sandbox_id == shown
    async with make_workbench() as after:
        assert (await after.get_session(session.id)).session.sandbox_id is None
        restored = (await after.restore_session(session.id)).session.session.sandbox_id
        assert restored
        assert restored != shown
        assert (await after.get_session(session.id)).session.sandbox_id == restored


async def test_an_answer_holds_what_its_run_showed(
    workbench: Workbench, sales: Path, asked: Ask
) -> None:
    session = await workbench.create_session()
    await workbench.upload(session.id, sales)
    shown = []
    for query in ("total revenue by region as a bar chart", "average revenue by region"):
        events = await asked(workbench, session.id, query)
        shown.append([e.artifact.id for e in events if e.type == "artifact.created"])
    messages = (await workbench.get_session(session.id)).messages
    assert [m.artifacts for m in messages if m.role == "user"] == [None, None]
    answers = [[a.id for a in m.artifacts or []] for m in messages if m.role == "assistant"]
    assert answers == shown
    assert all(shown)


async def test_the_limits_in_force_are_shown_and_alone_there_are_none(
    make_workbench: Callable[..., Workbench],
) -> None:
    async with make_workbench(rate_limit_executions_per_hour=5) as workbench:
        limits = (await workbench.status()).limits
    assert (limits.requests_per_minute, limits.uploads_per_hour) == (0, 0)
    assert limits.executions_per_hour == 5


async def test_half_of_a_character_is_refused_and_leaves_nothing(workbench: Workbench) -> None:
    session = await workbench.create_session()
    half = "x \ud83d"
    for refused in (
        workbench.start_query(session.id, half),
        workbench.start_execution(session.id, half, confirmed=True),
        workbench.rename_session(session.id, half),
        workbench.create_session(title=half),
        workbench.list_sessions("local", search=half),
    ):
        with pytest.raises(InvalidRequest, match="half of a character"):
            await refused
    assert [s.title for s in (await workbench.list_sessions("local")).sessions] == [""]
    assert workbench._rooms.journal.users() == []

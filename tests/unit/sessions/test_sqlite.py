"""The SQLite history: private, paged, complete in what it deletes."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from datalens_core import events as ev
from datalens_core.errors import InvalidRequest, StoreUnavailable
from datalens_core.journal import Entry
from datalens_core.models import Session, now
from datalens_core.sessions.sqlite import SQLiteStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SQLiteStore]:
    store = SQLiteStore(tmp_path)
    await store.open()
    yield store
    await store.close()


def entry(session_id: str, position: int, event: ev.Event) -> Entry:
    numbered = event.model_copy(update={"run_id": "r", "seq": position})
    return Entry(position, session_id, numbered)


async def test_the_file_is_the_users_alone(store: SQLiteStore, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "history.db").stat().st_mode) == 0o600


async def test_pages_hold_all_sessions_of_the_user_last_used_first(store: SQLiteStore) -> None:
    start = now()
    mine = [Session(user_id="ada", last_activity=start + timedelta(n)) for n in range(7)]
    for session in [*mine, Session(user_id="bob")]:
        await store.save_session(session)
    seen, after = [], None
    while True:
        page = await store.list_sessions("ada", 3, after)
        seen += [s.id for s in page.sessions]
        if (after := page.next) is None:
            break
    assert seen == [s.id for s in reversed(mine)]


async def test_a_page_goes_on_where_it_ended_though_the_session_there_is_deleted_or_used(
    store: SQLiteStore,
) -> None:
    start = now()
    mine = [Session(user_id="ada", last_activity=start + timedelta(n)) for n in range(6)]
    for session in mine:
        await store.save_session(session)
    first = await store.list_sessions("ada", 2, None)
    await store.delete_session(mine[4].id)
    second = await store.list_sessions("ada", 2, first.next)
    assert [s.id for s in second.sessions] == [mine[3].id, mine[2].id]
    used = mine[2].model_copy(update={"last_activity": start + timedelta(9)})
    await store.save_session(used)
    third = await store.list_sessions("ada", 2, second.next)
    assert [s.id for s in third.sessions] == [mine[1].id, mine[0].id]


async def test_sessions_used_at_the_same_moment_are_all_listed(store: SQLiteStore) -> None:
    moment = now()
    ids = {s.id for s in (Session(user_id="ada", last_activity=moment) for _ in range(5))}
    for session_id in ids:
        await store.save_session(Session(id=session_id, user_id="ada", last_activity=moment))
    seen, after = [], None
    while True:
        page = await store.list_sessions("ada", 2, after)
        seen += [s.id for s in page.sessions]
        if (after := page.next) is None:
            break
    assert len(seen) == 5
    assert set(seen) == ids


@pytest.mark.parametrize("after", ["", "x", "é", "AAAA", "MjAyNi0wMS0wMQ==", "bm8gdGltZXxpZA=="])
async def test_what_is_no_cursor_is_refused(store: SQLiteStore, after: str) -> None:
    with pytest.raises(InvalidRequest):
        await store.list_sessions("ada", 2, after)


async def test_the_id_of_a_session_is_no_cursor(store: SQLiteStore) -> None:
    theirs = Session(user_id="bob")
    await store.save_session(theirs)
    with pytest.raises(InvalidRequest):
        await store.list_sessions("ada", 2, theirs.id)


async def test_the_first_question_becomes_the_title_and_later_ones_do_not(
    store: SQLiteStore,
) -> None:
    session = Session(user_id="ada")
    await store.save_session(session)
    for position, query in ((1, "revenue  by region\nplease"), (2, "and by month")):
        event = ev.RunStarted(session_id=session.id, query=query)
        started = event.model_copy(update={"run_id": f"r{position}", "seq": 1})
        await store.apply("j", [Entry(position, session.id, started)])
    kept = await store.get_session(session.id)
    assert kept is not None
    assert kept.title == "revenue by region"


async def test_output_of_a_run_that_was_cut_off_is_kept(store: SQLiteStore) -> None:
    session = Session(user_id="ada")
    await store.save_session(session)
    about = {"execution_id": "e", "step": 1}
    told: list[ev.Event] = [
        ev.RunStarted(session_id=session.id, query="q"),
        ev.CodeGenerated(**about, code="x", sha256="0"),
        ev.ExecutionOutput(**about, stream="stdout", text="one\n"),
        ev.ExecutionOutput(**about, stream="stdout", text="two\n"),
        ev.RunFailed(error={"code": "RUN_INTERRUPTED", "message": "m", "details": {}}),
    ]
    await store.apply("j", [entry(session.id, n, e) for n, e in enumerate(told, 1)])
    detail = await store.load(session.id)
    assert detail is not None
    assert detail.executions[0].result is not None
    assert detail.executions[0].result.stdout == "one\ntwo\n"
    assert detail.runs[0].status == "failed"


async def test_deleting_a_session_leaves_no_row_of_it(store: SQLiteStore, tmp_path: Path) -> None:
    session = Session(user_id="ada")
    await store.save_session(session)
    redacted = ev.PrivacyRedacted(channel="question", entity_type="EMAIL_ADDRESS", count=1)
    told: list[ev.Event] = [ev.RunStarted(session_id=session.id, query="q"), redacted]
    await store.apply("j", [entry(session.id, n, e) for n, e in enumerate(told, 1)])
    await store.delete_session(session.id)
    with sqlite3.connect(tmp_path / "history.db") as db:
        for table in ("sessions", "runs", "messages", "pii_redactions"):
            assert db.execute(f"select count(*) from {table}").fetchone() == (0,)


async def test_late_events_of_a_deleted_session_do_no_harm(store: SQLiteStore) -> None:
    await store.apply("j", [entry("gone", 1, ev.RunStarted(session_id="gone", query="q"))])
    assert await store.position("j") == 1


async def test_two_stores_on_one_file_take_an_entry_over_once(
    store: SQLiteStore, tmp_path: Path
) -> None:
    session = Session(user_id="ada")
    await store.save_session(session)
    other = SQLiteStore(tmp_path)
    entries = [entry(session.id, 1, ev.RunStarted(session_id=session.id, query="q"))]
    await store.apply("j", entries)
    await other.apply("j", entries)
    await other.close()
    detail = await store.load(session.id)
    assert detail is not None
    assert len(detail.messages) == 1


async def test_a_file_that_is_not_a_database_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "history.db").write_bytes(b"not a database" * 100)
    store = SQLiteStore(tmp_path)
    with pytest.raises(StoreUnavailable):
        await store.open()

"""The SQLite history as a file: private, migrated, shared by servers, clear when it is damaged."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import JsonValue

from datalens_core.errors import StoreFull, StoreTimedOut, StoreUnavailable
from datalens_core.models import Artifact, Session
from datalens_core.sessions.payloads import LARGE
from datalens_core.sessions.sqlite import FILE, SQLiteStore
from datalens_core.sqlitefile import migrate, open_private
from tests.support.full_disk import no_file_above
from tests.support.histories import charts_of

MIGRATIONS = ["create table a (x);\ncreate table b (y);", "alter table a add column z;"]


async def test_the_file_and_what_is_beside_it_are_the_users_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).touch(mode=0o644)  # as something careless left it
    store = SQLiteStore(tmp_path)
    await store.save_session(Session(user_id="ada"))
    modes = {name: stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in os.listdir(tmp_path)}
    assert modes == dict.fromkeys([FILE, f"{FILE}-shm", f"{FILE}-wal"], 0o600)
    await store.close()


async def test_a_file_that_is_not_a_database_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database" * 100)
    store = SQLiteStore(tmp_path)
    with pytest.raises(StoreUnavailable, match="is damaged"):
        await store.open()
    await store.close()
    assert (tmp_path / FILE).read_bytes() == b"not a database" * 100


async def test_a_file_with_damage_inside_is_a_clear_error(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path)
    for number in range(40):
        await store.save_session(Session(user_id="ada", title=f"{number} " * 99))
    await store.close()
    held = bytearray((tmp_path / FILE).read_bytes())
    held[4096:] = bytes(len(held) - 4096)
    (tmp_path / FILE).write_bytes(held)
    store = SQLiteStore(tmp_path)
    with pytest.raises(StoreUnavailable, match="damaged"):
        await store.list_sessions("ada", 100, None)
    await store.close()


async def test_a_file_that_may_not_be_written_is_a_clear_error(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path)
    await store.open()
    await store._run(lambda db: db.execute("pragma query_only = on"))  # as on a read-only disk
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        await store.save_session(Session(user_id="ada"))
    await store.close()


async def test_a_file_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("pragma user_version = 99")
    store = SQLiteStore(tmp_path)
    with pytest.raises(StoreUnavailable, match="newer version"):
        await store.open()
    await store.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        assert db.execute("pragma user_version").fetchone() == (99,)
        assert db.execute("select count(*) from sqlite_master").fetchone() == (0,)


async def test_a_file_of_an_earlier_version_keeps_what_it_holds(tmp_path: Path) -> None:
    first = Path(migrate.__code__.co_filename).parent / "sessions/migrations/0001_sessions.sql"
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.executescript(first.read_text() + "pragma user_version = 1;")
        db.execute(
            "insert into sessions values ('s', 'ada', 't', '2024-01-01', '2024-01-01', null, null)"
        )
        db.execute(
            """insert into datasets values ('d', 's', '2024-01-01', '{"name": "old.csv"}')"""
        )
        db.commit()
    store = SQLiteStore(tmp_path)
    found = await store.list_sessions("ada", 10, None, "old.csv")
    assert [s.title for s in found.sessions] == ["t"]
    await store.close()


def test_servers_that_start_at_once_migrate_a_file_once(tmp_path: Path) -> None:
    failures: list[Exception] = []
    together = threading.Barrier(6)

    def start(path: Path) -> None:
        try:
            with closing(open_private(path)) as db:
                together.wait()
                migrate(db, MIGRATIONS)
        except Exception as error:
            failures.append(error)

    for attempt in range(10):
        path = tmp_path / f"{attempt}.db"
        open_private(path).close()
        servers = [threading.Thread(target=start, args=(path,)) for _ in range(6)]
        for server in servers:
            server.start()
        for server in servers:
            server.join()
    assert failures == []


def test_a_migration_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with closing(open_private(tmp_path / "x.db")) as db:
        with pytest.raises(sqlite3.OperationalError):
            migrate(db, ["create table a (x);\ncreate table a (x);"])
        assert db.execute("select count(*) from sqlite_master").fetchone() == (0,)
        migrate(db, MIGRATIONS)
        assert db.execute("pragma user_version").fetchone() == (2,)


async def test_a_file_that_another_program_holds_is_a_clear_error_and_then_works(
    tmp_path: Path,
) -> None:
    store = SQLiteStore(tmp_path, patience_seconds=0.2)
    await store.open()
    session = Session(user_id="ada")
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StoreTimedOut, match="Unable to save session"):
            await store.save_session(session)
        assert await store.get_session(session.id, "ada") is None  # reading goes on
        other.execute("rollback")
    await store.save_session(session)
    assert await store.get_session(session.id, "ada") == session
    await store.close()


# -- large payloads --------------------------------------------------------------------------------


async def with_charts(store: SQLiteStore, *contents: JsonValue) -> tuple[Session, list[Artifact]]:
    """A session whose one execution showed these charts."""
    session = Session(user_id="ada")
    await store.save_session(session)
    return session, await charts_of(store, session, *contents)


async def shown(store: SQLiteStore, session: Session) -> list[Artifact]:
    detail = await store.load(session)
    assert detail is not None
    assert detail.executions[0].result is not None
    assert detail.executions[0].result.artifacts == detail.artifacts
    return detail.artifacts


SMALL: JsonValue = {"data": [{"y": [1.0, -0.0]}]}
BIG: JsonValue = {"data": [{"y": [n / 7 for n in range(LARGE // 8)], "name": "é\u2028"}]}
PNG = os.urandom(LARGE + 1)


async def test_what_is_large_is_a_file_named_by_its_hash_and_comes_back_as_it_was(
    tmp_path: Path,
) -> None:
    store = SQLiteStore(tmp_path)
    session, charts = await with_charts(store, SMALL, BIG)
    await store.save_png(session, charts[0].id, PNG)
    files = list((tmp_path / "artifacts" / session.id).iterdir())
    assert [f.name for f in files] == [hashlib.sha256(f.read_bytes()).hexdigest() for f in files]
    assert len(files) == 2
    assert {stat.S_IMODE(os.stat(f).st_mode) for f in files} == {0o600}
    for folder in (files[0].parent, tmp_path / "artifacts"):
        assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    assert await shown(store, session) == charts
    assert await store.get_artifact(charts[1].id, "ada") == (session.id, charts[1])
    assert await store.pngs(session) == {charts[0].id: PNG}
    await store.save_png(session, charts[0].id, b"smaller")
    assert await store.pngs(session) == {charts[0].id: b"smaller"}
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        (largest,) = db.execute("select max(length(content)) from artifacts").fetchone()
    assert largest < LARGE
    await store.close()


@pytest.mark.parametrize("harm", ["gone", "changed"])
async def test_a_payload_that_is_gone_or_changed_is_said_in_its_place(
    tmp_path: Path, harm: str
) -> None:
    store = SQLiteStore(tmp_path)
    session, charts = await with_charts(store, BIG, SMALL)
    await store.save_png(session, charts[1].id, PNG)
    for file in (tmp_path / "artifacts" / session.id).iterdir():
        if harm == "gone":
            file.unlink()
        else:
            file.write_bytes(b"[]")
    said, kept = await shown(store, session)
    assert (said.id, said.type, said.metadata) == (charts[0].id, "error", charts[0].metadata)
    assert isinstance(said.content, dict)
    assert "gone or was changed" in str(said.content["value"])
    assert kept == charts[1]
    assert await store.pngs(session) == {}
    await store.close()


async def test_the_payloads_of_a_deleted_session_go_with_it_and_none_comes_later(
    tmp_path: Path,
) -> None:
    store = SQLiteStore(tmp_path)
    gone, charts = await with_charts(store, BIG)
    kept, _ = await with_charts(store, BIG)
    await store.delete_session(gone)
    await store.save_png(gone, charts[0].id, PNG)
    assert os.listdir(tmp_path / "artifacts") == [kept.id]
    await store.close()


async def test_a_payload_that_finds_no_room_is_a_clear_error_and_leaves_no_row(
    tmp_path: Path,
) -> None:
    store = SQLiteStore(tmp_path)
    await store.open()
    with no_file_above(LARGE * 2), pytest.raises(StoreFull, match="The disk is full"):
        await with_charts(store, SMALL, BIG)
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        assert db.execute("select count(*) from artifacts").fetchone() == (0,)
    session, charts = await with_charts(store, SMALL, BIG)
    assert await shown(store, session) == charts
    await store.close()

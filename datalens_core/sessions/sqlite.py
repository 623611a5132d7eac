"""The history in one SQLite file per user, large payloads in files beside it: the default store."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from datalens_core.errors import AccessDenied
from datalens_core.journal import Entry
from datalens_core.models import (
    Artifact,
    Dataset,
    PrivacyCount,
    Session,
    SessionDetail,
    SessionPage,
    StoreStatus,
)
from datalens_core.sessions.cursor import Cursor
from datalens_core.sessions.payloads import (
    LARGE,
    PayloadFiles,
    PayloadLost,
    large_content,
    with_content,
)
from datalens_core.sessions.projection import Change, Insert, Touch, Update, changes
from datalens_core.sessions.rows import (
    JSON_COLUMNS,
    Row,
    artifact_of,
    dataset_of,
    detail_of,
    session_of,
)
from datalens_core.sqlitefile import PATIENCE_SECONDS, as_ours, migrate, open_private, writing

T = TypeVar("T")

FILE = "history.db"
PAYLOADS = "artifacts"
_KEYS = {"runs": "run_id", "execution_logs": "id"}


class SQLiteStore:
    """`SessionStore` over one file, mode 0600. All statements run on one worker thread."""

    by_user = False

    def __init__(self, folder: Path, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """`patience_seconds`: how long another program may hold the file before it is an error."""
        self._patience = patience_seconds
        self._path = folder / FILE
        self._payloads = PayloadFiles(folder / PAYLOADS)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="datalens-history")
        self._connection: sqlite3.Connection | None = None

    def knows(self, user_id: str) -> bool:
        return True

    def users(self) -> list[str | None]:
        return [None]

    async def open(self) -> None:
        await self._run(lambda db: None)

    async def close(self) -> None:
        if self._connection is not None:
            await self._run(lambda db: db.close())
            self._connection = None
        self._worker.shutdown(wait=True)

    def status(self) -> StoreStatus:
        return StoreStatus(kind="sqlite", local=True)

    # -- sessions --------------------------------------------------------------------------------

    async def save_session(self, session: Session) -> None:
        row = {
            "id": session.id,
            "user_id": session.user_id,
            "title": session.title,
            "created_at": session.created_at.isoformat(),
            "last_activity": session.last_activity.isoformat(),
            "sandbox_id": session.sandbox_id,
            "dataset_schema": session.dataset_schema and session.dataset_schema.model_dump_json(),
        }
        names = ", ".join(row)
        marks = ", ".join("?" for _ in row)
        news = ", ".join(f"{n} = excluded.{n}" for n in row if n not in ("id", "user_id"))
        await self._run(
            lambda db: db.execute(
                f"insert into sessions ({names}) values ({marks})"
                f" on conflict (id) do update set {news}",
                tuple(row.values()),
            )
        )

    async def get_session(self, session_id: str, user_id: str | None) -> Session | None:
        def query(db: sqlite3.Connection) -> Session | None:
            row = db.execute(f"{_SESSIONS} where s.id = ?", (session_id,)).fetchone()
            return None if row is None else session_of(_parsed("sessions", row))

        session = await self._run(query)
        if session is not None and user_id not in (None, session.user_id):
            raise AccessDenied()
        return session

    async def list_sessions(
        self, user_id: str, limit: int, after: str | None, search: str = ""
    ) -> SessionPage:
        where, values = ["s.user_id = ?"], [user_id]
        if after is not None:
            where.append("(s.last_activity, s.id) < (?, ?)")
            values += Cursor.read(after)
        for word in _plain(search).split():
            where.append(_FOUND)
            values += [word] * _FOUND.count("?")

        def query(db: sqlite3.Connection) -> SessionPage:
            rows = db.execute(
                f"{_SESSIONS} where {' and '.join(where)}"
                " order by s.last_activity desc, s.id desc limit ?",
                (*values, limit + 1),
            ).fetchall()
            sessions = [session_of(_parsed("sessions", row)) for row in rows[:limit]]
            more = str(Cursor.at(sessions[-1])) if len(rows) > limit else None
            return SessionPage(sessions=sessions, next=more)

        return await self._run(query)

    async def delete_session(self, session: Session) -> None:
        def delete(db: sqlite3.Connection) -> None:
            with writing(db):
                db.execute("delete from sessions where id = ?", (session.id,))
                self._payloads.remove(session.id)  # while no other server can add to them

        await self._run(delete)

    async def unused_since(self, moment: datetime, user_id: str | None) -> list[str]:
        def query(db: sqlite3.Connection) -> list[str]:
            rows = db.execute(
                "select id from sessions where last_activity < ? and (? is null or user_id = ?)",
                (moment.isoformat(), user_id, user_id),
            )
            return [row["id"] for row in rows]

        return await self._run(query)

    async def load(self, session: Session) -> SessionDetail | None:
        return await self._run(lambda db: self._load(db, session.id))

    # -- data sets and pictures --------------------------------------------------------------------

    async def save_dataset(self, session: Session, dataset: Dataset) -> None:
        row = (dataset.id, session.id, dataset.name, dataset.model_dump_json())
        await self._run(
            lambda db: db.execute(
                "insert into datasets (id, session_id, created_at, name, body)"
                " values (?, ?, datetime('now'), ?, ?)"
                " on conflict (id) do update set name = excluded.name, body = excluded.body",
                row,
            )
        )

    async def datasets(self, session: Session) -> list[Dataset]:
        return await self._run(
            lambda db: [
                dataset_of(row) for row in _rows(db, "datasets", session.id, "created_at, rowid")
            ]
        )

    async def get_artifact(
        self, artifact_id: str, user_id: str | None
    ) -> tuple[str, Artifact] | None:
        def query(db: sqlite3.Connection) -> tuple[str, Artifact] | None:
            row = db.execute(
                "select a.* from artifacts a join sessions s on s.id = a.session_id"
                " where a.id = ? and (? is null or s.user_id = ?)",
                (artifact_id, user_id, user_id),
            ).fetchone()
            if row is None:
                return None
            whole = self._with_payload(_parsed("artifacts", row))
            return row["session_id"], artifact_of(whole)

        return await self._run(query)

    async def save_png(self, session: Session, artifact_id: str, png: bytes) -> None:
        def write(db: sqlite3.Connection) -> None:
            with writing(db):
                if not _known(db, {session.id}):
                    return
                name = self._payloads.keep(session.id, png) if len(png) > LARGE else None
                db.execute(
                    "update artifacts set png = ?, png_sha256 = ? where id = ? and session_id = ?",
                    (None if name else png, name, artifact_id, session.id),
                )

        await self._run(write)

    async def pngs(self, session: Session) -> dict[str, bytes]:
        def query(db: sqlite3.Connection) -> dict[str, bytes]:
            rows = db.execute(
                "select id, png, png_sha256 from artifacts"
                " where session_id = ? and coalesce(png, png_sha256) is not null",
                (session.id,),
            )
            held: dict[str, bytes] = {}
            for row in rows:
                with suppress(PayloadLost):  # then it is one that no browser has drawn
                    held[row["id"]] = row["png"] or self._payloads.read(
                        session.id, row["png_sha256"]
                    )
            return held

        return await self._run(query)

    # -- privacy -----------------------------------------------------------------------------------

    async def redaction_counts(self, session: Session) -> list[PrivacyCount]:
        def query(db: sqlite3.Connection) -> list[PrivacyCount]:
            rows = db.execute(
                "select entity_type, channel, column_name as [column], sum(count) as count"
                " from pii_redactions where session_id = ? group by 1, 2, 3 order by 1, 2, 3",
                (session.id,),
            )
            return [PrivacyCount(**dict(row)) for row in rows]

        return await self._run(query)

    # -- the projection ----------------------------------------------------------------------------

    async def position(self, journal_id: str, user_id: str | None) -> int:
        return await self._run(lambda db: _position(db, journal_id))

    async def apply(self, journal_id: str, user_id: str | None, entries: Sequence[Entry]) -> None:
        def write(db: sqlite3.Connection) -> None:
            with writing(db):
                done = _position(db, journal_id)
                known = _known(db, {entry.session_id for entry in entries})
                for entry in entries:
                    # A deleted session's late events have nowhere to go, and need not.
                    if entry.position <= done or entry.session_id not in known:
                        continue
                    for change in changes(entry):
                        _write(db, self._without_payload(change))
                if entries:
                    db.execute(
                        "insert into projections values (?, ?) on conflict (journal_id)"
                        " do update set position = max(position, excluded.position)",
                        (journal_id, entries[-1].position),
                    )

        await self._run(write)

    # -- insides -----------------------------------------------------------------------------------

    async def _run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        def work() -> T:
            if self._connection is None:
                self._connection = _open(self._path, self._patience)
            return job(self._connection)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, work)
        except (sqlite3.DatabaseError, OSError) as error:
            raise as_ours(error) from error

    def _without_payload(self, change: Change) -> Change:
        """A large artifact's payload goes to a file, before the row that names it."""
        if not isinstance(change, Insert) or change.table != "artifacts":
            return change
        payload = large_content(change.row)
        if payload is None:
            return change
        name = self._payloads.keep(change.row["session_id"], payload)
        return Insert("artifacts", {**change.row, "content": {}, "content_sha256": name})

    def _with_payload(self, row: dict[str, Any]) -> Row:
        if row["content_sha256"] is None:
            return row
        payload: bytes | None = None
        with suppress(PayloadLost):
            payload = self._payloads.read(row["session_id"], row["content_sha256"])
        return with_content(row, payload)

    def _load(self, db: sqlite3.Connection, session_id: str) -> SessionDetail | None:
        row = db.execute(f"{_SESSIONS} where s.id = ?", (session_id,)).fetchone()
        if row is None:
            return None
        return detail_of(
            _parsed("sessions", row),
            _rows(db, "datasets", session_id, "created_at, rowid"),
            _rows(db, "messages", session_id, "created_at, rowid"),
            _rows(db, "runs", session_id, "started_at, rowid"),
            _rows(db, "execution_logs", session_id, "position"),
            [self._with_payload(row) for row in _rows(db, "artifacts", session_id, "position")],
        )


_SESSIONS = (
    "select s.*, (select count(*) from messages m where m.session_id = s.id) as message_count,"
    " (select json_group_array(name) from (select d.name from datasets d"
    " where d.session_id = s.id order by d.created_at, d.rowid)) as dataset_names"
    " from sessions s"
)
_FOUND = (
    "(holds(s.title, ?)"
    " or exists (select 1 from runs r where r.session_id = s.id and holds(r.query, ?))"
    " or exists (select 1 from datasets d where d.session_id = s.id and holds(d.name, ?)))"
)


def _open(path: Path, patience_seconds: float) -> sqlite3.Connection:
    folder = resources.files("datalens_core.sessions") / "migrations"
    scripts = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    db = open_private(path)
    try:
        migrate(db, [script.read_text(encoding="utf-8") for script in scripts])
    except BaseException:
        db.close()
        raise
    db.execute(f"pragma busy_timeout = {int(patience_seconds * 1000)}")
    db.row_factory = sqlite3.Row
    db.create_function("holds", 2, _holds, deterministic=True)
    return db


def _holds(text: str | None, word: str) -> bool:
    return text is not None and word in _plain(text)


def _plain(text: str) -> str:
    """As it is searched: whatever the case, and without accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parts if not "\u0300" <= c <= "\u036f")


def _position(db: sqlite3.Connection, journal_id: str) -> int:
    row = db.execute(
        "select position from projections where journal_id = ?", (journal_id,)
    ).fetchone()
    return 0 if row is None else int(row[0])


def _known(db: sqlite3.Connection, session_ids: set[str]) -> set[str]:
    return {
        session_id
        for session_id in session_ids
        if db.execute("select 1 from sessions where id = ?", (session_id,)).fetchone()
    }


def _write(db: sqlite3.Connection, change: Change) -> None:
    match change:
        case Insert(table, row):
            names = ", ".join(row)
            marks = ", ".join("?" for _ in row)
            values = tuple(_column(table, name, value) for name, value in row.items())
            db.execute(f"insert or ignore into {table} ({names}) values ({marks})", values)
        case Update(table, row_id, values, append):
            sets = [f"{n} = ?" for n in values] + [f"{n} = {n} || ?" for n in append]
            given = [*(_column(table, n, v) for n, v in values.items()), *append.values(), row_id]
            db.execute(f"update {table} set {', '.join(sets)} where {_KEYS[table]} = ?", given)
        case Touch(session_id, at, title):
            db.execute(
                "update sessions set last_activity = max(last_activity, ?),"
                " title = case when title = '' then coalesce(?, '') else title end where id = ?",
                (at, title, session_id),
            )


def _column(table: str, name: str, value: Any) -> Any:
    is_json = name in JSON_COLUMNS.get(table, ())
    return json.dumps(value) if is_json and value is not None else value


def _parsed(table: str, row: sqlite3.Row) -> dict[str, Any]:
    values = dict(row)
    for name in JSON_COLUMNS.get(table, ()):
        if values[name] is not None:
            values[name] = json.loads(values[name])
    return values


def _rows(db: sqlite3.Connection, table: str, session_id: str, order: str) -> list[dict[str, Any]]:
    rows = db.execute(f"select * from {table} where session_id = ? order by {order}", (session_id,))
    return [_parsed(table, row) for row in rows]

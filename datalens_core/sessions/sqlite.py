"""The history in one SQLite file per user: the default store."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from datalens_core.errors import StoreTimedOut, StoreUnavailable
from datalens_core.journal import Entry
from datalens_core.models import (
    Artifact,
    Dataset,
    Execution,
    ExecutionResult,
    Message,
    ModelUsage,
    PrivacyCount,
    RunSummary,
    Session,
    SessionDetail,
    SessionPage,
    StoreStatus,
)
from datalens_core.sessions.cursor import Cursor
from datalens_core.sessions.projection import Change, Insert, Touch, Update, changes

T = TypeVar("T")

_KEYS = {"runs": "run_id", "execution_logs": "id"}
_JSON = {
    "runs": frozenset({"plan", "assumptions", "checks", "error", "usage"}),
    "artifacts": frozenset({"content", "metadata"}),
}


class SQLiteStore:
    """`SessionStore` over one file, mode 0600. All statements run on one worker thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "history.db"
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="datalens-history")
        self._connection: sqlite3.Connection | None = None

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

    async def get_session(self, session_id: str) -> Session | None:
        def query(db: sqlite3.Connection) -> Session | None:
            row = db.execute(f"{_SESSIONS} where s.id = ?", (session_id,)).fetchone()
            return None if row is None else _session(row)

        return await self._run(query)

    async def list_sessions(self, user_id: str, limit: int, after: str | None) -> SessionPage:
        def query(db: sqlite3.Connection) -> SessionPage:
            where, values = "where s.user_id = ?", [user_id]
            if after is not None:
                where += " and (s.last_activity, s.id) < (?, ?)"
                values += Cursor.read(after)
            rows = db.execute(
                f"{_SESSIONS} {where} order by s.last_activity desc, s.id desc limit ?",
                (*values, limit + 1),
            ).fetchall()
            sessions = [_session(row) for row in rows[:limit]]
            more = str(Cursor.at(sessions[-1])) if len(rows) > limit else None
            return SessionPage(sessions=sessions, next=more)

        return await self._run(query)

    async def delete_session(self, session_id: str) -> None:
        await self._run(lambda db: db.execute("delete from sessions where id = ?", (session_id,)))

    async def load(self, session_id: str) -> SessionDetail | None:
        return await self._run(lambda db: _load(db, session_id))

    # -- data sets and pictures --------------------------------------------------------------------

    async def save_dataset(self, session_id: str, dataset: Dataset) -> None:
        body = dataset.model_dump_json()
        await self._run(
            lambda db: db.execute(
                "insert into datasets (id, session_id, created_at, body)"
                " values (?, ?, datetime('now'), ?)"
                " on conflict (id) do update set body = excluded.body",
                (dataset.id, session_id, body),
            )
        )

    async def datasets(self, session_id: str) -> list[Dataset]:
        return await self._run(lambda db: _datasets(db, session_id))

    async def get_artifact(self, artifact_id: str) -> tuple[str, Artifact] | None:
        def query(db: sqlite3.Connection) -> tuple[str, Artifact] | None:
            row = db.execute("select * from artifacts where id = ?", (artifact_id,)).fetchone()
            return None if row is None else (row["session_id"], _artifact(row))

        return await self._run(query)

    async def save_png(self, artifact_id: str, png: bytes) -> None:
        await self._run(
            lambda db: db.execute("update artifacts set png = ? where id = ?", (png, artifact_id))
        )

    async def pngs(self, session_id: str) -> dict[str, bytes]:
        def query(db: sqlite3.Connection) -> dict[str, bytes]:
            rows = db.execute(
                "select id, png from artifacts where session_id = ? and png is not null",
                (session_id,),
            )
            return {row["id"]: row["png"] for row in rows}

        return await self._run(query)

    # -- privacy -----------------------------------------------------------------------------------

    async def redaction_counts(self, session_id: str) -> list[PrivacyCount]:
        def query(db: sqlite3.Connection) -> list[PrivacyCount]:
            rows = db.execute(
                "select entity_type, channel, sum(count) as count from pii_redactions"
                " where session_id = ? group by entity_type, channel order by 1, 2",
                (session_id,),
            )
            return [PrivacyCount(**dict(row)) for row in rows]

        return await self._run(query)

    # -- the projection ----------------------------------------------------------------------------

    async def position(self, journal_id: str) -> int:
        def query(db: sqlite3.Connection) -> int:
            row = db.execute(
                "select position from projections where journal_id = ?", (journal_id,)
            ).fetchone()
            return 0 if row is None else int(row[0])

        return await self._run(query)

    async def apply(self, journal_id: str, entries: Sequence[Entry]) -> None:
        def write(db: sqlite3.Connection) -> None:
            db.execute("begin immediate")
            try:
                row = db.execute(
                    "select position from projections where journal_id = ?", (journal_id,)
                ).fetchone()
                done = 0 if row is None else int(row[0])
                known = {r[0] for r in db.execute("select id from sessions")}
                for entry in entries:
                    # A deleted session's late events have nowhere to go, and need not.
                    if entry.position <= done or entry.session_id not in known:
                        continue
                    for change in changes(entry):
                        _write(db, change)
                if entries:
                    db.execute(
                        "insert into projections values (?, ?) on conflict (journal_id)"
                        " do update set position = max(position, excluded.position)",
                        (journal_id, entries[-1].position),
                    )
                db.execute("commit")
            except BaseException:
                db.execute("rollback")
                raise

        await self._run(write)

    # -- insides -----------------------------------------------------------------------------------

    async def _run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        def work() -> T:
            if self._connection is None:
                self._connection = _open(self._path)
            return job(self._connection)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, work)
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise StoreTimedOut() from error
            raise StoreUnavailable() from error
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable() from error


_SESSIONS = (
    "select s.*, (select count(*) from messages m where m.session_id = s.id) as message_count"
    " from sessions s"
)


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    db = sqlite3.connect(path, isolation_level=None, timeout=5.0)
    try:
        db.row_factory = sqlite3.Row
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = normal")
        db.execute("pragma foreign_keys = on")
        _migrate(db)
    except BaseException:
        db.close()
        raise
    return db


def _migrate(db: sqlite3.Connection) -> None:
    """Apply the migrations that this file has not seen, each in a transaction of its own."""
    folder = resources.files("datalens_core.sessions") / "migrations"
    scripts = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    for script in scripts:
        number = int(script.name.split("_", 1)[0])
        db.execute("begin immediate")
        if int(db.execute("pragma user_version").fetchone()[0]) >= number:
            db.execute("commit")
            continue
        # executescript commits what is open first, so the script carries its own transaction.
        db.execute("commit")
        text = script.read_text(encoding="utf-8")
        db.executescript(f"begin immediate;\n{text}\npragma user_version = {number};\ncommit;")


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
    is_json = name in _JSON.get(table, ())
    return json.dumps(value) if is_json and value is not None else value


def _load(db: sqlite3.Connection, session_id: str) -> SessionDetail | None:
    row = db.execute(f"{_SESSIONS} where s.id = ?", (session_id,)).fetchone()
    if row is None:
        return None

    def rows(table: str, order: str) -> list[sqlite3.Row]:
        return db.execute(
            f"select * from {table} where session_id = ? order by {order}", (session_id,)
        ).fetchall()

    artifacts = {r["id"]: (r["execution_id"], _artifact(r)) for r in rows("artifacts", "position")}
    runs = [(_run_summary(r), r["origin"]) for r in rows("runs", "started_at, rowid")]
    return SessionDetail(
        session=_session(row),
        datasets=_datasets(db, session_id),
        messages=[_message(r) for r in rows("messages", "created_at, rowid")],
        runs=[run for run, origin in runs if origin != "upload"],
        executions=[
            _execution(r, [a for e, a in artifacts.values() if e == r["id"]])
            for r in rows("execution_logs", "position")
        ],
        artifacts=[a for _, a in artifacts.values()],
        usage=sum((run.usage for run, _ in runs), ModelUsage()),
    )


def _datasets(db: sqlite3.Connection, session_id: str) -> list[Dataset]:
    rows = db.execute(
        "select body from datasets where session_id = ? order by created_at, rowid", (session_id,)
    )
    return [Dataset.model_validate_json(row["body"]) for row in rows]


def _session(row: sqlite3.Row) -> Session:
    values = dict(row)
    if values["dataset_schema"]:
        values["dataset_schema"] = json.loads(values["dataset_schema"])
    return Session.model_validate(values)


def _message(row: sqlite3.Row) -> Message:
    return Message(
        id=row["id"],
        role=row["role"],
        content=row["content"],
        timestamp=row["created_at"],
        run_id=row["run_id"],
    )


def _run_summary(row: sqlite3.Row) -> RunSummary:
    return RunSummary(
        run_id=row["run_id"],
        query=row["query"],
        status=row["status"],
        plan=row["plan"] and json.loads(row["plan"]),
        answer=row["answer"],
        assumptions=json.loads(row["assumptions"]),
        checks=json.loads(row["checks"]),
        started_at=row["started_at"],
        error=row["error"] and json.loads(row["error"]),
        usage=json.loads(row["usage"]),
    )


def _artifact(row: sqlite3.Row) -> Artifact:
    return Artifact(
        id=row["id"],
        type=row["type"],
        content=json.loads(row["content"]),
        metadata=json.loads(row["metadata"]),
    )


def _execution(row: sqlite3.Row, artifacts: list[Artifact]) -> Execution:
    result = None
    if row["success"] is not None:
        result = ExecutionResult(
            success=bool(row["success"]),
            code=row["code"],
            stdout=row["stdout"],
            stderr=row["stderr"],
            artifacts=artifacts,
            execution_time=row["execution_time"],
            retry_count=row["retry_count"],
        )
    elif row["stdout"] or row["stderr"] or artifacts:  # cut off while it ran: what was shown
        result = ExecutionResult(
            success=False,
            code=row["code"],
            stdout=row["stdout"],
            stderr=row["stderr"],
            artifacts=artifacts,
            execution_time=0,
            retry_count=row["retry_count"],
        )
    return Execution(
        id=row["id"],
        session_id=row["session_id"],
        run_id=row["run_id"],
        step=row["step"],
        attempt=row["attempt"],
        retries=row["retries"],
        origin=row["origin"],
        code=row["code"],
        sha256=row["sha256"],
        result=result,
        created_at=row["created_at"],
    )

"""The event log: every event of a run is written here first, and only then shown.

One SQLite file per user, in WAL mode: an event that `append` returned survives the death of the
process. Several servers may share the file; each run belongs to the process that began it, which
holds a file lock for as long as it lives, so that the next start can tell runs that were cut off.

Writing goes to the system's page cache alone, so it may happen on an event loop: it waits for no
other process longer than `BUSY_SECONDS`, and not for the disk, as the log is carried over into the
file by `checkpoint`, in a thread.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from datalens_core.events import Event, is_terminal, read_stored
from datalens_core.models import new_id
from datalens_core.sqlitefile import PATIENCE_SECONDS, is_busy, open_private, writing

T = TypeVar("T")

BUSY_SECONDS = 0.01
RETRY_SECONDS = 0.05
BATCH_BYTES = 1 << 20
CHECKPOINT_BYTES = 4 << 20

_SCHEMA = """
create table if not exists meta (key text primary key, value text not null);
create table if not exists runs (
    run_id text primary key,
    session_id text not null,
    owner text not null,
    finished integer not null default 0,
    user_id text
);
create index if not exists runs_by_session on runs (session_id);
create table if not exists events (
    position integer primary key autoincrement,
    run_id text not null references runs (run_id) on delete cascade,
    seq integer not null,
    body text not null,
    unique (run_id, seq)
);
create table if not exists refused (
    position integer primary key references events (position) on delete cascade,
    reason text not null
);
"""


@dataclass(frozen=True)
class Entry:
    """An event with its place in the whole journal and the session it belongs to."""

    position: int
    session_id: str
    event: Event


class Journal:
    """Append-only log of runs. Use from one thread.

    Args:
        folder: the user's data folder; made with mode 0700, the file with 0600.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "journal.db"
        self._db = open_private(self._path)
        self._db.executescript(_SCHEMA)
        if "user_id" not in {r[1] for r in self._db.execute("pragma table_info(runs)")}:
            self._db.execute("alter table runs add column user_id text")
        self._db.execute("pragma wal_autocheckpoint = 0")
        self._owners = folder / "owners"
        self._owners.mkdir(exist_ok=True, mode=0o700)
        self._owner = new_id()
        self._lock = self._hold_lock()
        self._next: dict[str, int] = {}
        self.id = self._identity()
        self._db.execute(f"pragma busy_timeout = {int(BUSY_SECONDS * 1000)}")

    def close(self) -> None:
        self._db.close()
        (self._owners / self._owner).unlink(missing_ok=True)
        os.close(self._lock)

    # -- writing ---------------------------------------------------------------------------------

    def begin(self, run_id: str, session_id: str, user_id: str) -> None:
        """`user_id` is whose session it is."""
        self._db.execute(
            "insert into runs (run_id, session_id, owner, user_id) values (?, ?, ?, ?)",
            (run_id, session_id, self._owner, user_id),
        )
        self._next[run_id] = 1

    def append(self, run_id: str, event: Event) -> Event:
        """Write an event; the copy that comes back carries its `run_id` and `seq`."""
        seq = self._next.get(run_id) or self._last_seq(run_id) + 1
        event = event.model_copy(update={"run_id": run_id, "seq": seq})
        body = event.model_dump_json()
        with writing(self._db):
            self._db.execute(
                "insert into events (run_id, seq, body) values (?, ?, ?)", (run_id, seq, body)
            )
            if is_terminal(event):
                self._db.execute("update runs set finished = 1 where run_id = ?", (run_id,))
        if is_terminal(event):
            self._next.pop(run_id, None)
        else:
            self._next[run_id] = seq + 1
        return event

    def set_aside(self, entry: Entry, reason: str) -> None:
        """Remember that the history does not take an entry; here it stays as it is."""
        self._db.execute(
            "insert or ignore into refused (position, reason) values (?, ?)",
            (entry.position, reason),
        )

    def discard(self, run_id: str) -> None:
        """Remove a run that was never shown to anybody."""
        self._next.pop(run_id, None)
        self._db.execute("delete from runs where run_id = ?", (run_id,))

    def forget(self, session_id: str) -> None:
        """Remove everything of a session."""
        self._db.execute("delete from runs where session_id = ?", (session_id,))

    def checkpoint(self) -> None:
        """Carry the log over into the file, as far as nobody reads it. For any thread."""
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._path)) as db:
            db.execute("pragma wal_checkpoint(passive)")

    @property
    def has_grown(self) -> bool:
        """Whether it is time for a checkpoint."""
        log = self._path.with_name(self._path.name + "-wal")
        return log.exists() and log.stat().st_size > CHECKPOINT_BYTES

    # -- reading ---------------------------------------------------------------------------------

    def session_of(self, run_id: str) -> str | None:
        row = self._one("select session_id from runs where run_id = ?", run_id)
        return None if row is None else str(row[0])

    def user_of(self, session_id: str) -> str | None:
        """Whose session it is, if it has runs here."""
        row = self._one("select user_id from runs where session_id = ? limit 1", session_id)
        return None if row is None or row[0] is None else str(row[0])

    def is_finished(self, run_id: str) -> bool:
        row = self._one("select finished from runs where run_id = ?", run_id)
        return bool(row and row[0])

    def is_elsewhere(self, run_id: str) -> bool:
        """Whether another process that lives is at work on the run."""
        row = self._one("select owner from runs where run_id = ? and finished = 0", run_id)
        return row is not None and row[0] != self._owner and self._is_alive(row[0])

    def read(self, run_id: str, after: int = 0) -> Iterator[Event]:
        """The events of a run with seq > `after`, in order."""
        rows = self._db.execute(
            "select seq, body from events where run_id = ? and seq > ? order by seq",
            (run_id, after),
        )
        for seq, body in rows.fetchall():
            yield read_stored(body, run_id, seq)

    def since(self, position: int, limit: int = 200, user_id: str | None = None) -> list[Entry]:
        """The next entries of all runs after a position, for projections; or of a user's runs.

        At most `limit`, and not many more than a megabyte of them.
        """
        rows = self._db.execute(
            "select position, session_id, run_id, seq, body from events join runs using (run_id)"
            " where position > ? and (? is null or user_id = ?) order by position limit ?",
            (position, user_id, user_id, limit),
        )
        entries: list[Entry] = []
        size = 0
        with closing(rows):
            for place, session_id, run_id, seq, body in rows:
                entries.append(Entry(place, session_id, read_stored(body, run_id, seq)))
                size += len(body)
                if size > BATCH_BYTES:
                    break
        return entries

    def waiting(self, position: int, user_id: str) -> int:
        """How many of a user's runs have entries after a position."""
        count = self._one(
            "select count(distinct run_id) from events join runs using (run_id)"
            " where position > ? and user_id = ?",
            position,
            user_id,
        )
        return int(count[0])

    def refused(self, user_id: str | None = None) -> int:
        """How many entries the history does not take; of a user's runs, or of all."""
        count = self._one(
            "select count(*) from refused join events using (position) join runs using (run_id)"
            " where ? is null or user_id = ?",
            user_id,
            user_id,
        )
        return int(count[0])

    def users(self) -> list[str]:
        """Whose runs it holds."""
        return [r[0] for r in self._db.execute("select distinct user_id from runs") if r[0]]

    def models(self, session_id: str) -> list[str]:
        """The models that a session's runs asked, the first one first. For any thread."""
        with closing(sqlite3.connect(self._path)) as db:
            rows = db.execute(
                "select json_extract(body, '$.model') as model from events join runs using (run_id)"
                " where session_id = ? and body like '%\"llm.usage\"%'"
                " and json_extract(body, '$.type') = 'llm.usage'"
                " group by model order by min(position)",
                (session_id,),
            )
            return [str(model) for (model,) in rows]

    def cut_off(self) -> list[str]:
        """Runs without an end whose process is gone (not those of live ones)."""
        rows = self._db.execute("select run_id, owner from runs where finished = 0").fetchall()
        alive: dict[str, bool] = {}
        for _, owner in rows:
            if owner not in alive:
                alive[owner] = owner == self._owner or self._is_alive(owner)
        return [run_id for run_id, owner in rows if not alive[owner]]

    # -- insides -----------------------------------------------------------------------------------

    def _one(self, query: str, *values: Any) -> Any:
        return self._db.execute(query, values).fetchone()

    def _last_seq(self, run_id: str) -> int:
        return int(
            self._one("select coalesce(max(seq), 0) from events where run_id = ?", run_id)[0]
        )

    def _identity(self) -> str:
        """A name for this file, so that a projection notices when it was replaced."""
        self._db.execute("insert or ignore into meta values ('id', ?)", (new_id(),))
        return str(self._one("select value from meta where key = 'id'")[0])

    def _hold_lock(self) -> int:
        fd = os.open(self._owners / self._owner, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(fd, fcntl.LOCK_EX)
        return fd

    def _is_alive(self, owner: str) -> bool:
        path = self._owners / owner
        try:
            fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(fd)
        path.unlink(missing_ok=True)
        return False


async def patiently(write: Callable[[], T]) -> T:
    """Write to the journal, however long another process holds it, within bounds.

    Raises:
        sqlite3.OperationalError: it was held for all of `PATIENCE_SECONDS`.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return write()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
        await asyncio.sleep(RETRY_SECONDS)

"""SQLite files as we use them: the user's alone, in WAL mode, with numbered migrations."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from datalens_core.errors import (
    DataLensError,
    InvalidRequest,
    StoreFull,
    StoreTimedOut,
    StoreUnavailable,
)

PATIENCE_SECONDS = 5.0  # with other programs that hold a file
DAMAGED = (
    "The history here is damaged. It is left as it is. `datalens doctor` says what to do about it."
)
NOT_WRITABLE = (
    "The data folder cannot be written. What is there is kept. `datalens doctor` says what to do."
)


def open_private(path: Path) -> sqlite3.Connection:
    """A connection to the file, which is made if it is not there: 0600 in a folder of 0700."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    path.chmod(0o600)  # SQLite gives the same mode to what it writes beside it
    db = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE_SECONDS)
    try:
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = normal")
        db.execute("pragma foreign_keys = on")
        db.execute("pragma secure_delete = on")  # what is deleted is overwritten
    except BaseException:
        db.close()
        raise
    return db


def migrate(db: sqlite3.Connection, scripts: Sequence[str]) -> None:
    """Apply the scripts, numbered from 1, that this file has not seen, each whole or not at all.

    No two statements of a script share a line.

    Raises:
        StoreUnavailable: a newer DataLens has been at work on this file.
    """
    if _version(db) > len(scripts):
        raise StoreUnavailable(
            "A newer version of DataLens wrote the history here. It is kept as it is."
            " Use that version again, or another data folder.",
        )
    for number, script in enumerate(scripts, 1):
        if _version(db) >= number:
            continue
        with writing(db):
            if _version(db) < number:  # no other process was quicker
                for statement in _statements(script):
                    db.execute(statement)
                db.execute(f"pragma user_version = {number}")


@contextmanager
def writing(db: sqlite3.Connection) -> Iterator[None]:
    """A transaction that has the file to itself: all of it happens, or none."""
    db.execute("begin immediate")
    try:
        yield
        db.execute("commit")
    except BaseException:
        if db.in_transaction:  # of a full disk SQLite has rolled it back already
            db.execute("rollback")
        raise


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection holds the file for the moment."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    )


def as_ours(error: sqlite3.Error | OSError) -> DataLensError:
    """What to tell the user of an error of a database, or of a file beside it."""
    if isinstance(error, OSError):
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return StoreFull()
        shut = error.errno in (errno.EROFS, errno.EACCES, errno.EPERM)
        return StoreUnavailable(NOT_WRITABLE) if shut else StoreUnavailable()
    code = getattr(error, "sqlite_errorcode", 0)
    if is_busy(error):
        return StoreTimedOut()
    if code == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_WRITE:
        return StoreFull()
    if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreUnavailable(DAMAGED)
    if code & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreUnavailable(NOT_WRITABLE)
    if isinstance(error, sqlite3.IntegrityError | sqlite3.DataError):
        reason = type(error).__name__
        return InvalidRequest("The database does not take this.", details={"reason": reason})
    return StoreUnavailable()


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("pragma user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """One by one: `executescript` would commit what is open before it begins."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""

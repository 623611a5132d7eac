"""Payloads that are too large for a row: each kept by itself, named by what is in it.

Where they are kept is each store's own: files beside SQLite, objects of Supabase's storage.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datalens_core.privatefile import write_private
from datalens_core.sessions.rows import Row, lost

LARGE = 256 * 1024
"""In bytes; anything smaller is quicker to read as a part of its row."""


class PayloadLost(Exception):
    """The payload is gone, or is something else than was kept."""


def name_of(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def checked(payload: bytes, name: str) -> bytes:
    """The payload of this name. Raises PayloadLost if it is another one."""
    if name_of(payload) != name:
        raise PayloadLost
    return payload


def large_content(row: Mapping[str, Any]) -> bytes | None:
    """What an artifact's row holds, as it is kept apart; None if that is small."""
    payload = json.dumps(row["content"]).encode()
    return payload if len(payload) > LARGE else None


def with_content(row: Row, payload: bytes | None) -> Row:
    """An artifact's row with what was kept apart; None if that is lost, which is said then."""
    return lost(row) if payload is None else {**row, "content": json.loads(payload)}


class PayloadFiles:
    """`folder/<session id>/<SHA-256>`, mode 0600 in folders of 0700."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, session_id: str, payload: bytes) -> str:
        """Write it, all of it or nothing, whenever the process ends; the hash that names it."""
        name = name_of(payload)
        folder = self._folder / session_id
        for made in (self._folder, folder):  # of parents, mkdir makes none private
            made.mkdir(exist_ok=True, mode=0o700)
        write_private(folder / name, payload)
        return name

    def read(self, session_id: str, name: str) -> bytes:
        """Raises PayloadLost."""
        try:
            payload = (self._folder / session_id / name).read_bytes()
        except OSError:
            raise PayloadLost from None
        return checked(payload, name)

    def remove(self, session_id: str) -> None:
        """All payloads of a session."""
        shutil.rmtree(self._folder / session_id, ignore_errors=True)

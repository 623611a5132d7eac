"""Payloads that are too large for a row: files of the user's alone, named by what is in them."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

LARGE = 256 * 1024
"""In bytes; anything smaller is quicker to read as a part of its row."""


class PayloadLost(Exception):
    """The file is gone, or holds something else than was kept."""


class PayloadFiles:
    """`folder/<session id>/<SHA-256>`, mode 0600 in folders of 0700."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, session_id: str, payload: bytes) -> str:
        """Write it, all of it or nothing, whenever the process ends; the hash that names it."""
        name = hashlib.sha256(payload).hexdigest()
        folder = self._folder / session_id
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = folder / f"{name}.{os.getpid()}"
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder / name)
        return name

    def read(self, session_id: str, name: str) -> bytes:
        """Raises PayloadLost."""
        try:
            payload = (self._folder / session_id / name).read_bytes()
        except OSError:
            raise PayloadLost from None
        if hashlib.sha256(payload).hexdigest() != name:
            raise PayloadLost
        return payload

    def remove(self, session_id: str) -> None:
        """All payloads of a session."""
        shutil.rmtree(self._folder / session_id, ignore_errors=True)

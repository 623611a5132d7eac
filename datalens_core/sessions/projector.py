"""Writes the journal behind into the history store, in order and in batches."""

from __future__ import annotations

import asyncio
import sqlite3

import structlog

from datalens_core.errors import DataLensError
from datalens_core.journal import Journal
from datalens_core.sessions.store import SessionStore

BATCH = 200
RETRY_SECONDS = 1.0

log = structlog.get_logger("datalens.history")


class Projector:
    """Keeps a store up with a journal. A store that cannot be reached is tried again."""

    def __init__(self, journal: Journal, store: SessionStore) -> None:
        self._journal = journal
        self._store = store
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()
        self._position: int | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._follow(), name="datalens-projector")

    async def close(self) -> None:
        """Write what is left, as far as the store takes it, and stop."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        try:
            await self.drain()
        except (DataLensError, sqlite3.Error):
            log.warning("history.behind")  # the journal keeps it for the next start

    def wake(self) -> None:
        self._news.set()

    async def drain(self) -> None:
        """Return once everything in the journal up to now is in the store.

        Raises:
            StoreUnavailable, StoreTimedOut: the store did not take it; the journal keeps it.
        """
        async with self._turn:
            if self._position is None:
                self._position = await self._store.position(self._journal.id)
            while entries := self._journal.since(self._position, BATCH):
                await self._store.apply(self._journal.id, entries)
                self._position = entries[-1].position

    async def _follow(self) -> None:
        while True:
            self._news.clear()
            try:
                await self.drain()
            except (DataLensError, sqlite3.Error) as error:
                log.warning("history.retry", error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            await self._news.wait()

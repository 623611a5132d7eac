"""Writes the journal behind into the history store, in order and in batches."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from datalens_core.errors import DataLensError, InvalidRequest
from datalens_core.journal import Entry, Journal, patiently
from datalens_core.sessions.store import SessionStore

BATCH = 200
RETRY_SECONDS = 0.5
LONGEST_RETRY_SECONDS = 15.0
GATHER_SECONDS = 0.05
"""Events come in bursts, which are written as one."""

log = structlog.get_logger("datalens.history")


class Projector:
    """Keeps a store up with a journal. A store that cannot be reached is tried again.

    A store that is written by user has each user's part of the journal taken over apart, so that
    nobody waits for somebody who is signed out. An entry that a store can never hold is set aside:
    the journal keeps it, and all others go on.

    Args:
        on_behind: told whose history cannot be written now, once until it can be again.
        on_refused: told whose entry was set aside.
    """

    def __init__(
        self,
        journal: Journal,
        store: SessionStore,
        on_behind: Callable[[str | None], None] = lambda _: None,
        on_refused: Callable[[str | None], None] = lambda _: None,
    ) -> None:
        self._journal = journal
        self._store = store
        self._on_behind = on_behind
        self._on_refused = on_refused
        self._news = asyncio.Event()
        self._turns: dict[str | None, asyncio.Lock] = {}
        self._positions: dict[str | None, int] = {}
        self._behind: set[str | None] = set()
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
        await self._drain_all()  # what it does not take the journal keeps for the next start

    def wake(self) -> None:
        self._news.set()

    def is_behind(self, user_id: str | None) -> bool:
        """Whether the store did not take what was there to be taken over for the user."""
        return self._part(user_id) in self._behind

    async def drain(self, user_id: str | None = None) -> None:
        """Return once everything in the journal up to now is in the store, or all of a user's.

        Raises:
            StoreUnavailable, StoreTimedOut: the store did not take it; the journal keeps it.
        """
        part = self._part(user_id)
        async with self._turns.setdefault(part, asyncio.Lock()):
            if part not in self._positions:
                self._positions[part] = await self._store.position(self._journal.id, part)
            while entries := self._journal.since(self._positions[part], BATCH, part):
                await self._take_over(part, entries)
                self._positions[part] = entries[-1].position
        self._behind.discard(part)

    async def _take_over(self, part: str | None, entries: Sequence[Entry]) -> None:
        """All of them in as few batches as it takes to leave out what the store refuses."""
        try:
            await self._store.apply(self._journal.id, part, entries)
        except InvalidRequest as refusal:
            if len(entries) > 1:
                half = len(entries) // 2
                await self._take_over(part, entries[:half])
                await self._take_over(part, entries[half:])
            else:
                await self._set_aside(part, entries[0], refusal)

    async def _set_aside(self, part: str | None, entry: Entry, refusal: InvalidRequest) -> None:
        reason = str(refusal.details.get("reason", ""))
        log.error("history.refused", type=entry.event.type, run_id=entry.event.run_id, error=reason)
        await patiently(lambda: self._journal.set_aside(entry, reason))
        self._on_refused(part)

    def _part(self, user_id: str | None) -> str | None:
        return user_id if self._store.by_user else None

    def _parts(self) -> list[str | None]:
        if not self._store.by_user:
            return [None]
        # Runs of a time when the history was somewhere else are no news here.
        return [user_id for user_id in self._journal.users() if self._store.knows(user_id)]

    async def _drain_all(self) -> bool:
        """Whether everything was taken over."""
        whole = True
        for part in self._parts():
            try:
                await self.drain(part)
            except (DataLensError, sqlite3.Error) as error:
                whole = False
                if part not in self._behind:
                    self._behind.add(part)
                    log.warning("history.behind", error=type(error).__name__)
                    self._on_behind(part)
        return whole

    async def _follow(self) -> None:
        delay = RETRY_SECONDS
        while True:
            self._news.clear()
            whole = await self._drain_all()
            if self._journal.has_grown:
                await asyncio.to_thread(self._journal.checkpoint)
            delay = RETRY_SECONDS if whole else min(2 * delay, LONGEST_RETRY_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), None if whole else delay)
            await asyncio.sleep(GATHER_SECONDS)

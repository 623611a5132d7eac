"""Sessions that nobody has used for longer than the settings keep them are deleted, all of them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from datalens_core.errors import DataLensError
from datalens_core.models import now

HOUR = 3600.0

log = structlog.get_logger("datalens.retention")


class Retention:
    """Sweeps once an hour, the first time at the start.

    Args:
        days: how long an unused session is kept; 0 for ever.
        users: whose sessions can be seen to now; None is everybody.
        unused_since: the ids of a user's sessions that were used last before a time.
        delete: removes one of them with everything that belongs to it.
    """

    def __init__(
        self,
        days: int,
        users: Callable[[], list[str | None]],
        unused_since: Callable[[datetime, str | None], Awaitable[list[str]]],
        delete: Callable[[str, str | None], Awaitable[None]],
    ) -> None:
        self._days = days
        self._users = users
        self._unused_since = unused_since
        self._delete = delete
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._days:
            self._task = asyncio.create_task(self._sweep_hourly(), name="datalens-retention")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _sweep_hourly(self) -> None:
        while True:
            for user_id in self._users():
                try:
                    await self._sweep(user_id)
                except (DataLensError, sqlite3.Error) as error:  # the next hour is another chance
                    log.warning("retention.failed", error=type(error).__name__)
            await asyncio.sleep(HOUR)

    async def _sweep(self, user_id: str | None) -> None:
        old = await self._unused_since(now() - timedelta(days=self._days), user_id)
        for session_id in old:
            await self._delete(session_id, user_id)
        if old:
            log.info("retention.deleted", sessions=len(old))

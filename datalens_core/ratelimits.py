"""How often one user may ask, upload and run code: moving windows, counted in this process.

What a user did not ask for does not count: retries, replays and streams that are read on.
"""

from __future__ import annotations

import asyncio
import math
import time
from enum import StrEnum
from typing import TYPE_CHECKING

from datalens_core.errors import RateLimited
from datalens_core.settings import Settings

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.aio.strategies import RateLimiter


class Counted(StrEnum):
    """What is counted, as the message names one of it that says it was too often."""

    REQUESTS = "request"
    UPLOADS = "upload"
    EXECUTIONS = "code execution"


class RateLimits:
    """The limits in force; 0 is none. A user of None is this program itself: nothing counts."""

    def __init__(self, settings: Settings) -> None:
        self._amounts = {
            Counted.REQUESTS: settings.requests_per_minute,
            Counted.UPLOADS: settings.uploads_per_hour,
            Counted.EXECUTIONS: settings.executions_per_hour,
        }
        self._windows: RateLimiter | None = None
        self._turn = asyncio.Lock()

    async def count(self, what: Counted, user_id: str | None) -> None:
        """One more of these.

        Raises:
            RateLimited: it is one too many; it does not count then.
        """
        await self._ask(what, user_id, counts=True)

    async def check(self, what: Counted, user_id: str | None) -> None:
        """Whether there may be one more; nothing is counted.

        Raises:
            RateLimited: there may not.
        """
        await self._ask(what, user_id, counts=False)

    async def _ask(self, what: Counted, user_id: str | None, *, counts: bool) -> None:
        amount = self._amounts[what]
        if user_id is None or not amount:
            return
        item = _item(what, amount)
        async with self._turn:
            windows = self._windows or self._begin()
            one_more = windows.hit if counts else windows.test
            if await one_more(item, user_id):
                return
            until = (await windows.get_window_stats(item, user_id)).reset_time
        things = what if amount == 1 else f"{what}s"
        limit = f"{amount:,} {things} {'a minute' if what is Counted.REQUESTS else 'an hour'}"
        raise RateLimited.reached(limit, max(1, math.ceil(until - time.time())))

    def _begin(self) -> RateLimiter:
        from limits.aio.storage import MemoryStorage
        from limits.aio.strategies import MovingWindowRateLimiter

        self._windows = MovingWindowRateLimiter(MemoryStorage())
        return self._windows


def _item(what: Counted, amount: int) -> RateLimitItem:
    from limits import RateLimitItemPerHour, RateLimitItemPerMinute

    kind = RateLimitItemPerMinute if what is Counted.REQUESTS else RateLimitItemPerHour
    return kind(amount, namespace=what.name)

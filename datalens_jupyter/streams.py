"""Following a run from a connection that may go away at any time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datalens_core.events import Event

HEARTBEAT_SECONDS = 15.0
HEARTBEAT = '{"type":"heartbeat"}'


async def until(
    gone: asyncio.Event, events: AsyncGenerator[Event, None], interval: float = HEARTBEAT_SECONDS
) -> AsyncGenerator[Event | None, None]:
    """The events until their end or until the reader is `gone`; None after a silent `interval` (s).

    `events` is closed in any case.
    """
    leaving = asyncio.create_task(gone.wait())
    coming: asyncio.Task[Event | None] | None = None
    async with aclosing(events):
        try:
            while True:
                coming = coming or asyncio.create_task(_next(events))
                done, _ = await asyncio.wait(
                    {coming, leaving}, timeout=interval, return_when=asyncio.FIRST_COMPLETED
                )
                if leaving in done:
                    return
                if not done:
                    yield None
                    continue
                event = coming.result()
                coming = None
                if event is None:
                    return
                yield event
        finally:
            waiting = [task for task in (leaving, coming) if task is not None]
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


async def _next(events: AsyncGenerator[Event, None]) -> Event | None:
    return await anext(events, None)

"""Following a run from a connection that may go away at any time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import TypeVar

T = TypeVar("T")

HEARTBEAT_SECONDS = 15.0
HEARTBEAT = '{"type":"heartbeat"}'


class Readers:
    """Who follows runs here, by caller: signing out ends all of it."""

    def __init__(self) -> None:
        self._reading: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def reading(self, caller: str) -> Iterator[asyncio.Event]:
        """An event that is set when the caller may not read on."""
        ended = asyncio.Event()
        own = self._reading.setdefault(caller, set())
        own.add(ended)
        try:
            yield ended
        finally:
            own.discard(ended)

    def end(self, caller: str) -> None:
        for ended in self._reading.get(caller, ()):
            ended.set()


async def until(
    events: AsyncGenerator[T, None],
    *gone: asyncio.Event,
    interval: float = HEARTBEAT_SECONDS,
) -> AsyncGenerator[T | None, None]:
    """The events until their end or until any of `gone` is set; None after a silent `interval` (s).

    `events` is closed in any case.
    """
    leaving = {asyncio.create_task(event.wait()) for event in gone}
    coming: asyncio.Task[T | None] | None = None
    async with aclosing(events):
        try:
            while True:
                coming = coming or asyncio.create_task(_next(events))
                done, _ = await asyncio.wait(
                    {coming, *leaving}, timeout=interval, return_when=asyncio.FIRST_COMPLETED
                )
                if done & leaving:
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
            waiting = [task for task in (*leaving, coming) if task is not None]
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


async def _next(events: AsyncGenerator[T, None]) -> T | None:
    return await anext(events, None)

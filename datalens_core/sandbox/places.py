"""Whose sandbox is whose, when it was last used, and which one makes room for another.

Nothing here waits for a session: a place in use is left alone, and one that is not is emptied
at once. Who watches the session is told at once; its log is at its next question, which gets its
data and variables back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from datalens_core.errors import SandboxUnavailable
from datalens_core.sandbox.contract import Occupancy
from datalens_core.sandbox.live import LiveSandbox

# A working day's break, as for the session's state: until then it is known why a sandbox went.
FORGOTTEN_AFTER_SECONDS = 6 * 3600.0
MADE_ROOM = "It was idle, and made room for another session's."
SESSION_ENDED = "The session ended."


@dataclass
class Place:
    """A session's place: its lock, its sandbox if it has one, and why the last one went."""

    user: str
    changed: Callable[[], None] = lambda: None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    live: LiveSandbox | None = None
    wanted_by: int = 0  # those who use it, and those who wait for it
    being_made: bool = False
    used: float = field(default_factory=time.monotonic)
    lost_because: str | None = None
    ended: bool = False

    def take(self, live: LiveSandbox) -> None:
        """Have this sandbox from now on."""
        self.live = live
        self.changed()

    async def drop(self, reason: str, *, end: bool = True) -> None:
        """Have no sandbox any more; `end` it too, unless it went by itself."""
        live, self.live = self.live, None
        self.lost_because = reason
        self.changed()
        if live is not None and end:
            await live.kill()


class Places:
    """The place of each session that has been used lately."""

    def __init__(self, most_per_user: int) -> None:
        self._most = most_per_user
        self._places: dict[str, Place] = {}
        self._watchers: dict[str, set[asyncio.Event]] = {}

    def get(self, session_id: str) -> Place | None:
        return self._places.get(session_id)

    def pop(self, session_id: str) -> Place | None:
        place = self._places.pop(session_id, None)
        self._changed(session_id)
        return place

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._places))

    @asynccontextmanager
    async def held(self, session_id: str, user: str) -> AsyncIterator[Place]:
        """The session's place, for one task at a time."""
        place = self._places.setdefault(session_id, Place(user, partial(self._changed, session_id)))
        place.wanted_by += 1
        try:
            async with place.lock:
                yield place
                if place.ended and place.live is not None:  # made while it was being ended
                    await place.drop(SESSION_ENDED)
        finally:
            place.wanted_by -= 1
            place.used = time.monotonic()

    async def admit(self, place: Place) -> None:
        """Count a sandbox that is about to be made; one too many takes an idle one's place.

        Raises:
            SandboxUnavailable: the user has too many, and all are at work.
        """
        place.being_made = True
        while self._of(place.user) > self._most:
            if not await self.make_room(place.user):
                place.being_made = False
                raise SandboxUnavailable(
                    f"As many of your sessions as may run code at once ({self._most}) are doing "
                    "so. Wait for an answer, or stop a run, and ask again."
                )

    async def make_room(self, user: str | None = None) -> bool:
        """End the sandbox (of this user) that was idle longest; False if all are at work."""
        idle = [
            place
            for place in self._places.values()
            if place.live is not None and not place.wanted_by and user in (None, place.user)
        ]
        if not idle:
            return False
        await min(idle, key=lambda place: place.used).drop(MADE_ROOM)
        return True

    async def retire(self, keep_seconds: float) -> None:
        """End what nobody has used for that long; forget what nobody has used for far longer."""
        for session_id, place in list(self._places.items()):
            idle = time.monotonic() - place.used
            if place.wanted_by:
                continue
            if place.live is not None and idle > keep_seconds:
                await place.drop(f"It was not used for {_in_words(keep_seconds)}.")
            elif place.live is None and idle > FORGOTTEN_AFTER_SECONDS:
                del self._places[session_id]

    async def watch(self, session_id: str) -> AsyncGenerator[Occupancy, None]:
        """What is in the session's place now, and then whatever comes to be there."""
        changed = asyncio.Event()
        self._watchers.setdefault(session_id, set()).add(changed)
        told: Occupancy | None = None
        try:
            while True:
                changed.clear()
                place = self._places.get(session_id)
                if place is None:
                    found = Occupancy(None)
                elif place.live is None:
                    found = Occupancy(None, place.lost_because or "")
                else:
                    found = Occupancy(place.live.id)
                if found != told:
                    told = found
                    yield found
                await changed.wait()
        finally:
            watchers = self._watchers[session_id]
            watchers.discard(changed)
            if not watchers:
                del self._watchers[session_id]

    def _changed(self, session_id: str) -> None:
        for watcher in self._watchers.get(session_id, ()):
            watcher.set()

    def _of(self, user: str) -> int:
        return sum(
            place.user == user and (place.live is not None or place.being_made)
            for place in self._places.values()
        )


def _in_words(seconds: float) -> str:
    if seconds >= 120 and seconds % 60 == 0:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds:.0f} seconds"

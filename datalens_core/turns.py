"""A session's turn, which its runs take one after the other, and what a run waits for in it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from datalens_core.errors import PlanNotWaiting


class Stopped(Exception):
    """The user ended the run by what they decided in it."""


@dataclass(frozen=True)
class Decision:
    """The user's word on a plan; `steps` are theirs where they changed it."""

    approve: bool
    steps: tuple[str, ...] = ()


class Turn:
    """One run's hold on its session's turn.

    It is let go while the run waits for its user: an upload, or another question, need not wait
    for somebody who has gone to lunch.
    """

    def __init__(self, lock: asyncio.Lock) -> None:
        self._lock = lock
        self._held = False
        self._word: asyncio.Future[Decision] | None = None

    @property
    def is_free(self) -> bool:
        return not self._lock.locked()

    @property
    def is_undecided(self) -> bool:
        """Whether the run waits for its user's word."""
        return self._word is not None and not self._word.done()

    async def take(self) -> None:
        await self._lock.acquire()
        self._held = True

    def give(self) -> None:
        """Let the next run work; nothing happens if this one does not hold the turn."""
        if self._held:
            self._held = False
            self._lock.release()

    async def decision(self) -> Decision:
        """Let go, and wait for the user's word. Take the turn again to go on."""
        self._word = asyncio.get_running_loop().create_future()
        self.give()
        return await self._word

    def decide(self, decision: Decision) -> None:
        """Give the word that the run waits for.

        Raises:
            PlanNotWaiting: it waits for none, or has got it.
        """
        if self._word is None or self._word.done():
            raise PlanNotWaiting()
        self._word.set_result(decision)

"""The live sandboxes: who they are, how long they may stay, what runs in them."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from datalens_core.sandbox.contract import NO_MEMORY
from datalens_core.sandbox.embedded.box import Box, BoxFailed
from datalens_core.sandbox.embedded.broker import Broker, ZygoteGone, has_ended
from datalens_core.sandbox.embedded.limits import Limits
from datalens_core.sandbox.embedded.memory import MachineMemory, Memory

TEMPLATE = "datalens-embedded"
DEFAULT_TIMEOUT_SECONDS = 300
LONGEST_TIMEOUT_SECONDS = 24 * 3600
# Why a sandbox is not there any more, for clients that ask for it once more.
KILLED, EXPIRED, DIED = "killed", "expired", "died"
OVER_DISK, MADE_ROOM, SHORT_OF_MEMORY = "disk", "made_room", "memory"

_NEW_BOX_MB = 64
_SPARE_AFTER_SECONDS = 0.005
_WATCH_SECONDS = 2.0
_IDLE_SECONDS = 2.0
_REMEMBERED = 1000


class Full(Exception):
    """There are as many sandboxes as may be, and none is idle; the text is for the user."""


class OutOfRoom(Exception):
    """This machine has no memory for another sandbox; the text is for the user."""


class Context:
    """An interpreter of a sandbox; its variables are its own, the files are the sandbox's."""

    def __init__(self, box: Box, cwd: str | None) -> None:
        self.id = secrets.token_hex(16)
        self.box = box
        self.cwd = cwd


class Sandbox:
    """A work folder and the contexts that share it. Ends with its default context."""

    def __init__(
        self, registry: Sandboxes, box: Box, metadata: dict[str, str], env: dict[str, str]
    ) -> None:
        self.id = "i" + secrets.token_hex(10)
        self.access_token = secrets.token_urlsafe(32)
        self.traffic_token = secrets.token_urlsafe(32)
        self.metadata = metadata
        self.started_at = datetime.now(UTC)
        self.end_at = self.started_at
        self.folder = box.folder
        self.home = box.home
        self.folder_path = box.folder_path
        self.default = Context(box, None)
        self.contexts = {self.default.id: self.default}
        self._first = box  # owns the folder, also after a restart
        self._registry = registry
        self._env = env
        self._expiry: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None
        self._used = time.monotonic()
        box.on_end = self._died

    def keep_for(self, seconds: int) -> None:
        """From now on; afterwards the sandbox is killed."""
        seconds = min(max(seconds, 0), LONGEST_TIMEOUT_SECONDS)
        self.end_at = datetime.now(UTC) + timedelta(seconds=seconds)
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = asyncio.get_running_loop().call_later(seconds, self._end, EXPIRED)

    def keep_at_least(self, seconds: int) -> None:
        if datetime.now(UTC) + timedelta(seconds=seconds) > self.end_at:
            self.keep_for(seconds)

    def touch(self) -> None:
        """Somebody asked something of it."""
        self._used = time.monotonic()

    @property
    def idle_seconds(self) -> float:
        """Since it was last asked for something; 0 while it runs code."""
        if any(context.box.is_busy for context in self.contexts.values()):
            self._used = time.monotonic()
        return time.monotonic() - self._used

    async def add_context(self, cwd: str | None) -> Context:
        """Another interpreter on the same files.

        Raises:
            BoxFailed: it could not be started.
            ValueError: the working folder is not there.
        """
        context = Context(await self._new_box(cwd), cwd)
        self.contexts[context.id] = context
        context.box.on_end = lambda: self._context_ended(context)
        return context

    async def restart(self, context: Context) -> None:
        """A fresh interpreter under the same id; files stay, variables go."""
        old = context.box
        fresh = await self._new_box(context.cwd)
        fresh.on_end, old.on_end = old.on_end, None
        context.box = fresh
        await old.close()
        if old is not self.default.box and old.folder is not self.folder:
            old.folder.close()

    async def remove_context(self, context: Context) -> None:
        await context.box.close()

    async def set_up(self) -> None:
        if self._env:
            await self.default.box.set_up(self._env, None)

    async def close(self, reason: str = KILLED) -> None:
        """Kill everything in it and delete its files; `reason` is remembered."""
        if self._closing is None:
            self._registry.forget(self, reason)
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        for context in list(self.contexts.values()):
            context.box.on_end = None
            await context.box.close()
            if context.box.folder is not self.folder:
                context.box.folder.close()
        await self._first.delete_folder()

    async def _new_box(self, cwd: str | None) -> Box:
        box = await Box.start(self._registry.broker, self._registry.limits, share=self.default.box)
        problem = await box.set_up(self._env, cwd)
        if problem is not None:
            await box.close()
            box.folder.close()
            raise ValueError(problem)
        return box

    def _context_ended(self, context: Context) -> None:
        self.contexts.pop(context.id, None)
        context.box.folder.close()

    def _died(self) -> None:
        self._end(OVER_DISK if self._first.is_over_quota else DIED)

    def _end(self, reason: str) -> None:
        self._registry.spawn(self.close(reason))


class Sandboxes:
    """All sandboxes of this server, by id.

    One box is kept in reserve, confined and waiting, so that the next sandbox is there at once.
    """

    def __init__(self, broker: Broker, limits: Limits, memory: Memory | None = None) -> None:
        self.broker = broker
        self.limits = limits
        self._memory = memory or MachineMemory()
        self._live: dict[str, Sandbox] = {}
        self._ended: OrderedDict[str, str] = OrderedDict()
        self._starting = 0
        self._admission = asyncio.Lock()
        self._spare: asyncio.Task[Box | None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def create(
        self, timeout_seconds: int, metadata: dict[str, str], env: dict[str, str]
    ) -> Sandbox:
        """A new sandbox; where there is no room, the one that was idle longest goes first.

        Raises:
            Full: there are too many, and none is idle.
            OutOfRoom: there is too little memory, and none is idle.
            BoxFailed, ZygoteGone: it could not be started.
        """
        self._refuse_without_zygote()
        if self._watch is None:
            self._watch = asyncio.create_task(self._watch_memory())
        async with self._admission:
            await self._make_room()
            self._starting += 1
        try:
            box = await self._take_spare() or await Box.start(self.broker, self.limits)
        finally:
            self._starting -= 1
        sandbox = Sandbox(self, box, metadata, env)
        self._live[sandbox.id] = sandbox
        sandbox.keep_for(timeout_seconds)
        await sandbox.set_up()
        self._refuse_without_zygote()
        if not box.is_alive:  # before anybody listened for its end
            await sandbox.close(DIED)
            raise BoxFailed("the box ended at once")
        self.prepare()
        return sandbox

    def _refuse_without_zygote(self) -> None:
        """Boxes die soon after their zygote; a sandbox made meanwhile would not last."""
        if has_ended(self.broker.pidfd):
            raise ZygoteGone("the sandbox's zygote ended")

    def prepare(self) -> None:
        """Have a box in reserve, where there is memory for it."""
        if self._spare is None and not self._is_short(2 * _NEW_BOX_MB):
            self._spare = asyncio.create_task(self._start_spare())

    @property
    def has_spare(self) -> bool:
        """Whether a box waits for the next sandbox."""
        return self._spare is not None and self._spare.done() and self._spare.result() is not None

    def get(self, sandbox_id: str) -> Sandbox | None:
        return self._live.get(sandbox_id)

    def why_ended(self, sandbox_id: str) -> str | None:
        """What became of a sandbox that is not there any more, as far as that is remembered."""
        return self._ended.get(sandbox_id)

    def all(self) -> list[Sandbox]:
        return sorted(self._live.values(), key=lambda sandbox: sandbox.started_at)

    def forget(self, sandbox: Sandbox, reason: str) -> None:
        if self._live.pop(sandbox.id, None) is None:
            return
        self._ended[sandbox.id] = reason
        while len(self._ended) > _REMEMBERED:
            self._ended.popitem(last=False)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        await asyncio.gather(*(sandbox.close() for sandbox in self.all()))
        await self._discard_spare()
        if self._tasks:
            await asyncio.wait(self._tasks)

    # -- room ------------------------------------------------------------------------------------

    async def _make_room(self) -> None:
        while len(self._live) + self._starting >= self.limits.sandboxes:
            if not await self._retire_idle(MADE_ROOM):
                raise Full(
                    f"There are already {self.limits.sandboxes} sandboxes at work. "
                    "Close some sessions first."
                )
        while self._is_short(_NEW_BOX_MB * (1 + self._starting)):
            if self._spare is not None:
                await self._discard_spare()
            elif not await self._retire_idle(SHORT_OF_MEMORY):
                raise OutOfRoom(NO_MEMORY)

    def _is_short(self, needed_mb: int) -> bool:
        return self._memory.free_mb() < self._memory.reserve_mb() + needed_mb

    async def _retire_idle(self, reason: str) -> bool:
        """End the least recently used sandbox that is idle; False if all are at work."""
        idle = [one for one in self._live.values() if one.idle_seconds > _IDLE_SECONDS]
        if not idle:
            return False
        await max(idle, key=lambda sandbox: sandbox.idle_seconds).close(reason)
        return True

    async def _watch_memory(self) -> None:
        """Sandboxes grow after they were let in: idle ones go before the machine has to swap."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            if self._is_short(0):
                await self._discard_spare()
                await self._retire_idle(SHORT_OF_MEMORY)

    # -- the box in reserve ----------------------------------------------------------------------

    async def _start_spare(self) -> Box | None:
        await asyncio.sleep(_SPARE_AFTER_SECONDS)  # the sandbox just made is answered first
        with contextlib.suppress(BoxFailed, ZygoteGone):  # whoever needs a box is told why
            return await Box.start(self.broker, self.limits)
        return None

    async def _take_spare(self) -> Box | None:
        """The box in reserve, if need be once it is ready; None if there is none."""
        task, self._spare = self._spare, None
        box = await task if task is not None else None
        if box is not None and not box.is_alive:
            await box.close()
            await box.delete_folder()
            return None
        return box

    async def _discard_spare(self) -> None:
        task, self._spare = self._spare, None
        box = await task if task is not None else None
        if box is not None:
            await box.close()
            await box.delete_folder()

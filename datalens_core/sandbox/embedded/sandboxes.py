"""The live sandboxes: who they are, how long they may stay, what runs in them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from datalens_core.sandbox.embedded.box import Box, BoxFailed
from datalens_core.sandbox.embedded.broker import Broker
from datalens_core.sandbox.embedded.limits import Limits

TEMPLATE = "datalens-embedded"
MOST_SANDBOXES = 100
DEFAULT_TIMEOUT_SECONDS = 300
LONGEST_TIMEOUT_SECONDS = 24 * 3600


class Full(Exception):
    """There are as many sandboxes as may be; the text is for the user."""


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
        box.on_end = self._end

    def keep_for(self, seconds: int) -> None:
        """From now on; afterwards the sandbox is killed."""
        seconds = min(max(seconds, 0), LONGEST_TIMEOUT_SECONDS)
        self.end_at = datetime.now(UTC) + timedelta(seconds=seconds)
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = asyncio.get_running_loop().call_later(seconds, self._end)

    def keep_at_least(self, seconds: int) -> None:
        if datetime.now(UTC) + timedelta(seconds=seconds) > self.end_at:
            self.keep_for(seconds)

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

    async def close(self) -> None:
        """Kill everything in it and delete its files."""
        if self._closing is None:
            self._registry.forget(self)
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

    def _end(self) -> None:
        self._registry.spawn(self.close())


class Sandboxes:
    """All sandboxes of this server, by id."""

    def __init__(self, broker: Broker, limits: Limits) -> None:
        self.broker = broker
        self.limits = limits
        self._live: dict[str, Sandbox] = {}
        self._starting = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def create(
        self, timeout_seconds: int, metadata: dict[str, str], env: dict[str, str]
    ) -> Sandbox:
        """Raises: Full, BoxFailed, ZygoteGone."""
        if len(self._live) + self._starting >= MOST_SANDBOXES:
            raise Full(f"There are already {MOST_SANDBOXES} sandboxes. Close some sessions first.")
        self._starting += 1
        try:
            box = await Box.start(self.broker, self.limits)
        finally:
            self._starting -= 1
        sandbox = Sandbox(self, box, metadata, env)
        self._live[sandbox.id] = sandbox
        sandbox.keep_for(timeout_seconds)
        await sandbox.set_up()
        if not box.is_alive:  # before anybody listened for its end
            await sandbox.close()
            raise BoxFailed("the box ended at once")
        return sandbox

    def get(self, sandbox_id: str) -> Sandbox | None:
        return self._live.get(sandbox_id)

    def all(self) -> list[Sandbox]:
        return sorted(self._live.values(), key=lambda sandbox: sandbox.started_at)

    def forget(self, sandbox: Sandbox) -> None:
        self._live.pop(sandbox.id, None)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        await asyncio.gather(*(sandbox.close() for sandbox in self.all()))
        if self._tasks:
            await asyncio.wait(self._tasks)

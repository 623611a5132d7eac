"""One box from outside: run code in it, interrupt it, end it, believe nothing it says."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from datalens_core.sandbox.embedded import wire
from datalens_core.sandbox.embedded.broker import Broker, ZygoteGone, has_ended, kill
from datalens_core.sandbox.embedded.folder import TooManyEntries, Usage, WorkFolder, empty
from datalens_core.sandbox.embedded.limits import MIB, Limits
from datalens_core.sandbox.embedded.output import Event, Output

_BOOT_SECONDS = 10.0
_DISK_CHECK_SECONDS = 0.5
_IDLE_DISK_CHECK_SECONDS = 2.0
_COUNTS_AT_REST = 3
_HIDDEN_CHECK_SECONDS, _IDLE_HIDDEN_CHECK_SECONDS = 1.0, 10.0
_INTERRUPTS = 5
_LAST_WORDS_SECONDS = 5.0
_READ_AHEAD_BYTES = 1 << 20


class BoxFailed(Exception):
    """A box could not be started; the text says why."""


class Execution:
    """One cell: its events as they come, None at the end. Ended by itself or by `interrupt`."""

    def __init__(self, limits: Limits) -> None:
        self.events: asyncio.Queue[Event | None] = asyncio.Queue()
        self.output = Output(limits, self.events.put_nowait)
        self.interrupted = asyncio.Event()
        self.began = False  # the box has taken the code
        self.done = asyncio.Event()

    def interrupt(self) -> None:
        """The client is gone: stop the code, keep the variables."""
        self.interrupted.set()


class Box:
    """A confined process. Cells run one after the other; `on_end` is called once it is dead."""

    def __init__(self, broker: Broker, limits: Limits) -> None:
        self.home = ""
        self.folder_name = ""
        self.folder_path = ""
        self.on_end: Callable[[], None] | None = None
        self._broker = broker
        self._limits = limits
        self._dead = asyncio.Event()
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._idle = asyncio.Lock()
        self._current: Execution | None = None
        self._heard_bytes = 0
        self._hidden_checked = 0.0
        self._over_quota = asyncio.Event()
        self._cell_began = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def start(cls, broker: Broker, limits: Limits, share: Box | None = None) -> Box:
        """A new box with a folder of its own, or with that of `share`.

        Raises:
            BoxFailed: it could not be forked or did not confine itself.
        """
        box = cls(broker, limits)
        if share is not None:
            box._over_quota = share._over_quota
        try:
            fork = await broker.fork(share.folder_name if share else None)
        except OSError as error:
            raise BoxFailed(str(error)) from error
        box._pidfd, box._pid = fork.pidfd, fork.pid
        box.folder_name = fork.folder
        box.folder = WorkFolder(fork.folder_fd, broker.owner)
        asyncio.get_running_loop().add_reader(fork.pidfd, box._ended)
        box._reader, box._writer = await asyncio.open_connection(
            sock=fork.channel, limit=_READ_AHEAD_BYTES
        )
        box._listening = box._spawn(box._listen())
        try:
            await asyncio.wait_for(box._ready, _BOOT_SECONDS)
        except (TimeoutError, BoxFailed, ConnectionError) as error:
            await box.close()
            if share is None:
                await box.delete_folder()
            raise BoxFailed(str(error) or "the box did not start in time") from error
        box._watching = asyncio.create_task(box._watch_disk())
        return box

    _pidfd: int
    _pid: int
    folder: WorkFolder
    _listening: asyncio.Task[None]
    _watching: asyncio.Task[None] | None = None
    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter

    def execute(self, code: str, env: dict[str, str]) -> Execution:
        """Queue a cell. Its events end with None, whatever happens."""
        execution = Execution(self._limits)
        request = {"op": "run", "code": code, "env": env}
        self._spawn(self._drive(execution, request))
        return execution

    async def set_up(self, env: dict[str, str], cwd: str | None) -> str | None:
        """Set environment and folder for good; what went wrong, or None."""
        execution = Execution(self._limits)
        await self._drive(execution, {"op": "setup", "env": env, "cwd": cwd})
        return execution.output.problem

    async def close(self) -> None:
        """Kill the process and wait until it is gone. The folder stays open for its owner."""
        await self._kill()
        if self._watching is not None:
            self._watching.cancel()
        for task in list(self._tasks):
            if task is not asyncio.current_task():
                await asyncio.wait([task])
        self._writer.close()

    async def delete_folder(self) -> None:
        """Delete the work folder with what is in it; every box that uses it must be closed."""
        await asyncio.to_thread(empty, self.folder.descriptor)
        self.folder.close()
        with contextlib.suppress(ZygoteGone):  # the folder went with it
            await self._broker.forget(self.folder_name)

    @property
    def is_alive(self) -> bool:
        return not self._dead.is_set()

    @property
    def is_busy(self) -> bool:
        return self._idle.locked()

    @property
    def is_over_quota(self) -> bool:
        return self._over_quota.is_set()

    # -- the channel ---------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Read whatever the box says, at once and always; what is nobody's is dropped."""
        try:
            while True:
                header = await self._reader.readexactly(wire.HEADER.size)
                size = wire.body_length(header, self._limits.message_bytes)
                body = await self._reader.readexactly(size)
                weight = wire.weight(body)
                self._heard_bytes += weight
                if (
                    weight > self._limits.message_weight
                    or self._heard_bytes > self._limits.flood_bytes
                ):
                    raise wire.BadMessage("more than an honest box sends")
                self._receive(wire.parse(body), weight)
        except (asyncio.IncompleteReadError, ConnectionError, wire.BadMessage):
            self._signal(signal.SIGKILL)
        if not self._ready.done():
            self._ready.set_exception(BoxFailed("the box ended while it started"))

    def _receive(self, message: dict[str, Any], weight: int) -> None:
        kind = message.get("type")
        if not self._ready.done():
            if kind == "ready":
                self.home, self.folder_path = str(message["home"]), str(message["folder"])
                self._ready.set_result(None)
            else:
                self._ready.set_exception(BoxFailed(str(message.get("text"))))
        elif self._current is not None:
            if kind == "began":
                self._current.began = True
            elif kind == "done":
                self._current.output.finished(message)
                self._current.done.set()
            else:
                self._current.output.add(message, weight)

    def _ended(self) -> None:
        if not has_ended(self._pidfd):
            return
        asyncio.get_running_loop().remove_reader(self._pidfd)
        os.close(self._pidfd)
        self._dead.set()
        if self.on_end is not None:
            self.on_end()

    # -- one cell ------------------------------------------------------------------------------

    async def _drive(self, execution: Execution, request: dict[str, Any]) -> None:
        async with self._idle:
            if not execution.interrupted.is_set():
                self._current = execution
                self._heard_bytes = 0
                self._cell_began.set()
                try:
                    self._writer.write(wire.pack(request))
                    await self._settle(execution)
                finally:
                    self._current = None
            execution.events.put_nowait(None)

    async def _settle(self, execution: Execution) -> None:
        """Wait for the end of the cell, or bring it about: time limit, interrupt, disk quota."""
        limits = self._limits
        ends = (execution.done, self._dead)
        in_time = await _first(
            limits.execution_seconds, *ends, execution.interrupted, self._over_quota
        )
        sentence = "The sandbox's process ended."
        if self._over_quota.is_set():
            sentence = f"The sandbox used more than {limits.disk_mb} MB of disk and was stopped."
            await self._kill()
        elif not any(end.is_set() for end in ends) and not await self._stop(execution):
            sentence = "The code did not stop when its time was over, so the sandbox was ended."
            await self._kill()
        if self._dead.is_set():  # what it said before is still in the channel, up to its end
            await asyncio.wait([self._listening], timeout=_LAST_WORDS_SECONDS)
        if not execution.done.is_set():
            execution.output.died(sentence, ran=execution.began)
        elif not in_time:
            execution.output.timed_out(limits.execution_seconds)

    async def _stop(self, execution: Execution) -> bool:
        """Interrupt the cell; whether it ended within the grace.

        More than once: the first signal may come before the cell runs, or be swallowed by it.
        """
        execution.output.expect_interruption()
        pause = self._limits.grace_seconds / _INTERRUPTS
        for _ in range(_INTERRUPTS):
            self._signal(signal.SIGINT)
            if await _first(pause, execution.done, self._dead):
                return True
        return False

    async def _kill(self) -> None:
        self._signal(signal.SIGKILL)
        await self._dead.wait()

    async def _watch_disk(self) -> None:
        """As long as the box lives: a thread of it may write between cells too."""
        while True:
            if self.is_busy:
                await _first(_DISK_CHECK_SECONDS, self._dead)
            else:
                await _first(_IDLE_DISK_CHECK_SECONDS, self._dead, self._cell_began)
            self._cell_began.clear()
            if self._dead.is_set():
                return
            if await self._uses_too_much() or await self._hides_too_much():
                self._over_quota.set()
                self._signal(signal.SIGKILL)
                return

    async def _uses_too_much(self) -> bool:
        try:
            return await self._is_over(lambda: asyncio.to_thread(self._usage))
        except TooManyEntries:
            return True

    async def _hides_too_much(self) -> bool:
        """In files that it deleted and keeps open; asked more rarely, as it takes longer."""
        pause = _HIDDEN_CHECK_SECONDS if self.is_busy else _IDLE_HIDDEN_CHECK_SECONDS
        if time.monotonic() - self._hidden_checked < pause:
            return False
        self._hidden_checked = time.monotonic()
        try:
            return await self._is_over(lambda: self._broker.hidden_usage(self._pid))
        except ZygoteGone:  # and every box with it
            return False

    async def _is_over(self, count: Callable[[], Awaitable[Usage]]) -> bool:
        """Whether it has more than its quota; made to stand still if it moves what is counted."""
        used = await count()
        if not used.complete:
            self._signal(signal.SIGSTOP)
            try:
                for _ in range(_COUNTS_AT_REST):  # its threads take their time to stop
                    used = await count()
                    if used.complete:
                        break
            finally:
                self._signal(signal.SIGCONT)
        return used.bytes > self._limits.disk_mb * MIB

    def _usage(self) -> Usage:
        return self.folder.usage(self._limits.entries)

    def _signal(self, number: signal.Signals) -> None:
        if self.is_alive:
            kill(self._pidfd, number)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _first(seconds: float, *events: asyncio.Event) -> bool:
    """Wait until one of the events is set; False if none is after `seconds`."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)
    finally:
        for wait in waits:
            wait.cancel()

"""A worker thread whose every effect happens on the event loop, and which ends when told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


class Interrupted(Exception):
    """Raised in the worker thread: the run was cancelled, so nothing more is to be done."""


class LoopBridge:
    """Lets a worker thread run coroutines on the loop, one at a time, until it is closed."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._closed = False
        self._pending: dict[asyncio.Task[Any], Future[Any]] = {}

    def call(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run `make()` on the loop and wait for its result. Call in the worker thread only.

        Raises:
            Interrupted: the bridge was closed.
        """
        done: Future[T] = Future()
        self._loop.call_soon_threadsafe(self._start, make, done)
        return done.result()

    async def close(self) -> None:
        """Release the thread, cancel what runs for it, and wait until that has ended."""
        self._closed = True
        pending = dict(self._pending)
        for task, done in pending.items():
            _fail(done, Interrupted())
            task.cancel()
        if pending:
            await asyncio.wait(pending)

    def _start(self, make: Callable[[], Coroutine[Any, Any, T]], done: Future[T]) -> None:
        if self._closed:
            _fail(done, Interrupted())
            return
        task = self._loop.create_task(make())
        self._pending[task] = done
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[Any]) -> None:
        done = self._pending.pop(task)
        if task.cancelled():
            _fail(done, Interrupted())
        elif (error := task.exception()) is not None:
            _fail(done, error)
        elif not done.done():
            done.set_result(task.result())


async def run_in_thread(work: Callable[[LoopBridge], T], interrupt: Callable[[], None]) -> T:
    """Run `work(bridge)` in a thread of its own and wait for it.

    Cancelling the caller calls `interrupt`, closes the bridge and waits for the thread to end:
    no thread outlives this call. A thread of its own, since the loop's default executor has so
    few that long runs would starve everything else in it.
    """
    loop = asyncio.get_running_loop()
    bridge = LoopBridge(loop)
    ended: asyncio.Future[T] = loop.create_future()

    def main() -> None:
        try:
            outcome = partial(_settle, ended, work(bridge), None)
        except BaseException as error:  # handed to the awaiting task, whatever it is
            outcome = partial(_settle, ended, None, error)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(outcome)

    thread = threading.Thread(target=main, name="datalens-agent", daemon=True)
    thread.start()
    try:
        return await asyncio.shield(ended)
    except asyncio.CancelledError:
        interrupt()
        await bridge.close()
        await asyncio.wait([ended])
        ended.exception()  # the thread's Interrupted is of no interest
        raise
    finally:
        if ended.done():
            thread.join()  # it has said its last word: a matter of microseconds


def _settle(ended: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if error is not None:
        ended.set_exception(error)
    else:
        ended.set_result(result)


def _fail(done: Future[Any], error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)

"""Starts the zygote, in the best way that works here, and gets boxes from it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import select
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from datalens_core.sandbox.embedded import launch
from datalens_core.sandbox.embedded.entry import refusal
from datalens_core.sandbox.embedded.folder import Usage, delete_tree
from datalens_core.sandbox.embedded.launch import Isolation, Launch, NoIsolation
from datalens_core.sandbox.embedded.limits import Limits

_HELLO_SECONDS = 30.0
_READY_SECONDS = 120.0
_ANSWER_SECONDS = 10.0
_CONTROL_BYTES = 65_536


class ZygoteGone(Exception):
    """The zygote ended; the server has to end too, and be started again."""


@dataclass(frozen=True)
class Fork:
    """What the zygote gives for a new box; the descriptors belong to the receiver."""

    channel: socket.socket
    pidfd: int
    folder_fd: int
    folder: str
    pid: int  # in the zygote's namespace


class Broker:
    """Owns the zygote's process and its control socket."""

    def __init__(
        self, process: subprocess.Popen[bytes], control: socket.socket, how: Launch, threads: int
    ) -> None:
        self.threads = threads  # a zygote that forks must have one only
        self.isolation: Isolation = how.isolation
        self.owner = how.owner
        self._process = process
        self._control = control
        self._how = how
        self._lock = asyncio.Lock()
        self.pidfd = os.pidfd_open(process.pid)

    @classmethod
    def start(cls, limits: Limits) -> Broker:
        """Try each way in order. Blocks for seconds; call from the main thread.

        The kernel ends the zygote with the thread that started it.

        Raises:
            NoIsolation: no way works here; the message says what to do.
        """
        if (sentence := refusal()) is not None:
            raise NoIsolation(sentence)
        refusals = []
        for program in launch.bubblewraps():
            try:
                return cls.attempt(functools.partial(launch.in_bubblewrap, program, limits))
            except WayRefused as error:
                refusals.append(f"{program}: {error}")
        try:
            return cls.attempt(functools.partial(launch.reduced, limits))
        except (WayRefused, NoIsolation) as error:
            raise NoIsolation(_explain(refusals, str(error))) from error

    @classmethod
    def attempt(cls, plan: Callable[[int], Launch]) -> Broker:
        """Start the zygote in one way; `plan` gets the control socket's descriptor.

        Raises:
            NoIsolation: the zygote itself is broken; no other way would help.
            WayRefused: this way does not work here.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, tempfile.TemporaryFile() as errors, contextlib.ExitStack() as undo:
            undo.callback(ours.close)
            how = plan(theirs.fileno())
            undo.callback(_delete_work, how)
            try:
                process = subprocess.Popen(
                    how.command,
                    env=how.environment,
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    start_new_session=True,
                    cwd="/",
                )
            except OSError as error:
                raise WayRefused(error.strerror) from error
            undo.callback(process.wait)
            undo.callback(process.kill)
            theirs.close()
            ready = _handshake(ours, process, errors)
            undo.pop_all()
        return cls(process, ours, how, ready["threads"])

    async def fork(self, folder: str | None = None) -> Fork:
        """A new box; with `folder`, one that shares the work folder of that name.

        Raises:
            ZygoteGone: the zygote ended.
            OSError: it could not fork.
        """
        ours, theirs = socket.socketpair()
        request = json.dumps({"op": "fork", "folder": folder}).encode()
        try:
            with theirs:
                answer, descriptors = await self._ask(request, [theirs.fileno()])
            if "error" in answer:
                raise OSError(answer["error"])
        except BaseException:
            ours.close()
            raise
        return Fork(ours, descriptors[0], descriptors[1], answer["folder"], answer["pid"])

    async def hidden_usage(self, pid: int) -> Usage:
        """What the box of this id in the zygote's namespace holds in files without a name."""
        answer, _ = await self._ask(json.dumps({"op": "hidden", "pid": pid}).encode(), [])
        return Usage(**answer)

    async def forget(self, folder: str) -> None:
        """Have an emptied work folder removed."""
        await self._ask(json.dumps({"op": "forget", "folder": folder}).encode(), [])

    async def _ask(self, request: bytes, pass_fds: list[int]) -> tuple[dict[str, Any], list[int]]:
        async with self._lock:
            exchange = asyncio.create_task(asyncio.to_thread(self._exchange, request, pass_fds))
            try:
                return await asyncio.shield(exchange)
            except asyncio.CancelledError:
                await _let_end(exchange)
                raise

    def _exchange(self, request: bytes, pass_fds: list[int]) -> tuple[dict[str, Any], list[int]]:
        try:
            if pass_fds:
                socket.send_fds(self._control, [request], pass_fds)
            else:
                self._control.send(request)
            self._control.settimeout(_ANSWER_SECONDS)
            answer, descriptors, _, _ = socket.recv_fds(self._control, _CONTROL_BYTES, 2)
        except OSError as error:
            raise ZygoteGone("the sandbox's zygote does not answer") from error
        if not answer:
            raise ZygoteGone("the sandbox's zygote ended")
        return json.loads(answer), descriptors

    def close(self) -> None:
        """End the zygote and every box. In a namespace they end with it; bare, it ends them."""
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self.pidfd)
        _delete_work(self._how)


async def _let_end(exchange: asyncio.Task[tuple[dict[str, Any], list[int]]]) -> None:
    """Read the answer that nobody wants any more, lest the next request takes it for its own."""
    while not exchange.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait({exchange})
    if exchange.exception() is None:
        for descriptor in exchange.result()[1]:
            os.close(descriptor)


def _delete_work(how: Launch) -> None:
    """What the zygote deletes itself, unless it was killed."""
    if how.work is not None and os.path.isdir(how.work):
        delete_tree(how.work)


class WayRefused(Exception):
    """This way of starting does not work here; the text is what the program said."""


def _handshake(
    control: socket.socket, process: subprocess.Popen[bytes], errors: IO[bytes]
) -> dict[str, Any]:
    """Wait for hello (isolation works) and ready (everything is imported), which it returns."""
    told: dict[str, Any] = {}
    for seconds, word in ((_HELLO_SECONDS, "hello"), (_READY_SECONDS, "ready")):
        control.settimeout(seconds)
        try:
            message = control.recv(_CONTROL_BYTES)
        except OSError:
            message = b""
        told = json.loads(message) if message else {}
        if word not in told:
            process.kill()
            process.wait()
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip().splitlines()
            last = said[-1] if said else f"it ended with status {process.returncode}"
            if word == "hello":
                raise WayRefused(last)
            raise NoIsolation(f"The embedded sandbox could not start: {last}")
    return told


def _explain(refusals: list[str], reduced: str) -> str:
    tried = "; ".join(refusals) or "there is no bubblewrap"
    said = (f"Code cannot be isolated on this machine ({tried}).", launch.bubblewraps_remedy())
    return " ".join(sentence for sentence in (*said, reduced) if sentence)


def kill(pidfd: int, number: signal.Signals) -> None:
    """Send a signal to exactly that process; nothing if it has ended."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, number)


def has_ended(pidfd: int) -> bool:
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(0))

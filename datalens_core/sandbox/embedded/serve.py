"""The embedded sandbox as a process: isolate, test the isolation, serve, leave nothing behind."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys

from datalens_core.sandbox.embedded.broker import Broker, ZygoteGone
from datalens_core.sandbox.embedded.launch import NoIsolation
from datalens_core.sandbox.embedded.limits import Limits
from datalens_core.sandbox.embedded.sandboxes import Sandboxes
from datalens_core.sandbox.embedded.selftest import SelfTestFailed, check_isolation
from datalens_core.sandbox.embedded.server import ADDRESS, listen

_REFUSED = 1


def main(port: int, *, lifeline: bool = False) -> int:
    """Serve until SIGTERM or SIGINT, or with `lifeline` until stdin ends; the exit status.

    The first line of stdout is JSON {url, api_key, isolation}. If code cannot be isolated here,
    nothing is served: stdout stays empty, stderr's last line is the reason, the status 1.
    """
    try:
        limits = Limits.from_env(os.environ)
        broker = Broker.start(limits)
    except (NoIsolation, ValueError) as error:
        return _refuse(str(error))
    try:
        return asyncio.run(_serve(broker, limits, port, lifeline))
    except (SelfTestFailed, ZygoteGone, _CannotServe) as error:
        return _refuse(str(error))
    finally:
        broker.close()


class _CannotServe(Exception):
    """Isolation holds, but the surroundings do not fit; the message says how."""


async def _serve(broker: Broker, limits: Limits, port: int, lifeline: bool) -> int:
    sandboxes = Sandboxes(broker, limits)
    await check_isolation(broker, limits)
    sandboxes.prepare()
    api_key = secrets.token_urlsafe(32)
    try:
        server, port = listen(sandboxes, api_key, port)
    except OSError as error:
        raise _CannotServe(
            f"The embedded sandbox cannot listen on port {port}: {error.strerror}."
        ) from error
    ending = _when_to_end(broker, lifeline)
    ready = {
        "url": f"http://{ADDRESS}:{port}",
        "api_key": api_key,
        "isolation": broker.isolation,
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    try:
        await ending
    finally:
        server.stop()
        await sandboxes.close()
        await server.close_all_connections()
    return 0


def _when_to_end(broker: Broker, lifeline: bool) -> asyncio.Future[None]:
    """Done on a signal or at the end of stdin; fails if the zygote ends."""
    loop = asyncio.get_running_loop()
    ending: asyncio.Future[None] = loop.create_future()

    def end() -> None:
        if not ending.done():
            ending.set_result(None)

    def zygote_ended() -> None:
        loop.remove_reader(broker.pidfd)
        if not ending.done():
            ending.set_exception(ZygoteGone("The sandbox's zygote ended unexpectedly."))

    def stdin_readable() -> None:
        if not os.read(0, 4096):
            loop.remove_reader(0)
            end()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    loop.add_reader(broker.pidfd, zygote_ended)
    if lifeline:
        try:
            loop.add_reader(0, stdin_readable)
        except PermissionError as error:  # epoll takes no files, /dev/null among them
            raise _CannotServe("--lifeline needs a pipe as stdin.") from error
    return ending


def _refuse(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return _REFUSED

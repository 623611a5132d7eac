"""The loop of one box, after confinement: cells in, messages out, over one descriptor."""

from __future__ import annotations

import os
import socket
import threading
from typing import Any

from datalens_core.sandbox.embedded import wire
from datalens_core.sandbox.embedded.home import name_home
from datalens_core.sandbox.embedded.limits import Limits
from datalens_core.sandbox.embedded.shell import BoxShell

_REQUEST_BYTES = 64 << 20


class Channel:
    """The box's end of its socket. Messages of several threads never mix, nor are they torn."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._main_is_sending = False
        self._interrupted = False

    def __call__(self, message: dict[str, Any]) -> None:
        try:
            frame = wire.pack(message)
        except (TypeError, ValueError, RecursionError):  # a representation that is not JSON
            frame = wire.pack({"type": "stderr", "text": "[a result could not be sent as JSON]\n"})
        if threading.current_thread() is not threading.main_thread():
            with self._lock:
                self._connection.sendall(frame)
            return
        self._main_is_sending = True
        try:
            with self._lock:
                self._connection.sendall(frame)
        finally:
            self._main_is_sending = False
        if self._interrupted:
            self._interrupted = False
            raise KeyboardInterrupt

    def defer_interrupt(self) -> bool:
        """Called by the signal handler: True if the interrupt is raised after the message."""
        self._interrupted = self._main_is_sending
        return self._interrupted

    def receive(self) -> dict[str, Any] | None:
        """The next request; None once the server is gone."""
        header = self._exactly(wire.HEADER.size)
        if header is None:
            return None
        body = self._exactly(wire.body_length(header, _REQUEST_BYTES))
        return None if body is None else wire.parse(body)

    def _exactly(self, count: int) -> bytes | None:
        held = bytearray()
        while len(held) < count:
            piece = self._connection.recv(min(count - len(held), 1 << 20))
            if not piece:
                return None
            held += piece
        return bytes(held)


def serve(connection: socket.socket, shell: BoxShell, limits: Limits, home: str) -> None:
    """Run cells until the server closes the channel."""
    channel = Channel(connection)
    shell.attach(channel, limits)
    folder = os.getcwd()
    channel({"type": "ready", "home": home, "folder": folder})
    name_home(folder, home)
    while (request := channel.receive()) is not None:
        if request["op"] == "setup":
            channel({"type": "done", "count": 0, "error": _set_up(request)})
        elif request["op"] == "run":
            channel({"type": "began"})
            count = shell.run(request["code"], request["env"])
            channel({"type": "done", "count": count})


def _set_up(request: dict[str, Any]) -> str | None:
    try:
        os.environ.update(request["env"])
        if request["cwd"]:
            os.chdir(request["cwd"])
    except (OSError, ValueError) as error:
        return str(error)
    return None

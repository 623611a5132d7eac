"""An HTTP proxy on loopback, as organisations have them. Whatever is asked comes from one server.

It is also a line to that server that can fall silent, for who asks it as if it were the server.

async with Proxy(model.port) as proxy:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
"""

from __future__ import annotations

import asyncio
from typing import Self


class Proxy:
    """Forwards to a port of 127.0.0.1, by CONNECT or by whole addresses.

    Args:
        port: where every request ends, whichever host it names.
        credentials: the Basic credentials it wants, base64; None if it wants none.
    """

    def __init__(self, port: int, credentials: str | None = None) -> None:
        self._port = port
        self._credentials = credentials
        self._open: set[asyncio.Task[None]] = set()
        self.flowing = asyncio.Event()
        """Cleared, not a byte passes in either direction, and no connection ends."""
        self.flowing.set()
        self.asked: list[str] = []
        """The first lines of what it was asked."""
        self.seen = b""
        """Every byte that clients sent through it."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(head.split(b"\r\n", 1)[0].decode())
            if not self._is_allowed(head):
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n")
                writer.write(b"Content-Length: 0\r\nConnection: close\r\n\r\n")
                await writer.drain()
                return
            await self.flowing.wait()
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._port)
            if head.startswith(b"CONNECT "):
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                self.seen += head
                inner_writer.write(head)
            try:
                await asyncio.gather(
                    self._pump(reader, inner_writer, keep=True),
                    self._pump(inner_reader, writer, keep=False),
                )
            finally:
                inner_writer.close()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # either side went away, or the test is over
        finally:
            self._open.discard(task)
            writer.close()

    def _is_allowed(self, head: bytes) -> bool:
        if self._credentials is None:
            return True
        return f"proxy-authorization: basic {self._credentials}".lower() in head.decode().lower()

    async def _pump(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, keep: bool
    ) -> None:
        while piece := await source.read(65_536):
            if keep:
                self.seen += piece
            await self.flowing.wait()
            target.write(piece)
            await target.drain()
        target.close()

"""A model's endpoint on this machine that keeps what it is sent, and follows a script."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Self
from unicodedata import normalize

MAX_BODY = 64 * 1024 * 1024
_TOKEN = re.compile(r"<EMAIL_ADDRESS_\d+>")

Call = tuple[str, dict[str, Any]] | tuple[str, dict[str, Any], str]
"""A tool's name, its arguments, and what the model says before it calls it, if anything."""
Script = Callable[[str, int], Call]
"""From a token of the request and the number of the turn to the call that the model makes."""


class CapturingEndpoint:
    """Answers as a model would. Listens on loopback, for as long as the context lasts.

    The first request of each question's work is refused once, so that a retry is seen, too.
    """

    def __init__(self, script: Script) -> None:
        self.received: list[bytes] = []
        self.retried = False
        self.sent_of_profile = ""
        self._script = script
        self._turn = 0
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=MAX_BODY)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    @property
    def sent(self) -> str:
        """All that was received, as it came, its JSON escapes resolved, and in plain letters."""
        raw = b"\n".join(self.received).decode("utf-8", "replace")
        texts = [raw, *(text for body in self.received for text in _texts(body))]
        plain = (normalize("NFKC", text) for text in texts if not text.isascii())
        return "\n".join((*texts, *plain))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            body = await reader.readexactly(int(length.group(1)) if length else 0)
            self.received += [head, body]
            writer.write(self._answer(body))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client went away, and that is its right
        finally:
            self._open.discard(task)
            writer.close()

    def _answer(self, body: bytes) -> bytes:
        request = json.loads(body)
        if not request.get("tools"):
            return _streamed(content=_PLAN)
        if not self.retried:
            self.retried = True
            return _response(503, "application/json", b'{"error":{"message":"busy"}}')
        found = _TOKEN.search(body.decode("utf-8", "replace"))
        call = self._script(found.group() if found else "", self._turn)
        self._turn += 1
        return _streamed(call=call)


_PLAN = json.dumps(
    {"steps": ["Look"], "estimated_complexity": "low", "required_libraries": ["pandas"]}
)


def _texts(body: bytes) -> Iterator[str]:
    """Every text of a JSON body, and those of JSON within a text."""
    try:
        waiting: list[Any] = [json.loads(body)]
    except ValueError:
        return
    while waiting:
        held = waiting.pop()
        if isinstance(held, dict):
            waiting += [*held.keys(), *held.values()]
        elif isinstance(held, list):
            waiting += held
        elif isinstance(held, str):
            yield held


def _streamed(content: str | None = None, call: Call | None = None) -> bytes:
    delta: dict[str, Any] = {"role": "assistant", "content": content}
    if call is not None:
        delta["content"] = call[2] if len(call) == 3 else None
        function = {"name": call[0], "arguments": json.dumps(call[1])}
        delta["tool_calls"] = [
            {"index": 0, "id": "call_1", "type": "function", "function": function}
        ]
    reason = "stop" if call is None else "tool_calls"
    head = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "check"}
    pieces = [
        head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        head | {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]},
    ]
    lines = [f"data: {json.dumps(piece)}\n\n" for piece in pieces]
    return _response(200, "text/event-stream", "".join([*lines, "data: [DONE]\n\n"]).encode())


def _response(status: int, kind: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status} Check\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body

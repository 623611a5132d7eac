"""A scripted model behind real HTTP on loopback: chat completions, streamed as OpenRouter does.

    async with ScriptedModel([plan(["Total"]), run_python("..."), final_answer("42")]) as model:
        settings = Settings(llm_base_url=model.base_url)

A script is a list of replies, or a function from the request to its reply. A reply may itself be a
function of the request, which is the place to assert on what arrived. Every request is kept, as
raw bytes too, in `requests`.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

# -- what arrived --------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecordedRequest:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    """Request line, headers and body, byte for byte."""
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        held = json.loads(self.body)
        assert isinstance(held, dict)
        return held

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.json["messages"])

    @property
    def text(self) -> str:
        """All message contents, for scripts that look for something said to the model."""
        return "\n".join(str(m.get("content") or "") for m in self.messages)

    @property
    def tools(self) -> list[str]:
        return [t["function"]["name"] for t in self.json.get("tools", [])]


# -- replies -------------------------------------------------------------------------------------

CHUNK = "chat.completion.chunk"
USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120, "cost": 0.0003}


def event(data: Any) -> bytes:
    """One server-sent event; a str is sent as it is, anything else as JSON."""
    body = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"data: {body}\n\n".encode()


def delta(model: str, content: Mapping[str, Any], finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": dict(content), "finish_reason": finish_reason}
    return event(
        {"id": "gen-1", "object": CHUNK, "created": 0, "model": model, "choices": [choice]}
    )


@dataclass(frozen=True)
class Stream:
    """Bytes sent as they are, piece by piece, then the connection is closed."""

    pieces: tuple[bytes, ...]
    delay: float = 0.0
    """Seconds before each piece."""
    status: int = 200
    headers: Mapping[str, str] = field(
        default_factory=lambda: {"Content-Type": "text/event-stream"}
    )
    hang: bool = False
    """Keep the connection open after the last piece, and say nothing more."""
    abort: bool = False
    """End with a connection reset, not an orderly close."""

    def cut(self, pieces: int) -> Stream:
        """The same reply, ending after so many pieces without a word."""
        return Stream(self.pieces[:pieces], self.delay, self.status, self.headers)

    def slowly(self, seconds: float) -> Stream:
        return Stream(self.pieces, seconds, self.status, self.headers)

    def split(self, size: int) -> Stream:
        """The same bytes in pieces of `size`, which split lines and UTF-8 characters."""
        whole = b"".join(self.pieces)
        cuts = tuple(whole[i : i + size] for i in range(0, len(whole), size))
        return Stream(cuts, self.delay, self.status, self.headers)

    def after(self, *first: bytes) -> Stream:
        """The same reply behind other pieces, comments for one."""
        return Stream((*first, *self.pieces), self.delay, self.status, self.headers)


def reply(
    text: str | None = None,
    calls: Sequence[tuple[str, Any]] = (),
    *,
    finish_reason: str | None = None,
    model: str = "scripted/model",
    usage: Mapping[str, Any] | None = USAGE,
) -> Stream:
    """A whole reply. Arguments of calls are sent as JSON, or as they are if they are a str."""
    pieces = [delta(model, {"role": "assistant", "content": ""})]
    if text is not None:
        half = len(text) // 2
        pieces += [delta(model, {"content": part}) for part in (text[:half], text[half:]) if part]
    for index, (name, arguments) in enumerate(calls):
        body = arguments if isinstance(arguments, str) else json.dumps(arguments)
        half = len(body) // 2
        head = {"id": f"call_{index + 1}", "type": "function", "index": index}
        function = {"name": name, "arguments": body[:half]}
        pieces.append(delta(model, {"tool_calls": [head | {"function": function}]}))
        rest = {"index": index, "function": {"arguments": body[half:]}}
        pieces.append(delta(model, {"tool_calls": [rest]}))
    pieces.append(delta(model, {}, finish_reason or ("tool_calls" if calls else "stop")))
    if usage is not None:
        tail = {"id": "gen-1", "object": CHUNK, "created": 0, "model": model}
        pieces.append(event(tail | {"choices": [], "usage": dict(usage)}))
    pieces.append(event("[DONE]"))
    return Stream(tuple(pieces))


def status(code: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Stream:
    """An answer that is no stream: a str is sent as it is, anything else as JSON."""
    held = {"error": {"code": code, "message": f"scripted {code}"}} if body is None else body
    raw = held if isinstance(held, str) else json.dumps(held)
    kind = "text/html" if isinstance(held, str) else "application/json"
    sent = {"Content-Type": kind, "Content-Length": str(len(raw.encode()))}
    return Stream((raw.encode(),), status=code, headers=sent | dict(headers or {}))


def plan(steps: Sequence[str], complexity: str = "low") -> Stream:
    """The answer to a planning request."""
    held = {
        "steps": list(steps),
        "estimated_complexity": complexity,
        "required_libraries": ["pandas", "plotly"],
    }
    return reply(json.dumps(held))


def run_python(code: str) -> Stream:
    return reply(calls=[("run_python", {"code": code})])


def get_schema() -> Stream:
    return reply(calls=[("get_schema", {})])


def find_values(column: str, text: str) -> Stream:
    return reply(calls=[("find_values", {"column": column, "text": text})])


def final_answer(text: str, assumptions: Sequence[str] = ()) -> Stream:
    arguments = {"answer": text, "assumptions": list(assumptions)}
    return reply(calls=[("final_answer", arguments)])


Reply = Stream | Callable[[RecordedRequest], Stream]
Script = Sequence[Reply] | Callable[[RecordedRequest], Stream]


# -- the server ----------------------------------------------------------------------------------


class ScriptedModel:
    """An endpoint on a free port of 127.0.0.1; `base_url` is what `llm_base_url` wants.

    A script that is used up answers 400, so that a test with one call too many fails.
    """

    def __init__(self, script: Script = (), *, tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._tls = tls
        self._failures: list[BaseException] = []
        self._open: set[asyncio.Task[None]] = set()
        self.requests: list[RecordedRequest] = []
        self.arrived = asyncio.Event()
        """Set by the first request."""
        self.dropped = asyncio.Event()
        """Set when a reader went away before a reply was sent whole."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", 0, limit=2**26, ssl=self._tls
        )
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        if self._failures:  # an assertion inside the script is the test's failure
            raise self._failures[0]

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def base_url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/v1"

    @property
    def received(self) -> bytes:
        """Every byte that ever reached the endpoint."""
        return b"\n".join(r.raw for r in self.requests)

    def _next(self, request: RecordedRequest) -> Stream:
        if callable(self._script):
            return self._script(request)
        index = len(self.requests) - 1
        if index >= len(self._script):
            return status(400, {"error": {"message": "The script has no further reply."}})
        chosen = self._script[index]
        return chosen(request) if callable(chosen) else chosen

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            request = await _read_request(reader)
            self.requests.append(request)
            self.arrived.set()
            await self._send(self._next(request), reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.dropped.set()
        except asyncio.CancelledError:
            pass  # the server is closing; the task's end is awaited there
        except BaseException as failure:  # kept, and raised where the test can see it
            self._failures.append(failure)
        finally:
            self._open.discard(task)
            writer.close()

    async def _send(
        self, chosen: Stream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = [f"HTTP/1.1 {chosen.status} Scripted", "Connection: close"]
        head += [f"{name}: {value}" for name, value in chosen.headers.items()]
        writer.write(("\r\n".join(head) + "\r\n\r\n").encode())
        gone = asyncio.ensure_future(reader.read(1))
        try:
            async for piece in _paced(chosen):
                if gone.done():
                    raise ConnectionResetError
                writer.write(piece)
                await writer.drain()
            if chosen.hang:
                await gone
                raise ConnectionResetError
        finally:
            gone.cancel()
        if chosen.abort:
            writer.transport.abort()


async def _paced(chosen: Stream) -> AsyncIterator[bytes]:
    for piece in chosen.pieces:
        # A moment between pieces makes each its own read at the other end.
        await asyncio.sleep(chosen.delay)
        yield piece


async def _read_request(reader: asyncio.StreamReader) -> RecordedRequest:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return RecordedRequest(method, path, headers, head + body, body)

"""From the bytes of a chat completion to one whole reply.

The SDK's own stream ends silently when a connection is cut and yields prose as if it were a
reply; here a reply is whole or it is a failure. Server-sent events as in the HTML standard,
section 9.2; a body that is one JSON completion is read too (some endpoints do not stream).
"""

from __future__ import annotations

import codecs
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from datalens_core.llm.failures import CallFailed, Failure

MAX_REPLY_BYTES = 8 * 2**20
_ERROR_CODES = frozenset(str(code) for code in range(400, 600))


@dataclass
class RawCall:
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass
class RawReply:
    """A reply as it is put together; nothing of it has been checked or restored."""

    text: str = ""
    calls: dict[int, RawCall] = field(default_factory=dict)
    model: str = ""
    finish_reason: str = ""
    usage: Mapping[str, Any] | None = None
    done: bool = False

    @property
    def begun(self) -> bool:
        return bool(self.text or self.calls)

    @property
    def size(self) -> int:
        """The characters that the model wrote."""
        return len(self.text) + sum(len(call.arguments) for call in self.calls.values())

    def add(self, event: Any) -> None:
        """Take in one chunk, or one whole completion.

        Raises:
            CallFailed: the chunk is an error, or not a chunk at all.
        """
        if not isinstance(event, Mapping):
            raise CallFailed(Failure("garbage", begun=self.begun))
        if event.get("error"):
            raise CallFailed(reported(event["error"], begun=self.begun))
        if isinstance(event.get("model"), str):
            self.model = event["model"]
        if isinstance(event.get("usage"), Mapping):
            self.usage = event["usage"]
        choices = event.get("choices")
        if isinstance(choices, list) and choices and isinstance(choices[0], Mapping):
            self._add_choice(choices[0])

    def _add_choice(self, choice: Mapping[str, Any]) -> None:
        if choice.get("error"):
            raise CallFailed(reported(choice["error"], begun=self.begun))
        said = choice.get("delta") or choice.get("message")
        if isinstance(said, Mapping):
            self.text += _text_of(said.get("content"))
            calls = said.get("tool_calls")
            for call in calls if isinstance(calls, list) else []:
                if isinstance(call, Mapping):
                    self._add_call(call)
        if isinstance(choice.get("finish_reason"), str):
            self.finish_reason = choice["finish_reason"]

    def _add_call(self, piece: Mapping[str, Any]) -> None:
        call = self.calls.setdefault(self._index_of(piece), RawCall())
        if isinstance(piece.get("id"), str):
            call.id = call.id or piece["id"]
        function = piece.get("function")
        if not isinstance(function, Mapping):
            return
        if isinstance(function.get("name"), str):
            call.name = call.name or function["name"]
        arguments = function.get("arguments")
        if isinstance(arguments, str):
            call.arguments += arguments
        elif isinstance(arguments, Mapping | list):
            call.arguments = json.dumps(arguments)

    def _index_of(self, piece: Mapping[str, Any]) -> int:
        index = piece.get("index")
        if isinstance(index, int):
            return index
        # Without an index a new id begins a new call, and anything else continues the last one.
        last = max(self.calls, default=-1)
        begins = bool(piece.get("id")) and (
            last < 0 or self.calls[last].id not in ("", piece["id"])
        )
        return last + 1 if begins or last < 0 else last


def reported(error: Any, *, begun: bool) -> Failure:
    """An error inside a 200 answer, treated like the status it names."""
    held = error if isinstance(error, Mapping) else {"message": str(error)}
    code = str(held.get("code"))
    status = int(code) if code in _ERROR_CODES else 502
    return Failure("status", status=status, text=str(held.get("message", "")), begun=begun)


def _text_of(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (p.get("text") for p in content if isinstance(p, Mapping))
        return "".join(p for p in parts if isinstance(p, str))
    return ""


Watch = Callable[[RawReply], None]
"""Called with the reply as far as it has come: at once, and after each piece of it."""


async def read_reply(pieces: AsyncIterator[bytes], watch: Watch | None = None) -> RawReply:
    """Read a body to its end.

    Raises:
        CallFailed: cut (no finish_reason and no [DONE]), garbage, empty, held back by the
            provider, larger than MAX_REPLY_BYTES, or an error in the stream.
    """
    reply = RawReply()
    if watch is not None:
        watch(reply)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    pending, received, whole_json = "", 0, None
    async for piece in pieces:
        received += len(piece)
        if received > MAX_REPLY_BYTES:
            raise CallFailed(Failure("too_large", begun=reply.begun))
        pending += decoder.decode(piece).replace("\r\n", "\n")
        if whole_json is None and pending.strip():
            whole_json = pending.lstrip("\ufeff \n").startswith("{")
        if whole_json:
            continue
        *lines, pending = pending.split("\n")
        for line in lines:
            _take_line(line, reply)
            if reply.done:
                return _checked(reply)
        if watch is not None:
            watch(reply)
    if whole_json:
        reply.add(_parsed(pending, reply))
        reply.done = True
    else:
        _take_line(pending, reply)
    return _checked(reply)


def _take_line(line: str, reply: RawReply) -> None:
    name, _, value = line.rstrip("\r").partition(":")
    value = value.strip()
    if name == "data" and value:
        if value.startswith("[DONE]"):
            reply.done = True
        else:
            reply.add(_parsed(value, reply))
    elif name not in ("", "data", "event", "id", "retry"):
        raise CallFailed(Failure("garbage", begun=reply.begun))


def _parsed(text: str, reply: RawReply) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # A broken chunk is as good as a cut connection: what it held is lost.
        raise CallFailed(Failure("garbage", begun=reply.begun)) from None


def _checked(reply: RawReply) -> RawReply:
    if not (reply.finish_reason or reply.done):
        raise CallFailed(Failure("cut", begun=reply.begun))
    if reply.finish_reason == "content_filter":
        raise CallFailed(Failure("filtered", begun=reply.begun))
    if reply.finish_reason == "error":
        raise CallFailed(Failure("cut", begun=reply.begun))
    if not reply.text.strip() and not reply.calls and reply.finish_reason != "length":
        raise CallFailed(Failure("empty"))
    return reply

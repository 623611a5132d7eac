"""The offline analyst as a transport: OpenAI chat completions, answered in this process."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2

from datalens_core.llm.exchange import Observation, TaskContext, read_context, read_observations
from datalens_core.llm.offline.analyst import Action, next_action, plan

MODEL = "offline rules, no AI model"
_PIECE = 400
_USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
_GREETING = (
    "I am the offline analyst: rules, no AI model. Ask me for counts, totals, averages, rankings,"
    " shares, distributions, correlations or trends of the loaded data."
)


class OfflineTransport(httpx2.AsyncBaseTransport):
    """Answers POST …/chat/completions by rules. Nothing leaves the process.

    Requests it cannot read get an error in OpenAI's shape: 400, or 404 for any other call.
    """

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "POST" or not request.url.path.endswith("/chat/completions"):
            return _error(404, "The offline analyst only serves POST …/chat/completions.")
        try:
            body = json.loads(await request.aread())
            conversation = _read(_texts(body["messages"]), body.get("tools") or [])
        except (ValueError, KeyError, TypeError, AttributeError):
            # ValueError covers broken JSON and broken envelopes; their text may hold data.
            return _error(400, "The offline analyst could not read this request.")
        message = _reply(conversation)
        if body.get("stream"):
            return httpx2.Response(
                200, headers={"content-type": "text/event-stream"}, stream=_Stream(message)
            )
        return httpx2.Response(200, json=_completion(message))


class _Stream(httpx2.AsyncByteStream):
    """A message as server-sent events, closed by a usage chunk and [DONE]."""

    def __init__(self, message: dict[str, Any]) -> None:
        self._message = message

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in _chunks(self._message):
            yield b"data: " + json.dumps(chunk).encode() + b"\n\n"
        yield b"data: [DONE]\n\n"


# -- what is answered ----------------------------------------------------------------------------


def _texts(messages: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Role and text of each message; tool calls are part of the text."""
    return [(str(m["role"]), _text(m.get("content")) + _calls(m)) for m in messages]


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content)
    return str(content or "")


def _calls(message: dict[str, Any]) -> str:
    return "".join(f"\n{call['function']['name']}" for call in message.get("tool_calls") or [])


@dataclass(frozen=True)
class _Conversation:
    """A request as far as the rules need it."""

    context: TaskContext | None
    observations: list[Observation]
    tools: dict[str, dict[str, Any]]
    """The parameters of each tool, by its name."""
    answered: bool
    """An answer was given and sent back: the same one would come back for ever."""


def _read(messages: list[tuple[str, str]], tools: list[dict[str, Any]]) -> _Conversation:
    context, rest = _after_context(messages)
    return _Conversation(
        context,
        [seen for role, text in rest if role != "assistant" for seen in read_observations(text)],
        {tool["function"]["name"]: tool["function"].get("parameters") or {} for tool in tools},
        any(role == "assistant" and re.search(r"\bfinal_answer\b", text) for role, text in rest),
    )


def _after_context(
    messages: list[tuple[str, str]],
) -> tuple[TaskContext | None, list[tuple[str, str]]]:
    """The last context, and what was said after it."""
    for index in range(len(messages) - 1, -1, -1):
        role, text = messages[index]
        context = read_context(text) if role in ("user", "system") else None
        if context:
            after = text.rsplit("</context>", 1)[-1]
            return context, [(role, after), *messages[index + 1 :]]
    return None, []


def _reply(said: _Conversation) -> dict[str, Any]:
    context = said.context
    if context is None or (not context.question.strip() and not said.tools):
        return {"role": "assistant", "content": _GREETING}
    if not said.tools:
        return {"role": "assistant", "content": plan(context).model_dump_json()}
    can_look_up = "find_values" in said.tools
    action = next_action(context, said.observations, can_look_up=can_look_up)
    if action.tool == "final_answer":
        if said.answered:
            action = Action(action.tool, {"answer": _plainly(said.observations), "assumptions": []})
        action = _fit(action, said.tools.get("final_answer", {}))
    return _tool_message(action)


def _plainly(observations: list[Observation]) -> str:
    """An answer without a number, after one that was sent back."""
    if any(seen.success and seen.tables for seen in observations):
        return "The result is in the table."
    return "I did not understand this question. Try another one about the columns of the data."


def _fit(action: Action, parameters: dict[str, Any]) -> Action:
    """Assumptions as the tool declares them: a list, or one text."""
    declared = parameters.get("properties", {}).get("assumptions", {})
    listed = action.arguments.get("assumptions")
    if declared.get("type") != "string" or not isinstance(listed, list):
        return action
    return Action(action.tool, {**action.arguments, "assumptions": "\n".join(map(str, listed))})


# -- how it is said ------------------------------------------------------------------------------


def _tool_message(action: Action) -> dict[str, Any]:
    call = {
        "id": f"call_{uuid4().hex[:24]}",
        "type": "function",
        "function": {"name": action.tool, "arguments": json.dumps(action.arguments)},
    }
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def _head(kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid4().hex}",
        "object": kind,
        "created": int(time.time()),
        "model": MODEL,
    }


def _finish(message: dict[str, Any]) -> str:
    return "tool_calls" if message.get("tool_calls") else "stop"


def _completion(message: dict[str, Any]) -> dict[str, Any]:
    choice = {"index": 0, "message": message, "finish_reason": _finish(message)}
    return {**_head("chat.completion"), "choices": [choice], "usage": _USAGE}


def _chunks(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    head = _head("chat.completion.chunk")

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {**head, "choices": [choice], "usage": None}

    yield chunk({"role": "assistant", "content": None if message.get("tool_calls") else ""})
    for index, call in enumerate(message.get("tool_calls") or []):
        function = call["function"]
        named = {"name": function["name"], "arguments": ""}
        start = {"index": index, "id": call["id"], "type": "function", "function": named}
        yield chunk({"tool_calls": [start]})
        for piece in _pieces(function["arguments"]):
            more = {"index": index, "function": {"arguments": piece}}
            yield chunk({"tool_calls": [more]})
    for piece in _pieces(message.get("content") or ""):
        yield chunk({"content": piece})
    yield chunk({}, _finish(message))
    yield {**head, "choices": [], "usage": _USAGE}


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))


def _error(status: int, message: str) -> httpx2.Response:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    return httpx2.Response(status, json={"error": error})

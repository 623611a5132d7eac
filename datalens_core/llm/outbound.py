"""The choke point: everything of a request that leaves goes through `redacted`, or nothing does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datalens_core.errors import PrivacyBlocked
from datalens_core.events import PrivacyRedacted
from datalens_core.llm.exchange import ModelRequest, PromptMessage
from datalens_core.llm.secrets import SecretScrubber
from datalens_core.models import PreviewPart, PreviewSpan, PrivacyCount, Redaction
from datalens_core.privacy.contract import PrivacySession


@dataclass(frozen=True)
class Outbound:
    """A request as it goes out, and what was replaced in it."""

    body: dict[str, Any]
    """Fields of a chat completion: messages, and tools, tool_choice, response_format if given."""
    parts: tuple[PreviewPart, ...]
    counts: Mapping[tuple[str, str, str], int]
    """Redactions by (channel, entity type, column); "" where no column is known."""

    def report(self) -> list[PrivacyCount]:
        return [
            PrivacyCount(channel=channel, entity_type=entity_type, count=count, column=column)
            for (channel, entity_type, column), count in self.counts.items()
        ]

    def events(self) -> list[PrivacyRedacted]:
        return [
            PrivacyRedacted(channel=channel, entity_type=entity_type, count=count, column=column)
            for (channel, entity_type, column), count in self.counts.items()
        ]


def redacted(request: ModelRequest, privacy: PrivacySession, secrets: SecretScrubber) -> Outbound:
    """Redact every text of a request; our own keys, should code have found one, go first.

    Raises:
        PrivacyBlocked: a detector failed, or what came back is not a request any more.
    """
    try:
        return _Redactor(privacy, secrets).outbound(request)
    except PrivacyBlocked:
        raise
    except Exception:
        # Any doubt means that nothing is sent. The cause may quote the text, so it ends here.
        pass
    raise PrivacyBlocked


class _Redactor:
    def __init__(self, privacy: PrivacySession, secrets: SecretScrubber) -> None:
        self._privacy = privacy
        self._secrets = secrets
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._parts: list[PreviewPart] = []

    def outbound(self, request: ModelRequest) -> Outbound:
        body: dict[str, Any] = {"messages": [self._message(m) for m in request.messages]}
        if request.tools:
            body["tools"] = [self._object(tool, "tools") for tool in request.tools]
        if request.tool_choice is not None:
            body["tool_choice"] = self._text("id", request.tool_choice, "tools")
        if request.response_format is not None:
            body["response_format"] = self._object(request.response_format, "response_format")
        return Outbound(body, tuple(self._parts), dict(self._counts))

    def _message(self, message: PromptMessage) -> dict[str, Any]:
        text = self._text(message.role, message.content, message.channel)
        sent: dict[str, Any] = {"role": message.role, "content": text}
        if message.tool_call_id is not None:
            sent["tool_call_id"] = self._text("id", message.tool_call_id, "tools")
        if message.tool_calls:
            sent["tool_calls"] = [
                {
                    "id": self._text("id", call.id, "tools"),
                    "type": "function",
                    "function": {
                        "name": self._text("id", call.name, "tools"),
                        "arguments": self._text(
                            "assistant",
                            json.dumps(call.arguments, ensure_ascii=False),
                            "tool_arguments",
                        ),
                    },
                }
                for call in message.tool_calls
            ]
        return sent

    def _object(self, held: Mapping[str, Any], channel: str) -> Any:
        return json.loads(self._text(channel, json.dumps(held, ensure_ascii=False), channel))

    def _text(self, role: str, text: str, channel: str) -> str:
        clean, found = self._privacy.redact(self._secrets.exact(text), channel)
        for redaction in found:
            self._counts[channel, redaction.entity_type, redaction.column] += 1
        if role != "id" or found:  # ids would only be noise in a preview
            self._parts.append(PreviewPart(role=role, text=clean, redactions=_spans(clean, found)))
        return clean


def _spans(text: str, found: list[Redaction]) -> list[PreviewSpan]:
    """Where the tokens of these redactions stand in the redacted text."""
    types = {r.replacement: r.entity_type for r in found}
    spans = []
    for token, entity_type in types.items():
        start = text.find(token)
        while start >= 0:
            spans.append(PreviewSpan(start=start, end=start + len(token), entity_type=entity_type))
            start = text.find(token, start + len(token))
    return sorted(spans, key=lambda span: span.start)

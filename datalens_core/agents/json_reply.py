"""JSON out of a model's reply, however it is wrapped."""

from __future__ import annotations

import json
import re
from typing import Any

_FENCE = re.compile(r"```(?:json)?[ \t]*\n(.*?)```", re.DOTALL | re.IGNORECASE)
_MAX_STARTS = 50


def read_object(text: str) -> dict[str, Any] | None:
    """The first JSON object in a reply: bare, fenced, or with prose around it. None if none."""
    for candidate in (text, *_FENCE.findall(text)):
        found = _load(candidate)
        if found is not None:
            return found
    decoder = json.JSONDecoder()
    for start in [match.start() for match in re.finditer(r"\{", text)][:_MAX_STARTS]:
        try:
            value, _ = decoder.raw_decode(text, start)
        except (json.JSONDecodeError, RecursionError):
            continue
        if isinstance(value, dict) and value:
            return value
    return None


def _load(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) and value else None


def short_text(value: Any, limit: int) -> str:
    """A string of a reply on one line and of bounded length; empty if it is none."""
    return " ".join(value.split())[:limit] if isinstance(value, str) else ""


def short_texts(value: Any, limit: int, most: int) -> list[str]:
    """At most `most` non-empty strings of a reply's list."""
    items = value if isinstance(value, list) else [value]
    texts = (short_text(item, limit) for item in items[: most * 4])
    return [text for text in texts if text][:most]

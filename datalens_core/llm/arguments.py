"""The arguments of a tool call, as models really send them."""

from __future__ import annotations

import json
from typing import Any

_MAX_LAYERS = 3


def parse_arguments(text: str) -> dict[str, Any] | None:
    """The JSON object of a tool call, or None if there is no honest way to read one.

    Nothing at all is an empty object. Models also encode the object twice, wrap it in a list or a
    code fence. What was cut off is not completed: code that lost its end must not run.
    """
    held: Any = _unfenced(text)
    for _ in range(_MAX_LAYERS):
        if isinstance(held, str):
            if not held.strip():
                return {}
            try:
                held = json.loads(held, strict=False)
            except (ValueError, RecursionError):  # cut off, or never JSON
                return None
        if isinstance(held, list) and len(held) == 1:
            held = held[0]
        if isinstance(held, dict):
            return held
        if held is None:
            return {}
    return None


def _unfenced(text: str) -> str:
    stripped = text.strip()
    if stripped.startswith("```") and stripped.endswith("```") and "\n" in stripped:
        return stripped[stripped.index("\n") + 1 : -3]
    return text

"""What is OpenRouter's own: its privacy fields, its headers, its names for refusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

PRIVACY_FILTERS = "no data collection, zero data retention, all parameters supported"

CURATED = (
    "anthropic/claude-sonnet-4.5",
    "anthropic/claude-opus-4.5",
    "anthropic/claude-haiku-4.5",
    "openai/gpt-5.1",
    "openai/gpt-5-mini",
    "openai/gpt-4o-mini",
    "google/gemini-2.5-pro",
    "google/gemini-2.5-flash",
    "x-ai/grok-4-fast",
    "qwen/qwen3-coder",
    "deepseek/deepseek-chat-v3.1",
    "mistralai/mistral-medium-3.1",
)
"""Models that call tools well and write good pandas; of them, those that OpenRouter still has."""


def extra_body(model: str, fallbacks: Sequence[str] = ()) -> dict[str, Any]:
    """Fields outside OpenAI's; a provider that cannot keep to them is not used.

    Fallbacks are tried by OpenRouter itself, under the same privacy fields as the model.
    """
    others = [other for other in fallbacks if other != model]
    return {
        "provider": {"data_collection": "deny", "zdr": True, "require_parameters": True},
        "usage": {"include": True},
        **({"models": [model, *others]} if others else {}),
    }


def headers() -> dict[str, str]:
    return {"X-Title": "DataLens for Jupyter"}

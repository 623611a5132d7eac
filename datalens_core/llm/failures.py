"""What goes wrong at an endpoint, and the error a person is shown for it.

The endpoint's own text is kept for decisions (which parameter was refused?) and shown only where
it helps and cannot quote a user: scrubbed, short, in the details.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from datalens_core.errors import (
    ContextTooLong,
    ModelError,
    ModelRateLimited,
    ModelUnavailable,
    ServiceMisconfigured,
)

Kind = Literal[
    "status", "unreachable", "timeout", "cut", "garbage", "empty", "filtered", "too_large",
    "resting", "untrusted", "proxy", "ca_bundle",
]  # fmt: skip

OUTAGE_KINDS = frozenset({"unreachable", "timeout"})
OUTAGE_STATUSES = frozenset({408, 500, 502, 503, 504, 529})
MAX_RETRY_AFTER_SECONDS = 15
_SHOWN_CHARACTERS = 300
_CONTEXT_WORDS = ("context length", "context_length", "context window", "maximum context",
                  "too many tokens", "prompt is too long")  # fmt: skip

_NO_TOOLS_WORDS = ("support tools", "support tool use", "support tool calling", "tool-call-parser",
                   "enable-auto-tool-choice", "support function calling")  # fmt: skip


@dataclass(frozen=True)
class Failure:
    """One failed attempt. `text` is the endpoint's, already scrubbed of secrets."""

    kind: Kind
    status: int | None = None
    text: str = field(default="", repr=False)
    retry_after: float | None = None
    """Seconds the endpoint asks to wait, None if it did not say."""
    begun: bool = False
    """Whether part of the answer had arrived."""
    fault: str = ""
    """The class of the exception behind it, for support."""

    @property
    def is_outage(self) -> bool:
        """Whether the next call would probably fail as well, whatever it asks."""
        return self.kind in OUTAGE_KINDS or self.status in OUTAGE_STATUSES or self.status == 429

    def mentions(self, *words: str) -> bool:
        text = self.text.lower()
        return any(word in text for word in words)


class CallFailed(Exception):
    """Carries a failure inside the gateway; never leaves it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.kind)
        self.failure = failure


def to_error(failure: Failure, *, model: str, filters: str = "") -> ModelError:
    """The error for the user. `filters` names the privacy filters that were asked for, if any."""
    if failure.status == 407:  # a proxy's, never the endpoint's own
        failure = Failure("proxy")
    if failure.kind == "resting":
        return _resting(failure, model)
    if failure.kind != "status":
        error, message = _BY_KIND[failure.kind]
        return error(message, details={"fault": failure.fault} if failure.fault else None)
    details: dict[str, JsonValue] = {"status": failure.status}
    if failure.status in (400, 404, 422) and failure.text:
        details["endpoint_said"] = failure.text[:_SHOWN_CHARACTERS]
    return _by_status(failure, model, filters, details)


def _by_status(
    failure: Failure, model: str, filters: str, details: dict[str, JsonValue]
) -> ModelError:
    match failure.status:
        case 401:
            details["reason"] = "The model's endpoint refused the key."
            return ServiceMisconfigured(details=details)
        case 402:
            return ModelError(
                "The model's account has no credits left. Add credits, or use another key.",
                details=details,
            )
        case 403:
            return ModelError(
                "The model's provider refused to answer this. Ask in other words, or choose "
                "another model.",
                details=details,
            )
        case 400 | 404 if failure.mentions(*_NO_TOOLS_WORDS):
            return ModelError(
                f"{model} cannot call tools, which an analysis needs. Choose another model, or "
                "allow tool calls on its server.",
                details=details,
            )
        case 404 | 503 if filters and failure.mentions("endpoints", "data policy"):
            return ModelError(
                f"No provider of {model} keeps to the privacy settings ({filters}). "
                "Choose another model; the settings were not relaxed.",
                details=details,
            )
        case 404:
            return ModelError(
                f"The endpoint does not know the model {model}. Choose another model.",
                details=details,
            )
        case 413:
            return ContextTooLong(details=details)
        case 400 | 422 if failure.mentions(*_CONTEXT_WORDS):
            return ContextTooLong(details=details)
        case 429:
            return _rate_limited(failure, details)
        case status if status in OUTAGE_STATUSES:
            return ModelUnavailable(details=details)
        case _:
            return ModelError(details=details)


def _resting(failure: Failure, model: str) -> ModelError:
    seconds = math.ceil(failure.retry_after or 0)
    time = "1 second" if seconds == 1 else f"{seconds} seconds"
    return ModelUnavailable(
        f"{model} failed several times in a row, so it is left alone for {time}. "
        "Nothing is lost. Ask again then, or choose another model.",
        details={"retry_after_seconds": seconds},
    )


def _rate_limited(failure: Failure, details: dict[str, JsonValue]) -> ModelError:
    wait = failure.retry_after
    if wait is None or wait <= MAX_RETRY_AFTER_SECONDS:
        return ModelRateLimited(details=details)
    details["retry_after_seconds"] = round(wait)
    return ModelRateLimited(
        f"The model asks to wait {round(wait)} seconds. Nothing is lost. Ask again then.",
        details=details,
    )


_BY_KIND: dict[str, tuple[type[ModelError], str]] = {
    "unreachable": (
        ModelUnavailable,
        "The model's endpoint cannot be reached. Nothing is lost. Check the connection and its "
        "address, then ask again.",
    ),
    "untrusted": (
        ServiceMisconfigured,
        "The certificate of the model's endpoint is not trusted. If your organisation has a "
        "certificate authority of its own, name its file in the settings.",
    ),
    "ca_bundle": (
        ServiceMisconfigured,
        "The file of certificate authorities in the settings cannot be read. Correct its path.",
    ),
    "proxy": (
        ModelUnavailable,
        "The proxy does not let the request through. Nothing is lost. Check the proxy's address, "
        "name and password.",
    ),
    "timeout": (
        ModelUnavailable,
        "The model did not answer in time. Nothing is lost. Ask again in a minute.",
    ),
    "cut": (
        ModelUnavailable,
        "The model's answer broke off in the middle. Nothing is lost. Ask again.",
    ),
    "garbage": (
        ModelError,
        "The model's endpoint sent something that is not an answer. Nothing is lost. Check its "
        "address, or ask again.",
    ),
    "empty": (ModelError, "The model gave an empty answer. Nothing is lost. Ask again."),
    "filtered": (
        ModelError,
        "The model's provider held its answer back. Ask in other words, or choose another model.",
    ),
    "too_large": (
        ModelError,
        "The model's answer had no end and was stopped. Nothing is lost. Ask again.",
    ),
}

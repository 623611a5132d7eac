"""From a box's messages to E2B's events: checked, capped, in the client's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from datalens_core.sandbox.embedded.limits import Limits

Event = dict[str, Any]

EXECUTION_TIMEOUT = "ExecutionTimeout"
SANDBOX_DIED = "SandboxDied"
DIED_BEFORE = "SandboxDiedBefore"
_OURS = frozenset({EXECUTION_TIMEOUT, SANDBOX_DIED, DIED_BEFORE})

_FIELDS = {
    "text/plain": "text",
    "text/html": "html",
    "text/markdown": "markdown",
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpeg",
    "application/pdf": "pdf",
    "text/latex": "latex",
    "application/json": "json",
    "application/javascript": "javascript",
}
_PARENT_MARGIN = 1.25
_NAME_CHARS, _VALUE_CHARS, _TRACEBACK_CHARS = 200, 20_000, 100_000


class Output:
    """Collects one execution's events. The caps are the parent's: a box may ignore its own."""

    def __init__(self, limits: Limits, emit: Callable[[Event], None]) -> None:
        self.problem: str | None = None
        self._emit = emit
        self._chars = int(limits.text_chars * _PARENT_MARGIN)
        self._bytes = int(limits.result_bytes * _PARENT_MARGIN)
        self._messages = limits.messages
        self._said = False
        self._ended_early = False

    def add(self, message: dict[str, Any], weight: int) -> None:
        """Take one message of the box; what has not the agreed shape is left out.

        `weight` is the message's, by `wire.weight`: the parsed value is not walked.
        """
        self._messages -= 1
        if self._messages < 0:
            self._say_truncated()
            return
        kind = message.get("type")
        if kind in ("stdout", "stderr") and isinstance(message.get("text"), str):
            self._text(kind, message["text"])
        elif kind == "result" and isinstance(message.get("data"), dict):
            self._result(message["data"], weight, main=message.get("main") is True)
        elif kind == "error" and not self._ended_early:
            name = str(message.get("name", ""))
            self._error(
                # What only this server may say, in the name of the module that said it.
                f"__main__.{name}" if name in _OURS else name,
                str(message.get("value", "")),
                str(message.get("traceback", "")),
            )

    def expect_interruption(self) -> None:
        """From now on an error is the interruption's own, which is not the user's."""
        self._ended_early = True

    def timed_out(self, seconds: float) -> None:
        sentence = f"Execution exceeded {seconds} second timeout."
        self._error(EXECUTION_TIMEOUT, sentence, f"{EXECUTION_TIMEOUT}: {sentence}")

    def died(self, sentence: str, *, ran: bool) -> None:
        """The box is dead; `ran` is False if it had not even begun with the code."""
        name = SANDBOX_DIED if ran else DIED_BEFORE
        self._error(name, sentence, f"{name}: {sentence}")

    def finished(self, message: dict[str, Any]) -> None:
        count = message.get("count")
        problem = message.get("error")
        self.problem = problem if isinstance(problem, str) else None
        self._emit(
            {
                "type": "number_of_executions",
                "execution_count": count if isinstance(count, int) else 0,
            }
        )

    def _text(self, stream: str, text: str) -> None:
        if self._chars <= 0:
            self._say_truncated()
            return
        shown = text[: self._chars]
        self._chars -= len(text)
        self._emit({"type": stream, "text": shown, "timestamp": _timestamp()})
        if self._chars <= 0:
            self._say_truncated()

    def _say_truncated(self) -> None:
        if not self._said:
            self._said = True
            note = "\n[output truncated: more than a sandbox may send]\n"
            self._emit({"type": "stderr", "text": note, "timestamp": _timestamp()})

    def _result(self, data: dict[str, Any], weight: int, *, main: bool) -> None:
        self._bytes -= weight
        if self._bytes < 0:
            self._say_truncated()
            return
        event: Event = {"type": "result", "is_main_result": main, "extra": {}}
        for mime, value in data.items():
            if mime in _FIELDS:
                event[_FIELDS[mime]] = value
            else:
                event["extra"][mime] = value
        self._emit(event)

    def _error(self, name: str, value: str, traceback: str) -> None:
        self._emit(
            {
                "type": "error",
                "name": shortened(name, _NAME_CHARS),
                "value": shortened(value, _VALUE_CHARS),
                "traceback": shortened(traceback, _TRACEBACK_CHARS),
            }
        )


def shortened(text: str, most: int) -> str:
    """The text, or as much of it as may be and a sign that there is more."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _timestamp() -> str:
    return datetime.now(UTC).isoformat()

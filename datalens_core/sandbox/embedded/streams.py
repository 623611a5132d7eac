"""stdout and stderr of a box: text that leaves in pieces, up to a limit."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from typing import Any

Emit = Callable[[dict[str, Any]], None]

_AT_ONCE_CHARS = 32_768
_PIECE_CHARS = 65_536
_LINES_AT_ONCE = 64
_REFILL_SECONDS = 0.02
_PARTIAL_LINE_SECONDS = 0.05


class OutputBudget:
    """How many characters an execution may still print, on both streams together."""

    def __init__(self, chars: int) -> None:
        self.most = chars
        self.left = chars

    def renew(self) -> None:
        self.left = self.most


class BoxStream(io.TextIOBase):
    """A text stream whose pieces become messages; what is over the budget is dropped, and said.

    A line leaves as soon as it is whole, so that code which dies takes none with it. Only a flood
    (more than `_LINES_AT_ONCE` in `_REFILL_SECONDS`) is gathered into larger messages.
    """

    def __init__(self, name: str, emit: Emit, budget: OutputBudget) -> None:
        super().__init__()
        self.name = name
        self._emit = emit
        self._budget = budget
        self._held: list[str] = []
        self._held_chars = 0
        self._lines_left = _LINES_AT_ONCE
        self._refilled_at = 0.0
        self._lock = threading.RLock()
        self._partial = threading.Event()
        self._flusher: threading.Thread | None = None

    @property
    def encoding(self) -> str:  # type: ignore[override]  # typeshed has an attribute here
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]  # typeshed has an attribute here
        return "replace"

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._budget.left <= 0:
            return len(text)
        with self._lock:
            self._held.append(text)
            self._held_chars += len(text)
            if self._held_chars > _AT_ONCE_CHARS or ("\n" in text and self._may_send_line()):
                self.flush()
            else:
                self._flush_later()
        return len(text)

    def flush(self) -> None:
        with self._lock:
            if not self._held:
                return
            text = "".join(self._held)
            self._held.clear()
            self._held_chars = 0
            self._send(text)

    def _may_send_line(self) -> bool:
        now = time.monotonic()
        if now - self._refilled_at > _REFILL_SECONDS:
            self._refilled_at = now
            self._lines_left = _LINES_AT_ONCE
        self._lines_left -= 1
        return self._lines_left >= 0

    def _send(self, text: str) -> None:
        left = self._budget.left
        if left <= 0:
            return
        self._budget.left = left - len(text)
        shown = text[:left]
        for start in range(0, len(shown), _PIECE_CHARS):
            self._emit({"type": self.name, "text": shown[start : start + _PIECE_CHARS]})
        if self._budget.left <= 0:
            note = f"\n[output truncated after {self._budget.most:,} characters]\n"
            self._emit({"type": self.name, "text": note})

    def _flush_later(self) -> None:
        # Started late: the zygote must have no thread when it forks.
        if self._flusher is None:
            self._flusher = threading.Thread(target=self._flush_partial_lines, daemon=True)
            self._flusher.start()
        self._partial.set()

    def _flush_partial_lines(self) -> None:
        while True:
            self._partial.wait()
            self._partial.clear()
            time.sleep(_PARTIAL_LINE_SECONDS)
            self.flush()

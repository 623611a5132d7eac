"""The answer while it is written: pieces of `final_answer`'s text, tokens restored."""

from __future__ import annotations

import time
from collections.abc import Callable

from pydantic_core import from_json

from datalens_core.llm.secrets import SecretScrubber
from datalens_core.llm.streaming import RawReply
from datalens_core.privacy.contract import PrivacySession

ANSWER_TOOL = "final_answer"
_PIECE_SECONDS = 0.08
_LONGEST_TOKEN = 64
OnAnswer = Callable[[str], None]


class AnswerStream:
    """Watches one reply and tells each new piece of its answer, at whole words only.

    An answer beside other calls, or behind them, is not told: it was written before their results
    were seen. What has been told never changes; if restoring would change it, nothing more is.
    """

    def __init__(self, privacy: PrivacySession, secrets: SecretScrubber, tell: OnAnswer) -> None:
        self.told = ""
        self._privacy = privacy
        self._secrets = secrets
        self._tell = tell
        self._due = 0.0

    def watch(self, reply: RawReply) -> None:
        """Take the reply as far as it has come."""
        if len(reply.calls) != 1:
            return
        (call,) = reply.calls.values()
        now = time.monotonic()
        if call.name != ANSWER_TOOL or now < self._due:
            return
        self._due = now + _PIECE_SECONDS
        text = self._restored(_whole_words(self._secrets.settled(_answer_in(call.arguments))))
        if len(text) > len(self.told) and text.startswith(self.told):
            piece = text[len(self.told) :]
            self.told = text
            self._tell(piece)

    def _restored(self, text: str) -> str:
        return self._privacy.restore_text(self._secrets.exact(text))


def _answer_in(arguments: str) -> str:
    """The answer of a JSON object that may still be growing, "" if there is none yet."""
    try:
        held = from_json(arguments, allow_partial="trailing-strings")
    except ValueError:
        return ""
    answer = held.get("answer") if isinstance(held, dict) else None
    return answer if isinstance(answer, str) else ""


def _whole_words(text: str) -> str:
    """Up to the last space that is not within a token: half a token or a key means nothing."""
    end = max(text.rfind(" "), text.rfind("\n")) + 1
    opened = text.rfind("<", 0, end)
    if opened >= 0 and end - opened < _LONGEST_TOKEN and ">" not in text[opened:end]:
        end = opened
    return text[:end]

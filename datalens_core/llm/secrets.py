"""Keys are taken out of whatever text an endpoint sends back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

REMOVED = "[removed]"
_FRAGMENT = 8
_KEY_SHAPES = re.compile(r"sk-[\w.*…-]{6,}|bearer\s+[^\s\"',;]+", re.IGNORECASE)
_WORD = re.compile(r"\S{8,}")


class SecretScrubber:
    """Removes known secrets, and whatever looks like a key, from text.

    `known` are the secrets in clear; they are kept out of the object's repr.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = sorted({k for s in known if s for k in (s, quote(s, safe=""))}, key=len)[::-1]
        self._fragments = {
            secret[i : i + _FRAGMENT].lower()
            for secret in self._known
            for i in range(len(secret) - _FRAGMENT + 1)
        }

    def exact(self, text: str) -> str:
        """Only the known secrets: for a model's own words, where a lookalike is just text."""
        for secret in self._known:
            text = text.replace(secret, REMOVED)
        return text

    def scrub(self, text: str) -> str:
        """Known secrets, fragments of them, and anything shaped like a key: for error texts."""
        text = _KEY_SHAPES.sub(REMOVED, self.exact(text))
        return _WORD.sub(self._without_fragments, text)

    def _without_fragments(self, found: re.Match[str]) -> str:
        word = found.group().lower()
        windows = (word[i : i + _FRAGMENT] for i in range(len(word) - _FRAGMENT + 1))
        return REMOVED if any(w in self._fragments for w in windows) else found.group()

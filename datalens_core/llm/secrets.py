"""Keys are taken out of whatever text an endpoint sends back, and out of what goes to it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

REMOVED = "[removed]"
_FRAGMENT = 8
_KEY_SHAPES = re.compile(r"sk-[\w.*…-]{6,}|bearer\s+[^\s\"',;]+", re.IGNORECASE)
_WORD = re.compile(r"\S{8,}")
# Shorter ones are words that people write for a server which wants no key: "none", "ollama".
_SHORTEST = 8
_SPELLED_AT_LEAST = 12
_HELD_BACK_AT_LEAST = 4


class SecretScrubber:
    """Removes known secrets, and whatever looks like a key, from text.

    A secret is known as it is, percent-encoded and in base64. A long one is also known spelled: its
    letters and digits, or its hexadecimal digits, in their order, forwards or backwards, whatever
    else stands between them. `known` are the secrets in clear; they are kept out of the repr.
    """

    def __init__(self, known: Iterable[str]) -> None:
        secrets = [secret for secret in known if len(secret) >= _SHORTEST]
        forms = {form for secret in secrets for form in _forms(secret)}
        self._known = sorted(forms, key=len, reverse=True)
        letters = {_letters(w) for secret in secrets for w in (secret, secret.encode().hex())}
        self._spelled = {
            text
            for word in letters
            if len(word) >= _SPELLED_AT_LEAST
            for text in (word, word[::-1])
        }
        self._fragments = {
            secret[i : i + _FRAGMENT].lower()
            for secret in self._known
            for i in range(len(secret) - _FRAGMENT + 1)
        }

    def exact(self, text: str) -> str:
        """Only the known secrets: for a model's own words, where a lookalike is just text."""
        for secret in self._known:
            text = text.replace(secret, REMOVED)
        for start, end in reversed(list(self._places(text))):
            text = text[:start] + REMOVED + text[end:]
        return text

    def scrub(self, text: str) -> str:
        """Known secrets, fragments of them, and anything shaped like a key: for error texts."""
        text = _KEY_SHAPES.sub(REMOVED, self.exact(text))
        return _WORD.sub(self._without_fragments, text)

    def settled(self, text: str) -> str:
        """The beginning of a text that still grows, without an end that may become a secret."""
        letters, places = _spread(text)
        held = 0
        for secret in self._spelled:
            for length in range(min(len(secret) - 1, len(letters)), _HELD_BACK_AT_LEAST - 1, -1):
                if letters.endswith(secret[:length]):
                    held = max(held, length)
                    break
        return text[: places[-held]] if held else text

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where secrets are spelled, from left to right, none inside another."""
        if not self._spelled:
            return
        letters, places = _spread(text)
        found = sorted(
            (start, start + len(secret))
            for secret in self._spelled
            for start in _occurrences(letters, secret)
        )
        done = 0
        for start, end in found:
            if start >= done:
                yield places[start], places[end - 1] + 1
                done = end

    def _without_fragments(self, found: re.Match[str]) -> str:
        word = found.group().lower()
        windows = (word[i : i + _FRAGMENT] for i in range(len(word) - _FRAGMENT + 1))
        return REMOVED if any(w in self._fragments for w in windows) else found.group()


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    raw = secret.encode()
    if len(raw) < _SPELLED_AT_LEAST:
        return
    # In a longer text it may begin at any of three places; what its neighbours decide is left out.
    for before in range(3):
        start = -(-before * 8 // 6)
        end = (before + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b"\0" * before + raw).decode()[start:end]


def _spread(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, in lower case, and where each of them stands."""
    places = [place for place, character in enumerate(text) if character.isalnum()]
    # One for one: some characters are two in lower case.
    return "".join(text[place].lower()[0] for place in places), places


def _letters(text: str) -> str:
    return _spread(text)[0]


def _occurrences(text: str, word: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + 1)

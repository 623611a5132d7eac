"""Known values in disguise: letter by letter, glued together, turned round, escaped, lookalikes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

SHORTEST = 8
"""Letters and digits; shorter values would be met in other words all the time."""
_KEY = 6
_WIDEST_GAP = 10
"""Characters between two letters of a value, of which `a', ' ', 'B` has nine."""
_MOST_WORDS = 3
_WORD = re.compile(r"[^\W_]+")
_ESCAPE = re.compile(
    r"\\(?:x[\da-f]{2}|u[\da-f]{4}|[abfnrtv0])|&(?:#\d{1,5}|[a-z]{2,8});|%(?:25)?[0-7][\da-f]",
    re.IGNORECASE,
)
# Letters that look like Latin ones: Cyrillic and Greek.
_LOOKALIKES = dict(zip("авсеԁһіјкмнопрѕтухѵαβεικνορτυχωı", "abcedhijkmhonpstyxvabeikvoptuxwi",
                       strict=True))  # fmt: skip
_LOOKALIKES |= {"ш": "w", "ӏ": "l", "п": "n", "р": "p", "г": "r"}


class Disguises:
    """Looks for values by their letters and digits alone."""

    def __init__(self, values: Iterable[str]) -> None:
        self._held: dict[str, dict[int, set[str]]] = {}
        for value in values:
            for letters in _written(value):
                if len(letters) >= SHORTEST:
                    lengths = self._held.setdefault(letters[:_KEY], {})
                    lengths.setdefault(len(letters), set()).add(letters)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of each; what may stand between its letters is included."""
        if not self._held:
            return
        letters = letters_of(text)
        for start in letters.starts:
            lengths = self._held.get(letters.text[start : start + _KEY], {})
            for length, values in lengths.items():
                if letters.text[start : start + length] in values:
                    place = stretch(text, letters, start, length)
                    if place is not None:
                        yield place


class Letters(NamedTuple):
    text: str
    """The letters and digits of a text, folded."""
    places: list[int]
    """Where each of them stands in it."""
    starts: list[int]
    """Which of them begin a word."""


def stretch(text: str, letters: Letters, start: int, length: int) -> tuple[int, int] | None:
    """Where so many letters stand, if they may be one value that is written out."""
    held = letters.places[start : start + length]
    end = held[-1] + 1
    gaps = (after - before for before, after in pairwise(held))
    beyond = text[end : end + 1]
    alone = not beyond.isalnum() or (beyond.isdigit() and text[end - 1].isalpha())
    return (held[0], end) if alone and max(gaps, default=0) <= _WIDEST_GAP else None


def _written(value: str) -> Iterator[str]:
    """The letters of a value, and with its last word first: Lovelace, Ada."""
    words = _WORD.findall(value)
    yield _folded("".join(words))
    if 1 < len(words) <= _MOST_WORDS:
        yield _folded("".join([words[-1], *words[:-1]]))


def _folded(text: str) -> str:
    return "".join(_plain(character) for character in text)


def letters_of(text: str) -> Letters:
    kept: list[str] = []
    places: list[int] = []
    starts: list[int] = []
    escapes = {found.start(): found.end() for found in _ESCAPE.finditer(text)}
    begins, skipped_to = True, 0
    for place, character in enumerate(text):
        skipped_to = max(skipped_to, escapes.get(place, 0))
        plain = _plain(character) if place >= skipped_to else ""
        if plain and begins:
            starts.append(len(kept))
        kept.extend(plain)
        places.extend([place] * len(plain))
        begins = not plain
    return Letters("".join(kept), places, starts)


@lru_cache(maxsize=10_000)
def _plain(character: str) -> str:
    """A letter or digit without case, accent or alphabet; "" for anything else."""
    folded = unicodedata.normalize("NFKD", character).casefold()
    return "".join(_LOOKALIKES.get(c, c) for c in folded if c.isalnum())

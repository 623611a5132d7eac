"""A copy of a text with its escapes undone, and the way back: %2B1%20415, &#43;44&nbsp;20."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Self

from datalens_core.privacy.spans import Span

_ESCAPE = re.compile(
    r"%(?:25)?(?P<percent>[2-7][\da-f])|(?<!\\)\\+(?:u00|x)(?P<code>[2-7][\da-f])"
    r"|&(?:#\d{2,7}|#x[\da-f]{2,6}|[a-z]{2,8});",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Unescaped:
    text: str
    _places: tuple[int, ...]
    """Of the copy: where the text of a piece begins."""
    _origins: tuple[tuple[int, int], ...]
    """Of the original: where it begins, and where it ends if it was an escape (else 0)."""

    @classmethod
    def of(cls, text: str) -> Self | None:
        """None if nothing of it is escaped."""
        pieces: list[str] = []
        places: list[int] = []
        origins: list[tuple[int, int]] = []
        done = length = 0
        for found in _ESCAPE.finditer(text):
            character = _character(found)
            if character is None:
                continue
            for piece, origin in (
                (text[done : found.start()], (done, 0)),
                (character, found.span()),
            ):
                pieces.append(piece)
                places.append(length)
                origins.append(origin)
                length += len(piece)
            done = found.end()
        if not pieces:
            return None
        pieces.append(text[done:])
        return cls("".join(pieces), (*places, length), (*origins, (done, 0)))

    def original(self, span: Span) -> Span:
        """A span of the copy as one of the original, whole escapes included."""
        start, _ = self._origin(span.start)
        _, end = self._origin(span.end - 1)
        return span._replace(start=start, end=end)

    def _origin(self, place: int) -> tuple[int, int]:
        at = bisect_right(self._places, place) - 1
        start, end = self._origins[at]
        if end:
            return start, end
        start += place - self._places[at]
        return start, start + 1


def _character(found: re.Match[str]) -> str | None:
    code = found["percent"] or found["code"]
    said = chr(int(code, 16)) if code else html.unescape(found.group())
    return said if len(said) == 1 else None

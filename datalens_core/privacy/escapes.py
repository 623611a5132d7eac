"""A copy of a text with its escapes undone, and the way back: %2B1%20415, &#43;44&nbsp;20."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Self

from datalens_core.privacy.spans import Span

# A byte of ASCII, or those of a letter in UTF-8: %2B, %C3%AB, \xc3\xab; a letter by its number or
# name: \u00eb, \xeb, &euml;; a sign: \/. The signs may be escaped themselves.
_PERCENT, _BACKSLASH = r"%(?:25)?", r"(?<!\\)\\+"
_BYTES = "|".join(
    rf"{sign}[c-f][\da-f](?:{sign}[89ab][\da-f]){{1,3}}|{sign}[2-7][\da-f]"
    for sign in (_PERCENT, rf"{_BACKSLASH}x")
)
_ESCAPE = re.compile(
    rf"(?P<bytes>{_BYTES})"
    rf"|{_BACKSLASH}u(?P<high>d[89ab][\da-f]{{2}})\\+u(?P<low>d[c-f][\da-f]{{2}})"
    rf"|{_BACKSLASH}(?:u(?!00[01]|d[89a-f])(?P<unit>[\da-f]{{4}})|x(?P<latin>[a-f][\da-f])"
    r"|(?P<sign>[/\"']))"
    r"|&(?:#\d{2,7}|#x[\da-f]{2,6}|[a-z]{2,8});",
    re.IGNORECASE,
)
_BYTE = re.compile(r"[\da-f]{2}(?=[\\%]|\Z)", re.IGNORECASE)


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
    try:
        said = _said(found)
    except UnicodeDecodeError:
        return None
    return said if len(said) == 1 else None


def _said(found: re.Match[str]) -> str:
    if found["bytes"]:
        return bytes.fromhex("".join(_BYTE.findall(found["bytes"]))).decode()
    if found["high"]:
        return bytes.fromhex(found["high"] + found["low"]).decode("utf-16-be")
    code = found["unit"] or found["latin"]
    return chr(int(code, 16)) if code else found["sign"] or html.unescape(found.group())

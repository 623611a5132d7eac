"""A plain copy of a text for the detectors, and the way back to places in the original.

Invisible characters hide a value from a pattern and not from a model: `jane<U+200B>@example.com`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from datalens_core.privacy.spans import Span


@dataclass(frozen=True)
class PlainText:
    """Without what cannot be seen; every space a space, every digit one of 0 to 9."""

    text: str
    spaced: str | None = None
    """The same with a space for each invisible character, if there are any; of the original's
    length. 212<U+200B>555<U+200B>0143 is a number only so."""
    _origins: tuple[int, ...] | None = None
    """For each character its place in the original; None if it is the same."""

    @classmethod
    def of(cls, text: str) -> PlainText:
        if text.isascii():
            return cls(text)
        plain = text.translate(_REMOVING)
        if len(plain) == len(text):
            return cls(plain)
        origins = tuple(at for at, c in enumerate(text) if _REMOVING[ord(c)] is not None)
        return cls(plain, text.translate(_SPACING), origins)

    def original(self, span: Span) -> Span:
        """A span of `text` as one of the original, what was removed inside it included."""
        if self._origins is None:
            return span
        end = self._origins[span.end - 1] + 1
        return span._replace(start=self._origins[span.start], end=end)


@lru_cache(maxsize=10_000)
def _plain(code: int) -> int | None:
    """The character to read instead, or None for one that is not seen."""
    char = chr(code)
    if code < 128:
        return code
    category = unicodedata.category(char)
    if category == "Cf" or _is_variation_selector(code) or code == 0x034F:
        return None
    if category in ("Zs", "Zl", "Zp"):
        return ord(" ")
    if category == "Nd":
        return ord(str(unicodedata.decimal(char)))
    compatible = unicodedata.normalize("NFKC", char)
    # Full-width and small forms: ＠ ＋ ﹫ Ａ.
    return ord(compatible) if len(compatible) == 1 and compatible.isascii() else code


def _is_variation_selector(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


class _Removing(dict[int, int | None]):
    """Filled as characters are met: a text has few different ones."""

    def __missing__(self, code: int) -> int | None:
        return _plain(code)


class _Spacing(dict[int, int]):
    def __missing__(self, code: int) -> int:
        plain = _plain(code)
        return ord(" ") if plain is None else plain


_REMOVING, _SPACING = _Removing(), _Spacing()

"""Texts that were looked through before, and what came of them."""

from __future__ import annotations

from datalens_core.models import Redaction

Redacted = tuple[str, list[Redaction]]

MAX_CHARACTERS = 1_000_000


class LookedThrough:
    """Results of redaction for as long as the same text would read the same.

    Each request repeats most of the one before it: the rules, the tools, the data's facts.
    """

    def __init__(self) -> None:
        self._under: tuple[object, ...] = ()
        self._held: dict[tuple[str, str], Redacted] = {}
        self._size = 0

    def find(self, text: str, channel: str, *under: object) -> Redacted | None:
        """What came of a text; nothing that was found under anything else than `under`."""
        if len(under) != len(self._under) or any(
            now is not then and now != then for now, then in zip(under, self._under, strict=True)
        ):
            self._under = under
            self._clear()
        return self._held.get((text, channel))

    def keep(self, text: str, channel: str, redacted: Redacted) -> None:
        if self._size + len(text) > MAX_CHARACTERS:
            self._clear()
        self._held[text, channel] = redacted
        self._size += len(text)

    def _clear(self) -> None:
        self._held.clear()
        self._size = 0

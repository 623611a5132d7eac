"""What a user marked as personal, known again after a restart without being written down.

A file of the session holds keyed digests of the letters and digits of each mark, beside their key.
Whoever can read that folder could try words until one fits; the history there holds the questions
in clear anyway. It goes with the session.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Self

from datalens_core.privacy.disguises import letters_of, stretch
from datalens_core.privatefile import write_private

_FILE = "marks.json"
_KEY_BYTES, _DIGEST_BYTES = 32, 16


class KeptMarks:
    """Digests of marked values, by the number of their letters and digits. Immutable."""

    def __init__(self, key: bytes, digests: Iterable[tuple[int, bytes]] = ()) -> None:
        self._key = key
        self._held: dict[int, set[bytes]] = {}
        for length, digest in digests:
            self._held.setdefault(length, set()).add(digest)

    def __repr__(self) -> str:
        return f"KeptMarks({sum(map(len, self._held.values()))} values)"

    @classmethod
    def none(cls) -> Self:
        return cls(secrets.token_bytes(_KEY_BYTES))

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Those of a session's folder; None if it has none that can be read."""
        try:
            held = json.loads((folder / _FILE).read_text(encoding="ascii"))
            digests = [(int(length), bytes.fromhex(digest)) for length, digest in held["marks"]]
            return cls(bytes.fromhex(held["key"]), digests)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, folder: Path) -> None:
        """Raises: OSError."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        marks = [[n, digest.hex()] for n, held in self._held.items() for digest in sorted(held)]
        held = json.dumps({"key": self._key.hex(), "marks": marks})
        write_private(folder / _FILE, held.encode("ascii"))

    def changed(self, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> KeptMarks:
        """With other values; one that is in both is there."""
        held = {(n, digest) for n, digests in self._held.items() for digest in digests}
        held -= set(map(self._digest_of, remove))
        held |= {self._digest_of(value) for value in add if letters_of(value).text}
        return KeptMarks(self._key, held)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a value stands in a text, in any case, spaced out or in lookalike letters."""
        if not self._held:
            return
        letters = letters_of(text)
        for start in letters.starts:
            for length, digests in self._held.items():
                piece = letters.text[start : start + length]
                place = stretch(text, letters, start, length) if len(piece) == length else None
                if place is not None and self._digest(piece) in digests:
                    yield place

    def _digest_of(self, value: str) -> tuple[int, bytes]:
        letters = letters_of(value).text
        return len(letters), self._digest(letters)

    def _digest(self, letters: str) -> bytes:
        return blake2b(letters.encode(), key=self._key, digest_size=_DIGEST_BYTES).digest()

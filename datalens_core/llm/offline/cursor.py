"""Where a scanner stands among the pieces of a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datalens_core.llm.offline.pieces import Piece


@dataclass
class Cursor:
    """A place in a sequence of pieces, and a look at what stands around it."""

    pieces: Sequence[Piece]
    at: int = 0

    @property
    def here(self) -> Piece:
        return self.pieces[self.at]

    @property
    def done(self) -> bool:
        return self.at >= len(self.pieces)

    def peek(self, ahead: int = 1) -> Piece | None:
        at = self.at + ahead
        return self.pieces[at] if 0 <= at < len(self.pieces) else None

    def sees(self, ahead: int, *kinds: type[Piece]) -> bool:
        return isinstance(self.peek(ahead), kinds)

"""Pieces that belong together: names of several words, what stands in brackets."""

from __future__ import annotations

from collections.abc import Sequence

from datalens_core.llm.offline.pieces import Piece, UnknownPiece, ValuePiece


def prefer_bracketed(pieces: Sequence[Piece]) -> list[Piece]:
    """ "California (CA)": what stands in brackets says what is meant, if it is a value."""
    kept: list[Piece] = []
    for at, piece in enumerate(pieces):
        bracketed = [p.text for p in pieces[at + 1 : at + 4 : 2]] == ["(", ")"]
        inside = pieces[at + 2] if bracketed else None
        doubtful = isinstance(piece, UnknownPiece) or (
            isinstance(piece, ValuePiece) and piece.fit != "exact"
        )
        if not (doubtful and isinstance(inside, ValuePiece) and inside.fit == "exact"):
            kept.append(piece)
    return kept


def join_unknown(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring unknown words are one name: "Costa Rica", "Gulf of Mexico"."""
    joined: list[Piece] = []
    for piece in pieces:
        joined.append(piece)
        if isinstance(piece, UnknownPiece) and not piece.quoted:
            _join_last(joined)
    return joined


def _join_last(joined: list[Piece]) -> None:
    """Put the unknown piece at the end together with the unknown name before it."""
    last = joined[-1]
    before = joined[-2] if len(joined) > 1 else None
    if isinstance(before, UnknownPiece) and not before.quoted:
        joined[-2:] = [UnknownPiece(f"{before.text} {last.text}", name=before.name)]
        return
    first = joined[-3] if len(joined) > 2 else None
    of = before is not None and before.text in ("of", "de", "the")
    names = all(isinstance(piece, UnknownPiece) and piece.name for piece in (first, last))
    if of and names and first and before:
        text = f"{first.text} {before.text} {last.text}"
        joined[-3:] = [UnknownPiece(text, name=True)]

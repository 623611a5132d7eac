"""A place in a text where something personal stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    start: int
    end: int
    entity_type: str
    score: float = 1.0


Finder = Callable[[str], Iterator[Span]]


def united(spans: Iterable[Span]) -> list[Span]:
    """Overlapping spans as one, of the surest's type, so that no part of any is left standing."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.start < result[-1].end:
            last = result[-1]
            surest = max(last, span, key=lambda s: (s.score, s.end - s.start))
            result[-1] = surest._replace(start=last.start, end=max(last.end, span.end))
        else:
            result.append(span)
    return result

"""Which known name was meant by an unknown one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

MAX_SUGGESTIONS = 3
_CUTOFF = 0.6


def similar_names(unknown: str, known: Iterable[str]) -> list[str]:
    """At most three of `known`, the likeliest first. Case, spaces and underscores don't count."""
    by_plain: dict[str, str] = {}
    for name in known:
        by_plain.setdefault(_plain(name), name)
    wanted = _plain(unknown)
    close = get_close_matches(wanted, by_plain, n=MAX_SUGGESTIONS, cutoff=_CUTOFF)
    # "revenue" for "total_revenue": too different in length for a ratio, but surely related.
    if len(wanted) >= 3:
        close += [p for p in by_plain if p not in close and len(p) >= 3 and _holds(p, wanted)]
    return [by_plain[plain] for plain in close[:MAX_SUGGESTIONS]]


def did_you_mean(names: list[str]) -> str:
    return "Did you mean " + " or ".join(repr(name) for name in names) + "?" if names else ""


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _holds(one: str, other: str) -> bool:
    return one in other or other in one

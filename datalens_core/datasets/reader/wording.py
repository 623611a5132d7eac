"""How warnings speak of numbers and names."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, noun: str) -> str:
    """«1 row», «3 rows»."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def left_out(number: int, noun: str, which: str = "") -> str:
    """«3 rows at the end were left out.»"""
    verb = "was" if number == 1 else "were"
    return " ".join(filter(None, (counted(number, noun), which, verb, "left out.")))


def listed(names: Sequence[str]) -> str:
    """The first five names, and how many more there are."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return (", ".join(n[:60] for n in names[:5]) + more)[:250]

"""Numbers in a text, however they are written: 310,007.00, 310.007,0, 3.10007e5, 0x4baf7."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

_PLAIN = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3}(?!\w))?(?![\d]|\.\d)")
# One sign between the groups, another before the decimals; 3,10,007 is the way of India.
_GROUPED = re.compile(
    r"(?<![\d.])(?P<whole>\d{1,3}(?:(?P<sign>[ ,._'’])\d{3})(?:(?P=sign)\d{3})*"
    r"|\d{1,2}(?:,\d\d)+,\d{3})(?P<decimals>(?!(?P=sign))[.,]\d+)?(?!\d)"
)
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])\d+,\d{1,6}(?![\d.,])")
_HEXADECIMAL = re.compile(r"(?<!\w)0[xX][\da-fA-F]{3,15}(?!\w)")
_GROUP = re.compile(r"\d+")
_WORD_AROUND = 5
"""A unit or a currency may be glued to a number; a longer word makes it a name or a digest."""
_GLUED_DIGITS = 5


class WrittenNumber(NamedTuple):
    start: int
    end: int
    readings: tuple[str, ...]
    """What it may mean, each as `Decimal` reads it."""


def written_numbers(text: str) -> Iterator[WrittenNumber]:
    """Every number of a text in every reading; they may overlap."""
    for found in _PLAIN.finditer(text):
        if _stands_alone(text, *found.span()):
            yield _signed(text, *found.span(), found.group())
    for found in _GROUPED.finditer(text):
        if _stands_alone(text, *found.span()):
            yield from _grouped(text, found)
    for found in _DECIMAL_COMMA.finditer(text):
        yield _signed(text, *found.span(), found.group().replace(",", "."))
    for found in _HEXADECIMAL.finditer(text):
        yield WrittenNumber(*found.span(), (str(int(found.group(), 16)),))


def _grouped(text: str, found: re.Match[str]) -> Iterator[WrittenNumber]:
    digits = "".join(_GROUP.findall(found["whole"]))
    decimals = (found["decimals"] or "").replace(",", ".")
    yield _signed(text, *found.span(), digits + decimals)
    if found["sign"] == " ":  # cells of a table may stand before and after
        groups = list(_GROUP.finditer(text, *found.span("whole")))
        for first, last in combinations(range(len(groups)), 2):
            held = "".join(g.group() for g in groups[first : last + 1])
            yield _signed(text, groups[first].start(), groups[last].end(), held)


def _signed(text: str, start: int, end: int, reading: str) -> WrittenNumber:
    """With a minus before it, which may also be a hyphen."""
    if text[start - 1 : start] in ("-", "−"):
        return WrittenNumber(start, end, (reading, f"-{reading}"))
    return WrittenNumber(start, end, (reading,))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Not within a longer word: 310007 in 310007EUR is a number, in a digest it is none."""
    before, after = start, end
    while start - before < _WORD_AROUND and before > 0 and text[before - 1].isalnum():
        before -= 1
    while after - end < _WORD_AROUND and text[after : after + 1].isalnum():
        after += 1
    if (before, after) == (start, end):
        return True
    letters = text[before:start] + text[end:after]
    glued = max(start - before, after - end)
    return letters.isalpha() and glued < _WORD_AROUND and end - start >= _GLUED_DIGITS

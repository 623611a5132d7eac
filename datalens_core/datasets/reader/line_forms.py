"""Lines that are no delimited text as they stand: quoted as a whole, or cut by their places."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from .dialect import DELIMITERS
from .records import usual

QUOTED_LINE = r'(?m)^"([^"]*(?:""[^"]*)*)"$'
_QUOTED = re.compile(QUOTED_LINE)
_LINE = re.compile(r'^"[^"]*(?:""[^"]*)*"$|^.*$', re.MULTILINE)
_RULE = re.compile(r"[-=_+ ]+")
MIN_LINES = 3
MOST, MOST_QUOTED = 0.6, 0.8
MAX_CUTS = 1000
# Words of a few lines may have a space at the same place; those of many hardly do.
ENOUGH_LINES = 20


@dataclass(frozen=True)
class LineForm:
    """How lines become delimited text. `cuts` are the places where columns of fixed width begin."""

    name: Literal["delimited", "quoted", "fixed"] = "delimited"
    cuts: tuple[int, ...] = ()


DELIMITED = LineForm()
NOTES = {
    "quoted": "Lines were quoted as a whole: those quotes were left out.",
    "fixed": "Columns are aligned by spaces: they were cut where those are in every line.",
}


def quoted_or_not(text: str, whole: bool) -> LineForm:
    """Whether lines are quoted cells that hold whole lines of a table, all of them or some.

    A program that takes a line for one cell quotes it, if it has to, and doubles the quotes in it.
    """
    lines = _LINE.findall(_plain_ends(text))
    lines = [line for line in (lines if whole else lines[:-1]) if line.strip()]
    if len(lines) < MIN_LINES or not any(map(_QUOTED.fullmatch, lines)):
        return DELIMITED
    are = any(_hold_a_table(lines, delimiter) for delimiter in DELIMITERS)
    return LineForm("quoted") if are else DELIMITED


def _hold_a_table(lines: Sequence[str], delimiter: str) -> bool:
    """Whether the lines that are quoted hold rows of one width, and most others are such rows."""
    quoted = [line for line in lines if _QUOTED.fullmatch(line)]
    others = [line for line in lines if not _QUOTED.fullmatch(line)]
    rows = _rows(unquoted("\n".join(quoted)), delimiter)
    width = usual([len(row) for row in rows])
    even = sum(len(row) == width for row in rows) >= MOST_QUOTED * len(quoted)
    cells = [cell for row in rows for cell in row[1:]]
    prose = sum(cell.startswith(" ") for cell in cells) > len(cells) // 2
    if width < 2 or not even or prose:
        return False
    # Under a name for one column, two values in a cell are no two columns.
    if delimiter not in lines[0] and width == 2 and not any('""' in line for line in quoted):
        return False
    alike = sum(len(row) == width for row in _rows("\n".join(others), delimiter))
    return 2 * len(quoted) >= len(lines) or alike >= MOST_QUOTED * len(others)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]


def fixed_or_not(text: str, whole: bool, *, commas: bool) -> LineForm:
    """Whether columns begin at the same places of all lines, with nothing but spaces before them.

    A title is as it is: its words stand where the gaps are. `commas`: lines seem to be delimited by
    them, which is wrong where none stands between the names.
    """
    every = _lines(text, whole)
    if (ruled := _ruled_cuts(every)) and not any("\t" in line for line in every):
        return LineForm("fixed", (0, *ruled[:MAX_CUTS]))
    lines = [line for line in every if "  " in line.strip() or _RULE.fullmatch(line)]
    told = [line for line in lines if not _RULE.fullmatch(line)]
    few = len(told) < MIN_LINES or len(lines) < MOST * len(every)
    if few or any("\t" in line for line in told) or (commas and "," in told[0]):
        return DELIMITED
    width = max(map(len, lines))
    blank = [all(line[p : p + 1] in ("", " ") for line in told) for p in range(min(width, 10_000))]
    begins = [p for p in range(1, len(blank)) if blank[p - 1] and not blank[p]]
    begins = [p for p in begins if not all(blank[:p])]
    cuts = [
        _cut_before(place, told, blank)
        for place, after in zip(begins, [*begins[1:], width], strict=False)
        if len(told) >= ENOUGH_LINES
        or blank[place - 2]
        or (told[0][place:after].strip() and any("  " in n[place - 2 : place + 1] for n in told))
    ]
    return LineForm("fixed", (0, *cuts[:MAX_CUTS])) if cuts else DELIMITED


def _ruled_cuts(lines: Sequence[str]) -> list[int]:
    """Where columns begin by the line of dashes below their names, as reports have it."""
    place = next((n for n, line in enumerate(lines) if n and _RULE.fullmatch(line)), 0)
    cuts = [found.start() for found in re.finditer(r"[-=_]+", lines[place])][1:] if place else []
    table = lines[place - 1 :]
    parted = [all(line[cut - 1 : cut] in ("", " ") for cut in cuts) for line in table]
    return cuts if len(table) >= MIN_LINES and sum(parted) >= MOST * len(parted) else []


def _cut_before(place: int, lines: Sequence[str], blank: Sequence[bool]) -> int:
    """Where a column is cut off from the one before: what is aligned to the right may grow."""
    if 2 * sum(bool(line[place : place + 1].strip()) for line in lines) > len(lines):
        return place
    while blank[place - 2]:
        place -= 1
    return place


def unquoted(text: str) -> str:
    """The text without the quotes around whole lines, by the regular expression of the loader."""
    return _QUOTED.sub(lambda line: line[1].replace('""', '"'), text)


def _plain_ends(text: str) -> str:
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _lines(text: str, whole: bool) -> list[str]:
    lines = _plain_ends(text).split("\n")
    return [line for line in (lines if whole else lines[:-1]) if line.strip()]


@contextmanager
def delimited(path: str, encoding: str, form: LineForm) -> Iterator[str]:
    """A copy of the file as delimited text, line by line as the loader makes it."""
    number, copy = tempfile.mkstemp(suffix=".csv")
    try:
        with (
            open(path, encoding=encoding) as source,
            open(number, "w", encoding=encoding, newline="") as to,
        ):
            if form.name == "quoted":
                to.write(unquoted(source.read()))
            else:
                csv.writer(to).writerows(_cut(source, form.cuts))
        yield copy
    finally:
        os.unlink(copy)


def _cut(lines: Iterable[str], cuts: Sequence[int]) -> Iterator[list[str]]:
    ends = [*cuts[1:], None]
    for line in lines:
        if any(line[cut - 1 : cut].strip() for cut in cuts[1:]):
            yield [line.strip()]
        else:
            row = [line[start:end].strip() for start, end in zip(cuts, ends, strict=True)]
            yield row if any(row) else []

"""One distinct name a column, from what a header holds."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from .wording import listed

MAX_NAME = 10_000
_LINE_BREAK = re.compile(r"\s*[\r\n]\s*")


def tidy_names(
    names: Sequence[str], width: int, used: Collection[int]
) -> tuple[list[str], list[str]]:
    """One distinct name a column, and what was changed for it, in words.

    `used` are the columns with values: of the others nothing is told.
    """
    notes: list[str] = []
    tidied: list[str] = []
    taken: set[str] = set()
    empty, twins, trimmed, broken = [], [], 0, 0
    for number in range(width):
        raw = names[number] if number < len(names) else ""
        name = raw.strip(" \t\r\n\u00a0\ufeff")[:MAX_NAME]
        trimmed += name != raw and bool(name)
        one_line = _LINE_BREAK.sub(" ", name)
        broken += one_line != name
        name = one_line
        if not name:
            name = f"column_{number + 1}"
            if number < len(names) and number in used:
                empty.append(name)
        base, copy = name, 0
        while name in taken:
            copy += 1
            name = f"{base}.{copy}"
        if copy:
            twins.append(name)
        taken.add(name)
        tidied.append(name)
    if empty and len(empty) < width:
        which = "A column without a name was" if len(empty) == 1 else "Columns without a name were"
        notes.append(f"{which} given one: {listed(empty)}.")
    if twins:
        notes.append(f"Columns of the same name were told apart: {listed(twins)}.")
    if trimmed:
        notes.append("Spaces around column names were left out.")
    if broken:
        notes.append("Line breaks in column names were read as spaces.")
    return tidied, notes

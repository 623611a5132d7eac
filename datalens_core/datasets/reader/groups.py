"""Rows that are about other rows: totals between groups, and headings above them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .cells import kind_of
from .records import is_total, lone_text, text_of

MIN_HEADINGS = 2
_TOTAL_OF_GROUP = re.compile(r".*\w\W+(sub-?)?(total[ei]?s?|summe|gesamt|insgesamt)", re.IGNORECASE)


def tell_groups(rows: Sequence[Sequence[Any]], notes: list[str], *, gaps: bool = True) -> None:
    """Say which of a table's first rows would be counted twice, or hold no values.

    `gaps`: whether values that are missing in the first column may be the ones above.
    """
    totals = [place for place, row in enumerate(rows, 1) if is_total(row) or _adds_up(row)]
    if 0 < len(totals) < len(rows):
        few = (
            "1 row looks like a total"
            if len(totals) == 1
            else f"{len(totals)} rows look like totals"
        )
        notes.append(
            f"{few} of others (the first is row {totals[0]:,}) and would be added up with them."
        )
    headings = [text for row in rows if len(row) > 2 and (text := lone_text(row))]
    if MIN_HEADINGS <= len(headings) < 0.5 * len(rows):
        notes.append(
            f"{len(headings):,} rows hold a name and nothing else, such as «{headings[0][:40]}»: "
            "they may be headings of the rows below them."
        )
    elif gaps and (missing := _under_a_name(rows)):
        notes.append(
            f"{missing:,} rows have nothing in their first column: the value above may be theirs."
        )


def _under_a_name(rows: Sequence[Sequence[Any]]) -> int:
    """How many rows are without a first value, where the others name groups, each of them once."""
    first = [text_of(row[0]).strip() if row else "" for row in rows]
    names = [name for name in first if name]
    without = [row for row, name in zip(rows, first, strict=True) if not name]
    named = len(names) > 1 and first[0] and len(set(names)) == len(names)
    words = all(kind_of(name) == "text" for name in names)
    fuller = all(sum(bool(text_of(v).strip()) for v in row) > 1 for row in without)
    return len(without) if named and words and fuller and len(without) >= len(names) else 0


def _adds_up(row: Sequence[Any]) -> bool:
    """Whether its first words end in one for a total, and it holds a number."""
    words = next((text_of(v).strip().rstrip(":") for v in row if text_of(v).strip()), "")
    return _TOTAL_OF_GROUP.fullmatch(words) is not None and any(kind_of(v) == "number" for v in row)

"""Rows that are about other rows: totals between groups, and headings above them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .cells import kind_of
from .records import is_total, lone_text, text_of

MIN_HEADINGS = 2
_TOTAL_OF_GROUP = re.compile(r".*\w\W+(sub-?)?(total[ei]?s?|summe|gesamt|insgesamt)", re.IGNORECASE)


def tell_groups(rows: Sequence[Sequence[Any]], notes: list[str]) -> None:
    """Say which of a table's first rows would be counted twice, or hold no values."""
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


def _adds_up(row: Sequence[Any]) -> bool:
    """Whether its first words end in one for a total, and it holds a number."""
    words = next((text_of(v).strip().rstrip(":") for v in row if text_of(v).strip()), "")
    return _TOTAL_OF_GROUP.fullmatch(words) is not None and any(kind_of(v) == "number" for v in row)

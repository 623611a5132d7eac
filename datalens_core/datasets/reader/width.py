"""How wide a table is: columns beyond the header, and those that hold nothing."""

from __future__ import annotations

from .scan import Scan
from .wording import counted, left_out, listed

MAX_COLUMNS = 16_384


def kept_columns(
    names: list[str], header: list[str], used: set[int], notes: list[str]
) -> list[str] | None:
    """The names of the columns to read, None for all: without those of no name and no value."""
    bare = [
        place
        for place in range(len(names))
        if (place >= len(header) or not header[place].strip()) and place not in used
    ]
    if not bare or len(bare) == len(names):
        return None
    notes.append(left_out(len(bare), "column", "without name and values"))
    return [name for place, name in enumerate(names) if place not in set(bare)]


def misses_first_name(names: list[str], scan: Scan) -> bool:
    """Whether the header leaves the column of row names without one, as R writes it."""
    return scan.wide == scan.filled and scan.widest_filled == len(names) + 1 > 2


def tell_wide(scan: Scan, extra: list[str], rows: int, notes: list[str]) -> None:
    added = f"{listed(extra)} {'was' if len(extra) == 1 else 'were'} added."
    if scan.wide >= 0.9 * rows:
        notes.append(f"The header has fewer names than the rows have values: {added}")
    else:
        notes.append(
            f"{counted(scan.wide, 'row')} {'is' if scan.wide == 1 else 'are'} longer than the "
            f"others (the first is row {scan.first_wide:,}): {added}"
        )

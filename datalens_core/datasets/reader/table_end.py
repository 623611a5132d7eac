"""Where a table ends: a second one, notes, totals, empty rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .cells import kind_of
from .layout import Layout
from .records import (
    filled,
    is_header_again,
    is_note,
    is_total,
    numeric_columns,
    text_of,
    usual,
)
from .scan import Scan, Segment
from .wording import counted, left_out

MIN_SECOND_TABLE = 2
LONG_GAP = 500  # empty rows beyond which nothing belongs to a table
Record = list[Any]


@dataclass
class End:
    """How much of the records is the table.

    `rows` are the records for pandas to read (None for all), `count` the data rows among them,
    `skipped` the numbers of records that it passes over; `has_empty` where it reads empty ones.
    """

    rows: int | None
    count: int
    skipped: list[int]
    has_empty: bool

    def sample_rows(self, scan: Scan) -> int:
        """How many records pandas reads for as many rows as are shown."""
        return scan.raw_for_sample if self.rows is None else min(scan.raw_for_sample, self.rows)


def end_of_table(scan: Scan, layout: Layout, data: list[Record], notes: list[str]) -> End:
    """Where the table ends, and in `notes` what is left out for it."""
    other = None if layout.every_line else _next_table(scan, layout.names, data)
    rows, count = (other.raw, other.start) if other else (None, scan.filled)
    if other:
        left = scan.filled - other.start
        if left > MIN_SECOND_TABLE:
            notes.append(
                f"The file holds several tables. The first, of {counted(count, 'row')}, was read; "
                f"the {left:,} lines below it were not."
            )
        else:
            notes.append(left_out(left, "line", "of notes below the table"))
    elif scan.raw > scan.last_raw or any(s.rows >= scan.filled for s in scan.skipped):
        rows = scan.last_raw
    if not layout.every_line:
        rows, count = _without_foot(scan, rows, count, data, notes)
    read = scan.raw if rows is None else rows
    empty = [s for s in scan.skipped if s.what == "empty"]
    at_end = 0 if other else sum(s.rows >= scan.filled for s in empty)
    at_end += scan.raw - scan.last_raw
    between = sum(s.rows < count for s in empty) + read - count
    drawn = sum(s.what == "drawn" for s in scan.skipped)
    again = sum(s.what == "header" and s.rows < count for s in scan.skipped)
    if at_end:
        notes.append(left_out(at_end, "empty row", "at the end"))
    if between:
        notes.append(left_out(between, "empty row"))
    if drawn:
        notes.append(left_out(drawn, "line", "of dashes"))
    if again:
        notes.append(
            left_out(
                again, "line", "that repeats the header" if again == 1 else "that repeat the header"
            )
        )
    skipped = [s.number for s in scan.skipped if s.rows < count or rows is None]
    return End(rows, count, skipped, read > count)


def _next_table(scan: Scan, names: list[str], data: list[Record]) -> Segment | None:
    """What follows the table and is none of its rows."""
    end = scan.segments[1].start if len(scan.segments) > 1 else len(data)
    first_table = data[: max(1, min(end, 60))]
    typical = usual([filled(r) for r in first_table])
    width = usual([len(r) for r in first_table])
    found = [s for s in scan.segments[1:] if _is_another_table(s, names, typical, width)]
    found += [s for s in scan.segments[1:] if s.gap >= LONG_GAP]
    typed = numeric_columns(first_table, 0)
    found += [s for s in scan.segments[1:] if _has_names_for(typed, s)]
    found += [s for s in scan.breaks if _is_headed(s, len(names) or width)]
    return min(found, key=lambda segment: segment.start, default=None)


def _without_foot(
    scan: Scan, rows: int | None, count: int, data: list[Record], notes: list[str]
) -> tuple[int | None, int]:
    """Records and rows without the notes and the totals that end the table."""
    end = scan.segments[1].start if len(scan.segments) > 1 else len(data)
    typical = usual([filled(r) for r in data[: max(1, min(end, 60))]])
    tail = [row for row in scan.tail if row.place < count]
    notes_below = totals = 0
    while tail and count > 1:
        record = tail[-1].record
        if is_note(record, typical):
            notes_below += 1
        elif not totals and is_total(record) and not any(is_total(r) for r in data[:1]):
            totals += 1
        else:
            break
        tail.pop()
        if not tail:
            break
        rows, count = tail[-1].raw + 1, count - 1
    if notes_below:
        notes.append(left_out(notes_below, "line", "of notes below the table"))
    if totals:
        notes.append("The line of totals at the end was left out.")
    return rows, count


def _is_another_table(segment: Segment, names: list[str], typical: int, width: int) -> bool:
    held = filled(segment.first)
    if is_header_again(segment.first, names):
        return True
    if typical > 1 and held == 1 and text_of(segment.first[0]).strip():
        alone = len(segment.first) == 1 < width and kind_of(segment.first[0]) == "text"
        return alone or is_note(segment.first, max(3, typical))
    return len(segment.first) != width and held != typical


def _has_names_for(typed: list[int], segment: Segment) -> bool:
    """Whether rows below a gap begin with names, where the table holds numbers or dates."""
    names, below = segment.first, segment.second
    held = filled(names)
    if below is None or any(kind_of(v) != "text" for v in names[:held]) or filled(below) < held:
        return False
    return any(
        column < min(held, len(below)) and kind_of(below[column]) in ("number", "date")
        for column in typed
    )


def _is_headed(segment: Segment, width: int) -> bool:
    """Whether rows of another width begin with names of their own, as no ragged row does."""
    names, below = [text_of(v).strip() for v in segment.first], segment.second
    if len(names) in (1, width) or below is None or len(below) != len(names):
        return False
    named = all(kind_of(name) == "text" for name in names) and len(set(names)) == len(names)
    return named and any(kind_of(v) in ("number", "date") for v in below)

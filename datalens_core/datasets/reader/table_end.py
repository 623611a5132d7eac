"""Where a table ends: a second one, notes, totals, empty rows."""

from __future__ import annotations

from .layout import filled, is_header_again, is_note, is_total, usual
from .scan import Scan, Segment

MIN_SECOND_TABLE = 2


def end_of_table(
    scan: Scan, names: list[str], data: list[list[str]], notes: list[str]
) -> tuple[int | None, int, bool]:
    """Rows for pandas to read (None for all), data rows among them, whether empty ones are out."""
    end = scan.segments[1].start if len(scan.segments) > 1 else len(data)
    first_table = data[: max(1, min(end, 60))]
    typical = usual([filled(r) for r in first_table])
    width = usual([len(r) for r in first_table])
    rows, count = None, scan.filled
    for segment in scan.segments[1:]:
        if _is_another_table(segment, names, typical, width):
            rows, count = segment.raw, segment.start
            left = scan.filled - segment.start
            if left > MIN_SECOND_TABLE:
                notes.append(
                    f"The file holds several tables: the first was read, {left:,} lines after "
                    f"its {count:,} rows were not."
                )
            else:
                notes.append("Notes below the table were left out.")
            break
    if rows is None and scan.raw > scan.last_raw:
        rows = scan.last_raw
        notes.append(f"Empty rows at the end were left out ({scan.raw - rows:,}).")
    tail = [t for t in scan.tail if t[0] < count]
    notes_below = totals = 0
    while tail and count > 1:
        record = tail[-1][2]
        if is_note(record, typical):
            notes_below += 1
        elif not totals and is_total(record) and not any(is_total(r) for r in data[:1]):
            totals += 1
        else:
            break
        tail.pop()
        if not tail:
            break
        rows, count = tail[-1][1] + 1, count - 1
    if notes_below:
        notes.append(f"Notes below the table were left out ({notes_below}).")
    if totals:
        notes.append("The line of totals at the end was left out.")
    read = scan.raw if rows is None else rows
    dropped = read > count
    if dropped:
        notes.append(f"Empty rows were left out ({read - count:,}).")
    return rows, count, dropped


def _is_another_table(segment: Segment, names: list[str], typical: int, width: int) -> bool:
    held = filled(segment.first)
    if is_header_again(segment.first, names):
        return True
    if typical > 1 and held == 1 and segment.first[0].strip():
        return is_note(segment.first, max(3, typical))
    return len(segment.first) != width and held != typical

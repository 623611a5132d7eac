"""Delimited text: what one pass over the file and a look at its beginning say of reading it."""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TextIO

from . import dialect as dialects
from .answer import Refused
from .columns import decide
from .dialect import Dialect, dialect_of, is_blank, is_empty, records_of
from .encoding import NAMES, encoding_of
from .layout import (
    filled,
    is_header_again,
    is_note,
    is_total,
    layout_of,
    tidy_names,
    usual,
)

PEEK_CHARACTERS = 256 * 1024
MAX_PEEK_CHARACTERS = 16 * 1024 * 1024
MAX_COLUMNS = 16_384
MAX_FIELD = 256 * 1024 * 1024
SAMPLE_ROWS = 5
MAX_SEGMENTS = 60
TAIL = 12
MIN_SECOND_TABLE = 2


def inspect_text(path: str, given: dict[str, Any]) -> dict[str, Any]:
    """Plan, row count and warnings of a text file.

    `given` holds what somebody decided: encoding, delimiter, quotechar, header_row, types.
    """
    csv.field_size_limit(MAX_FIELD)
    notes: list[str] = []
    encoding = given.get("encoding") or encoding_of(path)
    try:
        text, whole = peek(path, encoding)
    except UnicodeError:
        raise Refused("unreadable", f"Its text is not {NAMES.get(encoding, encoding)}.") from None
    if not text.strip("\ufeff \t\r\n\x00"):
        raise Refused("empty", "")
    declared = declared_delimiter(text)
    dialect = dialect_of(
        text, whole, delimiter=given.get("delimiter") or declared, quote=given.get("quotechar")
    )
    if dialect.quote and (line := unclosed_quote(path, encoding, dialect)):
        dialect = _without_quotes(text, whole, dialect, line, notes)
    records = records_of(text, dialect, whole)
    if declared:
        records[0] = []
    layout = layout_of(records, fixed=given.get("header_row", -1))
    data = [r for r in records[layout.first :] if not is_blank(r) and not is_empty(r)]
    expected = len(layout.names) or usual([len(r) for r in data])
    scan = scan_file(path, encoding, dialect, layout.first, expected)
    if layout.header is not None and _misses_first_name(layout.names, scan):
        layout.names = ["", *layout.names]
        notes.append(
            "The header has one name fewer than the rows have values: the first column "
            "was taken for the names of the rows."
        )
    # Pandas leaves out a row that has more cells than there are names, be they empty.
    width = max(len(layout.names), expected, scan.widest)
    if width > MAX_COLUMNS:
        raise Refused("unreadable", f"It has more than {MAX_COLUMNS:,} columns.")
    if not scan.filled:
        raise Refused("empty", "")
    _tell_reading(encoding, dialect, layout.header, records, notes)
    notes += layout.notes
    names, changes = tidy_names(layout.names, width, scan.used)
    notes += changes if layout.header is not None else []
    rows, row_count, dropped_empty = _end_of_table(scan, layout.names, data, notes)
    if row_count <= 0:
        raise Refused("empty", "")
    kept = _kept_columns(names, layout.names, scan, notes)
    if scan.wide and expected < scan.widest_filled:
        _tell_wide(scan, names[expected : scan.widest_filled], row_count, notes)
    narrow = sum(1 for row in scan.narrow if row <= row_count)
    if 0 < narrow < row_count:
        few = "1 row has" if narrow == 1 else f"{narrow:,} rows have"
        notes.append(f"{few} fewer values than the others: the rest is missing.")
    plain = layout.header is not None and layout.header_lines == 1 and names == layout.names
    plan: dict[str, Any] = {
        "format": "csv",
        "encoding": encoding,
        "delimiter": dialect.delimiter,
        "quotechar": dialect.quote,
        "escapechar": dialect.escape,
        "skip_initial_space": dialect.skip_space,
        "header_row": layout.header,
        "header_lines": layout.header_lines,
        "skip_rows": layout.units,
        "names": None if plain and kept is None else names,
        "columns": kept,
        "rows": rows,
        "line_end": line_end(text, dialect),
        "drop_empty_rows": dropped_empty,
        "sheet": None,
        "text_columns": [],
        "dates": {},
        "numbers": {},
        "na_values": [],
    }
    if rows is not None:
        data = data[:row_count]
    padded = [[*r[:width], *[""] * (width - len(r))] for r in data]
    chosen = kept if kept is not None else names
    places = [names.index(n) for n in chosen] if kept is not None else range(width)
    seen = [[row[p] for p in places] for row in padded]
    decide(plan, chosen, seen, notes, given.get("types", {}))
    if scan.filled > len(data):
        _zeros_further_down(path, encoding, dialect, plan, names, layout.first, given, notes)
    return {
        "plan": plan,
        "row_count": row_count,
        "sample_rows": scan.raw_for_sample,
        "sheets": [],
        "warnings": notes,
    }


# -- the beginning -------------------------------------------------------------------------------


def peek(path: str, encoding: str) -> tuple[str, bool]:
    """The first records of a file as text, and whether that is all of it."""
    with open(path, encoding=encoding, newline="") as stream:
        text = stream.read(PEEK_CHARACTERS)
        while len(text) < MAX_PEEK_CHARACTERS and _lines(text) < dialects.PEEK_RECORDS:
            more = stream.read(PEEK_CHARACTERS)
            if not more:
                break
            text += more
        return text, stream.read(1) == ""


def _lines(text: str) -> int:
    return max(text.count("\n"), text.count("\r"))


def declared_delimiter(text: str) -> str | None:
    """What Excel's own first line, `sep=;`, says; the line is no record."""
    found = re.match(r'"?sep=(.)"?\r?\n', text)
    return found[1] if found else None


def line_end(text: str, dialect: Dialect) -> str:
    """A CR where nothing else ends a line, cells aside; else nothing has to be said."""
    if "\r" not in text:
        return ""
    quote = dialect.quote
    bare = re.sub(f"{quote}[^{quote}]*{quote}", "", text) if quote else text
    return "" if "\n" in bare else "\r"


def unclosed_quote(path: str, encoding: str, dialect: Dialect) -> int:
    """The line where a quoted cell begins that never ends, counted from 1; 0 if there is none."""
    odd = 0
    with open(path, encoding=encoding) as stream:
        while chunk := stream.read(1 << 20):
            odd ^= chunk.count(dialect.quote) & 1
    if not odd:
        return 0
    with open(path, encoding=encoding, newline="") as stream:
        reader = dialect.reader(stream)
        before = last = 0
        for _ in reader:
            before, last = last, reader.line_num
    return before + 1 if last - before > 1 or _opens_at_end(path, encoding, dialect) else 0


def _opens_at_end(path: str, encoding: str, dialect: Dialect) -> bool:
    """Whether the last line alone opens a quote that nothing closes."""
    with open(path, encoding=encoding, newline="") as stream:
        last = deque(stream, maxlen=1)
    cell = last[0].rstrip("\r\n").rsplit(dialect.delimiter, 1)[-1] if last else ""
    return cell.startswith(dialect.quote) and cell.count(dialect.quote) % 2 == 1


def _without_quotes(
    text: str, whole: bool, dialect: Dialect, line: int, notes: list[str]
) -> Dialect:
    """Read on with quotes as plain characters, if the records are even that way.

    Raises:
        Refused: they are not: the file is damaged there.
    """
    plain = Dialect(dialect.delimiter, "", "", dialect.skip_space)
    widths = [len(r) for r in records_of(text, plain, whole) if not is_blank(r)]
    if widths and widths.count(usual(widths)) >= 0.95 * len(widths):
        notes.append(
            f"A quote that opens in line {line:,} is never closed: quotes were read as characters."
        )
        return plain
    raise Refused("unreadable", f"A quote that opens in line {line:,} is never closed.")


def _tell_reading(
    encoding: str,
    dialect: Dialect,
    header: int | None,
    records: list[list[str]],
    notes: list[str],
) -> None:
    if encoding not in ("utf-8", "utf-8-sig"):
        notes.append(f"The file is {NAMES.get(encoding, encoding)}, not UTF-8. Check its accents.")
    if dialect.delimiter != ",":
        called = dialects.NAMES.get(dialect.delimiter, repr(dialect.delimiter))
        notes.append(f"The delimiter is a {called}.")
    if dialect.quote == "'":
        notes.append("Cells are quoted with ' instead of \".")
    if dialect.escape:
        notes.append("Quotes within cells are escaped with a backslash.")
    if dialect.skip_space:
        notes.append("Spaces after the delimiter were left out.")
    if header is None:
        notes.append("No header was found: the columns are named column_1, column_2, …")
    elif header > 0 and any(not is_blank(r) and not is_empty(r) for r in records[:header]):
        notes.append(f"Lines above the header were left out ({header}).")


# -- one pass over the file ------------------------------------------------------------------------


@dataclass
class Segment:
    """Records between blank lines.

    `start` counts the rows before it, `raw` what pandas takes for records before those end.
    """

    start: int
    raw: int
    first: list[Any]
    count: int = 0


@dataclass
class Scan:
    """What a pass over the data records found. `raw` counts what pandas takes for a record."""

    raw: int = 0
    last_raw: int = 0
    filled: int = 0
    empty: int = 0
    widest: int = 0
    widest_filled: int = 0
    wide: int = 0
    first_wide: int = 0
    narrow: list[int] = field(default_factory=list)
    raw_for_sample: int = SAMPLE_ROWS
    used: set[int] = field(default_factory=set)
    segments: list[Segment] = field(default_factory=list)
    tail: deque[tuple[int, int, list[str]]] = field(default_factory=lambda: deque(maxlen=TAIL))


def scan_file(path: str, encoding: str, dialect: Dialect, first: int, width: int) -> Scan:
    """Count and look at the data records, from the one numbered `first` on."""
    scan = Scan()
    gap = True
    for record in _records(path, encoding, dialect, first):
        if (not record or len(record) == 1) and is_blank(record):
            gap = True
            continue
        scan.raw += 1
        if (
            width > 1 and not record[0].strip() and is_empty(record)
        ):  # of one column, it is a missing value
            scan.empty += 1
            gap = True
            continue
        scan.filled += 1
        if scan.filled == SAMPLE_ROWS:
            scan.raw_for_sample = scan.raw
        if gap and len(scan.segments) < MAX_SEGMENTS:
            scan.segments.append(Segment(scan.filled - 1, scan.last_raw, record))
        gap = False
        scan.last_raw = scan.raw
        cells = len(record)
        scan.widest = max(scan.widest, cells)
        if cells > width:
            while not record[cells - 1].strip():  # it holds something: it is not empty
                cells -= 1
            if cells > width:
                scan.wide += 1
                scan.first_wide = scan.first_wide or scan.filled
        elif cells < width:
            scan.narrow.append(scan.filled)
        scan.widest_filled = max(scan.widest_filled, cells) if cells > width else scan.widest_filled
        if scan.filled <= dialects.PEEK_RECORDS or cells > width:
            scan.used.update(i for i, v in enumerate(record) if v)
        scan.tail.append((scan.filled - 1, scan.raw - 1, record))
    if scan.filled < SAMPLE_ROWS:
        scan.raw_for_sample = max(1, scan.raw)
    return scan


def _records(path: str, encoding: str, dialect: Dialect, first: int) -> Iterator[list[str]]:
    with open(path, encoding=encoding, newline="") as stream:
        for number, record in enumerate(dialect.reader(_undamaged(stream))):
            if number >= first:
                yield record


def _undamaged(stream: TextIO) -> Iterator[str]:
    """Lines; a NUL in one is a sign of damage that Python's reader passes over.

    Raises:
        Refused: there is one.
    """
    for line in stream:
        if "\x00" in line:
            raise Refused("unreadable", "It holds binary data, not text.")
        yield line


def _end_of_table(
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


def _kept_columns(
    names: list[str], header: list[str], scan: Scan, notes: list[str]
) -> list[str] | None:
    """The names of the columns to read, None for all: without those of no name and no value."""
    bare = [
        place
        for place in range(len(names))
        if (place >= len(header) or not header[place].strip()) and place not in scan.used
    ]
    if not bare or len(bare) == len(names):
        return None
    notes.append(f"Columns without name and values were left out ({len(bare)}).")
    return [name for place, name in enumerate(names) if place not in set(bare)]


def _misses_first_name(names: list[str], scan: Scan) -> bool:
    """Whether the header leaves the column of row names without one, as R writes it."""
    return scan.wide == scan.filled and scan.widest_filled == len(names) + 1 > 2


def _tell_wide(scan: Scan, extra: list[str], rows: int, notes: list[str]) -> None:
    named = ", ".join(extra[:4]) + (" …" if len(extra) > 4 else "")
    if scan.wide >= 0.9 * rows:
        notes.append(f"The header has fewer names than the rows have values: added {named}.")
    else:
        notes.append(
            f"{scan.wide:,} row{'s have' if scan.wide > 1 else ' has'} more values than the "
            f"others (the first is row {scan.first_wide:,}): added {named}."
        )


def _zeros_further_down(
    path: str,
    encoding: str,
    dialect: Dialect,
    plan: dict[str, Any],
    names: list[str],
    first: int,
    given: dict[str, Any],
    notes: list[str],
) -> None:
    """Keep columns as text whose leading zeros only come after the beginning of the file."""
    if not encoding.startswith("utf-16") and not _has_zeros(path, encoding, dialect):
        return
    known = {*plan["text_columns"], *plan["dates"], *plan["numbers"], *given.get("types", {})}
    kept = set(plan["columns"] or names)
    watched = {i: n for i, n in enumerate(names) if n not in known and n in kept}
    found: list[str] = []
    for record in _records(path, encoding, dialect, first):
        for place in [p for p, v in enumerate(record) if v[:1] == "0" and len(v) > 1]:
            if place in watched and record[place].isdigit():
                found.append(watched.pop(place))
    if found:
        plan["text_columns"] += found
        notes.append(f"Kept as text because of leading zeros further down: {', '.join(found[:5])}.")


def _has_zeros(path: str, encoding: str, dialect: Dialect) -> bool:
    """Whether some cell seems to begin with a zero; bytes are searched, which is quick."""
    mark = re.escape(dialect.delimiter.encode(codecs.lookup(encoding).name, "replace"))
    for edge in (mark, rb"\n", rb"\"", rb"\r", rb"'"):
        zeros = re.compile(edge + rb"0\d+(?:" + mark + rb"|[\r\n\"'])")
        with open(path, "rb") as stream:
            while chunk := stream.read(1 << 22):
                if zeros.search(chunk):
                    return True
    return False

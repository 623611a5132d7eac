"""One pass over the data records: how many, how wide, where blank lines part them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, TextIO

from .answer import Refused
from .dialect import PEEK_RECORDS, RULE_STARTS, Dialect, is_blank, is_empty, is_rule
from .layout import Layout
from .records import is_header_again, lone_text

SAMPLE_ROWS = 5
MAX_SEGMENTS = 60
TAIL = 12
MAX_SKIPPED = 1000
CHUNK = 1 << 20
BOM = "\ufeff"
BINARY = "It holds binary data, not text."
# With these a record may begin that is no row.
UNUSUAL_STARTS = RULE_STARTS | {BOM}


@dataclass
class Segment:
    """Records between blank lines, or from where rows become wider or narrower.

    `start` counts the rows before it, `raw` what pandas takes for records before those end, `gap`
    the empty records before it.
    """

    start: int
    raw: int
    first: list[Any]
    second: list[Any] | None = None
    gap: int = 0


@dataclass(frozen=True)
class Skipped:
    """A record that is not read: its number, the rows before it, and what it is."""

    number: int
    rows: int
    what: Literal["empty", "drawn", "header", "title"]


@dataclass(frozen=True)
class Row:
    """One of the last rows: its place among the rows, what pandas reads before it, its record."""

    place: int
    raw: int
    number: int
    record: list[Any]


@dataclass
class Scan:
    """What a pass over the data records found. `raw` counts what pandas takes for a record.

    Empty records are skipped by their numbers, so that whole numbers stay whole; where there are
    too many of them, `empty` counts those that pandas reads. `used` has the columns that hold
    something, and the row in which each first does. `countable` is not a file of which pandas
    counts the lines wrong.
    """

    countable: bool = True
    raw: int = 0
    last_raw: int = 0
    gap: int = 0
    filled: int = 0
    empty: int = 0
    widest: int = 0
    widest_filled: int = 0
    wide: int = 0
    first_wide: int = 0
    narrow: list[int] = field(default_factory=list)
    raw_for_sample: int = SAMPLE_ROWS
    used: dict[int, int] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    breaks: list[Segment] = field(default_factory=list)
    tail: deque[Row] = field(default_factory=lambda: deque(maxlen=TAIL))

    def use(self, columns: Iterable[int]) -> None:
        for column in columns:
            if column not in self.used:
                self.used[column] = self.filled - 1

    def used_within(self, rows: int) -> set[int]:
        """The columns that hold something in the first rows."""
        return {column for column, row in self.used.items() if row < rows}

    def skip(self, number: int, *, drawn: bool = False) -> None:
        """Leave out a record that holds no row."""
        self.gap += 1
        if drawn and not self.countable:
            raise Refused("unreadable", "It has drawn lines, and line ends of several kinds.")
        if self.countable and len(self.skipped) < MAX_SKIPPED:
            self.skipped.append(Skipped(number, self.filled, "drawn" if drawn else "empty"))
        else:
            self.raw += 1
            self.empty += 1

    def skip_header(self, number: int, layout: Layout) -> bool:
        """Leave out a header that stands there again, and a page's title above it, if possible.

        Another title means another table.
        """
        titles: list[Row] = []
        while self.tail and (text := lone_text(self.tail[-1].record)):
            if not layout.is_page_title(text):
                return False
            titles.append(self.tail.pop())
        if not self.countable or len(self.skipped) + len(titles) >= MAX_SKIPPED:
            self.tail.extend(reversed(titles))
            return False
        for title in reversed(titles):
            self._retract(title)
        self.skipped += [Skipped(t.number, self.filled, "title") for t in reversed(titles)]
        self.skipped.append(Skipped(number, self.filled, "header"))
        return True

    def _retract(self, row: Row) -> None:
        """Count a row no more that turned out to be none."""
        self.filled, self.raw = self.filled - 1, self.raw - 1
        self.last_raw = self.tail[-1].raw + 1 if self.tail else 0
        self.narrow = [n for n in self.narrow if n <= self.filled]
        self.segments = [s for s in self.segments if s.start < self.filled or not s.start]
        self.breaks = [b for b in self.breaks if b.start < self.filled]

    def rows_alike(self, count: int, last: Sequence[tuple[int, list[Any]]]) -> None:
        """Count rows that are as wide as the ones before; `last` has the last few of them."""
        for place, (number, record) in enumerate(last, count - len(last)):
            self.tail.append(Row(self.filled + place, self.raw + place, number, record))
        self.raw += count
        self.filled += count
        self.last_raw = self.raw

    def row(self, number: int, record: list[Any], *, after_gap: bool) -> None:
        """Count a record that holds a row."""
        if not after_gap and self.segments and self.segments[-1].start == self.filled - 1:
            self.segments[-1].second = record
        self.raw += 1
        self.filled += 1
        if self.filled == SAMPLE_ROWS:
            self.raw_for_sample = self.raw
        if after_gap and len(self.segments) < MAX_SEGMENTS:
            self.segments.append(Segment(self.filled - 1, self.last_raw, record, gap=self.gap))
        self.gap = 0
        self.last_raw = self.raw
        self.tail.append(Row(self.filled - 1, self.raw - 1, number, record))


def scan_file(
    path: str, encoding: str, dialect: Dialect, layout: Layout, width: int, *, countable: bool
) -> Scan:
    """Count and look at the data records.

    Raises:
        Refused: it holds binary data, or lines that cannot be left out.
    """
    scan = Scan(countable)
    gap, before, alike = True, 0, 0
    last: deque[tuple[int, list[Any]]] = deque(maxlen=TAIL)
    name = _first_name(layout)
    for number, record in records(path, encoding, dialect, layout.first):
        # Nearly all records of a large file are like the one before: they are only counted.
        if (
            len(record) == width == before
            and not gap
            and scan.filled >= PEEK_RECORDS
            and (lead := record[0])
            and lead[0] not in UNUSUAL_STARTS
            and lead != name
        ):
            alike += 1
            last.append((number, record))
            continue
        if alike:
            scan.rows_alike(alike, last)
            last.clear()
            alike = 0
        if (not record or len(record) == 1) and is_blank(record):
            gap = True
            continue
        if width > 1 and not record[0].strip() and is_empty(record):
            scan.skip(number)  # of one column, it is a missing value
            gap = True
            continue
        if is_rule(record):
            scan.skip(number, drawn=True)
            gap = True
            continue
        if name is not None and is_header_again(record, layout.names):
            gap = True
            if scan.skip_header(number, layout):
                continue
        cells = len(record)
        if cells != before and not gap and len(scan.breaks) < MAX_SEGMENTS:
            scan.breaks.append(Segment(scan.filled, scan.last_raw, record))
        elif scan.breaks and scan.breaks[-1].start == scan.filled - 1:
            scan.breaks[-1].second = record
        scan.row(number, record, after_gap=gap)
        gap, before = False, cells
        scan.widest = max(scan.widest, cells)
        if cells > width:
            while cells > width and not record[cells - 1].strip():
                cells -= 1
            if cells > width:
                scan.wide += 1
                scan.first_wide = scan.first_wide or scan.filled
        elif cells < width:
            scan.narrow.append(scan.filled)
        scan.widest_filled = max(scan.widest_filled, cells) if cells > width else scan.widest_filled
        if scan.filled <= PEEK_RECORDS or cells > width:
            scan.use(i for i, v in enumerate(record) if v)
    scan.rows_alike(alike, last)
    if scan.filled < SAMPLE_ROWS:
        scan.raw_for_sample = max(1, scan.raw)
    return scan


def scan_rows(rows: Iterator[list[Any]], layout: Layout, width: int) -> Scan:
    """As `scan_file`, of a sheet."""
    scan, gap = Scan(), True
    first = layout.first
    name = _first_name(layout)
    for number, row in enumerate(rows):
        if number < first:
            continue
        if "" not in row and None not in row:  # as most rows of a large sheet are
            held: Sequence[int] = range(len(row))
        else:
            held = [i for i, v in enumerate(row) if is_held(v)]
        if not held:
            gap = True
            scan.skip(number)
            continue
        if name and row[0] == name and is_header_again(row, layout.names):
            gap = True
            if scan.skip_header(number, layout):
                continue
        scan.row(number, row, after_gap=gap)
        gap = False
        cells = held[-1] + 1
        if cells > width:
            scan.wide += 1
            scan.first_wide = scan.first_wide or scan.filled
        scan.widest_filled = max(scan.widest_filled, cells)
        if len(scan.used) < len(row):
            scan.use(held)
    if scan.filled < SAMPLE_ROWS:
        scan.raw_for_sample = max(1, scan.raw)
    return scan


def is_held(value: Any) -> bool:
    """Whether a sheet's cell holds something."""
    return value is not None and value != ""


def _first_name(layout: Layout) -> str | None:
    """What a record begins with that may be the header again; None where that would be a row."""
    again = layout.header is not None and layout.names and not layout.every_line
    return layout.names[0] if again else None


def records(
    path: str, encoding: str, dialect: Dialect, first: int
) -> Iterator[tuple[int, list[str]]]:
    """The records from the one numbered `first` on, with their numbers.

    Raises:
        Refused: it holds a NUL, a sign of damage that Python's reader passes over.
    """
    wide = encoding.startswith("utf-16")  # where half the bytes may be zero
    if not wide and _holds_nul(path):
        raise Refused("unreadable", BINARY)
    with open(path, encoding=encoding, newline="") as stream:
        found = enumerate(dialect.reader(_undamaged(stream) if wide else stream))
        yield from islice(found, first, None)


def _holds_nul(path: str) -> bool:
    with open(path, "rb") as stream:
        while chunk := stream.read(CHUNK):
            if b"\x00" in chunk:
                return True
    return False


def _undamaged(stream: TextIO) -> Iterator[str]:
    for line in stream:
        if "\x00" in line:
            raise Refused("unreadable", BINARY)
        yield line

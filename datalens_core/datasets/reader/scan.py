"""One pass over the data records: how many, how wide, where blank lines part them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TextIO

from .answer import Refused
from .dialect import PEEK_RECORDS, Dialect, is_blank, is_empty

SAMPLE_ROWS = 5
MAX_SEGMENTS = 60
TAIL = 12


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
    for record in records(path, encoding, dialect, first):
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
        if scan.filled <= PEEK_RECORDS or cells > width:
            scan.used.update(i for i, v in enumerate(record) if v)
        scan.tail.append((scan.filled - 1, scan.raw - 1, record))
    if scan.filled < SAMPLE_ROWS:
        scan.raw_for_sample = max(1, scan.raw)
    return scan


def records(path: str, encoding: str, dialect: Dialect, first: int) -> Iterator[list[str]]:
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

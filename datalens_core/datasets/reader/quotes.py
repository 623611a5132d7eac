"""Quotes that open and never close: plain characters, or damage."""

from __future__ import annotations

from collections import deque

from .answer import Refused
from .dialect import Dialect, is_blank, records_of
from .records import usual


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


def without_quotes(
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

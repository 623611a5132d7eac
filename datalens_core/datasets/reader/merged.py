"""Cells of a sheet that are merged over several rows: the first holds the value for all."""

from __future__ import annotations

from collections.abc import Iterable

from .layout import Layout
from .scan import is_held
from .sheets import Book
from .table_end import End


def merged_down(
    book: Book, title: str, layout: Layout, end: End, columns: Iterable[int]
) -> set[int]:
    """The columns in which every cell without a value is the rest of a merged one."""
    rest = {column: set[int]() for column in columns}
    for (top, left), (bottom, right) in book.merged(title):
        if top >= layout.first:
            for column in range(left, right + 1):
                if column in rest:
                    rest[column].update(range(top + 1, bottom + 1))
    rest = {column: rows for column, rows in rest.items() if rows}
    if not rest:
        return set()
    skipped, left_rows = set(end.skipped), end.count
    for number, row in enumerate(book.rows(title)):
        if number < layout.first or number in skipped or not any(map(is_held, row)):
            continue
        if not left_rows:
            break
        left_rows -= 1
        for column in [c for c in rest if c >= len(row) or not is_held(row[c])]:
            if number not in rest[column]:
                del rest[column]
    return set(rest)

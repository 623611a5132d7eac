"""The programs themselves: what the host asks a sandbox to run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .answer import answer
from .delimited import inspect_text
from .describe import describe
from .statistics import statistics
from .values import distinct
from .without import write_without
from .workbook import inspect_workbook, open_workbook


def inspect(path: str, format: str, given: dict[str, Any]) -> Any:
    """Decide how a file is read, and count its rows.

    Returns:
        What pandas reads the file from: a workbook stays open, so that its sheet is parsed once.
    """
    source: Any = path

    def work() -> dict[str, Any]:
        nonlocal source
        if format == "csv":
            return inspect_text(path, given)
        book = open_workbook(path, format)
        found = inspect_workbook(book, path, format, given)
        source = book.excel
        return found

    answer(work)
    return source


def sample(load: Callable[[], Any], rows: int) -> None:
    """Say what the first rows show, as the loader reads them."""
    answer(lambda: describe(load().head(rows)))


def summarize(load: Callable[[], Any], expected: dict[str, str], dates: list[str]) -> None:
    """Exact figures of the whole table, once it is loaded."""
    answer(lambda: statistics(load(), expected, dates))


def values(load: Callable[[], Any], columns: list[str]) -> None:
    """The distinct values of columns of the whole table, of as many as one answer holds."""
    answer(lambda: distinct(load(), columns))


def without(load: Callable[[], Any], columns: list[str], path: str) -> None:
    """Write the table to a file, without columns that may not leave this machine."""
    answer(lambda: write_without(load(), columns, path))

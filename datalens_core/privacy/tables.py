"""Printed tables: bare digits below a heading such as "phone" are phone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from datalens_core.privacy.columns import is_phone_column
from datalens_core.privacy.phones import PHONE
from datalens_core.privacy.spans import Span

_HEADING = re.compile(r"phone|mobile|msisdn|whatsapp|\btel|\bfax|telefon|cell|celular", re.I)
_WORD = re.compile(r"[^\s,;|]+")
_DIGITS = re.compile(
    r"(?<![\w.])(?:\+?\d{7,15}(?:\.0)?|\d\.\d{4,14}e\+?\d{1,2})(?![\w.])", re.IGNORECASE
)
_SERIES = re.compile(r"^Name: (.+), (?:Length: \d+, )?dtype: ", re.MULTILINE)
_MAX_ROWS = 2_000


def phone_cells(text: str) -> Iterator[Span]:
    """Digit runs that stand in a phone column of a table printed by pandas, or of CSV text."""
    if not _HEADING.search(text) or not _DIGITS.search(text):
        return
    for series in _SERIES.finditer(text):
        if is_phone_column(series.group(1)):
            block = text.rfind("\n\n", 0, series.start()) + 1
            yield from _digit_spans(text, block, series.start())
    yield from _below_headings(text)


def _below_headings(text: str) -> Iterator[Span]:
    headings: list[tuple[int, int]] = []
    fields: set[int] = set()
    separator, rows, offset = "", 0, 0
    for line in text.splitlines(keepends=True):
        named = _phone_headings(line) if _HEADING.search(line) and not _DIGITS.search(line) else []
        if named:
            headings, rows = named, 0
            separator = next((s for s in ",;|\t" if s in line), "")
            fields = {line[:start].count(separator) for start, _ in named} if separator else set()
        elif not line.strip() or rows > _MAX_ROWS:
            headings = []
        elif headings:
            rows += 1
            for found in _DIGITS.finditer(line):
                start, end = found.span()
                in_column = any(start < right and left < end for left, right in headings)
                in_field = bool(separator) and line[:start].count(separator) in fields
                if in_field or (in_column and not separator):
                    yield Span(offset + start, offset + end, PHONE, 0.8)
        offset += len(line)


def _phone_headings(line: str) -> list[tuple[int, int]]:
    return [w.span() for w in _WORD.finditer(line) if is_phone_column(w.group())]


def _digit_spans(text: str, start: int, end: int) -> Iterator[Span]:
    for found in _DIGITS.finditer(text, start, end):
        yield Span(found.start(), found.end(), PHONE, 0.8)

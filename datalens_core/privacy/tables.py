"""Printed tables: digits below a heading such as "phone" are phone numbers, and those below the
name of a protected column are its values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from datalens_core.privacy.columns import is_phone_column
from datalens_core.privacy.known_values import NUMBER
from datalens_core.privacy.phones import PHONE
from datalens_core.privacy.protection import MERGED, Protection
from datalens_core.privacy.rules import PERSONAL_VALUE
from datalens_core.privacy.spans import Span

_HEADING = re.compile(r"phone|mobile|msisdn|whatsapp|\btel|\bfax|telefon|cell|celular", re.I)
_WORD = re.compile(r"[^\s,;|]+")
_DIGITS = re.compile(
    r"(?<![\w.])(?:\+?\d{7,15}(?:\.0)?|\d\.\d{4,14}e\+?\d{1,2})(?![\w.])", re.IGNORECASE
)
# {'phone': {0: 2125550143, 1: …}}, phone=[2125550143 …], also within a JSON text.
_LISTED = re.compile(r"([\w .-]{2,60})\\?['\"]?\s{0,2}[:=]\s{0,2}(?:\w{1,12}\()?[\[({]")
_SERIES = re.compile(r"^Name: (.+), (?:Length: \d+, )?dtype: ", re.MULTILINE)
_LAST_NUMBER = re.compile(rf"(?<=\s){NUMBER.pattern}(?=[ \t]*$)", re.MULTILINE)
_MAX_ROWS = 2_000
_TABULAR = re.compile(r"\S(?:\s{2,}|\t|\s*[,;|]\s*)\S|\A\s{2,}\S")
_KEY = re.compile(r"['\"]?\s*[:=]")
# Behind a column's name: a value or a list of them, "age": 34, age=[34, 51], or a row of its own.
_BESIDE = re.compile(
    r"\\?['\"]?(?:\s{0,2}(?P<key>[:=])(?!=)\s{0,2}(?:\w{1,12}\()?(?P<list>[\[({])?|[ \t]{2,}|\t)"
)
_ENDS_VALUE = re.compile(r"[,;&\])}\n]|\Z")
_ENDS_LINE = re.compile(r"\n|\Z")

Headings = list[tuple[int, int]]


def phone_cells(text: str) -> Iterator[Span]:
    """Digit runs that stand in a phone column of a table printed by pandas, or of CSV text."""
    if not _HEADING.search(text) or not _DIGITS.search(text):
        return
    for series in _SERIES.finditer(text):
        if is_phone_column(series.group(1)):
            for found in _DIGITS.finditer(text, _block(text, series.start()), series.start()):
                yield Span(*found.span(), PHONE, 0.8)
    listed_to = 0
    for name in _LISTED.finditer(text):
        if name.end() >= listed_to and is_phone_column(name.group(1)):
            listed_to = _closing(text, name.end())
            for found in _DIGITS.finditer(text, name.end(), listed_to):
                yield Span(*found.span(), PHONE, 0.8)
    for start, end, _ in _below_headings(text, _phone_headings, _DIGITS):
        yield Span(start, end, PHONE, 0.8)


def _closing(text: str, opened: int) -> int:
    """Where the bracket that was opened before is closed; the end of the text if it was cut off."""
    closing = re.compile(r"[\])}]").search(text, opened)
    return closing.start() if closing else len(text)


def protected_cells(text: str, protection: Protection) -> Iterator[Span]:
    """Numbers of protected columns below and beside their names, however few digits they have.

    Of a column whose texts are not all known, whole lines below its name: any may hold one.
    """
    named = {n: _name(n) for n in protection.policies if protection.is_protected(n) and n in text}
    for name, pattern in named.items():

        def headings(line: str, pattern: re.Pattern[str] = pattern) -> Headings:
            return [found.span() for found in pattern.finditer(line)]

        if protection.may_hold_other_texts(name):
            yield from _lines_below(text, pattern)
        beside = _beside(text, pattern)
        for start, end, number in (*_below_headings(text, headings, NUMBER), *beside):
            if protection.holds_number(name, number):
                yield Span(start, end, PERSONAL_VALUE)
    for series in _SERIES.finditer(text) if named else ():
        if series.group(1) not in named:
            continue
        if protection.may_hold_other_texts(series.group(1)):
            yield Span(_block(text, series.start()), series.start() - 1, PERSONAL_VALUE)
            continue
        for found in _LAST_NUMBER.finditer(text, _block(text, series.start()), series.start()):
            if protection.holds_number(series.group(1), found.group()):
                yield Span(*found.span(), PERSONAL_VALUE)


def _beside(text: str, name: re.Pattern[str]) -> Iterator[tuple[int, int, str]]:
    """The numbers that are given for a name: as the value of a key, in a list, or on its line."""
    done = 0
    for named in name.finditer(text):
        given = _BESIDE.match(text, named.end()) if named.start() >= done else None
        if given is None:
            continue
        if given["list"]:
            done = _closing(text, given.end())
        else:
            ends = _ENDS_VALUE if given["key"] else _ENDS_LINE
            found = ends.search(text, given.end())
            done = found.start() if found else len(text)
        for number in NUMBER.finditer(text, given.end(), done):
            yield *number.span(), number.group()


def _lines_below(text: str, name: re.Pattern[str]) -> Iterator[Span]:
    """The lines of tables that have a column of this name, and what follows it as a key."""
    offset, below = 0, False
    for line in text.splitlines(keepends=True):
        end = offset + len(line.rstrip("\r\n"))
        named = name.search(line)
        if named is not None and _KEY.match(line, named.end()):
            yield Span(offset + named.end() + 1, end, PERSONAL_VALUE)
        elif named is not None and _TABULAR.search(line):
            below = True
        elif not line.strip():
            below = False
        elif below:
            yield Span(offset, end, PERSONAL_VALUE)
        offset += len(line)


def _name(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?:{'|'.join(MERGED)})?(?!\w)")


def _block(text: str, end: int) -> int:
    """Where the paragraph begins that ends there."""
    return text.rfind("\n\n", 0, end) + 1


def _below_headings(
    text: str, headings_in: Callable[[str], Headings], cell: re.Pattern[str]
) -> Iterator[tuple[int, int, str]]:
    """The cells that stand below a heading, in its column or its field."""
    headings: Headings = []
    fields: set[int] = set()
    separator, rows, offset = "", 0, 0
    for line in text.splitlines(keepends=True):
        named = headings_in(line) if not _DIGITS.search(line) else []
        if named:
            headings, rows = named, 0
            separator = next((s for s in ",;|\t" if s in line), "")
            fields = {line[:start].count(separator) for start, _ in named} if separator else set()
        elif not line.strip() or rows > _MAX_ROWS:
            headings = []
        elif headings:
            rows += 1
            for found in cell.finditer(line):
                start, end = found.span()
                in_column = any(start < right and left < end for left, right in headings)
                in_field = bool(separator) and line[:start].count(separator) in fields
                if in_field or (in_column and not separator):
                    yield offset + start, offset + end, found.group()
        offset += len(line)


def _phone_headings(line: str) -> Headings:
    if not _HEADING.search(line):
        return []
    return [w.span() for w in _WORD.finditer(line) if is_phone_column(w.group())]

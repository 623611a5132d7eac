"""The dialect of delimited text: delimiter, quote, escape, by how evenly it cuts the records."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .cells import amount_of, date_formats

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", ":": "colon", " ": "space"}
PEEK_RECORDS = 200
_WEIGHED_RECORDS = 60


@dataclass(frozen=True)
class Dialect:
    """`quote` is "" where no character quotes."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    skip_space: bool = False

    def reader(self, stream: Iterable[str]) -> Any:
        """Python's reader of records in this dialect."""
        return csv.reader(
            stream,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape or None,
            skipinitialspace=self.skip_space,
        )


def is_blank(record: list[str]) -> bool:
    """What pandas skips as a blank line."""
    return not record or (len(record) == 1 and bool(record[0]) and not record[0].strip(" \t"))


def is_empty(record: list[str]) -> bool:
    return not any(value.strip() for value in record)


_RULE = re.compile(r"[-=_+*~#|: ]*[-=_]{2,}[-=_+*~#|: ]*")
RULE_STARTS = frozenset("-=_+*~#|:")


def is_rule(record: list[str]) -> bool:
    """A line drawn between rows: dashes in every cell, as programs print tables for the eye."""
    lead = record[0] or (record[1] if len(record) > 1 else "") if record else ""
    if lead[:1] not in RULE_STARTS:  # most records end here
        return False
    inner = record[1:-1] if len(record) > 2 and not record[0] else record
    drawn = "".join(record)
    return len(drawn) > 3 and all(_RULE.fullmatch(cell) for cell in inner)


def records_of(
    text: str, dialect: Dialect, whole: bool, most: int = PEEK_RECORDS
) -> list[list[str]]:
    """The first records of a text that may end in the middle of one."""
    records: list[list[str]] = []
    for record in dialect.reader(io.StringIO(text, newline="")):
        records.append(record)
        if len(records) > most:
            break
    else:
        if not whole and len(records) > 1:
            records.pop()
    return records


def dialect_of(text: str, whole: bool, *, delimiter: str | None, quote: str | None) -> Dialect:
    """The dialect of a text's beginning; what is given stays as it is."""
    quote = quote if quote is not None else quote_of(text)
    escape = "\\" if quote and f"\\{quote}" in text and not _doubled(text, quote) else ""
    if delimiter is None:
        delimiter = delimiter_of(text, whole, quote, escape)
    padded = len(re.findall(re.escape(delimiter) + r" +\S", text)) if delimiter != " " else 0
    quoted_space = bool(quote) and f"{delimiter} {quote}" in text
    every = text.count(delimiter)
    skip = quoted_space or (every > 0 and padded >= 0.9 * every and delimiter != "\t")
    return Dialect(delimiter, quote, escape, skip)


def _doubled(text: str, quote: str) -> bool:
    pattern = rf"(?<![\\\\,;\t|\r\n{quote}]){quote}{quote}(?![{quote},;\t|\r\n])"
    return re.search(pattern, text) is not None


def quote_of(text: str) -> str:
    """The double quote, or the single one where whole cells stand in it and none in the other."""
    ends = r"(?=[,;\t|\r\n]|\Z)"
    double = len(re.findall(rf'(?:^|[,;\t| ])"(?:[^"\r\n]|"")*"{ends}', text, re.MULTILINE))
    single = len(re.findall(rf"(?:^|[,;\t|])'(?:[^'\r\n]|'')*'{ends}", text, re.MULTILINE))
    return "'" if single > 1 and single > double and double == 0 else '"'


def delimiter_of(text: str, whole: bool, quote: str, escape: str) -> str:
    """The delimiter that cuts most records into one number of cells, each of one meaning."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        found = records_of(text, Dialect(delimiter, quote, escape), whole, _WEIGHED_RECORDS)
        score = _evenness(found, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _evenness(records: list[list[str]], delimiter: str) -> float:
    held = [r for r in records if not is_blank(r)]
    widths = [len(r) for r in held]
    if not widths:
        return 0.0
    width = max(set(widths), key=lambda w: (widths.count(w) * (w > 1), w))
    if width < 2:
        return 0.0
    cells = [cell for r in held[:_WEIGHED_RECORDS] if len(r) == width for cell in r[:100]]
    clean = sum(_is_one_thing(cell, delimiter) for cell in cells) / max(1, len(cells))
    return widths.count(width) / len(widths) * (0.2 + clean) * (1 + min(width, 20) / 100)


def _is_one_thing(cell: str, delimiter: str) -> float:
    """Whether a cell is what one cell holds: a number, a date, words; not two run together."""
    text = cell.strip()
    if not text:
        return 0.7
    if amount_of(text) is not None or date_formats(text):
        return 1.0
    for other in DELIMITERS:
        if other != delimiter and other in text:
            # Prose has a space after its comma; run-together cells mostly do not.
            at = text.index(other)
            if other != "," or at + 1 >= len(text) or text[at + 1] != " ":
                return 0.0
    return 0.9

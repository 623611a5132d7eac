"""Which record names the columns: beyond titles, settings and facts about the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .cells import YEAR, kind_of
from .preamble import below_preamble
from .records import SAMPLE_ROWS, Record, filled, numeric_columns, text_of, usual

HEADER_SEARCH = 30
MAX_LINES_OF_NAMES = 4  # names, and what may stand between them and the data
MAX_SETTINGS = 12
_CLOCK = re.compile(r"\d{1,2}:\d{2}")


def find_header(records: Sequence[Record]) -> int | None:
    """The record that names the columns; None if the first one is data already."""
    counts = [filled(r) for r in records]
    typical = usual([c for c in counts if c])
    below = below_preamble(records)
    if below is not None:
        return below
    start = _table_start(records, counts, typical)
    start = _past_wide_line(records, start)
    start = _past_settings(records, start)
    start = _past_metadata(records, counts, start)
    return None if _is_data(records, start, counts) else start


def spans(above: Record, below: Record) -> bool:
    """Whether the line above looks like the upper one of two: names over groups of names."""
    held = [i for i, v in enumerate(above) if text_of(v).strip()]
    if len(held) < 2 or held[-1] >= len(below) or held == list(range(len(held))):
        return False
    return all(kind_of(v) in ("text", "empty") for v in below)


def _table_start(records: Sequence[Record], counts: Sequence[int], typical: int) -> int:
    for number, count in enumerate(counts[:HEADER_SEARCH]):
        if not count or count < 0.5 * typical:
            continue
        only_first = count == 1 and bool(text_of(records[number][0]).strip())
        if only_first and typical > 1:
            continue
        return number
    return next((i for i, count in enumerate(counts[:HEADER_SEARCH]) if count), 0)


def _past_wide_line(records: Sequence[Record], start: int) -> int:
    """Beyond a line of facts about the file that has more cells than all of the table."""
    below = [r for r in records[start + 1 : start + 10] if filled(r)]
    widths = {len(r) for r in below}
    if len(below) < 3 or len(widths) > 1 or len(records[start]) <= len(below[0]):
        return start
    typed = any(numeric_columns(records, start + 2 + n) for n in range(MAX_LINES_OF_NAMES))
    named = all(kind_of(v) == "text" for v in records[start + 1])
    return start + 1 if typed and named else start


def _past_settings(records: Sequence[Record], start: int) -> int:
    """Beyond pairs like «Height, 240», when a line of names stands before data unlike them."""
    for number in range(start + 1, min(start + MAX_SETTINGS, len(records) - 2)):
        above, names = records[start:number], records[number]
        if not all(_is_setting(record) for record in above):
            return start
        below = [r for r in records[number + 1 :] if filled(r)][:SAMPLE_ROWS]
        if {filled(r) for r in below[:2]} != {len(names)} or set(map(kind_of, names)) != {"text"}:
            continue
        held = [kind_of(record[1]) in ("number", "date") for record in above]
        leads = all(
            kind_of(row[0]) in ("number", "date") or _CLOCK.match(text_of(row[0])) for row in below
        )
        typed = any(kind_of(v) in ("number", "date") for row in below for v in row)
        if typed and any(held) and (held[0] or leads):
            return number
    return start


def _is_setting(record: Record) -> bool:
    """Whether it is a name and its value, and perhaps a unit."""
    held = [i for i, value in enumerate(record) if text_of(value).strip()]
    return held in ([0, 1], [0, 1, 2]) and kind_of(record[0]) == "text"


def _past_metadata(records: Sequence[Record], counts: Sequence[int], start: int) -> int:
    """Beyond lines like «Author, Smith», when a fuller line of names stands before the data."""
    for number in range(start + 1, min(start + 8, len(records) - 1)):
        if counts[number] <= counts[start] or counts[number] < max(counts[start:], default=0) * 0.8:
            continue
        names = [kind_of(v) for v in records[number]]
        if _names_years(records[number], records[number + 1]):
            names = ["text" if kind == "number" else kind for kind in names]
        if "number" in names or "date" in names or names.count("empty") > len(names) // 2:
            return start
        above = records[number - 1]
        gaps = counts[number - 1] and counts[number - 1] >= 2 and spans(above, records[number])
        typed = any(kind_of(v) in ("number", "date") for v in records[number + 1])
        if gaps or not typed:
            return start
        return number
    return start


def _names_years(record: Record, below: Record) -> bool:
    """Whether the numbers of a record are years above figures: one each, beside words."""
    places = [i for i, v in enumerate(record) if kind_of(v) == "number"]
    years = {text_of(record[i]).strip() for i in places}
    under = [text_of(v).strip() for i, v in enumerate(below) if i in places]
    distinct = len(years) == len(places) and all(map(YEAR.fullmatch, years))
    return distinct and "text" in map(kind_of, record) and not all(map(YEAR.fullmatch, under))


def _is_data(records: Sequence[Record], start: int, counts: Sequence[int]) -> bool:
    """Whether the candidate for a header is a row of data, by the columns below it."""
    head = records[start]
    below = [r for r in records[start + 1 : start + 40] if filled(r)][:SAMPLE_ROWS]
    if not below:
        return False
    present = [text_of(v).strip() for v in head if text_of(v).strip()]
    kinds = [kind_of(v) for v in head]
    if present and all(YEAR.fullmatch(name) for name in present):
        return False
    against = for_ = 0
    for column, kind in enumerate(kinds):
        under = [kind_of(r[column]) for r in below if column < len(r)]
        seen = [k for k in under if k != "empty"]
        if not seen:
            continue
        most = max(("number", "date", "text"), key=seen.count)
        if most == "text" or seen.count(most) < 0.7 * len(seen):
            continue
        if kind == most and not _is_name(head[column], most):
            against += 1
        elif kind == "text":
            for_ += 1
    return against > for_


def _is_name(value: Any, kind: str) -> bool:
    """Years and dates stand as names over wide tables."""
    text = text_of(value).strip()
    return kind == "number" and YEAR.fullmatch(text) is not None

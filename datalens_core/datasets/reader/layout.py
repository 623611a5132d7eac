"""Where a table begins and ends among its records: titles, header, units, totals, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .answer import Refused
from .cells import YEAR, date_formats, is_missing_word, kind_of
from .wording import counted, left_out

HEADER_SEARCH = 30
MAX_DESCRIPTIONS = 3
MAX_SETTINGS = 12
MIN_TYPED_ROWS = 2
# What a column holds is judged by as many rows as the schema shows, here as everywhere.
SAMPLE_ROWS = 5
Record = Sequence[Any]

_TOTAL = re.compile(
    r"(grand |sub-?)?totals?\b.*|(zwischen|gesamt)?summe\b.*|gesamt\b.*|sum\b"
    r"|insgesamt\b.*|celkem\b.*|total(e|s)? g[eé]n[eé]ral\b.*"
    r"|合計|总计|總計|totaal\b.*|итого\b.*|suma\b|average\b|mean\b|mittelwert\b|durchschnitt\b",
    re.IGNORECASE,
)
_PROSE = re.compile(r"(source|note|quelle|fuente|remark|data from|\*|©|\d\)|[¹²³])", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_PAGE = re.compile(r"(page|seite|p[aá]gina?|strona|strana|sida|side|blatt)\W*\d", re.IGNORECASE)
_UNIT = re.compile(
    r"[\[(][^\])]{1,20}[\])]|%|‰|°?[CFK]|[kmcµ]?[gm]|mm|t|lbs?|oz|in|ft|mi|[kmµn]?s|sec|min|h|hrs?|days?|yrs?|years?"
    r"|[km]?l|m[2²3³]|km[2²]|km/h|m/s|mph|kWh?|[MG]?Wh?|k?J|k?Pa|bar|hPa|V|A|Hz|k?cal|ppm|mg/l|mol|pcs\.?|units?|count"
    r"|USD|EUR|GBP|CHF|JPY|[$€£¥]|k[$€£]|[mM]io\.?|thousands?|millions?|-|",
    re.IGNORECASE,
)


@dataclass
class Layout:
    """What stands where, by the numbers of the records. `names` are the file's own, untidied."""

    header: int | None
    header_lines: int = 1
    units: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    titles: set[str] = field(default_factory=set)

    def is_page_title(self, text: str) -> bool:
        """Whether a page of a printed table begins with it, as the first one did."""
        return _without_numbers(text) in self.titles or _PAGE.match(text) is not None

    @property
    def first(self) -> int:
        """The record that the data begin with."""
        if self.header is None:
            return 0
        return max([self.header + self.header_lines, *(u + 1 for u in self.units)])


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "", text).strip()


def text_of(value: Any) -> str:
    """A header's cell as a name has it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "hour") and hasattr(value, "year") and not (value.hour or value.minute):
        return str(value.date()) + " 00:00:00"
    if hasattr(value, "year") and not hasattr(value, "hour"):
        return f"{value} 00:00:00"  # as pandas writes Excel's dates
    return "" if value is None else str(value)


def lone_text(record: Record) -> str:
    """The text of a record that holds nothing but its first cell."""
    texts = [text_of(v).strip() for v in record]
    return texts[0] if texts and not any(texts[1:]) else ""


def filled(record: Record) -> int:
    return sum(1 for value in record if text_of(value).strip())


def usual(numbers: Sequence[int]) -> int:
    return sorted(numbers)[len(numbers) // 2] if numbers else 0


def layout_of(records: Sequence[Record], *, fixed: int | None = -1) -> Layout:
    """The layout of a table by its first records.

    `fixed`: the header's record if somebody said so, None for no header, -1 to find it.
    """
    header = find_header(records) if fixed == -1 else fixed
    if header is None:
        return Layout(None)
    if header >= len(records):
        raise Refused(
            "unreadable",
            f"It has no line {header + 1} that could be its header: it ends after "
            f"{counted(len(records), 'line')}.",
        )
    if fixed == -1 and header > 0 and _spans(records[header - 1], records[header]):
        header -= 1
    layout = Layout(header, names=[text_of(value) for value in records[header]])
    layout.titles = {_without_numbers(text_of(r[0])) for r in records[:header] if r}
    _repeated_header(records, layout)
    _second_line(records, layout)
    _units_line(records, layout)
    if fixed == -1:
        _descriptions(records, layout)
    return layout


def find_header(records: Sequence[Record]) -> int | None:
    """The record that names the columns; None if the first one is data already."""
    counts = [filled(r) for r in records]
    typical = usual([c for c in counts if c])
    start = _table_start(records, counts, typical)
    start = _past_wide_line(records, start)
    start = _past_settings(records, start)
    start = _past_metadata(records, counts, start)
    return None if _is_data(records, start, counts) else start


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
    typed = any(_numeric_columns(records, start + 2 + n) for n in range(MAX_DESCRIPTIONS + 1))
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
        gaps = counts[number - 1] and counts[number - 1] >= 2 and _spans(above, records[number])
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


def _spans(above: Record, below: Record) -> bool:
    """Whether the line above looks like the upper one of two: names over groups of names."""
    held = [i for i, v in enumerate(above) if text_of(v).strip()]
    if len(held) < 2 or held[-1] >= len(below) or held == list(range(len(held))):
        return False
    return all(kind_of(v) in ("text", "empty") for v in below)


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


def _numeric_columns(records: Sequence[Record], first: int) -> list[int]:
    below = [r for r in records[first : first + 40] if filled(r)][: SAMPLE_ROWS - 1]
    width = max(map(len, below), default=0)
    found = []
    for column in range(min(width, 500)):
        kinds = [kind_of(r[column]) for r in below if column < len(r)]
        seen = [k for k in kinds if k != "empty"]
        if seen and sum(k in ("number", "date") for k in seen) >= 0.8 * len(seen):
            found.append(column)
    return found


def _repeated_header(records: Sequence[Record], layout: Layout) -> None:
    while layout.first < len(records) - 1 and is_header_again(records[layout.first], layout.names):
        layout.units.append(layout.first)
        if len(layout.units) == 1:
            layout.notes.append("The header is there more than once: it was read once.")


def _second_line(records: Sequence[Record], layout: Layout) -> None:
    """Join a second line of names to the first, whose names may span several columns."""
    assert layout.header is not None
    place = layout.header + 1
    if place + 1 >= len(records) or layout.units:
        return
    upper, lower = records[layout.header], records[place]
    offsets = range(1, MAX_DESCRIPTIONS + 1)  # units or descriptions may follow
    numeric = next((c for n in offsets if (c := _numeric_columns(records, place + n))), [])
    typed = [kind_of(lower[c]) for c in numeric if c < len(lower)]
    if not typed or any(k in ("number", "date") for k in typed) or "text" not in typed:
        return
    if _are_units(lower):
        return
    names = [text_of(v).strip() for v in upper]
    present = [n for n in names if n]
    spans = any(text_of(v).strip() and not "".join(names[i : i + 1]) for i, v in enumerate(lower))
    grouped = spans or len(set(present)) < len(present)
    if not grouped:
        return
    under = [text_of(lower[c]).strip() for c in numeric if c < len(lower)]
    if any(text and is_missing_word(text) for text in under):
        return
    units = [text for text in under if text and _UNIT.fullmatch(text)]
    if len(units) > 1 and len(units) == sum(map(bool, under)):
        return
    spread, last = [], ""
    for name, below in zip(
        [*names, *[""] * (len(lower) - len(names))],
        [*lower, *[""] * (len(names) - len(lower))],
        strict=True,
    ):
        last = name or last
        lower_name = text_of(below).strip()
        spread.append(f"{last} {lower_name}".strip() if lower_name else name)
    layout.names = spread
    layout.header_lines = 2
    layout.notes.append("The header has two lines: they were joined into one name for each column.")


def _are_units(record: Record) -> bool:
    texts = [text_of(v).strip() for v in record]
    present = [t for t in texts if t and t != "-"]
    return bool(present) and all(_UNIT.fullmatch(t) for t in texts)


def _units_line(records: Sequence[Record], layout: Layout) -> None:
    place = _next_filled(records, layout.first)
    if place + 1 >= len(records) or not _are_units(records[place]):
        return
    numeric = _numeric_columns(records, place + 1)
    line = records[place]
    if any(c < len(line) and kind_of(line[c]) == "text" for c in numeric):
        layout.units += range(layout.first, place + 1)
        units = {
            name: text_of(unit).strip()
            for name, unit in zip(layout.names, line, strict=False)
            if text_of(unit).strip()
        }
        told = ", ".join(f"{n} in {u.strip('[]()')}" for n, u in list(units.items())[:6])
        layout.notes.append(f"The line of units below the header was left out ({told[:200]}).")


def _next_filled(records: Sequence[Record], place: int) -> int:
    """The first record from there on that holds something: a drawn line may come between."""
    while place < len(records) and not filled(records[place]):
        place += 1
    return place


def _descriptions(records: Sequence[Record], layout: Layout) -> None:
    """Leave out lines that describe the columns: words where all below are numbers and dates.

    One column alone is no evidence: its first value may be a word.
    """
    begin = _next_filled(records, layout.first)
    while layout.first - begin < MAX_DESCRIPTIONS:
        place = max(begin, layout.first)
        for lines in range(1, MAX_DESCRIPTIONS + 1 - (place - begin)):
            typed = _numeric_columns(records, place + lines)
            described = records[place : place + lines]
            if sum(map(bool, map(filled, records[place + lines :]))) < MIN_TYPED_ROWS:
                continue
            if len(typed) > 1 and all(_is_description(line, typed) for line in described):
                layout.units += range(layout.first, place + lines)
                break
        else:
            break
    if (left := layout.first - begin) > 0:
        layout.notes.append(left_out(left, "line", "of descriptions or units"))


def _is_description(record: Record, typed: Sequence[int]) -> bool:
    kinds = [kind_of(record[column]) for column in typed if column < len(record)]
    return kinds.count("text") > 1 and not {"number", "date"}.intersection(kinds)


def is_header_again(record: Record, names: Sequence[str]) -> bool:
    own = [text_of(v).strip(" \t\ufeff") for v in record]
    return len(own) > 1 and own == [n.strip(" \t\ufeff") for n in names][: len(own)]


def is_total(record: Record) -> bool:
    """A last line that adds the others up: it begins with a word for that, and holds a number."""
    present = [v for v in record if text_of(v).strip()]
    if len(present) < 2 or not isinstance(present[0], str):
        return False
    word = present[0].strip().rstrip(":")
    return _TOTAL.fullmatch(word) is not None and any(kind_of(v) == "number" for v in present[1:])


def is_note(record: Record, typical: int) -> bool:
    """A line of text below a table: one cell, where rows have several."""
    present = [i for i, v in enumerate(record) if text_of(v).strip()]
    if typical < 3 and not (typical == 2 and len(record) == 1):
        return False
    if present != [0]:
        return False
    text = text_of(record[0]).strip()
    if len(record) > 1 and not _PROSE.match(text) and (" " not in text or len(text) < 24):
        return False
    return kind_of(text) == "text" and (len(text) > 12 or " " in text) and not date_formats(text)

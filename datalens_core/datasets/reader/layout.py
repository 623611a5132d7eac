"""Where a table begins among its records: titles, header, units, descriptions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .answer import Refused
from .cells import is_missing_word, is_year, kind_of
from .header import find_header, spans
from .records import SAMPLE_ROWS, Record, filled, is_header_again, numeric_columns, text_of
from .wording import counted, left_out

MAX_DESCRIPTIONS = 3
MIN_TYPED_ROWS = 2

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
    every_line: bool = False

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


def layout_of(
    records: Sequence[Record], *, fixed: int | None = -1, every_line: bool = False
) -> Layout:
    """The layout of a table by its first records.

    `fixed`: the header's record if somebody said so, None for no header, -1 to find it;
    `every_line`: whether whatever stands below it is a row.
    """
    header = find_header(records) if fixed == -1 else fixed
    if header is None:
        return Layout(None, every_line=every_line)
    if header >= len(records):
        raise Refused(
            "unreadable",
            f"It has no line {header + 1} that could be its header: it ends after "
            f"{counted(len(records), 'line')}.",
        )
    if fixed == -1 and header > 0 and spans(records[header - 1], records[header]):
        header -= 1
    layout = Layout(header, names=[text_of(value) for value in records[header]])
    if every_line:
        layout.every_line = True
        return layout
    layout.titles = {_without_numbers(text_of(r[0])) for r in records[:header] if r}
    _repeated_header(records, layout)
    _second_line(records, layout)
    _units_line(records, layout)
    if fixed == -1:
        _descriptions(records, layout)
    return layout


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
    numeric = next((c for n in offsets if (c := numeric_columns(records, place + n))), [])
    typed = [kind_of(lower[c]) for c in numeric if c < len(lower)]
    if not _name_periods(upper, lower, records[place + 1 :]) and (
        not typed or any(k in ("number", "date") for k in typed) or "text" not in typed
    ):
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
        joined = lower_name if lower_name == last else f"{last} {lower_name}".strip()
        spread.append(joined if lower_name else name)
    layout.names = spread
    layout.header_lines = 2
    layout.notes.append("The header has two lines: they were joined into one name for each column.")


def _name_periods(upper: Record, lower: Record, below: Sequence[Record]) -> bool:
    """Whether the lower line has a date or a year for each figure that one name above spans."""
    places = [i for i, v in enumerate(lower) if kind_of(v) == "date" or is_year(v)]
    periods = {text_of(lower[i]).strip() for i in places}
    names = [text_of(v).strip() for v in upper]
    spanned = {names[i] for i in places if i < len(names) and names[i]}
    rows = [r for r in below if filled(r)]
    figures = any(_are_figures(rows[n : n + SAMPLE_ROWS], places) for n in range(MAX_DESCRIPTIONS))
    return 1 < len(places) == len(periods) and len(spanned) < len(places) and figures


def _are_figures(rows: Sequence[Record], places: Sequence[int]) -> bool:
    """Whether the rows have numbers there, and none of them is a year."""
    held = [r[i] for r in rows for i in places if i < len(r) and kind_of(r[i]) != "empty"]
    return bool(held) and all(kind_of(v) == "number" and not is_year(v) for v in held)


def _are_units(record: Record) -> bool:
    texts = [text_of(v).strip() for v in record]
    present = [t for t in texts if t and t != "-"]
    return bool(present) and all(_UNIT.fullmatch(t) for t in texts)


def _units_line(records: Sequence[Record], layout: Layout) -> None:
    place = _next_filled(records, layout.first)
    if place + 1 >= len(records) or not _are_units(records[place]):
        return
    numeric = numeric_columns(records, place + 1)
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
            typed = numeric_columns(records, place + lines)
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

"""Workbooks: their sheets, and what the cells of one say of reading it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Any

from .answer import Refused
from .archive import check_archive
from .column_names import tidy_names
from .columns import decide
from .groups import tell_groups
from .layout import layout_of
from .merged import merged_down
from .records import filled
from .scan import scan_rows
from .sheets import Book
from .table_end import end_of_table
from .width import MAX_COLUMNS, kept_columns, tell_wide
from .wording import counted, left_out, listed

PEEK_ROWS = 200
MAX_SHEETS = 1000
FORMULA_BYTES = 32 * 1024 * 1024
_UNCACHED = re.compile(rb"<f[^>]*?(?:/>|>[^<]*</f>)(?:<v></v>|<v\s*/>)?</c>")
_ERRORS = {"#N/A", "#REF!", "#NAME?", "#DIV/0!", "#VALUE!", "#NUM!", "#NULL!", "#GETTING_DATA"}


def open_workbook(path: str, format: str) -> Book:
    """Open a workbook that is checked before.

    Raises:
        Refused: it is none, or hostile, or encrypted, or nothing here reads it.
    """
    if format != "xls":
        check_archive(path, format)
    return Book(path, format)


def inspect_workbook(book: Book, path: str, format: str, given: dict[str, Any]) -> dict[str, Any]:
    """Plan, row count, sheets and warnings of a workbook. `given` as in `inspect_text`."""
    notes: list[str] = []
    names = [name for name, _ in book.sheets]
    title = _chosen_sheet(book, given.get("sheet"))
    if len(names) > 1:
        others = ", ".join(n[:40] for n in names if n != title)
        notes.append(
            f"The workbook has {len(names)} sheets; '{title}' was read, not {others[:200]}."
        )
    head: list[list[Any]] = []
    for row in book.rows(title):
        head.append(row)
        if len(head) >= PEEK_ROWS:
            break
    found = _described(title, head, book, format, given, notes)
    if format in ("xlsx", "xlsm"):
        _tell_formulas(path, title, notes)
    return {**found, "sheets": names[:MAX_SHEETS], "warnings": notes}


def _chosen_sheet(book: Book, given: str | None) -> str:
    """The sheet that somebody named, else the first with data, a visible one if there is one.

    Raises:
        Refused: there is no such sheet, or no sheet with data.
    """
    if given is not None:
        if given not in [name for name, _ in book.sheets]:
            raise Refused("unreadable", "It has no sheet of that name.")
        return given
    for wanted in (True, False):
        for name, visible in book.sheets:
            if visible == wanted and _has_data(book.rows(name)):
                return name
    raise Refused("empty", "")


def _has_data(rows: Iterator[list[Any]]) -> bool:
    """Two rows that hold something, or one where that is all that any sheet has."""
    return any(filled(row) for row in rows)


def _described(
    title: str,
    head: list[list[Any]],
    book: Book,
    format: str,
    given: dict[str, Any],
    notes: list[str],
) -> dict[str, Any]:
    fixed = given.get("header_row", -1)
    layout = layout_of(head, fixed=fixed, every_line=given.get("every_line", False))
    scan = scan_rows(book.rows(title), layout, len(layout.names))
    if not scan.filled:
        raise Refused("empty", "")
    own = layout.names
    while own and not own[-1].strip() and len(own) > scan.widest_filled:
        own = own[:-1]
    width = max(len(own), scan.widest_filled)
    if width > MAX_COLUMNS:
        raise Refused("unreadable", f"It has more than {MAX_COLUMNS:,} columns.")
    if layout.header is None:
        notes.append("No header was found: the columns are named column_1, column_2, …")
    elif any(filled(row) for row in head[: layout.header]):
        notes.append(left_out(layout.header, "row", "above the header"))
    notes += layout.notes
    left = {skipped.number for skipped in scan.skipped}
    data = [r for n, r in enumerate(head) if n >= layout.first and n not in left and filled(r)]
    end = end_of_table(scan, layout, data, notes)
    used = scan.used_within(end.count)
    names, changes = tidy_names(own, width, used)
    if layout.header is not None:
        notes += changes
    kept = kept_columns(names, own, used, notes)
    if scan.wide and layout.header is not None and len(own) < width:
        tell_wide(scan, names[len(own) :], end.count, notes)
    plan: dict[str, Any] = {
        "format": format,
        "engine": book.engine,
        "header_row": layout.header,
        "header_lines": layout.header_lines,
        "skip_rows": [*layout.units, *end.skipped],
        "names": names,
        "columns": kept,
        "rows": end.rows,
        "drop_empty_rows": end.has_empty,
        "sheet": title,
        "delimiter": ",",
        "text_columns": [],
        "dates": {},
        "numbers": {},
        "padded": [],
        "na_values": [],
    }
    kept_names = set(kept if kept is not None else names)
    below = merged_down(
        book, title, layout, end, (n for n, name in enumerate(names) if name in kept_names)
    )
    plan["fill_down"] = [names[place] for place in sorted(below)]
    if below:
        notes.append(
            f"Merged cells were read as a value of each of their rows: {listed(plan['fill_down'])}."
        )
    tell_groups(data[: end.count], notes, gaps=0 not in below)
    shown = [[*row[:width], *[None] * (width - len(row))] for row in data[: end.count]]
    chosen = kept if kept is not None else names
    place_of = {name: place for place, name in enumerate(names)}
    places = [place_of[name] for name in chosen]
    seen = [[_empty_as_none(row[p]) for p in places] for row in shown]
    decide(plan, chosen, seen, notes, given.get("types", {}))
    errors = sum(1 for row in seen for v in row if isinstance(v, str) and v in _ERRORS)
    if errors:
        notes.append("Cells with an error (such as #DIV/0!) were read as missing.")
    plan["na_values"] = sorted({*plan["na_values"], *(_ERRORS if errors else ())})
    return {"plan": plan, "row_count": end.count, "sample_rows": end.sample_rows(scan)}


def _empty_as_none(value: Any) -> Any:
    return None if value == "" else value


def _tell_formulas(path: str, title: str, notes: list[str]) -> None:
    """Say where formulas hold no value: the file was written by a program that computes none."""
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, title)
        if part is None:
            return
        with archive.open(part) as stream:
            found = len(_UNCACHED.findall(stream.read(FORMULA_BYTES)))
    if found:
        notes.append(
            f"{counted(found, 'formula')} without a stored value {'was' if found == 1 else 'were'} "
            "read as missing: open the file in Excel and save it once."
        )


def _part_of(archive: zipfile.ZipFile, title: str) -> str | None:
    """The sheet's XML in the archive, by the workbook's own list."""
    from xml.etree import ElementTree

    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return None
    targets = {e.get("Id"): e.get("Target") or "" for e in links}
    for element in book.iter():
        if element.tag.endswith("}sheet") and element.get("name") == title:
            key = next((v for k, v in element.attrib.items() if k.endswith("}id")), None)
            target = targets.get(key, "").lstrip("/")
            part = target if target.startswith("xl/") else f"xl/{target}"
            return part if part in archive.namelist() else None
    return None

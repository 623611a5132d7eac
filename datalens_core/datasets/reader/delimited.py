"""Delimited text: what one pass over the file and a look at its beginning say of reading it."""

from __future__ import annotations

import csv
from typing import Any

from . import dialect as dialects
from .answer import Refused
from .beginning import declared_delimiter, line_end, mixes_line_ends, peek
from .column_names import tidy_names
from .columns import decide
from .dialect import Dialect, dialect_of, is_blank, is_empty, is_rule, records_of
from .encoding import NAMES as ENCODINGS
from .encoding import encoding_of
from .groups import tell_groups
from .layout import layout_of
from .leading_zeros import zeros_further_down
from .line_forms import DELIMITED, NOTES, LineForm, delimited, fixed_or_not, quoted_or_not
from .quotes import unclosed_quote, without_quotes
from .records import usual
from .scan import Scan, scan_file
from .table_end import end_of_table
from .width import MAX_COLUMNS, kept_columns, misses_first_name, tell_wide
from .wording import left_out

MAX_FIELD = 256 * 1024 * 1024


def inspect_text(path: str, given: dict[str, Any]) -> dict[str, Any]:
    """Plan, row count and warnings of a text file.

    `given` holds what somebody decided: encoding, delimiter, quotechar, header_row, types.
    """
    csv.field_size_limit(MAX_FIELD)
    encoding = given.get("encoding") or encoding_of(path)
    text, whole = _beginning(path, encoding)
    form = _quoted_form(text, whole, given)
    dialect = _dialect(text, whole, given)
    if form is DELIMITED and not given.get("delimiter"):
        form = _fixed_form(text, whole, dialect)
    if form is DELIMITED:
        return _inspected(path, encoding, text, whole, dialect, given, [])
    with delimited(path, encoding, form) as copy:
        text, whole = _beginning(copy, encoding)
        known = {**given, "delimiter": ","} if form.name == "fixed" else given
        dialect = _dialect(text, whole, known)
        notes = [NOTES[form.name]]
        found = _inspected(copy, encoding, text, whole, dialect, given, notes)
    found["plan"] |= {"lines": form.name, "cuts": list(form.cuts)}
    return found


def _beginning(path: str, encoding: str) -> tuple[str, bool]:
    try:
        text, whole = peek(path, encoding)
    except UnicodeError:
        raise Refused(
            "unreadable", f"Its text is not {ENCODINGS.get(encoding, encoding)}."
        ) from None
    if not text.strip("\ufeff \t\r\n\x00"):
        raise Refused("empty", "")
    return text, whole


def _dialect(text: str, whole: bool, given: dict[str, Any]) -> Dialect:
    delimiter = given.get("delimiter") or declared_delimiter(text)
    return dialect_of(text, whole, delimiter=delimiter, quote=given.get("quotechar"))


def _quoted_form(text: str, whole: bool, given: dict[str, Any]) -> LineForm:
    return quoted_or_not(text, whole) if given.get("quotechar", '"') == '"' else DELIMITED


def _fixed_form(text: str, whole: bool, dialect: Dialect) -> LineForm:
    if "  " not in text and "--" not in text:
        return DELIMITED
    widths = [len(r) for r in records_of(text, dialect, whole) if not is_blank(r)]
    if usual(widths) > 1 and dialect.delimiter != ",":
        return DELIMITED
    return fixed_or_not(text, whole, commas=usual(widths) > 1)


def _inspected(
    path: str,
    encoding: str,
    text: str,
    whole: bool,
    dialect: Dialect,
    given: dict[str, Any],
    notes: list[str],
) -> dict[str, Any]:
    if dialect.quote and (line := unclosed_quote(path, encoding, dialect)):
        dialect = without_quotes(text, whole, dialect, line, notes)
    # To the layout a drawn line is as good as a blank one.
    records = [[] if is_rule(r) else r for r in records_of(text, dialect, whole)]
    if declared_delimiter(text):
        records[0] = []
    layout = layout_of(
        records,
        fixed=given.get("header_row", -1),
        every_line=given.get("every_line", False),
    )
    data = [r for r in records[layout.first :] if not is_blank(r) and not is_empty(r)]
    expected = len(layout.names) or usual([len(r) for r in data])
    countable = not mixes_line_ends(text, dialect)
    scan = scan_file(path, encoding, dialect, layout, expected, countable=countable)
    data = _rows(records, layout.first, scan)
    if layout.header is not None and misses_first_name(layout.names, scan):
        layout.names = ["", *layout.names]
        notes.append(
            "The header has one name fewer than the rows have values: the first column was taken "
            "for the rows' names."
        )
    # Pandas leaves out a row that has more cells than there are names, be they empty.
    width = max(len(layout.names), expected, scan.widest)
    if width > MAX_COLUMNS:
        raise Refused("unreadable", f"It has more than {MAX_COLUMNS:,} columns.")
    if not scan.filled:
        raise Refused("empty", "")
    _tell_reading(encoding, dialect, layout.header, records, notes)
    notes += layout.notes
    end = end_of_table(scan, layout, data, notes)
    if end.count <= 0:
        raise Refused("empty", "")
    used = scan.used_within(end.count)
    names, changes = tidy_names(layout.names, width, used)
    notes += changes if layout.header is not None else []
    kept = kept_columns(names, layout.names, used, notes)
    if scan.wide and expected < scan.widest_filled:
        tell_wide(scan, names[expected : scan.widest_filled], end.count, notes)
    narrow = sum(1 for row in scan.narrow if row <= end.count)
    if 0 < narrow < end.count:
        few = "1 row is" if narrow == 1 else f"{narrow:,} rows are"
        notes.append(f"{few} shorter than the others: the last values are missing there.")
    plain = layout.header is not None and layout.header_lines == 1 and names == layout.names
    plan: dict[str, Any] = {
        "format": "csv",
        "encoding": encoding,
        "delimiter": dialect.delimiter,
        "quotechar": dialect.quote,
        "escapechar": dialect.escape,
        "skip_initial_space": dialect.skip_space,
        "header_row": layout.header,
        "header_lines": layout.header_lines,
        "skip_rows": [*layout.units, *end.skipped],
        "names": None if plain and kept is None else names,
        "columns": kept,
        "rows": end.rows,
        "line_end": line_end(text, dialect),
        "drop_empty_rows": end.has_empty,
        "sheet": None,
        "text_columns": [],
        "dates": {},
        "numbers": {},
        "padded": [],
        "na_values": [],
    }
    data = data[: end.count]
    tell_groups(data, notes)
    padded = [[*r[:width], *[""] * (width - len(r))] for r in data]
    chosen = kept if kept is not None else names
    place_of = {name: place for place, name in enumerate(names)}
    places = [place_of[name] for name in chosen]
    seen = [[row[p] for p in places] for row in padded]
    decide(plan, chosen, seen, notes, given.get("types", {}))
    if scan.filled > len(data):
        zeros_further_down(path, encoding, dialect, plan, names, layout.first, given, notes)
    return {
        "plan": plan,
        "row_count": end.count,
        "sample_rows": end.sample_rows(scan),
        "sheets": [],
        "warnings": notes,
    }


def _rows(records: list[list[str]], first: int, scan: Scan) -> list[list[str]]:
    """The first records that hold rows."""
    left = {skipped.number for skipped in scan.skipped}
    return [
        record
        for number, record in enumerate(records)
        if number >= first and number not in left and not is_blank(record) and not is_empty(record)
    ]


def _tell_reading(
    encoding: str,
    dialect: Dialect,
    header: int | None,
    records: list[list[str]],
    notes: list[str],
) -> None:
    if encoding not in ("utf-8", "utf-8-sig"):
        notes.append(
            f"The text was read as {ENCODINGS.get(encoding, encoding)}, not UTF-8. If letters look "
            "wrong, choose another encoding."
        )
    if dialect.delimiter != ",":
        called = dialects.NAMES.get(dialect.delimiter, repr(dialect.delimiter))
        notes.append(f"The delimiter is a {called}.")
    if dialect.quote == "'":
        notes.append("Cells are quoted with ' instead of \".")
    if dialect.escape:
        notes.append("Quotes within cells are escaped with a backslash.")
    if dialect.skip_space:
        notes.append("Spaces after the delimiter were left out.")
    if header is None:
        notes.append("No header was found: the columns are named column_1, column_2, …")
    elif header > 0 and any(not is_blank(r) and not is_empty(r) for r in records[:header]):
        notes.append(left_out(header, "line", "above the header"))

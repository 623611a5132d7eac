"""Delimited text: what one pass over the file and a look at its beginning say of reading it."""

from __future__ import annotations

import csv
from typing import Any

from . import dialect as dialects
from .answer import Refused
from .beginning import declared_delimiter, line_end, peek
from .column_names import tidy_names
from .columns import decide
from .dialect import Dialect, dialect_of, is_blank, is_empty, records_of
from .encoding import NAMES, encoding_of
from .layout import layout_of, usual
from .leading_zeros import zeros_further_down
from .quotes import unclosed_quote, without_quotes
from .scan import scan_file
from .table_end import end_of_table
from .width import MAX_COLUMNS, kept_columns, misses_first_name, tell_wide

MAX_FIELD = 256 * 1024 * 1024


def inspect_text(path: str, given: dict[str, Any]) -> dict[str, Any]:
    """Plan, row count and warnings of a text file.

    `given` holds what somebody decided: encoding, delimiter, quotechar, header_row, types.
    """
    csv.field_size_limit(MAX_FIELD)
    notes: list[str] = []
    encoding = given.get("encoding") or encoding_of(path)
    try:
        text, whole = peek(path, encoding)
    except UnicodeError:
        raise Refused("unreadable", f"Its text is not {NAMES.get(encoding, encoding)}.") from None
    if not text.strip("\ufeff \t\r\n\x00"):
        raise Refused("empty", "")
    declared = declared_delimiter(text)
    dialect = dialect_of(
        text, whole, delimiter=given.get("delimiter") or declared, quote=given.get("quotechar")
    )
    if dialect.quote and (line := unclosed_quote(path, encoding, dialect)):
        dialect = without_quotes(text, whole, dialect, line, notes)
    records = records_of(text, dialect, whole)
    if declared:
        records[0] = []
    layout = layout_of(records, fixed=given.get("header_row", -1))
    data = [r for r in records[layout.first :] if not is_blank(r) and not is_empty(r)]
    expected = len(layout.names) or usual([len(r) for r in data])
    scan = scan_file(path, encoding, dialect, layout.first, expected)
    if layout.header is not None and misses_first_name(layout.names, scan):
        layout.names = ["", *layout.names]
        notes.append(
            "The header has one name fewer than the rows have values: the first column "
            "was taken for the names of the rows."
        )
    # Pandas leaves out a row that has more cells than there are names, be they empty.
    width = max(len(layout.names), expected, scan.widest)
    if width > MAX_COLUMNS:
        raise Refused("unreadable", f"It has more than {MAX_COLUMNS:,} columns.")
    if not scan.filled:
        raise Refused("empty", "")
    _tell_reading(encoding, dialect, layout.header, records, notes)
    notes += layout.notes
    names, changes = tidy_names(layout.names, width, scan.used)
    notes += changes if layout.header is not None else []
    rows, row_count, dropped_empty = end_of_table(scan, layout.names, data, notes)
    if row_count <= 0:
        raise Refused("empty", "")
    kept = kept_columns(names, layout.names, scan, notes)
    if scan.wide and expected < scan.widest_filled:
        tell_wide(scan, names[expected : scan.widest_filled], row_count, notes)
    narrow = sum(1 for row in scan.narrow if row <= row_count)
    if 0 < narrow < row_count:
        few = "1 row has" if narrow == 1 else f"{narrow:,} rows have"
        notes.append(f"{few} fewer values than the others: the rest is missing.")
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
        "skip_rows": layout.units,
        "names": None if plain and kept is None else names,
        "columns": kept,
        "rows": rows,
        "line_end": line_end(text, dialect),
        "drop_empty_rows": dropped_empty,
        "sheet": None,
        "text_columns": [],
        "dates": {},
        "numbers": {},
        "na_values": [],
    }
    if rows is not None:
        data = data[:row_count]
    padded = [[*r[:width], *[""] * (width - len(r))] for r in data]
    chosen = kept if kept is not None else names
    places = [names.index(n) for n in chosen] if kept is not None else range(width)
    seen = [[row[p] for p in places] for row in padded]
    decide(plan, chosen, seen, notes, given.get("types", {}))
    if scan.filled > len(data):
        zeros_further_down(path, encoding, dialect, plan, names, layout.first, given, notes)
    return {
        "plan": plan,
        "row_count": row_count,
        "sample_rows": scan.raw_for_sample,
        "sheets": [],
        "warnings": notes,
    }


def _tell_reading(
    encoding: str,
    dialect: Dialect,
    header: int | None,
    records: list[list[str]],
    notes: list[str],
) -> None:
    if encoding not in ("utf-8", "utf-8-sig"):
        notes.append(f"The file is {NAMES.get(encoding, encoding)}, not UTF-8. Check its accents.")
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
        notes.append(f"Lines above the header were left out ({header}).")

"""The reader program: it runs in the sandbox and says how a file is to be read.

It decides on a LoadPlan, reads the first five data rows by it and counts the others, and prints
one line. `read_arguments` is also used here, on the host, to write the loader: so the sample and
the whole file are read the same way by construction.
"""

from __future__ import annotations

import base64
import codecs
import csv
import io
import json
import re
import sys
import warnings
import zipfile
import zlib
from typing import Any

START, END = "<<datalens:inspection>>", "<<end>>"
SAMPLE_ROWS = 5
PEEK_CHARACTERS = 256 * 1024
MAX_PEEK_CHARACTERS = 16 * 1024 * 1024
PEEK_RECORDS = 50
HEADER_SEARCH = 20
MAX_COLUMNS = 16_384
MAX_VALUE_CHARACTERS = 500
MAX_ARCHIVE_BYTES = 1024 * 1024 * 1024
MAX_ARCHIVE_RATIO = 200
MAX_ARCHIVE_ENTRIES = 5000
DELIMITERS = (",", ";", "\t", "|")
ISO_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?"
)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?%?")
YEAR = re.compile(r"(19|20)\d{2}")
KEPT_AS_TEXT = re.compile(r"0\d+|\d{16,}")
DECIMAL_COMMA = re.compile(r"[+-]?\d{1,3}(\.\d{3})*,\d+|[+-]?\d+,\d+")


class Refused(Exception):
    """The file cannot be read. `kind` is empty or unreadable."""

    def __init__(self, kind: str, reason: str) -> None:
        self.kind, self.reason = kind, reason
        super().__init__(reason)


def read_arguments(plan: dict[str, Any], width: int, dates: list[str]) -> dict[str, Any]:
    """Keyword arguments of pandas' reader for a plan; `width` names the columns of no header."""
    arguments: dict[str, Any] = {}
    if plan["format"] == "csv":
        if plan["delimiter"] != ",":
            arguments["sep"] = plan["delimiter"]
        if plan["quotechar"] != '"':
            arguments["quotechar"] = plan["quotechar"]
        if plan["encoding"] != "utf-8":
            arguments["encoding"] = plan["encoding"]
    else:
        arguments["sheet_name"] = plan["sheet"]
    skipped = set(plan["skip_rows"])
    if plan["header_row"] is None:
        arguments["header"] = None
        arguments["names"] = [f"column_{number}" for number in range(1, width + 1)]
    else:
        skipped.update(range(plan["header_row"]))
    if skipped:
        arguments["skiprows"] = sorted(skipped)
    if plan["text_columns"]:
        arguments["dtype"] = dict.fromkeys(plan["text_columns"], "str")
    if plan["format"] == "csv":
        if dates:
            arguments["parse_dates"] = dates
            arguments["date_format"] = "ISO8601"
        arguments["index_col"] = False  # else a delimiter at the lines' ends makes an index
        arguments["on_bad_lines"] = "warn"
        arguments["low_memory"] = False
    return arguments


# -- CSV -----------------------------------------------------------------------------------------


def encoding_of(path: str) -> str:
    """UTF-8 if all of the file is, UTF-16 by its mark or its zeros, else Windows-1252."""
    with open(path, "rb") as stream:
        head = stream.read(4096)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if head.count(0) > len(head) // 4:
            return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := stream.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return legacy_encoding(path)
        return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"


def legacy_encoding(path: str) -> str:
    """Windows-1252, or Latin-1 where bytes are used that Windows-1252 leaves undefined."""
    with open(path, "rb") as stream:
        while chunk := stream.read(1 << 20):
            if re.search(rb"[\x81\x8d\x8f\x90\x9d]", chunk):
                return "latin-1"
    return "cp1252"


def peek(path: str, encoding: str) -> tuple[str, bool]:
    """The first records of a file as text, and whether that is all of it."""
    with open(path, encoding=encoding, newline="") as stream:
        text = stream.read(PEEK_CHARACTERS)
        while len(text) < MAX_PEEK_CHARACTERS and line_count(text) < PEEK_RECORDS:
            more = stream.read(PEEK_CHARACTERS)
            if not more:
                break
            text += more
        return text, stream.read(1) == ""


def line_count(text: str) -> int:
    return max(text.count("\n"), text.count("\r"))


def records_of(text: str, delimiter: str, whole: bool) -> list[list[str]]:
    """The first records of a text that may end in the middle of one."""
    records: list[list[str]] = []
    for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        records.append(record)
        if len(records) > PEEK_RECORDS:
            break
    else:
        if not whole and len(records) > 1:
            records.pop()
    return records


def delimiter_of(text: str, whole: bool) -> str:
    """The delimiter by which most records have one width, and that width is the greatest."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = [len(r) for r in records_of(text, delimiter, whole) if not is_blank(r)]
        if not widths:
            continue
        width = max(set(widths), key=lambda w: (widths.count(w), w))
        if width > 1:
            score = widths.count(width) / len(widths) * (1 + min(width, 20) / 100)
            if score > best_score:
                best, best_score = delimiter, score
    return best


def is_blank(record: list[str]) -> bool:
    """What pandas skips as a blank line."""
    return not record or (len(record) == 1 and bool(record[0]) and not record[0].strip(" \t"))


def header_of(records: list[list[str]]) -> int | None:
    """The record that names the columns; None if the first one is data already."""
    filled = [sum(1 for value in r if value.strip()) for r in records]
    usual = sorted(filled)[len(filled) // 2] if filled else 0
    row = next(
        (
            i
            for i, count in enumerate(filled[:HEADER_SEARCH])
            if count and count >= max(1, 0.5 * usual)
        ),
        0,
    )
    names = [value.strip() for value in records[row] if value.strip()]
    data = [r for r in records[row + 1 :] if not is_blank(r)]
    numeric = bool(names) and all(NUMBER.fullmatch(name) for name in names)
    if numeric and data and not all(YEAR.fullmatch(name) for name in names):
        return None
    return row


def unnamed_width(header: list[str], data: list[list[str]]) -> int:
    """The rows' width where they hold values beyond the header's names, else 0."""
    widths = [len(record) for record in data]
    usual = max(set(widths), key=widths.count) if widths else 0
    beyond = [record[len(header) :] for record in data if len(record) == usual]
    return usual if any(value.strip() for extra in beyond for value in extra) else 0


def count_records(path: str, encoding: str, delimiter: str) -> int:
    """Records that are not blank, newlines in quotes counted right, without pandas."""
    with open(path, encoding=encoding) as stream:
        if not any('"' in line for line in stream):
            stream.seek(0)
            blank = " \n" if delimiter == "\t" else " \t\n"
            return sum(1 for line in stream if line.strip(blank))
    with open(path, encoding=encoding, newline="") as stream:
        return sum(1 for r in csv.reader(stream, delimiter=delimiter) if not is_blank(r))


def inspect_csv(path: str) -> dict[str, Any]:
    csv.field_size_limit(256 * 1024 * 1024)
    encoding = encoding_of(path)
    text, whole = peek(path, encoding)
    if not text.strip():
        raise Refused("empty", "")
    delimiter = delimiter_of(text, whole)
    records = records_of(text, delimiter, whole)
    notes: list[str] = []
    header = header_of(records)
    plan: dict[str, Any] = {
        "format": "csv",
        "encoding": encoding,
        "delimiter": delimiter,
        "quotechar": '"',
        "header_row": header,
        "skip_rows": [],
        "sheet": None,
        "text_columns": [],
    }
    total = count_records(path, encoding, delimiter)
    above = 0 if header is None else sum(1 for r in records[:header] if not is_blank(r))
    rows = total if header is None else total - above - 1
    first = records[0 if header is None else header]
    width = len(first)
    data = [r for r in records[(header or 0) + 1 :] if not is_blank(r)]
    if header is not None and (unnamed := unnamed_width(first, data)):
        width = unnamed
        plan["header_row"], plan["skip_rows"] = None, list(range(header + 1))
        notes.append("The header has fewer names than the rows have values: it was left out.")
    if width > MAX_COLUMNS:
        raise Refused("unreadable", f"It has more than {MAX_COLUMNS:,} columns.")
    if rows <= 0:
        raise Refused("empty", "")
    if encoding in ("cp1252", "latin-1"):
        notes.append("The file is not UTF-8: it was read as Windows-1252. Check its accents.")
    if header is None:
        notes.append("No header was found: the columns are named column_1, column_2, …")
    elif header > 0:
        notes.append(f"Lines above the header were left out ({header}).")
    if delimiter == ";" and any(
        DECIMAL_COMMA.fullmatch(value.strip()) for r in records[1:] for value in r
    ):
        notes.append("Numbers with a decimal comma are read as text.")
    sample_text = text if whole else text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    return described(path, plan, width, rows, notes, sample_text)


# -- Excel ---------------------------------------------------------------------------------------


def check_archive(path: str) -> None:
    """Refuse what would unpack to too much, is encrypted or is no workbook, before opening it."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            packed = sum(e.compress_size for e in entries)
            unpacked = sum(e.file_size for e in entries)
            if len(entries) > MAX_ARCHIVE_ENTRIES or unpacked > MAX_ARCHIVE_BYTES:
                raise Refused("unreadable", "It would unpack to more than can be read.")
            if unpacked > 10 * 1024 * 1024 and unpacked > MAX_ARCHIVE_RATIO * max(1, packed):
                raise Refused("unreadable", "It is compressed beyond reason.")
            if any(e.flag_bits & 1 for e in entries):
                raise Refused("unreadable", "It is encrypted.")
            if "xl/workbook.xml" not in archive.namelist():
                raise Refused("unreadable", "It is a zip archive, but not an Excel workbook.")
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    with archive.open(entry) as part:
                        if b"<!DOCTYPE" in part.read(2048).upper():
                            raise Refused("unreadable", "It declares entities of its own.")
    except zipfile.BadZipFile:
        raise Refused("unreadable", "It is damaged or cut short.") from None


def filled_width(row: Any) -> int:
    return sum(1 for value in row if value is not None and str(value).strip())


def last_filled_row(path: str, part: str) -> int:
    """The number of a sheet's last row that holds a value, by scanning its XML for rows."""
    number = last = 0
    pending = b""
    with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
        while chunk := stream.read(1 << 20):
            *rows, pending = (pending + chunk).split(b"</row>")
            for row in rows:
                start = row.rfind(b"<row")
                # Rows without cells may close themselves, and then stand before this one.
                number += row.count(b"<row")
                found = re.match(rb'<row[^>]*?\sr="(\d+)"', row[start : start + 200])
                if found:
                    number = int(found[1])
                if b"<v>" in row or b"<v " in row or b"<is>" in row:
                    last = number
    return last


def last_filled_row_parsed(path: str, title: str) -> int:
    """The same by parsing: for sheets whose XML uses other names for its elements."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        rows = enumerate(book[title].iter_rows(values_only=True), start=1)
        return max((number for number, row in rows if filled_width(row)), default=0)
    finally:
        book.close()


def inspect_xlsx(path: str) -> dict[str, Any]:
    check_archive(path)
    import openpyxl

    book: Any = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            head = [list(r) for r in sheet.iter_rows(max_row=HEADER_SEARCH, values_only=True)]
            if any(filled_width(row) for row in head):
                break
        else:
            raise Refused("empty", "")
        title, part, count = sheet.title, sheet._worksheet_path, len(book.worksheets)
    finally:
        book.close()
    rows = [[("" if v is None else str(v)) for v in row] for row in head]
    filled = max(filled_width(row) for row in rows)
    header = next(i for i, row in enumerate(rows) if filled_width(row) >= max(1, 0.5 * filled))
    last = last_filled_row(path, part) or last_filled_row_parsed(path, title)
    if last <= header + 1:
        raise Refused("empty", "")
    notes = []
    if count > 1:
        notes.append(f"The workbook has {count} sheets; {title!r} was read.")
    if header > 0:
        notes.append(f"Rows above the header were left out ({header}).")
    plan: dict[str, Any] = {
        "format": "xlsx",
        "encoding": "utf-8",
        "delimiter": ",",
        "quotechar": '"',
        "header_row": header,
        "skip_rows": [],
        "sheet": title,
        "text_columns": [],
    }
    return described(path, plan, max(map(len, rows)), last - header - 1, notes, None)


# -- the first five rows -------------------------------------------------------------------------


def described(
    path: str,
    plan: dict[str, Any],
    width: int,
    row_count: int,
    notes: list[str],
    text: str | None,
) -> dict[str, Any]:
    """The plan, and the schema that its first five data rows show."""
    import pandas as pd

    def read(dates: list[str], **more: Any) -> Any:
        arguments = {**read_arguments(plan, width, dates), **more, "nrows": SAMPLE_ROWS}
        if text is None:
            return pd.read_excel(path, **arguments)
        arguments.pop("encoding", None)
        return pd.read_csv(io.StringIO(text), **arguments)

    dates: list[str] = []
    if text is not None:
        plain = read([], dtype="str")
        for name in plain.columns:
            values = [v for v in plain[name].tolist() if isinstance(v, str)]
            if values and all(ISO_DATE.fullmatch(value) for value in values):
                dates.append(str(name))
            elif any(KEPT_AS_TEXT.fullmatch(value) for value in values):
                plan["text_columns"].append(str(name))
    if plan["text_columns"]:
        named = ", ".join(plan["text_columns"][:5])
        notes.append(f"Kept as text because of leading zeros or length: {named[:200]}.")
    frame = read(dates)
    return {
        "plan": plan,
        "schema": {
            "columns": [column_info(str(n), frame.iloc[:, i]) for i, n in enumerate(frame.columns)],
            "row_count": row_count,
            "sample_data": [[value_of(v) for v in row] for row in frame.itertuples(index=False)],
        },
        "warnings": notes,
    }


def column_info(name: str, column: Any) -> dict[str, Any]:
    import pandas as pd

    present = column.dropna()
    info: dict[str, Any] = {
        "name": name,
        "dtype": str(column.dtype),
        "null_count": int(column.isna().sum()),
        "unique_count": len({str(value) for value in present}),
        "sample_values": [value_of(value) for value in column],
    }
    ordered = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)
    if len(present) and ordered and not pd.api.types.is_bool_dtype(column):
        info["min_value"], info["max_value"] = value_of(present.min()), value_of(present.max())
    return info


def value_of(value: Any) -> Any:
    """A cell as JSON has it."""
    import math

    if hasattr(value, "isoformat"):
        text = value.isoformat()
        return None if text == "NaT" else text
    if hasattr(value, "item"):
        value = value.item()
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if type(value).__name__ == "NAType":
        return None
    return str(value)[:MAX_VALUE_CHARACTERS]


def main(path: str, format: str) -> None:
    """Inspect a file and print what was found, packed, between the markers."""
    found: dict[str, Any]
    try:
        with warnings.catch_warnings(action="ignore"):
            found = inspect_csv(path) if format == "csv" else inspect_xlsx(path)
    except Refused as refused:
        found = {"refused": refused.kind, "reason": refused.reason}
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:
        # Whatever a parser stumbles over, the file is the cause: the host turns this into 422.
        found = {"refused": "unreadable", "reason": f"Reading it failed ({type(error).__name__})."}
    packed = zlib.compress(json.dumps(found, allow_nan=False).encode("utf-8"))
    sys.stdout.write(START + base64.b64encode(packed).decode("ascii") + END + "\n")

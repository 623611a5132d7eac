"""Workbooks in Excel's binary formats, which no kept library writes: only what a table needs.

`xls` follows [MS-XLS] (BIFF8) in one compound file of [MS-CFB]; `xlsb` follows [MS-XLSB].
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date

Cell = str | float | date | None
Table = Sequence[Sequence[Cell]]

SECTOR = 512
SMALLEST_STREAM = 4096
END_OF_CHAIN, FREE, FAT_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
GENERAL, DATE = 0, 1
SHORT_DATE = 14  # a built-in number format
EPOCH = date(1899, 12, 30)


def xls(sheets: dict[str, Table]) -> bytes:
    """An Excel 97 workbook."""
    head = _bof(0x0005) + _record(0x0042, struct.pack("<H", 1200))
    for number_format in (0, SHORT_DATE):
        head += _record(0x00E0, struct.pack("<HHH", 0, number_format, 1) + bytes(14))
    bodies = [_xls_sheet(table) for table in sheets.values()]
    names = [name.encode("utf-16-le") for name in sheets]
    place = len(head) + sum(12 + len(name) for name in names) + 4
    for name, body in zip(names, bodies, strict=True):
        head += _record(0x0085, struct.pack("<IBBBB", place, 0, 0, len(name) // 2, 1) + name)
        place += len(body)
    return _compound_file("Workbook", head + _record(0x000A, b"") + b"".join(bodies))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _bof(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _xls_sheet(table: Table) -> bytes:
    width = max(map(len, table), default=0)
    body = _bof(0x0010) + _record(0x0200, struct.pack("<IIHHH", 0, len(table), 0, width, 0))
    for row, column, value in _cells(table):
        if isinstance(value, str):
            text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
            body += _record(0x0204, struct.pack("<HHH", row, column, GENERAL) + text)
        else:
            style, number = _number(value)
            body += _record(0x0203, struct.pack("<HHHd", row, column, style, number))
    return body + _record(0x000A, b"")


def _cells(table: Table) -> Iterator[tuple[int, int, str | float | date]]:
    for row, values in enumerate(table):
        for column, value in enumerate(values):
            if value is not None:
                yield row, column, value


def _number(value: float | date) -> tuple[int, float]:
    if isinstance(value, date):
        return DATE, float((value - EPOCH).days)
    return GENERAL, float(value)


def _compound_file(name: str, stream: bytes) -> bytes:
    """One stream in a compound file of a single table of sectors."""
    stream += bytes(max(0, SMALLEST_STREAM - len(stream)))
    stream += bytes(-len(stream) % SECTOR)
    count = len(stream) // SECTOR
    chain = [FAT_SECTOR, END_OF_CHAIN, *range(3, count + 2), END_OF_CHAIN]
    assert len(chain) <= SECTOR // 4, "more than one table of sectors holds"
    table = struct.pack(f"<{SECTOR // 4}I", *chain, *[FREE] * (SECTOR // 4 - len(chain)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x003E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, SMALLEST_STREAM, END_OF_CHAIN, 0, FREE - 1, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    folder = _entry("Root Entry", 5, 1, END_OF_CHAIN, 0) + _entry(name, 2, FREE, 2, len(stream))
    return header + table + folder + bytes(SECTOR - len(folder)) + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    links = struct.pack("<III", FREE, FREE, child)
    return (
        text + bytes(64 - len(text)) + struct.pack("<HBB", len(text) + 2, kind, 1)
        + links + bytes(36) + struct.pack("<IQ", start, size)
    )  # fmt: skip


def xlsb(sheets: dict[str, Table]) -> bytes:
    """A binary workbook of Excel 2007."""
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = _part(131) + _part(143)
    links = ""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, table) in enumerate(sheets.items(), 1):
            ids = struct.pack("<II", 0, number) + _wide(f"rId{number}") + _wide(name)
            book += _part(156, ids)
            links += (
                f'<Relationship Id="rId{number}" Type="{relations}/worksheet" '
                f'Target="worksheets/sheet{number}.bin"/>'
            )
            archive.writestr(f"xl/worksheets/sheet{number}.bin", _xlsb_sheet(table))
        links += f'<Relationship Id="rIdS" Type="{relations}/styles" Target="styles.bin"/>'
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        links = f'<Relationships xmlns="{package}">{links}</Relationships>'
        archive.writestr("xl/workbook.bin", book + _part(144) + _part(132))
        archive.writestr("xl/_rels/workbook.bin.rels", links)
        archive.writestr("xl/styles.bin", _xlsb_styles())
    return stream.getvalue()


def _part(kind: int, data: bytes = b"") -> bytes:
    return _varint(kind) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; for a record's kind that is its own spelling."""
    written = b""
    while number > 0x7F:
        written += bytes([number & 0x7F | 0x80])
        number >>= 7
    return written + bytes([number])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _xlsb_styles() -> bytes:
    formats = b"".join(_part(47, struct.pack("<HH12x", 0, f)) for f in (0, SHORT_DATE))
    cells = _part(617, struct.pack("<I", 2)) + formats + _part(618)
    return _part(278) + cells + _part(279)


def _xlsb_sheet(table: Table) -> bytes:
    width = max(map(len, table), default=1)
    body = _part(129) + _part(148, struct.pack("<IIII", 0, max(0, len(table) - 1), 0, width - 1))
    body += _part(145)
    last = -1
    for row, column, value in _cells(table):
        if row != last:
            body += _part(0, struct.pack("<I13x", row))
            last = row
        if isinstance(value, str):
            body += _part(6, struct.pack("<II", column, GENERAL) + _wide(value))
        else:
            style, number = _number(value)
            body += _part(5, struct.pack("<IId", column, style, number))
    return body + _part(146) + _part(130)

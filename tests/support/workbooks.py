"""Workbooks in the formats that are zip archives, written for tests."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl


def workbook(*sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def zipped(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


def spreadsheet(rows: list[list[str]]) -> bytes:
    """An OpenDocument spreadsheet of texts and numbers."""
    cells = ""
    for row in rows:
        cells += "<table:table-row>"
        for value in row:
            number = value.replace(".", "").isdigit()
            kind = f'"float" office:value="{value}"' if number else '"string"'
            cells += f"<table:table-cell office:value-type={kind}><text:p>{value}</text:p>"
            cells += "</table:table-cell>"
        cells += "</table:table-row>"
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    names = f'xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0"'
    body = (
        f'<office:document-content {names} xmlns:text="{urn}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="T">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<m:manifest xmlns:m="{urn}:manifest:1.0"><m:file-entry m:full-path="content.xml" '
        'm:media-type="text/xml"/></m:manifest>'
    )
    return zipped(
        {
            "mimetype": kind,
            "content.xml": body.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )

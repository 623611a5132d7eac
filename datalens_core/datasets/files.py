"""Checks of an uploaded file on the host: its name, size and first bytes. Nothing is parsed."""

from __future__ import annotations

import builtins
import hashlib
import keyword
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from datalens_core.errors import EmptyFile, FileTooLarge, UnreadableFile, UnsupportedFileType

Format = Literal["csv", "xlsx", "xlsm", "xls", "xlsb", "ods"]
FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsm",
    ".xls": "xls",
    ".xlsb": "xlsb",
    ".ods": "ods",
}
HEAD_BYTES = 64 * 1024
MIB = 1024 * 1024
MAX_NAME_CHARACTERS = 80
BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")

# The first bytes of what people rename to .csv, and what to tell them.
NOT_TEXT: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "It is a zip archive or an Excel workbook, not a CSV file."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "It is an old Excel workbook, not a CSV file."),
    (b"%PDF-", "It is a PDF document, not a CSV file."),
    (b"\x1f\x8b", "It is compressed with gzip, not a CSV file."),
    (b"\x89PNG", "It is a picture, not a CSV file."),
    (b"\xff\xd8\xff", "It is a picture, not a CSV file."),
    (b"PAR1", "It is a Parquet file, not a CSV file."),
    (b"SQLite format 3\x00", "It is an SQLite database, not a CSV file."),
)
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BIFF = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")  # workbooks before Excel 5
MARKUP = re.compile(
    rb"\s*(<!doctype\s+html|<html|<\?xml|<(table|head|meta|style|body|div)[\s>])", re.IGNORECASE
)

JSON = re.compile(rb'\s*(\[\s*)?\{\s*"[^"\r\n]*"\s*:')


@dataclass(frozen=True)
class SourceFile:
    """A file that may be shown to the sandbox."""

    path: Path
    name: str
    format: Format
    size_bytes: int
    sha256: str

    @property
    def sandbox_name(self) -> str:
        return sandbox_name(self.name)


def check_file(path: Path, name: str, max_mb: int) -> SourceFile:
    """Check a file on disk; `name` is what the user calls it. Blocking: reads the file once.

    Raises:
        UnsupportedFileType, FileTooLarge, EmptyFile, UnreadableFile: by its name, size, bytes.
    """
    format = format_of(name)
    size = path.stat().st_size
    if size > max_mb * MIB:
        raise FileTooLarge.over(max_mb)
    if size == 0:
        raise EmptyFile
    with path.open("rb") as stream:
        check_head(stream.read(HEAD_BYTES), format)
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return SourceFile(path, name, format, size, digest)


def format_of(name: str) -> Format:
    """The format that a name's extension stands for.

    Raises:
        UnsupportedFileType: none of ours.
    """
    format = FORMATS.get(Path(name).suffix.lower())
    if format is None:
        raise UnsupportedFileType
    return format


def check_head(head: bytes, format: Format) -> None:
    """Hold the first bytes against the format.

    Raises:
        EmptyFile, UnreadableFile: it is nothing, or something else.
    """
    if head in BYTE_ORDER_MARKS:
        raise EmptyFile
    if format != "csv":
        _check_workbook_head(head, format)
        return
    for signature, reason in NOT_TEXT:
        if head.startswith(signature):
            raise UnreadableFile.because(reason)
    if MARKUP.match(head.removeprefix(BYTE_ORDER_MARKS[0])):
        raise UnreadableFile.because("It is a web page or XML document, not a CSV file.")
    if JSON.match(head.removeprefix(BYTE_ORDER_MARKS[0])):
        raise UnreadableFile.because("It is JSON, not a CSV file.")
    if not head.startswith(UTF_16_MARKS) and head.count(0) > 0 and not _looks_utf_16(head):
        raise UnreadableFile.because("It holds binary data, not text.")


def _check_workbook_head(head: bytes, format: Format) -> None:
    if MARKUP.match(head.removeprefix(BYTE_ORDER_MARKS[0])):
        raise UnreadableFile.because(
            "It is a web page or XML document under the name of a workbook: open it in Excel and "
            "save it as .xlsx."
        )
    if format == "xls":
        if head.startswith(ZIP):
            raise UnreadableFile.because("It is a newer workbook: name it .xlsx.")
        if not head.startswith((OLE, *BIFF)):
            raise UnreadableFile.because("It is not an Excel workbook, whatever its name says.")
        if "EncryptedPackage".encode("utf-16-le") in head:
            raise UnreadableFile.because("The workbook is encrypted.")
        return
    if head.startswith(OLE):
        raise UnreadableFile.because(
            "The workbook is encrypted, or an old .xls file under another name."
        )
    if not head.startswith(ZIP):
        raise UnreadableFile.because("It is not an Excel workbook, whatever its name says.")


def _looks_utf_16(head: bytes) -> bool:
    """UTF-16 without a mark: mostly ASCII, so every second byte is zero, on one side only."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    return max(even, odd) > 0.7 * (len(head) // 2) and min(even, odd) == 0


def sandbox_name(name: str) -> str:
    """The file's name in the sandbox: letters, digits and `._-`, short, of the same extension."""
    stem, _, extension = name.rpartition(".")
    stem = re.split(r"[/\\]", stem)[-1]
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", stem).strip("._-")[:MAX_NAME_CHARACTERS]
    return f"{plain or 'data'}.{re.sub(r'[^a-z0-9]', '', extension.lower())[:8]}"


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, or `name (2)` and so on if the session has such a file already."""
    held = {sandbox_name(t) for t in taken}
    stem, suffix, number = name[: -len(Path(name).suffix)], Path(name).suffix, 1
    while sandbox_name(name) in held:
        number += 1
        name = f"{stem} ({number}){suffix}"
    return name


# What code that loads data sets (see `loader`) assigns itself.
LOADERS_OWN = frozenset(
    ("name", "written", "decimal", "dates", "next_day", "days", "digits", "numbers", "file", "text")
) | {"cuts", "rows", "csv", "io", "re"}
RESERVED = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "pd", "np", "px", "go", *LOADERS_OWN}
)


def variable_name(name: str, taken: Collection[str]) -> str:
    """A free variable for a file: df for the first, then its own name, else df_2, df_3, …"""
    if "df" not in taken:
        return "df"
    stem = re.sub(r"\W+", "_", Path(name).stem.lower(), flags=re.ASCII).strip("_")[:40]
    if stem.isidentifier() and stem not in RESERVED and stem not in taken:
        return stem
    number = 2
    while f"df_{number}" in taken:
        number += 1
    return f"df_{number}"

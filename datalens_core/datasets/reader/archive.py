"""Zip archives, checked before anything opens them: bombs, entities, encryption, other things."""

from __future__ import annotations

import re
import zipfile

from .answer import Refused

MAX_BYTES = 1024 * 1024 * 1024
MAX_RATIO = 200
UNCHECKED_BYTES = 10 * 1024 * 1024
MAX_ENTRIES = 5000
REQUIRED = {
    "xlsx": "xl/workbook.xml",
    "xlsm": "xl/workbook.xml",
    "xlsb": "xl/workbook.bin",
    "ods": "content.xml",
}


def check_archive(path: str, format: str) -> None:
    """Refuse what would unpack to too much, is encrypted or is no workbook.

    Raises:
        Refused: with the reason.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check(archive, format)
    except (zipfile.BadZipFile, EOFError):
        raise Refused("unreadable", "It is damaged or cut short.") from None


def _check(archive: zipfile.ZipFile, format: str) -> None:
    entries = archive.infolist()
    packed = sum(e.compress_size for e in entries)
    unpacked = sum(e.file_size for e in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_BYTES:
        raise Refused("unreadable", "It would unpack to more than can be read.")
    if unpacked > UNCHECKED_BYTES and unpacked > MAX_RATIO * max(1, packed):
        raise Refused("unreadable", "It is compressed beyond reason.")
    if any(e.flag_bits & 1 for e in entries):
        raise Refused("unreadable", "It is encrypted.")
    names = archive.namelist()
    if any(n.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", n) for n in names):
        raise Refused("unreadable", "Its parts have names that lead out of it.")
    if "EncryptedPackage" in names or _ods_encrypted(archive, format):
        raise Refused("unreadable", "It is encrypted.")
    if REQUIRED[format] not in names:
        raise Refused("unreadable", "It is a zip archive, but not an Excel workbook of its name.")
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                if re.search(rb"<!(DOCTYPE|ENTITY)", _ascii(part.read(4096)), re.IGNORECASE):
                    raise Refused("unreadable", "It declares entities of its own.")


def _ascii(head: bytes) -> bytes:
    """The bytes as ASCII has them: UTF-16 must not hide a declaration."""
    return head.replace(b"\x00", b"")


def _ods_encrypted(archive: zipfile.ZipFile, format: str) -> bool:
    if format != "ods" or "META-INF/manifest.xml" not in archive.namelist():
        return False
    with archive.open("META-INF/manifest.xml") as part:
        return b"encryption-data" in part.read(1 << 20)

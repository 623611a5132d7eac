"""Files made to harm or to exhaust: refused with the reason, or read in bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from datalens_core.errors import UnreadableFile
from tests.support.workbooks import workbook, zipped

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    "name",
    [
        "__import__('os').system('x')",
        "'); raise SystemExit; ('",
        "a\nimport os",
        "{0.__class__}",
        "`rm`",
        "名前",
        "a" * 3000,
    ],
)
async def test_hostile_column_names_are_only_names(reader: Any, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    read = name.replace("\n", " ")  # a name has one line
    assert (await reader.shape(f"{quoted},b\n007,2\n"))[0] == [read, "b"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zipped({"readme.txt": b"hi"}), "not an Excel workbook"),
        (zipped({"xl/workbook.xml": b"0" * 60_000_000}), "beyond reason"),
        (workbook([["a"], [1]])[:2000], "damaged"),
        (zipped({"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), "entities"),
        (zipped({"xl/workbook.xml": b"<x/>"}), "failed"),
    ],
)
async def test_a_hostile_or_broken_workbook_is_unreadable(
    reader: Any, content: bytes, reason: str
) -> None:
    with pytest.raises(UnreadableFile) as caught:
        await reader.inspect(reader.file(content, ".xlsx"))
    assert caught.value.message == "Unable to parse file. Please check file integrity."
    assert reason in str(caught.value.details["reason"])


async def test_a_hostile_name_reaches_no_path(reader: Any, tmp_path: Path) -> None:
    dataset = await reader.inspect(reader.file("a\n1\n"), "../../etc/'; import os #\n.csv")
    assert dataset.dataset_schema.row_count == 1


@pytest.mark.parametrize(
    ("suffix", "content", "reason"),
    [
        (".ods", zipped({"content.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), "entities"),
        (".xlsx", zipped({"xl/workbook.xml": b"<x/>", "../evil.xml": b""}), "lead out"),
        (".xlsb", zipped({"xl/workbook.xml": b"<x/>"}), "not an Excel workbook"),
        (".xlsb", zipped({"xl/workbook.bin": b"\x00" * 60_000_000}), "beyond reason"),
        (".ods", b"PK\x03\x04 cut short", "damaged"),
        (".xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "failed"),
        (".xls", b"<html><table></table></html>", "web page"),
        (".xls", zipped({"xl/workbook.xml": b"<x/>"}), "newer workbook"),
        (".csv", b"a,b\n1,2\n" * 20_000 + b"3,\x00\n", "binary"),
    ],
)
async def test_hostile_files_of_every_kind_are_unreadable(
    reader: Any, suffix: str, content: bytes, reason: str
) -> None:
    with pytest.raises(UnreadableFile) as caught:
        await reader.inspect(reader.file(content, suffix))
    assert reason in str(caught.value.details["reason"])


@pytest.mark.parametrize(
    "text",
    [
        ",".join(["1"] * 1_000_000) + "\n",
        "a,b\n" + ",".join(["1"] * 1_000_000) + "\n",
    ],
)
async def test_a_million_columns_are_refused(reader: Any, text: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        await reader.inspect(reader.file(text))
    assert "16,384" in str(caught.value.details["reason"])


async def test_one_huge_line_is_read_or_refused_in_bounded_memory(reader: Any) -> None:
    path = reader.file("a,b\n" + "x" * 99_000_000 + ",1\n")
    dataset = await reader.inspect(path)
    assert dataset.dataset_schema.sample_data == [["x" * 500, 1]]


@pytest.mark.parametrize(
    ("text", "rows"), [("-----  -----\n" + '""\n' * 6, 6), (",\nn/a\n,\n,\n", 2)]
)
async def test_a_file_that_holds_hardly_anything_is_read_all_the_same(
    reader: Any, text: str, rows: int
) -> None:
    assert (await reader.shape(text))[1] == rows

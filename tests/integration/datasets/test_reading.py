"""Files as people have them, read in a real sandbox: sample and whole file in the same way."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from datalens_core.errors import EmptyFile, UnreadableFile

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def shape(reader: Any, content: bytes | str, suffix: str = ".csv") -> tuple[list[str], int]:
    """Columns and rows by the schema, which must be those of the loaded frame as well."""
    path = reader.file(content, suffix)
    dataset = await reader.inspect(path)
    names = [column.name for column in dataset.dataset_schema.columns]
    result = await reader.load(dataset, path, f"print(list(df.columns) == {names!r}, len(df))")
    assert result.stdout == f"True {dataset.dataset_schema.row_count}\n", result
    return names, dataset.dataset_schema.row_count


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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
async def test_any_common_encoding_is_read(reader: Any, encoding: str) -> None:
    text = "stadt,größe\nKöln,1\nZürich,2\n"
    assert await shape(reader, text.encode(encoding)) == (["stadt", "größe"], 2)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
async def test_any_common_delimiter_and_line_end_is_read(
    reader: Any, delimiter: str, end: str
) -> None:
    text = end.join(delimiter.join(row) for row in (["a", "b", "c"], ["1", "x", "2"])) + end
    assert await shape(reader, text) == (["a", "b", "c"], 1)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a,b\n1,"two\nlines"\n2,x\n', 2),
        ('a,b\n1,"say ""hi"""\n', 1),
        ('a,b\n1,5" nail\n2,6" nail\n3,x\n', 3),
        ("a,b\n1,2\n\n   \n3,4\n\n", 2),
        ("a,b\n1,2", 1),
        ('a\n""\nx\n', 2),
        ("a,b\n1,x\u2028y\n2,z\x0bw\n", 2),
    ],
)
async def test_rows_are_counted_as_pandas_reads_them(reader: Any, text: str, rows: int) -> None:
    assert (await shape(reader, text))[1] == rows


async def test_titles_above_the_header_are_left_out_and_said(reader: Any) -> None:
    text = "Sales report\n\nregion,units,price\nnorth,1,2\nsouth,3,4\n"
    assert await shape(reader, text) == (["region", "units", "price"], 2)
    dataset = await reader.inspect(reader.file(text))
    assert dataset.warnings == ["Lines above the header were left out (2)."]


async def test_a_file_without_a_header_gets_names(reader: Any) -> None:
    assert await shape(reader, "1,2.5\n3,4.5\n") == (["column_1", "column_2"], 2)


async def test_a_delimiter_at_the_end_of_lines_shifts_nothing(reader: Any) -> None:
    path = reader.file("a,b\n1,2,\n3,4,\n")
    dataset = await reader.inspect(path)
    assert dataset.dataset_schema.sample_data == [[1, 2], [3, 4]]
    assert (await reader.load(dataset, path, "print(df['a'].tolist())")).stdout == "[1, 3]\n"


async def test_rows_wider_than_their_header_lose_no_value_and_say_so(reader: Any) -> None:
    path = reader.file("mpg,cyl\nMazda,21.0,6\nDatsun,22.8,4\n")
    dataset = await reader.inspect(path)
    assert dataset.dataset_schema.sample_data == [["Mazda", 21.0, 6], ["Datsun", 22.8, 4]]
    assert [c.name for c in dataset.dataset_schema.columns] == ["column_1", "mpg", "cyl"]
    assert "one name fewer" in dataset.warnings[0]
    assert (await reader.load(dataset, path, "print(df.shape)")).stdout == "(2, 3)\n"


async def test_years_as_a_header_are_a_header(reader: Any) -> None:
    assert (await shape(reader, "1990,1991\n3,4\n"))[0] == ["1990", "1991"]


async def test_twin_and_missing_names_are_told_apart(reader: Any) -> None:
    names, _ = await shape(reader, "a,a,,b\n1,2,3,4\n")
    assert names == ["a", "a.1", "column_3", "b"]


async def test_leading_zeros_and_long_ids_stay_text_in_the_whole_file(reader: Any) -> None:
    rows = "".join(f"0{n:04},12345678901234567890\n" for n in range(20))
    path = reader.file("plz,id\n" + rows)
    dataset = await reader.inspect(path)
    assert dataset.plan.text_columns == ["plz", "id"]
    result = await reader.load(dataset, path, "print(df['plz'].iloc[19], df['id'].iloc[19])")
    assert result.stdout == "00019 12345678901234567890\n"


async def test_iso_dates_are_dates_in_sample_and_file(reader: Any) -> None:
    path = reader.file("day,at\n" + "2024-01-02,2024-01-02T03:04:05\n" * 20)
    dataset = await reader.inspect(path)
    dtypes = [column.dtype for column in dataset.dataset_schema.columns]
    assert all(dtype.startswith("datetime64") for dtype in dtypes)
    result = await reader.load(dataset, path, "print([str(t) for t in df.dtypes])")
    assert result.stdout == f"{dtypes}\n"


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
    assert (await shape(reader, f"{quoted},b\n007,2\n"))[0] == [name, "b"]


async def test_values_are_what_json_can_hold(reader: Any) -> None:
    dataset = await reader.inspect(reader.file("a,b,c\n1,,x\n2.5,inf,\n,3,y\n"))
    assert dataset.dataset_schema.sample_data == [
        [1.0, None, "x"],
        [2.5, None, None],
        [None, 3.0, "y"],
    ]
    first = dataset.dataset_schema.columns[0]
    assert (first.null_count, first.unique_count) == (1, 2)
    assert (first.min_value, first.max_value) == (1.0, 2.5)


async def test_huge_cells_are_cut_in_the_sample(reader: Any) -> None:
    dataset = await reader.inspect(reader.file("a,b\n" + "x" * 500_000 + ",1\n"))
    assert dataset.dataset_schema.sample_data == [["x" * 500, 1]]


async def test_many_columns_are_read(reader: Any) -> None:
    names = [f"c{n}" for n in range(5000)]
    found, rows = await shape(reader, ",".join(names) + "\n" + ",".join("1" * 5000) + "\n")
    assert (found, rows) == (names, 1)


# -- Excel ---------------------------------------------------------------------------------------


async def test_a_workbook_is_read_from_its_first_sheet_with_data(reader: Any) -> None:
    content = workbook([], [["a", "b"], [1, "x"], [2, "y"]], [["other"], [1]])
    assert await shape(reader, content, ".xlsx") == (["a", "b"], 2)
    dataset = await reader.inspect(reader.file(content, ".xlsx"))
    assert dataset.warnings == ["The workbook has 3 sheets; 'Sheet1' was read, not Sheet, Sheet2."]


async def test_titles_gaps_and_empty_tails_of_a_sheet(reader: Any) -> None:
    rows = [["Report"], [], ["a", "b", "c"], [1, 2, 3], [None] * 3, [4, 5, 6], [None] * 3]
    assert await shape(reader, workbook(rows), ".xlsx") == (["a", "b", "c"], 2)


async def test_headers_that_are_numbers_and_dates_become_text(reader: Any) -> None:
    import datetime

    rows = [["name", 1990, datetime.datetime(2024, 1, 1)], ["x", 1, 2], ["y", 3, 4]]
    names, _ = await shape(reader, workbook(rows), ".xlsx")
    assert names == ["name", "1990", "2024-01-01 00:00:00"]


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a,b\n", "a,b", "\n\n  \n", "a;b\r\n\r\n"])
async def test_a_file_without_rows_is_empty(reader: Any, text: str) -> None:
    with pytest.raises(EmptyFile) as caught:
        await reader.inspect(reader.file(text))
    assert (caught.value.message, caught.value.status) == ("File contains no data.", 422)


async def test_a_workbook_without_rows_is_empty(reader: Any) -> None:
    for content in (workbook([]), workbook([["a", "b"]])):
        with pytest.raises(EmptyFile):
            await reader.inspect(reader.file(content, ".xlsx"))


def zipped(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


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

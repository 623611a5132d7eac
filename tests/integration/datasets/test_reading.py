"""Files as people have them, read in a real sandbox: sample and whole file in the same way."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from datalens_core.errors import EmptyFile, UnreadableFile
from datalens_core.models import PlanChange

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


# -- what may be lost without a word ---------------------------------------------------------------


async def test_a_row_longer_by_empty_cells_is_kept(reader: Any) -> None:
    assert await shape(reader, "a,b,c\n1,2,3\n4,,5,\n6,7,8\n") == (["a", "b", "c"], 3)


async def test_a_header_longer_than_every_row_keeps_its_names(reader: Any) -> None:
    assert (await shape(reader, "a,b,c,\n1,2\n3,4\n"))[0] == ["a", "b", "c"]


async def test_a_repeated_header_is_read_once(reader: Any) -> None:
    dataset = await reader.inspect(reader.file("a,b\na,b\n1,2\n3,4\n"))
    assert dataset.dataset_schema.sample_data == [[1, 2], [3, 4]]
    assert any("more than once" in warning for warning in dataset.warnings)


async def test_leading_zeros_far_down_keep_the_column_text(reader: Any) -> None:
    path = reader.file("plz,v\n" + "10115,1\n" * 20_000 + "01067,2\n")
    dataset = await reader.inspect(path)
    assert dataset.plan.text_columns == ["plz"]
    assert (await reader.load(dataset, path, "print(df.plz.iloc[-1])")).stdout == "01067\n"


# -- decided by the user ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "changes", "rows"),
    [
        ("a;b,c\n1;2,3\n", {"delimiter": ","}, [["1;2", 3]]),
        ("x,y\nz,w\n", {"header_row": -1}, [["x", "y"], ["z", "w"]]),
        ("x,y\nn,m\nz,w\n", {"header_row": 1}, [["z", "w"]]),
        ("a,b\n1,2\n", {"types": {"a": "text"}}, [["1", 2]]),
        ("a,b\n03/04/2024,2\n", {"types": {"a": "day_first"}}, [["2024-04-03T00:00:00", 2]]),
        ("a,b\n007,2\n", {"types": {"a": "number"}}, [[7, 2]]),
    ],
)
async def test_what_the_user_decides_is_done(
    reader: Any, text: str, changes: dict[str, Any], rows: list[list[Any]]
) -> None:
    dataset = await reader.inspect(reader.file(text), changes=PlanChange.model_validate(changes))
    assert dataset.dataset_schema.sample_data == rows


async def test_another_sheet_is_read_when_asked_for(reader: Any) -> None:
    path = reader.file(workbook([["a"], [1]], [["other"], [2]]), ".xlsx")
    dataset = await reader.inspect(path, changes=PlanChange(sheet="Sheet1"))
    assert dataset.sheets == ["Sheet", "Sheet1"]
    assert dataset.dataset_schema.sample_data == [[2]]


@pytest.mark.parametrize(
    "changes", [PlanChange(encoding="utf-8"), PlanChange(encoding="no such codec")]
)
async def test_an_encoding_that_the_text_is_not_in_is_unreadable(
    reader: Any, changes: PlanChange
) -> None:
    with pytest.raises(UnreadableFile):
        await reader.inspect(reader.file("größe,b\n1,2\n".encode("cp1252")), changes=changes)


# -- workbooks of all kinds ------------------------------------------------------------------------


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


async def test_an_opendocument_spreadsheet_is_read(reader: Any) -> None:
    content = spreadsheet([["name", "units"], ["x", "1"], ["y", "2.5"]])
    assert await shape(reader, content, ".ods") == (["name", "units"], 2)


async def test_both_date_systems_give_the_same_day(reader: Any) -> None:
    import datetime

    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    for epoch in (None, CALENDAR_MAC_1904):
        book = openpyxl.Workbook()
        if epoch is not None:
            book.epoch = epoch
        assert book.active is not None
        for row in (["day", "n"], [datetime.datetime(2024, 5, 6), 1]):
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        dataset = await reader.inspect(reader.file(stream.getvalue(), ".xlsx"))
        assert dataset.dataset_schema.sample_data == [["2024-05-06T00:00:00", 1]]


async def test_formulas_without_a_stored_value_are_told(reader: Any) -> None:
    path = reader.file(workbook([["a", "b"], [1, "=A2*2"], [2, "=A3*2"]]), ".xlsx")
    dataset = await reader.inspect(path)
    assert any("2 formulas have no stored value" in warning for warning in dataset.warnings)


async def test_merged_headers_and_error_cells(reader: Any) -> None:
    rows = [["", "2022", "", "2023", ""], ["region", "sales", "cost", "sales", "cost"]]
    data = [["N", 1, 2, "#DIV/0!", 4], ["S", 5, 6, 7, 8]]
    dataset = await reader.inspect(reader.file(workbook([*rows, *data]), ".xlsx"))
    names = [column.name for column in dataset.dataset_schema.columns]
    assert names == ["region", "2022 sales", "2022 cost", "2023 sales", "2023 cost"]
    assert dataset.dataset_schema.sample_data[0][3] is None


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
    path = reader.file("a,b\n" + "x" * 60_000_000 + ",1\n")
    dataset = await reader.inspect(path)
    assert dataset.dataset_schema.sample_data == [["x" * 500, 1]]

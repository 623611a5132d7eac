"""Workbooks of every format, read in a real sandbox."""

from __future__ import annotations

import datetime
import io
from typing import Any

import openpyxl
import pytest

from datalens_core.errors import EmptyFile, UnreadableFile
from datalens_core.models import PlanChange
from tests.support.binary_workbooks import xls, xlsb
from tests.support.workbooks import spreadsheet, workbook

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_workbook_is_read_from_its_first_sheet_with_data(reader: Any) -> None:
    content = workbook([], [["a", "b"], [1, "x"], [2, "y"]], [["other"], [1]])
    assert await reader.shape(content, ".xlsx") == (["a", "b"], 2)
    dataset = await reader.inspect(reader.file(content, ".xlsx"))
    assert dataset.warnings == ["The workbook has 3 sheets; 'Sheet1' was read, not Sheet, Sheet2."]


async def test_titles_gaps_and_empty_tails_of_a_sheet(reader: Any) -> None:
    rows = [["Report"], [], ["a", "b", "c"], [1, 2, 3], [None] * 3, [4, 5, 6], [None] * 3]
    assert await reader.shape(workbook(rows), ".xlsx") == (["a", "b", "c"], 2)


async def test_headers_that_are_numbers_and_dates_become_text(reader: Any) -> None:
    rows = [["name", 1990, datetime.datetime(2024, 1, 1)], ["x", 1, 2], ["y", 3, 4]]
    names, _ = await reader.shape(workbook(rows), ".xlsx")
    assert names == ["name", "1990", "2024-01-01 00:00:00"]


async def test_a_workbook_without_rows_is_empty(reader: Any) -> None:
    for content in (workbook([]), workbook([["a", "b"]])):
        with pytest.raises(EmptyFile):
            await reader.inspect(reader.file(content, ".xlsx"))


async def test_another_sheet_is_read_when_asked_for(reader: Any) -> None:
    path = reader.file(workbook([["a"], [1]], [["other"], [2]]), ".xlsx")
    dataset = await reader.inspect(path, changes=PlanChange(sheet="Sheet1"))
    assert dataset.sheets == ["Sheet", "Sheet1"]
    assert dataset.dataset_schema.sample_data == [[2]]


async def test_an_opendocument_spreadsheet_is_read(reader: Any) -> None:
    content = spreadsheet([["name", "units"], ["x", "1"], ["y", "2.5"]])
    assert await reader.shape(content, ".ods") == (["name", "units"], 2)


async def test_both_date_systems_give_the_same_day(reader: Any) -> None:
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
    assert any("2 formulas without a stored value" in warning for warning in dataset.warnings)


async def test_merged_headers_and_error_cells(reader: Any) -> None:
    rows = [["", "2022", "", "2023", ""], ["region", "sales", "cost", "sales", "cost"]]
    data = [["N", 1, 2, "#DIV/0!", 4], ["S", 5, 6, 7, 8]]
    dataset = await reader.inspect(reader.file(workbook([*rows, *data]), ".xlsx"))
    names = [column.name for column in dataset.dataset_schema.columns]
    assert names == ["region", "2022 sales", "2022 cost", "2023 sales", "2023 cost"]
    assert dataset.dataset_schema.sample_data[0][3] is None


async def test_words_for_missing_values_among_numbers_are_missing(reader: Any) -> None:
    rows = [["region", "men", "women"], ["N", 1.5, ".."], ["S", "-", 2], ["W", 3, 4]]
    dataset = await reader.inspect(reader.file(workbook(rows), ".xlsx"))
    assert dataset.dataset_schema.sample_data == [["N", 1.5, None], ["S", None, 2], ["W", 3, 4]]


async def test_merged_cells_hold_a_value_for_each_of_their_rows(reader: Any) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Sales", None, None, None],
        ["region", "city", "n", "note"],
        ["North", "Oslo", 1, "a"],
        [None, "Bergen", 2, None],
        ["South", "Rome", 3, None],
        [None, "Bari", 4, "b"],
    ):
        sheet.append(row)
    for cells in ("A1:D1", "A3:A4", "A5:A6", "D3:D4"):  # the note of Rome is just not there
        sheet.merge_cells(cells)
    stream = io.BytesIO()
    book.save(stream)
    dataset = await reader.inspect(reader.file(stream.getvalue(), ".xlsx"))
    assert dataset.dataset_schema.sample_data == [
        ["North", "Oslo", 1, "a"],
        ["North", "Bergen", 2, None],
        ["South", "Rome", 3, None],
        ["South", "Bari", 4, "b"],
    ]
    assert any("Merged cells" in warning for warning in dataset.warnings)


async def test_numbers_that_stand_as_text_beside_others_are_numbers(reader: Any) -> None:
    rows = [["k", "n"], ["a", "1,234.5"], ["b", 2], ["c", 7.25]]
    dataset = await reader.inspect(reader.file(workbook(rows), ".xlsx"))
    assert dataset.dataset_schema.sample_data == [["a", 1234.5], ["b", 2.0], ["c", 7.25]]


async def test_a_stray_cell_far_below_the_table_is_told(reader: Any) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([["a", "b"], [1, 2], [3, 4]])))
    book.worksheets[0].cell(150_000, 1, "stray")
    stream = io.BytesIO()
    book.save(stream)
    path = reader.file(stream.getvalue(), ".xlsx")
    dataset = await reader.inspect(path)
    assert dataset.dataset_schema.sample_data == [[1, 2], [3, 4]]
    assert any("below the table" in warning for warning in dataset.warnings)
    assert (await reader.load(dataset, path, "print(df.shape)")).stdout == "(2, 2)\n"


SALES: list[list[Any]] = [
    ["name", "day", "units"],
    ["Zoë", datetime.date(2024, 5, 6), 1],
    ["日本", datetime.date(2024, 5, 7), None],
    ["x", None, 3.5],
]
READ = [
    ["Zoë", "2024-05-06T00:00:00", 1.0],
    ["日本", "2024-05-07T00:00:00", None],
    ["x", None, 3.5],
]


@pytest.mark.parametrize(("suffix", "written"), [(".xls", xls), (".xlsb", xlsb)])
async def test_binary_workbooks_are_read(reader: Any, suffix: str, written: Any) -> None:
    path = reader.file(written({"Empty": [], "Sales": SALES}), suffix)
    dataset = await reader.inspect(path)
    assert (dataset.sheets, dataset.plan.sheet) == (["Empty", "Sales"], "Sales")
    assert dataset.dataset_schema.sample_data == READ
    shown = await reader.load(dataset, path, "print(df.shape, df['units'].sum())")
    assert shown.stdout == "(3, 3) 4.5\n"


@pytest.mark.parametrize(
    ("suffix", "content", "engine"),
    [(".xlsx", workbook([], SALES), "openpyxl"), (".xls", xls({"S": SALES}), "xlrd")],
)
async def test_a_sandbox_without_calamine_reads_with_what_it_has(
    reader: Any, suffix: str, content: bytes, engine: str
) -> None:
    """As in E2B's own template."""
    await reader.without("python_calamine")
    path = reader.file(content, suffix)
    dataset = await reader.inspect(path)
    assert dataset.plan.engine == engine
    assert dataset.dataset_schema.sample_data == READ
    assert (await reader.load(dataset, path, "print(df.shape)")).stdout == "(3, 3)\n"


async def test_a_format_that_nothing_there_reads_is_refused_with_the_reason(reader: Any) -> None:
    await reader.without("python_calamine")
    with pytest.raises(UnreadableFile) as caught:
        await reader.inspect(reader.file(xlsb({"S": SALES}), ".xlsb"))
    assert "cannot read .xlsb" in str(caught.value.details["reason"])


async def test_empty_rows_leave_whole_numbers_whole(reader: Any) -> None:
    rows = [["id", "n"], [1, 10], [None, None], [2, 20], [None, None], [3, 30]]
    path = reader.file(workbook(rows), ".xlsx")
    dataset = await reader.inspect(path)
    assert [column.dtype for column in dataset.dataset_schema.columns] == ["int64", "int64"]
    assert (await reader.load(dataset, path, "print(df.values.tolist())")).stdout == (
        "[[1, 10], [2, 20], [3, 30]]\n"
    )


async def test_as_many_columns_as_excel_has_are_read(reader: Any) -> None:
    names = [f"c{n}" for n in range(16_384)]
    path = reader.file(workbook([names, list(range(16_384))]), ".xlsx")
    schema = (await reader.inspect(path)).dataset_schema
    assert ([column.name for column in schema.columns], schema.row_count) == (names, 1)

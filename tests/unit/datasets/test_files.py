"""Checks of an upload that parse nothing, and the loader's code."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalens_core.datasets.files import check_file, sandbox_name, variable_name
from datalens_core.datasets.inspection import Inspection, read_answer
from datalens_core.datasets.loader import code_for, data_file, loader_code
from datalens_core.datasets.reader.answer import END, START
from datalens_core.errors import EmptyFile, FileTooLarge, UnreadableFile, UnsupportedFileType
from datalens_core.models import ColumnInfo, Dataset, DatasetSchema, LoadPlan

MIB = 1024 * 1024


def write(folder: Path, content: bytes, name: str = "upload") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", ["notes.doc", "old.xlt", "sheet.numbers", "csv", "a.csv.exe", ""])
def test_other_types_are_refused_with_the_exact_text(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsupportedFileType) as caught:
        check_file(write(tmp_path, b"a\n1\n"), name, 100)
    assert caught.value.message == "Unsupported file type. Please upload CSV or Excel files."
    assert caught.value.status == 400


def test_a_file_over_the_limit_is_refused_with_the_limit_in_force(tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge) as caught:
        check_file(write(tmp_path, b"x" * (MIB + 1)), "a.csv", 1)
    assert caught.value.message == "File size exceeds 1MB limit."
    assert caught.value.status == 413


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_a_file_of_nothing_is_empty(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EmptyFile) as caught:
        check_file(write(tmp_path, content), "a.csv", 1)
    assert caught.value.message == "File contains no data."
    assert caught.value.status == 422


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"PK\x03\x04rest"),
        ("a.csv", b"%PDF-1.7"),
        ("a.txt", b'[\n  {"id": 1}'),
        ("a.csv", b'{"id": 1}\n{"id": 2}\n'),
        ("a.xls", b"<table border=1><tr><td>1"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.csv", b"\n <!DOCTYPE html><html>"),
        ("a.csv", b"<?xml version='1.0'?>"),
        ("a.csv", b"a,b\n1,\x00\x00\x002\n"),
        ("a.csv", bytes(range(256)) * 10),
        ("a.xlsx", b"a,b\n1,2\n"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.xlsx", b"<html></html>"),
    ],
)
def test_what_is_not_what_its_name_says_is_unreadable(
    tmp_path: Path, name: str, content: bytes
) -> None:
    with pytest.raises(UnreadableFile) as caught:
        check_file(write(tmp_path, content), name, 1)
    assert caught.value.message == "Unable to parse file. Please check file integrity."
    assert caught.value.status == 422
    assert caught.value.details["reason"]


def test_a_good_file_is_measured(tmp_path: Path) -> None:
    content = b"a,b\n1,2\n"
    found = check_file(write(tmp_path, content), "Sales 2024.CSV", 1)
    assert (found.format, found.size_bytes) == ("csv", len(content))
    assert found.sha256 == hashlib.sha256(content).hexdigest()


def test_utf_16_is_text(tmp_path: Path) -> None:
    for encoding in ("utf-16", "utf-16-le"):
        check_file(write(tmp_path, "a,b\n1,2\n".encode(encoding)), "a.csv", 1)


@given(st.text(min_size=1, max_size=300))
def test_a_name_in_the_sandbox_is_one_plain_name(stem: str) -> None:
    name = sandbox_name(stem + ".csv")
    assert name.endswith(".csv")
    assert len(name) < 100
    assert not set(name) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert not name.startswith(".")


def test_the_first_variable_is_df_and_others_take_the_files_name() -> None:
    assert variable_name("Sales 2024.csv", []) == "df"
    assert variable_name("Sales 2024.csv", ["df"]) == "sales_2024"
    assert variable_name("Sales 2024.csv", ["df", "sales_2024"]) == "df_2"
    assert variable_name("2024.csv", ["df"]) == "df_2"
    assert variable_name("class.csv", ["df", "df_2"]) == "df_3"
    assert variable_name("print.xlsx", ["df"]) == "df_2"


# -- the loader ----------------------------------------------------------------------------------


def dataset(name: str = "a.csv", column: str = "a", **plan: object) -> Dataset:
    fields: dict[str, object] = {"format": "csv", **plan}
    info = ColumnInfo(name=column, dtype="str", null_count=0, unique_count=1, sample_values=["x"])
    return Dataset(
        name=name,
        variable="df",
        size_bytes=1,
        sha256="0",
        plan=LoadPlan.model_validate(fields),
        dataset_schema=DatasetSchema(columns=[info], row_count=1, sample_data=[["x"]]),
    )


def test_a_plain_files_loader_is_plain() -> None:
    assert loader_code(dataset()) == (
        "import pandas as pd\n\n"
        "df = pd.read_csv(\n"
        "    '/home/user/a.csv',\n"
        "    index_col=False,\n"
        "    on_bad_lines='warn',\n"
        "    low_memory=False,\n"
        ")\n"
    )


@given(st.text(max_size=60), st.text(max_size=60), st.text(min_size=1, max_size=1))
def test_hostile_names_stay_data_in_the_loader(name: str, column: str, delimiter: str) -> None:
    hostile = dataset(name + ".csv", column, delimiter=delimiter, text_columns=[column])
    tree = ast.parse(loader_code(hostile))
    assert [type(node).__name__ for node in tree.body] == ["Import", "Assign"]
    assign = tree.body[1]
    assert isinstance(assign, ast.Assign)
    assert isinstance(assign.value, ast.Call)
    arguments = {k.arg: ast.literal_eval(k.value) for k in assign.value.keywords}
    assert arguments["dtype"] == {column: "str"}


@pytest.mark.parametrize("variable", ["", "a b", "x=1;y", "class", "os.environ"])
def test_a_variable_must_be_a_name(variable: str) -> None:
    with pytest.raises(ValueError, match="Python name"):
        loader_code(dataset().model_copy(update={"variable": variable}))


def test_the_recipes_file_names_what_the_loader_reads(tmp_path: Path) -> None:
    file = data_file(dataset("Umsätze (neu).csv"), tmp_path)
    assert f"/home/user/{file.name}'" in file.loader


# -- hostile inspections ---------------------------------------------------------------------------


@pytest.mark.parametrize("stdout", ["", START, START + END, START + "%%%" + END, END + START])
def test_an_inspection_that_is_none_is_unreadable(stdout: str) -> None:
    with pytest.raises(UnreadableFile):
        read_answer(stdout, Inspection)


@given(st.binary(max_size=200))
def test_an_inspection_of_noise_is_unreadable(noise: bytes) -> None:
    import base64
    import zlib

    packed = base64.b64encode(zlib.compress(noise)).decode()
    with pytest.raises(UnreadableFile):
        read_answer(START + packed + END, Inspection)


@pytest.mark.parametrize("lines", ["delimited", "quoted", "fixed"])
def test_no_data_set_gets_a_variable_that_a_loader_assigns(lines: str) -> None:
    plan = LoadPlan(
        format="csv",
        lines=lines,
        dates={"a": "ISO8601", "b": "ISO8601 UTC", "c": "%H:%M 24:00", "d": "Excel's days"},
        numbers={"e": ",", "f": "٫"},
        padded=["g"],
        drop_empty_rows=True,
    )
    tree = ast.parse(code_for(plan, "a.csv", "df"))
    assigned = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    assigned |= {
        a.asname or a.name for n in tree.body if isinstance(n, ast.Import) for a in n.names
    }
    inner = {"line", "start", "end", "cut", "row"}  # of comprehensions
    taken = {name for name in assigned - inner if variable_name(f"{name}.csv", ["df"]) == name}
    assert not taken

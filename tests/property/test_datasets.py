"""Properties of reading files, each example through a real sandbox."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from datalens_core.datasets.handler import FileHandler
from datalens_core.models import Dataset
from datalens_core.sandbox.lifecycle import SessionSandboxes
from datalens_core.settings import Settings
from tests.support.sandbox_servers import SandboxServers

Table = list[list[str]]

EXAMPLES = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# Cells of the first column are never blank, so that no record looks like an empty line.
letters = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="\ufeff"
)
word = st.text(letters, min_size=1, max_size=12).map(lambda text: "x" + text)
number = st.one_of(st.integers(-(10**9), 10**9).map(str), st.floats(-1e6, 1e6).map(repr))
cell = st.one_of(
    word,
    number,
    st.just(""),
    st.dates().map(str),
    st.sampled_from(["a,b", 'say "hi"', "two\nlines", "=1+1", "007", "true"]),
)


@st.composite
def tables(draw: st.DrawFn, *, max_rows: int) -> Table:
    """A header of distinct names and rows of one width."""
    header = draw(st.lists(word, min_size=2, max_size=6, unique_by=str.casefold))
    row = st.tuples(word, *[cell] * (len(header) - 1)).map(list)
    return [header, *draw(st.lists(row, min_size=1, max_size=max_rows))]


def csv_bytes(table: Table) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(table)
    return stream.getvalue().encode()


def xlsx_bytes(table: Table) -> bytes:
    stream = io.BytesIO()
    pd.DataFrame(table[1:], columns=table[0]).to_excel(stream, index=False)
    return stream.getvalue()


class Profiler:
    """Uploads bytes into one session's sandbox and gives back what is known of them."""

    def __init__(self, folder: Path, servers: SandboxServers) -> None:
        self._runner = asyncio.Runner()
        self._folder = folder
        self._numbers = itertools.count()
        chosen = Settings.offline()
        self._sandboxes = SessionSandboxes(chosen, servers.of(chosen))
        self._handler = FileHandler(self._sandboxes, chosen)

    def profile(self, content: bytes, suffix: str) -> Dataset:
        path = self._folder / f"{next(self._numbers)}{suffix}"
        path.write_bytes(content)
        name = f"data{suffix}"
        return self._runner.run(self._handler.inspect("properties", path, name, "df"))

    def close(self) -> None:
        self._runner.run(self._sandboxes.close())
        self._runner.close()


@pytest.fixture(scope="module")
def profiler(
    tmp_path_factory: pytest.TempPathFactory, sandbox_servers: SandboxServers
) -> Iterator[Profiler]:
    running = Profiler(tmp_path_factory.mktemp("uploads"), sandbox_servers)
    yield running
    running.close()


# Feature: glassbox-analyst, Property 1: For any dataset file uploaded, the profiling process
# should read and analyze only the first 5 rows, and the resulting schema should not contain the
# full dataset content.
@EXAMPLES
@given(table=tables(max_rows=5), extra=st.integers(1, 10_000))
def test_profiling_reads_the_first_5_rows_only(
    profiler: Profiler, table: Table, extra: int
) -> None:
    width = len(table[0])
    head = [table[0], *(table[1:] * 5)[:5]]
    beyond = [[f"beyond-{n}", *["77"] * (width - 1)] for n in range(extra)]
    dataset = profiler.profile(csv_bytes(head + beyond), ".csv")
    assume(not descriptions(dataset))  # words above numbers alone are no rows
    schema = dataset.dataset_schema
    assert schema.row_count == 5 + extra
    assert len(schema.sample_data) == 5
    assert all(len(column.sample_values) == 5 for column in schema.columns)
    assert "beyond-" not in json.dumps(schema.model_dump())
    alone = profiler.profile(csv_bytes(head), ".csv").dataset_schema
    assert alone.columns == schema.columns


def descriptions(dataset: Dataset) -> int:
    """How many rows the reader says it took for descriptions: words above numbers alone."""
    told = [re.match(r"(\d+) lines? of descriptions", w) for w in dataset.warnings]
    return sum(int(found[1]) for found in told if found)


# Feature: glassbox-analyst, Property 2: For any dataset processed, the generated schema should
# contain column names, data types, null counts, and sample values for all columns present in the
# dataset.
@EXAMPLES
@given(table=tables(max_rows=30), suffix=st.sampled_from([".csv", ".csv", ".xlsx"]))
@example(table=[["x1", "x2"], ["xa", ""], ["xb", "1"]], suffix=".xlsx")
@example(
    table=[["a", "b", "c"], ["xa", "xb", "xc"], ["x", "1", "2"], ["x", "3", "4"]], suffix=".csv"
)
def test_every_column_is_described(profiler: Profiler, table: Table, suffix: str) -> None:
    content = csv_bytes(table) if suffix == ".csv" else xlsx_bytes(table)
    dataset = profiler.profile(content, suffix)
    schema, header, rows = dataset.dataset_schema, table[0], table[1 + descriptions(dataset) :]
    assert [column.name for column in schema.columns] == header
    assert schema.row_count == len(rows)
    for index, column in enumerate(schema.columns):
        sample = [row[index] for row in rows[:5]]
        assert column.dtype
        assert column.null_count >= sum(1 for value in sample if value == "")
        assert len(column.sample_values) == len(sample)
        assert column.null_count == sum(1 for value in column.sample_values if value is None)
        assert column.unique_count <= len(sample) - column.null_count

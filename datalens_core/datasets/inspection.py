"""The reader's answers, held against what honest ones may say: the sandbox is hostile."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator

from datalens_core.datasets.reader.answer import END, START
from datalens_core.datasets.reader.columns import SAMPLE_ROWS
from datalens_core.datasets.reader.encoding import NAMES as ENCODINGS
from datalens_core.datasets.reader.line_forms import MAX_CUTS
from datalens_core.datasets.reader.scan import MAX_SKIPPED
from datalens_core.datasets.reader.width import MAX_COLUMNS
from datalens_core.errors import DataLensError, EmptyFile, UnreadableFile
from datalens_core.models import ColumnInfo, DatasetStatistics, LoadPlan

MAX_PACKED = 2 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
MAX_NAME_CHARACTERS = 10_000
MAX_VALUE_CHARACTERS = 1_000
MAX_SHEETS = 1000
MAX_SAMPLE_RECORDS = 100_000
MAX_SKIPPED_ROWS = MAX_SKIPPED + 100
MAX_DISTINCT = 300_000

Answer = TypeVar("Answer", bound=BaseModel)


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Inspection(_Answer):
    """How a file is read, and how many records must be read for five rows that hold something."""

    plan: LoadPlan
    row_count: int = Field(ge=1)
    sample_rows: int = Field(ge=1, le=MAX_SAMPLE_RECORDS)
    sheets: list[str] = Field(max_length=MAX_SHEETS)
    warnings: list[str] = Field(max_length=100)

    @field_validator("plan")
    @classmethod
    def _known_ways_of_reading(cls, plan: LoadPlan) -> LoadPlan:
        if plan.encoding not in ENCODINGS or len(plan.delimiter) != 1:
            raise ValueError("unknown way of reading")
        if plan.line_end not in ("", "\r"):
            raise ValueError("unknown way of reading")
        if len(plan.quotechar) > 1 or len(plan.escapechar) > 1 or not 1 <= plan.header_lines <= 3:
            raise ValueError("unknown way of reading")
        if not 0 <= (plan.header_row or 0) <= 1000 or len(plan.skip_rows) > MAX_SKIPPED_ROWS:
            raise ValueError("unknown way of reading")
        if any(row < 0 for row in plan.skip_rows) or len(plan.sheet or "") > 255:
            raise ValueError("unknown way of reading")
        if len(plan.cuts) > MAX_CUTS + 1 or any(cut < 0 for cut in plan.cuts):
            raise ValueError("unknown way of reading")
        if (plan.rows or 0) < 0 or len(plan.na_values) > 100:
            raise ValueError("unknown way of reading")
        lists = (
            plan.names or [],
            plan.columns or [],
            plan.text_columns,
            plan.padded,
            plan.fill_down,
        )
        if any(len(names) > MAX_COLUMNS for names in (*lists, plan.dates, plan.numbers)):
            raise ValueError("too many columns")
        return plan

    @field_validator("warnings", "sheets")
    @classmethod
    def _short(cls, texts: list[str]) -> list[str]:
        return [text[:500] for text in texts]


class Sample(_Answer):
    """What the first five rows show."""

    columns: list[ColumnInfo]
    sample_data: list[list[JsonValue]]

    @field_validator("columns")
    @classmethod
    def _columns_of_scalars(cls, columns: list[ColumnInfo]) -> list[ColumnInfo]:
        if not 0 < len(columns) <= MAX_COLUMNS:
            raise ValueError("more than a sample")
        for column in columns:
            if len(column.sample_values) > SAMPLE_ROWS or len(column.name) > MAX_NAME_CHARACTERS:
                raise ValueError("more than a sample")
            if len(column.dtype) > 200:
                raise ValueError("not a dtype")
            for value in [*column.sample_values, column.min_value, column.max_value]:
                _scalar(value)
        return columns

    @field_validator("sample_data")
    @classmethod
    def _five_rows_of_scalars(cls, rows: list[list[JsonValue]]) -> list[list[JsonValue]]:
        if len(rows) > SAMPLE_ROWS or len({len(row) for row in rows}) > 1:
            raise ValueError("more than a sample")
        for row in rows:
            for value in row:
                _scalar(value)
        return rows


class Statistics(_Answer):
    """The whole file's figures."""

    statistics: DatasetStatistics

    @field_validator("statistics")
    @classmethod
    def _bounded(cls, found: DatasetStatistics) -> DatasetStatistics:
        if len(found.columns) > MAX_COLUMNS or len(found.key_candidates) > MAX_COLUMNS:
            raise ValueError("too many columns")
        for column in found.columns:
            if len(column.top_values) > 20 or len(column.name) > MAX_NAME_CHARACTERS:
                raise ValueError("more than statistics")
            for value in [
                column.min_value,
                column.max_value,
                *(t.value for t in column.top_values),
            ]:
                _scalar(value)
        if len(found.warnings) > 100 or any(len(w) > 1000 for w in found.warnings):
            raise ValueError("more than statistics")
        return found


class ColumnValues(_Answer):
    """The distinct values of a column."""

    values: list[JsonValue] = Field(max_length=MAX_DISTINCT)
    complete: bool

    @field_validator("values")
    @classmethod
    def _scalars(cls, values: list[JsonValue]) -> list[JsonValue]:
        for value in values:
            _scalar(value)
        return values


class Values(_Answer):
    """The distinct values of as many columns as one answer holds."""

    columns: dict[str, ColumnValues] = Field(max_length=MAX_COLUMNS)


class Without(_Answer):
    """How a copy of a table is read."""

    texts: list[str] = Field(max_length=MAX_COLUMNS)
    dates: dict[str, str] = Field(max_length=MAX_COLUMNS)


def read_answer(stdout: str, kind: type[Answer]) -> Answer:
    """The answer in a program's output.

    Raises:
        EmptyFile, UnreadableFile: the program refused the file, or its answer is not credible.
    """
    start, end = stdout.find(START), stdout.rfind(END)
    if start < 0 or not 0 < end - start <= MAX_PACKED:
        raise UnreadableFile.because("It could not be inspected.")
    try:
        packed = base64.b64decode(stdout[start + len(START) : end], validate=True)
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(packed, MAX_UNPACKED)
        found = json.loads(text)
        if isinstance(found, dict) and "refused" in found:
            raise _refusal(found)
        return kind.model_validate(found)
    except (binascii.Error, zlib.error, ValueError, ValidationError, RecursionError):
        raise UnreadableFile.because("It could not be inspected.") from None


def _refusal(found: dict[str, JsonValue]) -> DataLensError:
    if found["refused"] == "empty":
        return EmptyFile()
    return UnreadableFile.because(str(found.get("reason", ""))[:300])


def _scalar(value: JsonValue | None) -> None:
    if isinstance(value, (dict, list)):
        raise ValueError("not a cell")
    if isinstance(value, str) and len(value) > MAX_VALUE_CHARACTERS:
        raise ValueError("too long for a cell")

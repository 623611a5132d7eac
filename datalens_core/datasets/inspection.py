"""The reader program's answer, held against what an honest one may say: the sandbox is hostile."""

from __future__ import annotations

import base64
import binascii
import json
import zlib

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator

from datalens_core.datasets.inspect_source import END, MAX_COLUMNS, SAMPLE_ROWS, START
from datalens_core.errors import DataLensError, EmptyFile, UnreadableFile
from datalens_core.models import DatasetSchema, LoadPlan

MAX_PACKED = 2 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
MAX_NAME_CHARACTERS = 10_000
MAX_VALUE_CHARACTERS = 1_000
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1")


class Inspection(BaseModel):
    """How a file is read, and what its first five rows show."""

    model_config = ConfigDict(extra="forbid")

    plan: LoadPlan
    schema_: DatasetSchema = Field(alias="schema")
    warnings: list[str] = Field(max_length=50)

    @field_validator("plan")
    @classmethod
    def _known_ways_of_reading(cls, plan: LoadPlan) -> LoadPlan:
        if plan.encoding not in ENCODINGS or len(plan.delimiter) != 1 or plan.quotechar != '"':
            raise ValueError("unknown way of reading")
        if not 0 <= (plan.header_row or 0) <= 100 or len(plan.skip_rows) > 100:
            raise ValueError("unknown way of reading")
        if any(row < 0 for row in plan.skip_rows) or len(plan.sheet or "") > 255:
            raise ValueError("unknown way of reading")
        return plan

    @field_validator("schema_")
    @classmethod
    def _five_rows_of_scalars(cls, schema: DatasetSchema) -> DatasetSchema:
        width = len(schema.columns)
        if not 0 < width <= MAX_COLUMNS or len(schema.sample_data) > SAMPLE_ROWS:
            raise ValueError("more than a sample")
        if any(len(row) != width for row in schema.sample_data):
            raise ValueError("ragged sample")
        for column in schema.columns:
            if len(column.sample_values) > SAMPLE_ROWS or len(column.name) > MAX_NAME_CHARACTERS:
                raise ValueError("more than a sample")
            if len(column.dtype) > 200:
                raise ValueError("not a dtype")
            for value in [*column.sample_values, column.min_value, column.max_value]:
                _scalar(value)
        for row in schema.sample_data:
            for value in row:
                _scalar(value)
        return schema

    @field_validator("warnings")
    @classmethod
    def _short(cls, warnings: list[str]) -> list[str]:
        return [warning[:500] for warning in warnings]


def read_inspection(stdout: str) -> Inspection:
    """The inspection in the reader program's output.

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
        return Inspection.model_validate(found)
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

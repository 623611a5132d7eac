"""The facts of a question within a budget: what matters least is left out first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from datalens_core.llm.exchange import DatasetContext, PastRun, TaskContext
from datalens_core.models import ColumnInfo, DatasetSchema
from datalens_core.privacy.cutting import head_of

MAX_CHARACTERS = 60_000
WHOLE_RUNS = 2
_MAX_ANSWER, _MAX_CODE, _MAX_LINE, _MAX_CELL = 4_000, 8_000, 200, 200
_MAX_OLDER = 20


def fit_task(task: TaskContext, limit: int = MAX_CHARACTERS) -> TaskContext:
    """`task` with the last two runs whole, older ones a line each, in about `limit` characters."""
    fitted = task.model_copy(
        update={
            "history": _brief(task.history),
            "datasets": [_with_schema(d, _short_cells(d.dataset_schema)) for d in task.datasets],
        }
    )
    if len(fitted.model_dump_json()) > limit:
        bare = [d.model_copy(update={"whole_file": []}) for d in fitted.datasets]
        fitted = fitted.model_copy(update={"datasets": bare})
    for shrink in (_without_rows, _one_sample, _names_and_types):
        if len(fitted.model_dump_json()) <= limit:
            break
        datasets = [_with_schema(d, shrink(d.dataset_schema)) for d in fitted.datasets]
        fitted = fitted.model_copy(update={"datasets": datasets})
    return fitted


def _brief(history: list[PastRun]) -> list[PastRun]:
    older = history[:-WHOLE_RUNS][-_MAX_OLDER:]
    lines = [
        PastRun(
            question=head_of(run.question, _MAX_LINE),
            answer=head_of(run.answer.split("\n")[0], _MAX_LINE),
        )
        for run in older
    ]
    whole = [
        PastRun(
            question=run.question,
            answer=head_of(run.answer, _MAX_ANSWER),
            code=head_of(run.code, _MAX_CODE),
        )
        for run in history[-WHOLE_RUNS:]
    ]
    return lines + whole


def _with_schema(dataset: DatasetContext, schema: DatasetSchema) -> DatasetContext:
    return dataset.model_copy(update={"dataset_schema": schema})


def _short_cells(schema: DatasetSchema) -> DatasetSchema:
    def short(value: object) -> object:
        return (
            head_of(value, _MAX_CELL) + "…"
            if isinstance(value, str) and len(value) > _MAX_CELL
            else value
        )

    columns = [
        column.model_copy(
            update={
                "sample_values": [short(value) for value in column.sample_values],
                "min_value": short(column.min_value),
                "max_value": short(column.max_value),
            }
        )
        for column in schema.columns
    ]
    rows = [[short(value) for value in row] for row in schema.sample_data]
    return schema.model_copy(update={"columns": columns, "sample_data": rows})


def _without_rows(schema: DatasetSchema) -> DatasetSchema:
    return schema.model_copy(update={"sample_data": []})


def _one_sample(schema: DatasetSchema) -> DatasetSchema:
    return _each_column(schema, lambda c: {"sample_values": c.sample_values[:1]})


def _names_and_types(schema: DatasetSchema) -> DatasetSchema:
    return _each_column(
        schema, lambda _: {"sample_values": [], "min_value": None, "max_value": None}
    )


def _each_column(
    schema: DatasetSchema, change: Callable[[ColumnInfo], dict[str, Any]]
) -> DatasetSchema:
    columns = [column.model_copy(update=change(column)) for column in schema.columns]
    return schema.model_copy(update={"columns": columns})

"""The facts of a question within a budget: what matters least is left out first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from datalens_core.llm.cutting import characters_for
from datalens_core.llm.exchange import DatasetContext, PastRun, TaskContext
from datalens_core.models import ColumnInfo, DatasetSchema
from datalens_core.privacy.cutting import head_of

MAX_CHARACTERS = 60_000
MAX_REQUEST = 200_000
"""All messages of a request, where the model's own limit is not known to be lower."""

WHOLE_RUNS = 2
_MAX_ANSWER, _MAX_CODE, _MAX_LINE, _MAX_CELL = 4_000, 8_000, 200, 200
_MAX_COLUMNS = 300


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
    for shrink in (_without_rows, _one_sample, _names_and_types, _first_columns):
        if len(fitted.model_dump_json()) <= limit:
            break
        datasets = [shrink(dataset) for dataset in fitted.datasets]
        fitted = fitted.model_copy(update={"datasets": datasets})
    return fitted


def request_limit(context_tokens: int | None) -> int:
    """How many characters a request may have."""
    return min(MAX_REQUEST, characters_for(context_tokens)) if context_tokens else MAX_REQUEST


def task_limit(context_tokens: int | None) -> int:
    """How many of them the facts of the question may take: the rest is for its work."""
    return min(MAX_CHARACTERS, request_limit(context_tokens) // 2)


def _brief(history: list[PastRun]) -> list[PastRun]:
    lines = [
        PastRun(
            question=head_of(run.question, _MAX_LINE),
            answer=head_of(run.answer.split("\n")[0], _MAX_LINE),
        )
        for run in history[:-WHOLE_RUNS]
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


def _without_rows(dataset: DatasetContext) -> DatasetContext:
    return _with_schema(dataset, dataset.dataset_schema.model_copy(update={"sample_data": []}))


def _one_sample(dataset: DatasetContext) -> DatasetContext:
    return _each_column(dataset, lambda c: {"sample_values": c.sample_values[:1]})


def _names_and_types(dataset: DatasetContext) -> DatasetContext:
    return _each_column(
        dataset, lambda _: {"sample_values": [], "min_value": None, "max_value": None}
    )


def _first_columns(dataset: DatasetContext) -> DatasetContext:
    columns = dataset.dataset_schema.columns
    schema = dataset.dataset_schema.model_copy(update={"columns": columns[:_MAX_COLUMNS]})
    left_out = max(0, len(columns) - _MAX_COLUMNS)
    return _with_schema(dataset, schema).model_copy(update={"columns_left_out": left_out})


def _each_column(
    dataset: DatasetContext, change: Callable[[ColumnInfo], dict[str, Any]]
) -> DatasetContext:
    schema = dataset.dataset_schema
    columns = [column.model_copy(update=change(column)) for column in schema.columns]
    return _with_schema(dataset, schema.model_copy(update={"columns": columns}))

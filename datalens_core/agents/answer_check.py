"""Whether an answer says only what was computed.

Grounded in execution: each number of the answer has to occur in an output, as rounded as it is
written. A model is not asked about its own answer; that would prove nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from pydantic import JsonValue

from datalens_core.agents import figures
from datalens_core.agents.columns_used import ANY_COLUMN
from datalens_core.agents.numbers import Known, Stated, in_text, stated
from datalens_core.llm.exchange import TaskContext
from datalens_core.models import AnswerCheck, ArtifactType, ExecutionResult

NUMBERS = "numbers"
CHARTS = "charts"
ROWS = "rows"

_LEFT_OUT = re.compile(
    r"\b(?:missing|empty|blank|incomplete|complete|unreadable|invalid|duplicates?|repeated|distinct"
    r"|unique|exclud\w+|dropp\w+|remov\w+|ignor\w+|skipp\w+|left out|leaving out|without)\b",
    re.IGNORECASE,
)
_MAX_SCANNED = 200_000
_MAX_LISTED = 8
_MAX_LABEL = 200
_YEARS = range(1900, 2101)


def check_answer(
    answer: str, task: TaskContext, results: Sequence[ExecutionResult]
) -> list[AnswerCheck]:
    """The checks that apply; an empty list if there is nothing to check.

    Failed executions count too where they printed something before they failed.
    """
    checks = []
    numbers = _check_numbers(answer, task, results)
    if numbers is not None:
        checks.append(numbers)
    charts = [
        artifact
        for result in results
        if result.success
        for artifact in result.artifacts
        if artifact.type is ArtifactType.CHART
    ]
    if charts:
        empty = sum(not figures.draws_something(chart.content) for chart in charts)
        detail = f"{empty} of {len(charts)} charts show no data." if empty else "Charts show data."
        checks.append(AnswerCheck(name=CHARTS, passed=not empty, detail=detail))
    return checks


def missing_values(task: TaskContext, columns: Collection[str]) -> dict[str, int]:
    """How many values each of these columns lacks, of those that lack any and were counted."""
    return {
        column.name: column.null_count
        for dataset in task.datasets
        for column in dataset.whole_file
        if column.null_count and (column.name in columns or ANY_COLUMN in columns)
    }


def check_rows(
    answer: str, assumptions: Sequence[str], missing: Mapping[str, int]
) -> AnswerCheck | None:
    """Of an answer whose code left out rows that lack a value: whether it says so.

    An assumption is taken for it in any language; without one, the answer has to say it.
    """
    if not missing:
        return None
    said = any(assumptions) or _LEFT_OUT.search(answer) is not None
    named = ", ".join(f"{name} ({count:,})" for name, count in list(missing.items())[:_MAX_LISTED])
    detail = (
        "Rows that were left out are named."
        if said
        else f"Rows without a value are left out, and the answer does not say so: {named}."
    )
    return AnswerCheck(name=ROWS, passed=said, detail=detail)


def _check_numbers(
    answer: str, task: TaskContext, results: Sequence[ExecutionResult]
) -> AnswerCheck | None:
    numbers = stated(answer)
    if not numbers:
        return None
    known = Known([*_given(task), *(n for result in results for n in _computed(result))])
    missing = [n.text for n in numbers if not (_is_harmless(n, task) or known.covers(n))]
    if not missing:
        detail = "Every number in the answer occurs in the outputs."
        return AnswerCheck(name=NUMBERS, passed=True, detail=detail)
    listed = ", ".join(dict.fromkeys(missing[:_MAX_LISTED]))
    return AnswerCheck(name=NUMBERS, passed=False, detail=f"Not found in the outputs: {listed}.")


def _is_harmless(number: Stated, task: TaskContext) -> bool:
    """Ordinals ("top 3", "2."), counts of the plan's steps, and years."""
    if not number.integer or number.percent or number.hedged:
        return False
    value = number.readings[0][0]
    steps = len(task.plan.steps) if task.plan else 0
    is_year = value in _YEARS and len(number.text) == 4
    return number.ordinal or value == steps or is_year


def _given(task: TaskContext) -> Iterator[float]:
    """What may be said without computing: the question's numbers, and sizes of the data."""
    yield from in_text(task.question)
    for dataset in task.datasets:
        schema = dataset.dataset_schema
        yield from (float(schema.row_count), float(len(schema.columns)))
        yield from in_text(dataset.name)
        for column in schema.columns:
            yield from _labels(column.name)
        for known in dataset.whole_file:
            counts = (known.null_count, known.unique_count)
            yield from (float(count) for count in counts if count is not None)


def _computed(result: ExecutionResult) -> Iterator[float]:
    yield from in_text(_ends(result.stdout))
    charts = 0
    for artifact in result.artifacts:
        if artifact.type is ArtifactType.TABLE:
            yield from _table_numbers(artifact.content)
        elif artifact.type is ArtifactType.CHART:
            charts += 1
            yield from _chart_numbers(artifact.content)
    if charts:
        yield float(charts)


def _table_numbers(content: JsonValue) -> Iterator[float]:
    if not isinstance(content, dict):
        return
    columns, rows, count = (content.get(key) for key in ("columns", "rows", "row_count"))
    if isinstance(count, int):
        yield float(count)
    if isinstance(columns, list):
        yield float(len(columns))
        for name in columns:
            yield from _numbers(name)
    if isinstance(rows, list):
        yield float(len(rows))
        for row in rows:
            for value in row if isinstance(row, list) else ():
                yield from _numbers(value)


def _chart_numbers(content: JsonValue) -> Iterator[float]:
    for trace in figures.traces(content):
        yield float(figures.point_count(trace))
    for value in figures.values(content):
        yield from _numbers(value)


def _numbers(value: JsonValue) -> Iterator[float]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, str):
        yield from _labels(value)


def _labels(text: str) -> Iterator[float]:
    """Numbers in a label: "Store 45", and "gdp_2007" as a person would say it."""
    text = text[:_MAX_LABEL]
    if not any(map(str.isdigit, text)):
        return
    yield from in_text(text)
    yield from in_text("".join(c if c.isdigit() or c in ".,-" else " " for c in text))


def _ends(text: str) -> str:
    if len(text) <= _MAX_SCANNED:
        return text
    half = _MAX_SCANNED // 2
    return f"{text[:half]}\n{text[-half:]}"

"""Whether an answer says only what was computed.

Grounded in execution: each number of the answer has to occur in an output, as rounded as it is
written. A model is not asked about its own answer; that would prove nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from datalens_core.agents import figures
from datalens_core.agents.claims import read_claims, unfounded
from datalens_core.agents.columns_used import ANY_COLUMN
from datalens_core.agents.evidence import evidence_of
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
_MAX_LISTED = 8


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
    claims = read_claims(answer)
    if not claims:
        return None
    evidence = evidence_of(task, results)
    missing = unfounded(claims, evidence)
    if not missing:
        detail = "Every number in the answer occurs in the outputs."
        return AnswerCheck(name=NUMBERS, passed=True, detail=detail)
    listed = ", ".join(dict.fromkeys(missing[:_MAX_LISTED]))
    return AnswerCheck(name=NUMBERS, passed=False, detail=f"Not found in the outputs: {listed}.")

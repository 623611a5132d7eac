"""What the model is told of an execution: heads, tails and summaries, never whole results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from datalens_core.agents import figures
from datalens_core.agents.plain_errors import meaning
from datalens_core.llm.exchange import ErrorView, Observation, TableView
from datalens_core.models import Artifact, ArtifactType, ErrorAnalysis, ExecutionResult
from datalens_core.privacy.cutting import head_of, tail_of

MAX_TEXT = 4_000
MAX_ROWS = 20
MAX_COLUMNS = 60
MAX_CELL = 200
MAX_TABLES = 5
MAX_CHARTS = 20


def observe(
    result: ExecutionResult,
    analysis: ErrorAnalysis | None = None,
    *,
    notes: list[str] | None = None,
    frames: Mapping[str, Mapping[str, str]] | None = None,
) -> Observation:
    """The observation of an execution.

    `analysis` is what we made of its error, `frames` the dtypes of the columns that the code had
    to do with, `notes` what else is to be said.
    """
    charts = [_drawing(a) for a in result.artifacts if a.type in _DRAWN][:MAX_CHARTS]
    tables = [_table(a.content) for a in result.artifacts if a.type is ArtifactType.TABLE]
    return Observation(
        success=result.success,
        stdout=head_and_tail(result.stdout),
        stderr=head_and_tail(result.stderr),
        tables=[table for table in tables if table is not None][:MAX_TABLES],
        charts=charts,
        error=error_view(analysis, frames or {}) if analysis else None,
        notes=notes or [],
    )


def error_view(analysis: ErrorAnalysis, frames: Mapping[str, Mapping[str, str]]) -> ErrorView:
    return ErrorView(
        name=analysis.error_type,
        value=head_and_tail(analysis.message),
        line=analysis.line,
        hint=f"{analysis.hint} {meaning(analysis.error_type).advice}".rstrip(),
        suggestions=analysis.suggestions,
        frames={
            name: dict(list(columns.items())[:MAX_COLUMNS]) for name, columns in frames.items()
        },
    )


def refusal(name: str, reason: str, hint: str = "") -> Observation:
    """What is answered to a call that was not carried out."""
    return Observation(success=False, error=ErrorView(name=name, value=reason, hint=hint))


def head_and_tail(text: str, limit: int = MAX_TEXT) -> str:
    """`text` itself, or its first and last lines, together at most about `limit` characters."""
    if len(text) <= limit:
        return text
    half = limit // 2
    head, tail = head_of(text, half), tail_of(text, half)
    # Whole lines where there are any: half a number would be a wrong number.
    if "\n" in head:
        head = head[: head.rindex("\n") + 1]
    if "\n" in tail:
        tail = tail[tail.index("\n") + 1 :]
    left_out = len(text) - len(head) - len(tail)
    return f"{head.rstrip()}\n[… {left_out:,} characters left out …]\n{tail.lstrip()}"


_DRAWN = frozenset({ArtifactType.CHART, ArtifactType.IMAGE})


def _drawing(artifact: Artifact) -> str:
    if artifact.type is ArtifactType.CHART:
        return figures.summary(artifact.content, artifact.metadata.title)
    return f"image '{artifact.metadata.title}'" if artifact.metadata.title else "image"


def _table(content: JsonValue) -> TableView | None:
    """The head of a table artifact; None if it is not one (it came from the sandbox)."""
    if not isinstance(content, dict):
        return None
    columns, rows = content.get("columns"), content.get("rows")
    if not isinstance(columns, list) or not isinstance(rows, list):
        return None
    count = content.get("row_count")
    return TableView(
        columns=[head_of(str(name), MAX_CELL) for name in columns[:MAX_COLUMNS]],
        rows=[
            [_cell(value) for value in row[:MAX_COLUMNS]]
            for row in rows[:MAX_ROWS]
            if isinstance(row, list)
        ],
        row_count=count if isinstance(count, int) else len(rows),
    )


def _cell(value: Any) -> JsonValue:
    if isinstance(value, str):
        return value if len(value) <= MAX_CELL else head_of(value, MAX_CELL - 1) + "…"
    if value is None or isinstance(value, bool | int | float):
        return value
    return head_of(str(value), MAX_CELL)

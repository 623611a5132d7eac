"""From the rows of a history store to models: the same for every store.

A row maps columns to values; JSON columns hold what was parsed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from datalens_core.models import (
    Artifact,
    ArtifactType,
    Dataset,
    Execution,
    ExecutionResult,
    Message,
    ModelUsage,
    RunSummary,
    Session,
    SessionDetail,
)

Row = Mapping[str, Any]
# Columns of JSON, and those of them that may be empty.
JSON_COLUMNS: dict[str, frozenset[str]] = {
    "sessions": frozenset({"dataset_schema", "dataset_names"}),
    "runs": frozenset({"plan", "assumptions", "checks", "error", "usage", "alternatives"}),
    "execution_logs": frozenset({"analysis"}),
    "artifacts": frozenset({"content", "metadata"}),
    "datasets": frozenset({"body"}),
}

# Runs that are no part of the conversation: an upload's figures, a sandbox made again.
UNTOLD = frozenset({"upload", "restore"})


def session_of(row: Row) -> Session:
    return Session.model_validate({name: row[name] for name in Session.model_fields})


def dataset_of(row: Row) -> Dataset:
    return Dataset.model_validate(row["body"])


def artifact_of(row: Row) -> Artifact:
    return Artifact(
        id=row["id"], type=row["type"], content=row["content"], metadata=row["metadata"]
    )


def lost(row: Row) -> Row:
    """In the place of an artifact whose payload cannot be read any more: what became of it."""
    name = row["metadata"].get("title") or row["type"]
    value = "The file that held it is gone or was changed. Run its code again to see it."
    content = {"name": name, "value": value, "traceback": f"{name}: {value}"}
    return {**row, "type": ArtifactType.ERROR.value, "content": content}


def detail_of(
    session: Row,
    datasets: Iterable[Row],
    messages: Iterable[Row],
    runs: Iterable[Row],
    executions: Iterable[Row],
    artifacts: Iterable[Row],
) -> SessionDetail:
    """The whole session; the rows come in their order."""
    shown = [(row["execution_id"], artifact_of(row)) for row in artifacts]
    told = [(_run_summary(row), row["origin"]) for row in runs]
    by_execution: dict[str, list[Artifact]] = {}
    for execution_id, artifact in shown:
        by_execution.setdefault(execution_id, []).append(artifact)
    return SessionDetail(
        session=session_of(session),
        datasets=[dataset_of(row) for row in datasets],
        messages=[_message(row) for row in messages],
        runs=[run for run, origin in told if origin not in UNTOLD],
        executions=[_execution(row, by_execution.get(row["id"], [])) for row in executions],
        artifacts=[artifact for _, artifact in shown],
        usage=sum((run.usage for run, _ in told), ModelUsage()),
    )


def _message(row: Row) -> Message:
    return Message(
        id=row["id"],
        role=row["role"],
        content=row["content"],
        timestamp=row["created_at"],
        run_id=row["run_id"],
    )


def _run_summary(row: Row) -> RunSummary:
    return RunSummary.model_validate({name: row[name] for name in RunSummary.model_fields})


def _execution(row: Row, artifacts: list[Artifact]) -> Execution:
    finished = row["success"] is not None
    result = None
    # One that was cut off while it ran has what was shown until then.
    if finished or row["stdout"] or row["stderr"] or artifacts:
        result = ExecutionResult(
            success=bool(row["success"]),
            code=row["code"],
            stdout=row["stdout"],
            stderr=row["stderr"],
            artifacts=artifacts,
            execution_time=row["execution_time"] or 0,
            retry_count=row["retry_count"],
        )
    return Execution(
        id=row["id"],
        session_id=row["session_id"],
        run_id=row["run_id"],
        step=row["step"],
        attempt=row["attempt"],
        retries=row["retries"],
        origin=row["origin"],
        code=row["code"],
        sha256=row["sha256"],
        result=result,
        analysis=row["analysis"],
        created_at=row["created_at"],
    )

"""From the journal's events to the rows of a history store: the same for every store.

Row ids follow from the event alone, so that an entry taken over twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from datalens_core import events as ev
from datalens_core.journal import Entry
from datalens_core.models import RunStatus

TITLE_LENGTH = 80


@dataclass(frozen=True)
class Insert:
    """A new row; nothing happens if its id is there already."""

    table: str
    row: dict[str, Any]


@dataclass(frozen=True)
class Update:
    """New values for the row `id`; `append` adds text to what is there."""

    table: str
    id: str
    values: dict[str, Any] = field(default_factory=dict)
    append: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Touch:
    """The session was used at this time; its title is set if it has none."""

    session_id: str
    at: str
    title: str | None = None


Change = Insert | Update | Touch


def changes(entry: Entry) -> Iterator[Change]:
    """What one journal entry changes in the history, in order."""
    event, session_id, run_id = entry.event, entry.session_id, entry.event.run_id
    at = event.at.isoformat()
    match event:
        case ev.RunStarted():
            yield Insert(
                "runs",
                {
                    "run_id": run_id,
                    "session_id": session_id,
                    "query": event.query,
                    "origin": event.origin,
                    "model": event.model,
                    "status": RunStatus.RUNNING.value,
                    "started_at": at,
                },
            )
            if event.query is not None:
                yield _message(entry, "user", event.query)
            yield Touch(session_id, at, title_of(event.query))
        case ev.PrivacyRedacted():
            yield Insert(
                "pii_redactions",
                {
                    "id": _row_id(run_id, str(event.seq)),
                    "session_id": session_id,
                    "run_id": run_id,
                    "channel": event.channel,
                    "entity_type": event.entity_type,
                    "column_name": event.column,
                    "count": event.count,
                    "redacted_at": at,
                },
            )
        case ev.PlanCreated() | ev.PlanUpdated():
            yield Update("runs", run_id, {"plan": event.plan.model_dump(mode="json")})
        case ev.CodeGenerated():
            yield Insert(
                "execution_logs",
                {
                    "id": event.execution_id,
                    "session_id": session_id,
                    "run_id": run_id,
                    "position": entry.position,
                    "step": event.step,
                    "attempt": event.attempt,
                    "retries": event.retries,
                    "origin": event.origin,
                    "code": event.code,
                    "sha256": event.sha256,
                    "retry_count": event.attempt - 1,
                    "created_at": at,
                },
            )
        case ev.ExecutionOutput():
            yield Update("execution_logs", event.execution_id, append={event.stream: event.text})
        case ev.ArtifactCreated():
            artifact = event.artifact
            yield Insert(
                "artifacts",
                {
                    "id": artifact.id,
                    "session_id": session_id,
                    "run_id": run_id,
                    "execution_id": event.execution_id,
                    "position": entry.position,
                    "type": artifact.type.value,
                    "content": artifact.content,
                    "metadata": artifact.metadata.model_dump(mode="json"),
                },
            )
        case ev.ExecutionFinished():
            result = event.result
            yield Update(
                "execution_logs",
                event.execution_id,
                {
                    "stdout": result.stdout,
                    "stderr": result.stderr,
                    "success": result.success,
                    "execution_time": result.execution_time,
                    "retry_count": result.retry_count,
                },
            )
        case ev.ErrorAnalyzed():
            analysis = event.analysis.model_dump(mode="json")
            yield Update("execution_logs", event.execution_id, {"analysis": analysis})
        case ev.SandboxReplaced():
            yield _message(entry, "system", " ".join([event.reason, *event.restored, *event.lost]))
        case ev.AnswerFinal():
            yield Update(
                "runs",
                run_id,
                {
                    "answer": event.text,
                    "assumptions": event.assumptions,
                    "checks": [c.model_dump(mode="json") for c in event.checks],
                    "alternatives": [a.model_dump(mode="json") for a in event.alternatives],
                },
            )
            yield _message(entry, "assistant", event.text)
        case ev.LlmUsage():
            yield Update("runs", run_id, {"usage": event.run.model_dump(mode="json")})
        case ev.RunCompleted():
            yield Update("runs", run_id, {"status": RunStatus.COMPLETED.value})
        case ev.RunCancelled():
            yield Update("runs", run_id, {"status": RunStatus.CANCELLED.value})
        case ev.RunFailed():
            yield Update("runs", run_id, {"status": RunStatus.FAILED.value, "error": event.error})
        case _:
            pass  # shown while it happens, not part of the history
    if ev.is_terminal(event):
        yield Touch(session_id, at)


def title_of(query: str | None) -> str | None:
    """A session's title: the first line of its first question, cut at a word."""
    if not query or not query.strip():
        return None
    line = " ".join(query.strip().splitlines()[0].split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def _message(entry: Entry, role: str, content: str) -> Insert:
    run_id = entry.event.run_id
    return Insert(
        "messages",
        {
            "id": _row_id(run_id, f"message {entry.event.seq}"),
            "session_id": entry.session_id,
            "run_id": run_id,
            "role": role,
            "content": content,
            "created_at": entry.event.at.isoformat(),
        },
    )


def _row_id(run_id: str, name: str) -> str:
    return str(uuid5(NAMESPACE_OID, f"{run_id}/{name}"))

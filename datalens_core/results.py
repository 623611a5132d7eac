"""The events of a run, gathered into what a caller wants who did not watch."""

from __future__ import annotations

from collections.abc import Iterable

from datalens_core import events as ev
from datalens_core.events import Event
from datalens_core.models import Execution, QueryResult, RunStatus


def collect(run_id: str, events: Iterable[Event]) -> QueryResult:
    """What a run came to: its plan, executions in order, artifacts, answer or error."""
    outcome = QueryResult(run_id=run_id, status=RunStatus.RUNNING)
    executions: dict[str, Execution] = {}
    session_id = ""
    for event in events:
        match event:
            case ev.RunStarted():
                session_id = event.session_id
            case ev.PlanCreated() | ev.PlanUpdated():
                outcome.plan = event.plan
            case ev.CodeGenerated():
                executions[event.execution_id] = Execution(
                    id=event.execution_id,
                    session_id=session_id,
                    run_id=run_id,
                    step=event.step,
                    attempt=event.attempt,
                    retries=event.retries,
                    origin=event.origin,
                    code=event.code,
                    sha256=event.sha256,
                    created_at=event.at,
                )
            case ev.ArtifactCreated():
                outcome.artifacts.append(event.artifact)
            case ev.ExecutionFinished():
                executions[event.execution_id].result = event.result
                outcome.result = event.result
            case ev.AnswerFinal():
                outcome.answer = event.text
                outcome.assumptions = event.assumptions
                outcome.checks = event.checks
            case ev.RunCompleted():
                outcome.status = RunStatus.COMPLETED
            case ev.RunCancelled():
                outcome.status = RunStatus.CANCELLED
            case ev.RunFailed():
                outcome.status = RunStatus.FAILED
                outcome.error = event.error
            case _:
                pass
    outcome.executions = list(executions.values())
    return outcome

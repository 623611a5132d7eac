"""The events of a run, gathered into what a caller wants who did not watch.

An execution that was stopped, or whose sandbox died, has no result of its own: what was shown of
it until then is its result.
"""

from __future__ import annotations

from collections.abc import Iterable

from datalens_core import events as ev
from datalens_core.events import Event
from datalens_core.models import Execution, ExecutionResult, QueryResult, RunStatus


def collect(run_id: str, events: Iterable[Event]) -> QueryResult:
    """What a run came to: its plan, executions in order, artifacts, answer or error."""
    outcome = QueryResult(run_id=run_id, status=RunStatus.RUNNING)
    executions: dict[str, Execution] = {}
    results: dict[str, ExecutionResult] = {}
    session_id = ""
    for event in events:
        match event:
            case ev.RunStarted():
                session_id = event.session_id
            case ev.PlanCreated() | ev.PlanUpdated():
                outcome.plan = event.plan
            case ev.CodeGenerated():
                executions[event.execution_id] = _execution(event, session_id)
                results[event.execution_id] = _nothing_yet(event)
            case ev.ExecutionOutput():
                shown = results[event.execution_id]
                if event.stream == "stdout":
                    shown.stdout += event.text
                else:
                    shown.stderr += event.text
            case ev.ArtifactCreated():
                outcome.artifacts.append(event.artifact)
                results[event.execution_id].artifacts.append(event.artifact)
            case ev.ExecutionFinished():
                results[event.execution_id] = event.result
            case ev.ErrorAnalyzed():
                executions[event.execution_id].analysis = event.analysis
            case ev.AnswerFinal():
                outcome.answer = event.text
                outcome.assumptions = event.assumptions
                outcome.checks = event.checks
                outcome.alternatives = event.alternatives
            case ev.LlmUsage():
                outcome.usage = event.run
            case ev.RunCompleted():
                outcome.status = RunStatus.COMPLETED
            case ev.RunCancelled():
                outcome.status = RunStatus.CANCELLED
            case ev.RunFailed():
                outcome.status = RunStatus.FAILED
                outcome.error = event.error
            case _:
                pass
    for execution_id, execution in executions.items():
        execution.result = outcome.result = results[execution_id]
    outcome.executions = list(executions.values())
    return outcome


def _execution(event: ev.CodeGenerated, session_id: str) -> Execution:
    return Execution(
        id=event.execution_id,
        session_id=session_id,
        run_id=event.run_id,
        step=event.step,
        attempt=event.attempt,
        retries=event.retries,
        origin=event.origin,
        code=event.code,
        sha256=event.sha256,
        created_at=event.at,
    )


def _nothing_yet(event: ev.CodeGenerated) -> ExecutionResult:
    return ExecutionResult(
        success=False,
        code=event.code,
        stdout="",
        stderr="",
        artifacts=[],
        execution_time=0,
        retry_count=event.attempt - 1,
    )

"""A run as its caller gets it who did not watch."""

from __future__ import annotations

from datalens_core import events as ev
from datalens_core.models import Artifact, ExecutionResult, RunStatus
from datalens_core.results import collect

REF = {"execution_id": "e", "step": 1, "attempt": 2}


def begun() -> list[ev.Event]:
    return [
        ev.RunStarted(session_id="s", query="q"),
        ev.CodeGenerated(**REF, code="x", sha256="0"),
        ev.ExecutionStarted(**REF),
        ev.ExecutionOutput(**REF, stream="stdout", text="a\n"),
        ev.ExecutionOutput(**REF, stream="stderr", text="w\n"),
        ev.ExecutionOutput(**REF, stream="stdout", text="b\n"),
    ]


def test_a_stopped_execution_has_what_was_shown_of_it() -> None:
    chart = Artifact(type="chart", content={})
    told = [*begun(), ev.ArtifactCreated(**REF, artifact=chart), ev.RunCancelled()]
    outcome = collect("r", told)
    assert outcome.status is RunStatus.CANCELLED
    assert outcome.result is not None
    assert (outcome.result.success, outcome.result.retry_count) == (False, 1)
    assert (outcome.result.stdout, outcome.result.stderr) == ("a\nb\n", "w\n")
    assert outcome.result.artifacts == outcome.artifacts == [chart]
    assert outcome.executions[0].result == outcome.result


def test_a_finished_execution_has_its_own_result() -> None:
    result = ExecutionResult(
        success=True, code="x", stdout="a\nb\n", stderr="w\n", artifacts=[], execution_time=1
    )
    told = [*begun(), ev.ExecutionFinished(**REF, result=result), ev.RunCompleted()]
    assert collect("r", told).result == result

"""Hypothesis strategies for what a session can go through, as the events of its runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from datalens_core import events as ev
from datalens_core.events import Event
from datalens_core.executions import code_hash
from datalens_core.models import (
    Artifact,
    ArtifactMetadata,
    ArtifactType,
    ExecutionPlan,
    ExecutionResult,
    new_id,
)

# SQLite text is UTF-8, so lone surrogates cannot be stored; the engine never lets them in.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
codes = texts.filter(lambda t: bool(t.strip()))


@dataclass
class PlannedExecution:
    code: str
    stdout: str
    stderr: str
    success: bool
    figures: int
    id: str = field(default_factory=new_id)


@dataclass
class PlannedRun:
    query: str
    answer: str | None
    executions: list[PlannedExecution]
    id: str = field(default_factory=new_id)

    def events(self, session_id: str, first_step: int) -> list[Event]:
        """What the run emits, run.started to the terminal event."""
        told: list[Event] = [ev.RunStarted(session_id=session_id, query=self.query)]
        told.append(
            ev.PlanCreated(
                plan=ExecutionPlan(steps=["look"], estimated_complexity="", required_libraries=[])
            )
        )
        told.append(ev.PrivacyRedacted(channel="question", entity_type="EMAIL_ADDRESS", count=2))
        for step, planned in enumerate(self.executions, first_step):
            about = {"execution_id": planned.id, "step": step}
            digest = code_hash(planned.code)
            told.append(ev.CodeGenerated(**about, code=planned.code, sha256=digest))
            told.append(ev.ExecutionStarted(**about))
            if planned.stdout:
                told.append(ev.ExecutionOutput(**about, stream="stdout", text=planned.stdout))
            artifacts = [
                Artifact(
                    type=ArtifactType.CHART,
                    content={"data": [{"y": [n]}], "layout": {}},
                    metadata=ArtifactMetadata(execution_id=planned.id, title=f"Chart {n}"),
                )
                for n in range(planned.figures)
            ]
            told += [ev.ArtifactCreated(**about, artifact=a) for a in artifacts]
            result = ExecutionResult(
                success=planned.success,
                code=planned.code,
                stdout=planned.stdout,
                stderr=planned.stderr,
                artifacts=artifacts,
                execution_time=0.5,
            )
            told.append(ev.ExecutionFinished(**about, result=result))
        if self.answer is None:
            told.append(ev.RunFailed(error={"code": "X", "message": "no", "details": {}}))
        else:
            told.append(ev.AnswerFinal(text=self.answer, assumptions=["a"], checks=[]))
            told.append(ev.RunCompleted())
        return told


executions = st.builds(
    PlannedExecution,
    code=codes,
    stdout=texts,
    stderr=texts,
    success=st.booleans(),
    figures=st.integers(0, 2),
)
runs = st.builds(
    PlannedRun,
    query=codes,
    answer=st.none() | codes,
    executions=st.lists(executions, max_size=3),
)
sessions = st.lists(runs, min_size=1, max_size=4)

"""The events of a run, one JSON object each: {seq, run_id, type, at, ...}.

A run appends what happened (`RunStarted(...)`); the journal gives it `seq` (from 1, without
gaps, within the run), `run_id` and `at`, and only then is it shown to anybody.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from datalens_core.models import (
    Alternative,
    AnswerCheck,
    Artifact,
    DatasetStatistics,
    ErrorAnalysis,
    ExecutionPlan,
    ExecutionResult,
    Model,
    ModelUsage,
    now,
)


class EventBase(Model):
    seq: int = Field(default=0, ge=0)
    run_id: str = ""
    at: datetime = Field(default_factory=now)


class ExecutionRef(Model):
    """Which execution an event is about.

    `step` counts executions kept in the session from 1; `attempt` runs from 1 to
    MAX_RETRY_ATTEMPTS + 1 within a plan step; `retries` names the failed execution it repairs.
    """

    execution_id: str
    step: int = Field(ge=1)
    attempt: int = Field(default=1, ge=1)
    retries: str | None = None


class RunStarted(EventBase):
    type: Literal["run.started"] = "run.started"
    session_id: str
    query: str | None = Field(description="None for code that was run from a notebook cell.")
    origin: Literal["question", "notebook", "upload", "restore"] = "question"
    model: str | None = Field(default=None, description="The one that was chosen, if one was.")


class PrivacyRedacted(EventBase):
    type: Literal["privacy.redacted"] = "privacy.redacted"
    channel: str
    entity_type: str
    count: int = Field(ge=1)
    column: str = Field(default="", description="Where it is known; itself redacted.")


class PlanCreated(EventBase):
    type: Literal["plan.created"] = "plan.created"
    plan: ExecutionPlan


class PlanUpdated(EventBase):
    type: Literal["plan.updated"] = "plan.updated"
    plan: ExecutionPlan
    done: int = Field(default=0, ge=0, description="How many steps are done, from the first.")


class PlanApproval(EventBase):
    """A run that waits for the user's word on its plan, and that word.

    It waits from `waiting` to the next event. Steps that the user wrote come as `plan.updated`
    before `approved`; after `rejected` the run is cancelled.
    """

    type: Literal["plan.approval"] = "plan.approval"
    state: Literal["waiting", "approved", "rejected"]


class RequestReview(EventBase):
    """A request that waits for the user's word before it goes to the model, and that word."""

    type: Literal["request.review"] = "request.review"
    number: int = Field(ge=1)
    state: Literal["waiting", "sent", "refused"]


class CodeGenerated(EventBase, ExecutionRef):
    type: Literal["code.generated"] = "code.generated"
    code: str
    sha256: str
    origin: Literal["agent", "notebook"] = "agent"


class ExecutionStarted(EventBase, ExecutionRef):
    type: Literal["execution.started"] = "execution.started"


class ExecutionOutput(EventBase, ExecutionRef):
    type: Literal["execution.output"] = "execution.output"
    stream: Literal["stdout", "stderr"]
    text: str


class ArtifactCreated(EventBase, ExecutionRef):
    type: Literal["artifact.created"] = "artifact.created"
    artifact: Artifact


class ExecutionFinished(EventBase, ExecutionRef):
    type: Literal["execution.finished"] = "execution.finished"
    result: ExecutionResult


class ErrorAnalyzed(EventBase, ExecutionRef):
    type: Literal["error.analyzed"] = "error.analyzed"
    analysis: ErrorAnalysis


class SandboxReplaced(EventBase):
    type: Literal["sandbox.replaced"] = "sandbox.replaced"
    reason: str
    restored: list[str]
    lost: list[str]
    agreement_needed: bool = Field(
        default=False,
        description="Code was left out that runs again once the user agrees: `restore` with "
        "`replay`.",
    )


class LlmRetrying(EventBase):
    type: Literal["llm.retrying"] = "llm.retrying"
    attempt: int
    wait_seconds: float


class LlmUsage(EventBase):
    type: Literal["llm.usage"] = "llm.usage"
    model: str
    prompt_tokens: int
    completion_tokens: int
    cost: float | None = Field(default=None, description="In US dollars; None if not reported.")
    cached: bool = Field(default=False, description="The answer was kept from before: it is free.")
    estimated: bool = Field(default=False, description="The endpoint reported no tokens.")
    run: ModelUsage = Field(default_factory=ModelUsage, description="The run up to this call.")


class AnswerDelta(EventBase):
    type: Literal["answer.delta"] = "answer.delta"
    text: str


class AnswerFinal(EventBase):
    type: Literal["answer.final"] = "answer.final"
    text: str
    assumptions: list[str]
    checks: list[AnswerCheck]
    alternatives: list[Alternative] = Field(
        default=[], description="Questions that mean what this one could have meant too."
    )


class DatasetMeasured(EventBase):
    """Exact figures of a whole data set, after its upload; for the user."""

    type: Literal["dataset.statistics"] = "dataset.statistics"
    dataset_id: str
    statistics: DatasetStatistics


class Notice(EventBase):
    type: Literal["notice"] = "notice"
    text: str


class RunCompleted(EventBase):
    type: Literal["run.completed"] = "run.completed"


class RunFailed(EventBase):
    type: Literal["run.failed"] = "run.failed"
    error: dict[str, JsonValue] = Field(description="{code, message, details} as in errors.")


class RunCancelled(EventBase):
    type: Literal["run.cancelled"] = "run.cancelled"


Event = Annotated[
    RunStarted
    | PrivacyRedacted
    | PlanCreated
    | PlanUpdated
    | PlanApproval
    | RequestReview
    | CodeGenerated
    | ExecutionStarted
    | ExecutionOutput
    | ArtifactCreated
    | ExecutionFinished
    | ErrorAnalyzed
    | SandboxReplaced
    | LlmRetrying
    | LlmUsage
    | AnswerDelta
    | AnswerFinal
    | DatasetMeasured
    | Notice
    | RunCompleted
    | RunFailed
    | RunCancelled,
    Field(discriminator="type"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
UNREADABLE = "Another version of DataLens wrote something here that this one cannot show."
TERMINAL = frozenset({"run.completed", "run.failed", "run.cancelled"})


def is_terminal(event: Event) -> bool:
    return event.type in TERMINAL


def read_stored(body: str, run_id: str, seq: int) -> Event:
    """An event from the journal, whichever version wrote it.

    Fields that this version does not know are left out, and an event that it cannot read is a
    notice in its place: a log has no gaps.
    """
    try:
        return EVENT.validate_json(body, extra="ignore")
    except ValidationError:
        return Notice(run_id=run_id, seq=seq, text=UNREADABLE)

"""A scripted gateway and a run that executes nothing: small real versions of what agents use."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from datalens_core import events as ev
from datalens_core.llm.exchange import (
    CallScope,
    DatasetContext,
    ModelReply,
    ModelRequest,
    Observation,
    Purpose,
    TaskContext,
    ToolCall,
    read_observations,
)
from datalens_core.models import (
    Artifact,
    ArtifactType,
    ColumnInfo,
    DatasetSchema,
    Execution,
    ExecutionPlan,
    ExecutionResult,
    Redaction,
)

Reply = ModelReply | Exception | Callable[[ModelRequest], ModelReply]
Outcome = Callable[[str], ExecutionResult]

# -- replies -------------------------------------------------------------------------------------


def says(text: str, *calls: tuple[str, dict[str, Any]], finish_reason: str = "") -> ModelReply:
    return ModelReply(
        text=text,
        tool_calls=tuple(ToolCall(f"id{n}", name, held) for n, (name, held) in enumerate(calls)),
        model="scripted",
        finish_reason=finish_reason or ("tool_calls" if calls else "stop"),
    )


def plans(*steps: str) -> ModelReply:
    held = {"steps": steps, "estimated_complexity": "low", "required_libraries": ["pandas"]}
    return says(json.dumps(held))


def runs(code: str) -> ModelReply:
    return says("", ("run_python", {"code": code}))


def answers(text: str, *assumptions: str) -> ModelReply:
    return says("", ("final_answer", {"answer": text, "assumptions": list(assumptions)}))


# -- results -------------------------------------------------------------------------------------


def worked(code: str, stdout: str = "", *artifacts: Artifact) -> ExecutionResult:
    return ExecutionResult(
        success=True,
        code=code,
        stdout=stdout,
        stderr="",
        artifacts=list(artifacts),
        execution_time=0.01,
    )


def failed(code: str, name: str, value: str, traceback: str = "") -> ExecutionResult:
    held = {"name": name, "value": value, "traceback": traceback}
    return ExecutionResult(
        success=False,
        code=code,
        stdout="",
        stderr="",
        artifacts=[Artifact(type=ArtifactType.ERROR, content=held)],
        execution_time=0.01,
    )


def bar_chart(x: Sequence[Any], y: Sequence[Any], title: str = "") -> Artifact:
    figure = {
        "data": [{"type": "bar", "x": list(x), "y": list(y)}],
        "layout": {
            "title": {"text": title},
            "xaxis": {"title": {"text": "region"}},
            "yaxis": {"title": {"text": "revenue"}},
        },
    }
    return Artifact(type=ArtifactType.CHART, content=figure)


def table(columns: list[str], rows: list[list[Any]]) -> Artifact:
    content = {"columns": columns, "rows": rows, "row_count": len(rows)}
    return Artifact(type=ArtifactType.TABLE, content=content)


# -- the task ------------------------------------------------------------------------------------

COLUMNS = {"region": "str", "revenue": "float64", "sold_on": "str", "units": "int64"}


def sales_schema() -> DatasetSchema:
    samples: dict[str, list[Any]] = {
        "region": ["Europe", "Asia"],
        "revenue": [10.5, 20.25],
        "sold_on": ["2024-01-05", "2024-02-11"],
        "units": [3, 7],
    }
    return DatasetSchema(
        columns=[
            ColumnInfo(name=n, dtype=t, null_count=0, unique_count=2, sample_values=samples[n])
            for n, t in COLUMNS.items()
        ],
        row_count=1_234,
        sample_data=[list(row) for row in zip(*samples.values(), strict=True)],
    )


def sales_task(question: str = "What is the revenue by region?") -> TaskContext:
    dataset = DatasetContext(name="sales.csv", variable="df", dataset_schema=sales_schema())
    return TaskContext(question=question, datasets=[dataset])


class NoPrivacy:
    """A PrivacySession of a session without personal values."""

    def redact(self, text: str, channel: str) -> tuple[str, list[Redaction]]:
        return text, []

    def restore_argument(self, text: str) -> str:
        return self.restore_text(text)

    def restore_text(self, text: str) -> str:
        return text

    def restore_code(self, code: str) -> str:
        return code


# -- the two edges of the agent ------------------------------------------------------------------


class ScriptedGateway:
    """Gives its replies in order; keeps the requests. Asked for more, it fails the test."""

    def __init__(self, *replies: Reply, delay: float = 0.0, hang_at: int | None = None) -> None:
        self._replies = list(replies)
        self._delay = delay
        self._hang_at = hang_at
        self.requests: list[ModelRequest] = []
        self.tokens: int | None = None
        self.hanging = asyncio.Event()

    def context_tokens(self, purpose: Purpose, scope: CallScope) -> int | None:
        return self.tokens

    async def complete(
        self,
        request: ModelRequest,
        scope: CallScope,
        on_answer: Callable[[str], None] | None = None,
    ) -> ModelReply:
        self.requests.append(request)
        if self._hang_at == len(self.requests):
            self.hanging.set()
            await asyncio.Event().wait()
        await asyncio.sleep(self._delay)
        assert self._replies, "the model was asked once more than scripted"
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, ModelReply) else reply(request)

    @property
    def observations(self) -> list[Observation]:
        """What the model had been told by its last request."""
        texts = [m.content for m in self.requests[-1].messages if m.role == "tool"]
        return [found for text in texts for found in read_observations(text)]


class ScriptedRun:
    """A RunContext over scripted results: nothing is executed, everything is kept."""

    def __init__(
        self,
        outcome: Outcome = worked,
        *,
        task: TaskContext | None = None,
        values: Sequence[str] = (),
        hang: bool = False,
    ) -> None:
        self.task = task or sales_task()
        self.events: list[ev.Event] = []
        self.executions: list[Execution] = []
        self.looked_up: list[tuple[str, str, str]] = []
        self.hanging = asyncio.Event()
        self.interrupted = False
        self.scope = CallScope("session", NoPrivacy(), self.emit)
        self._outcome = outcome
        self._values = values
        self._hang = hang

    def emit(self, event: ev.Event) -> None:
        asyncio.get_running_loop()  # emitting from another thread is an error
        self.events.append(event)

    async def approved(self, plan: ExecutionPlan) -> ExecutionPlan:
        return plan

    async def execute(
        self, code: str, *, attempt: int = 1, retries: str | None = None
    ) -> Execution:
        step = len(self.executions) + 1
        ref = ev.ExecutionRef(
            execution_id=f"execution-{step}", step=step, attempt=attempt, retries=retries
        )
        sha256 = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
        self.emit(ev.CodeGenerated(**ref.model_dump(), code=code, sha256=sha256))
        self.emit(ev.ExecutionStarted(**ref.model_dump()))
        if self._hang:
            self.hanging.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.interrupted = True
                raise
        result = self._outcome(code)
        self.emit(ev.ExecutionFinished(**ref.model_dump(), result=result))
        execution = Execution(
            id=ref.execution_id,
            session_id="session",
            run_id="run",
            step=step,
            attempt=attempt,
            retries=retries,
            code=code,
            sha256=sha256,
            result=result,
        )
        self.executions.append(execution)
        return execution

    async def find_values(self, variable: str, column: str, text: str) -> list[str]:
        self.looked_up.append((variable, column, text))
        return [value for value in self._values if text.casefold() in value.casefold()]

    def of(self, kind: str) -> list[Any]:
        return [event for event in self.events if event.type == kind]

    @property
    def kinds(self) -> list[str]:
        return [event.type for event in self.events]

    @property
    def answer(self) -> ev.AnswerFinal:
        found = self.of("answer.final")
        assert len(found) == 1
        assert isinstance(found[0], ev.AnswerFinal)
        return found[0]

"""What a live session remembers: enough to ask on, to rerun a step, to rebuild its sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from datalens_core import events as ev
from datalens_core.errors import DatasetNotFound
from datalens_core.events import Event
from datalens_core.models import Dataset, ModelUsage, SessionDetail
from datalens_core.privacy.saved_code import stands_for


@dataclass
class PastExecution:
    step: int
    code: str
    sha256: str
    origin: str
    run_id: str
    success: bool = False


@dataclass
class PastQuestion:
    question: str
    answer: str = ""


@dataclass
class SessionState:
    """Follows the events of one session; made from its history when it is opened again."""

    user_id: str = ""
    """Whose session it is."""
    datasets: list[Dataset] = field(default_factory=list)
    unsaved: set[str] = field(default_factory=set)
    """Ids of those that are still being added, and in no store yet."""
    executions: dict[str, PastExecution] = field(default_factory=dict)
    questions: dict[str, PastQuestion] = field(default_factory=dict)
    earlier: ModelUsage = field(default_factory=ModelUsage)
    """What was used of a model before this state was read from the history."""
    used: dict[str, ModelUsage] = field(default_factory=dict)
    model: str | None = None
    """The one that was chosen last, None for the one of the settings."""
    shown: Callable[[Dataset], Dataset] = lambda dataset: dataset
    """A data set as a model may know it, by the policies in force."""
    marks_lost: bool = False
    """Whether the user marked values as personal that are not known any more."""
    tells_past: bool = True
    """Whether earlier questions are told with the next one."""
    uploading: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """Held while the data sets change."""
    adding: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """Held from a new data set's file to its answer: another's place comes after it."""

    @classmethod
    def of(cls, detail: SessionDetail) -> SessionState:
        return cls(
            user_id=detail.session.user_id,
            datasets=list(detail.datasets),
            executions={
                e.id: PastExecution(
                    e.step,
                    e.code,
                    e.sha256,
                    e.origin,
                    e.run_id,
                    bool(e.result and e.result.success),
                )
                for e in detail.executions
            },
            questions={
                r.run_id: PastQuestion(r.query, r.answer or "")
                for r in detail.runs
                if r.query is not None
            },
            earlier=detail.usage,
            model=next((r.model for r in reversed(detail.runs) if r.model), None),
        )

    def observe(self, event: Event) -> None:
        match event:
            case ev.RunStarted(query=str(query)):
                self.questions[event.run_id] = PastQuestion(query)
                self.model = event.model or self.model
            case ev.AnswerFinal() if event.run_id in self.questions:
                self.questions[event.run_id].answer = event.text
            case ev.CodeGenerated():
                self.executions[event.execution_id] = PastExecution(
                    event.step, event.code, event.sha256, event.origin, event.run_id
                )
            case ev.ExecutionFinished() if event.execution_id in self.executions:
                self.executions[event.execution_id].success = event.result.success
            case ev.LlmUsage():
                self.used[event.run_id] = event.run
            case _:
                pass

    @property
    def is_changing(self) -> bool:
        return self.uploading.locked() or self.adding.locked()

    @property
    def usage(self) -> ModelUsage:
        """What the session used of a model, over all its runs."""
        return sum(self.used.values(), self.earlier)

    def place_of(self, dataset_id: str) -> int:
        """Which of the data sets this is, from 0.

        Raises:
            DatasetNotFound: none of them.
        """
        for place, dataset in enumerate(self.datasets):
            if dataset.id == dataset_id:
                return place
        raise DatasetNotFound()

    def renew(self, dataset: Dataset) -> bool:
        """Take it in the place of how it was before; False if it is there no more."""
        places = [place for place, held in enumerate(self.datasets) if held.id == dataset.id]
        for place in places:
            self.datasets[place] = dataset
        return bool(places)

    def next_step(self) -> int:
        return max((e.step for e in self.executions.values()), default=0) + 1

    def own_code(self, step: int | None, code: str, sha256: str) -> str | None:
        """The code that an agent's run of this session produced as that step, if this is it.

        It may have been saved with tokens in the place of values.
        """
        own = [e for e in self.executions.values() if e.step == step and e.origin == "agent"]
        if any(e.sha256 == sha256 for e in own):
            return code
        return next((e.code for e in own if stands_for(code, e.code)), None)

    def replayable(self) -> list[PastExecution]:
        """The session's own code that succeeded, in order; never code from a notebook."""
        return [e for e in self.executions.values() if e.success and e.origin == "agent"]

    def code_of(self, run_id: str) -> str:
        """The last successful code of a run, or ""."""
        codes = [e.code for e in self.executions.values() if e.run_id == run_id and e.success]
        return codes[-1] if codes else ""

"""One question of one session while it is answered: the agents' `RunContext`."""

from __future__ import annotations

from collections.abc import Callable

from datalens_core.approval import approved
from datalens_core.errors import AnalysisFailed
from datalens_core.events import Event
from datalens_core.executions import Executor
from datalens_core.llm.exchange import CallScope, DatasetContext, PastRun, TaskContext
from datalens_core.models import Dataset, Execution, ExecutionPlan
from datalens_core.privacy.whole_file import told_to_model
from datalens_core.runs import Run
from datalens_core.sessions.state import SessionState

REMEMBERED_RUNS = 20


class Question:
    """See `datalens_core.agents.contract.RunContext`."""

    def __init__(
        self,
        run: Run,
        state: SessionState,
        task: TaskContext,
        scope: CallScope,
        executor: Executor,
        *,
        approve_plan: bool = False,
    ) -> None:
        self.task = task
        self.scope = scope
        self._run = run
        self._state = state
        self._executor = executor
        self._approve_plan = approve_plan

    def emit(self, event: Event) -> None:
        self._run.emit(event)

    async def approved(self, plan: ExecutionPlan) -> ExecutionPlan:
        if not self._approve_plan:
            return plan
        plan = await approved(self._run, plan)
        # Meanwhile another question was answered, or a file was replaced.
        self.task = task_context(self._state, self.task.question, exclude=self._run.id)
        return plan

    async def execute(
        self, code: str, *, attempt: int = 1, retries: str | None = None
    ) -> Execution:
        return await self._executor.execute(
            code, step=self._state.next_step(), attempt=attempt, retries=retries
        )

    async def find_values(self, variable: str, column: str, text: str) -> list[str]:
        if variable not in {d.variable for d in self._state.datasets}:
            return []
        found = await self._executor.find_values(variable, column, text)
        shown = self.scope.privacy.shown_values(column, found)
        if shown is None:
            raise AnalysisFailed(f"The values of {column!r} are not shown. Work with them in code.")
        return shown


def task_context(
    state: SessionState,
    query: str,
    exclude: str = "",
    shown: Callable[[Dataset], Dataset] | None = None,
    *,
    tells_past: bool | None = None,
) -> TaskContext:
    """The facts of a question; `fit_task` says how much of them a model is told.

    `shown` is what may be known of a data set, and `tells_past` whether earlier questions may be,
    if not what is in force in the session.
    """
    shown = shown or state.shown
    tells_past = state.tells_past if tells_past is None else tells_past
    past = [(run_id, q) for run_id, q in state.questions.items() if run_id != exclude]
    history = [
        PastRun(question=q.question, answer=q.answer, code=state.code_of(run_id))
        for run_id, q in (past[-REMEMBERED_RUNS:] if tells_past else [])
    ]
    return TaskContext(
        question=query,
        datasets=[_dataset_context(shown(dataset)) for dataset in state.datasets],
        history=history,
    )


def _dataset_context(dataset: Dataset) -> DatasetContext:
    return DatasetContext(
        name=dataset.name,
        variable=dataset.variable,
        dataset_schema=dataset.dataset_schema,
        whole_file=told_to_model(dataset.statistics) if dataset.statistics else [],
    )

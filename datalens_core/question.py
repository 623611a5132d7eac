"""One question of one session while it is answered: the agents' `RunContext`."""

from __future__ import annotations

from pydantic import JsonValue

from datalens_core.approval import approved
from datalens_core.events import Event
from datalens_core.executions import Executor
from datalens_core.llm.exchange import (
    CallScope,
    ColumnProfile,
    DatasetContext,
    PastRun,
    TaskContext,
)
from datalens_core.models import ColumnStatistics, Dataset, Execution, ExecutionPlan
from datalens_core.runs import Run
from datalens_core.sessions.state import SessionState

WHOLE_RUNS = 2
REMEMBERED_RUNS = 20
LINE_LENGTH = 200
_LARGE = 1_000_000


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
        return await self._executor.find_values(variable, column, text)


def task_context(state: SessionState, query: str, exclude: str = "") -> TaskContext:
    """The facts of a question: the last two questions whole, older ones a line each."""
    past = [(run_id, q) for run_id, q in state.questions.items() if run_id != exclude]
    history = []
    for place, (run_id, q) in enumerate(reversed(past[-REMEMBERED_RUNS:])):
        whole = place < WHOLE_RUNS
        history.append(
            PastRun(
                question=q.question if whole else q.question[:LINE_LENGTH],
                answer=q.answer if whole else "",
                code=state.code_of(run_id) if whole else "",
            )
        )
    return TaskContext(
        question=query,
        datasets=[
            DatasetContext(
                name=d.name,
                variable=d.variable,
                dataset_schema=d.dataset_schema,
                profile=profile_of(d),
            )
            for d in state.datasets
        ],
        history=history[::-1],
    )


def profile_of(dataset: Dataset) -> list[ColumnProfile]:
    """What was counted of the whole file, as far as a model may know it.

    Values of the file are not in it, but the ends of columns of numbers and dates: not of whole
    numbers that large, which may be of a phone, an account or a person.
    """
    if dataset.statistics is None:
        return []
    return [
        ColumnProfile(
            name=column.name,
            null_count=column.null_count,
            unique_count=column.unique_count,
            min_value=column.min_value if _may_tell(column) else None,
            max_value=column.max_value if _may_tell(column) else None,
            mean=column.mean if _may_tell(column) else None,
        )
        for column in dataset.statistics.columns
    ]


def _may_tell(column: ColumnStatistics) -> bool:
    if column.dtype.startswith("datetime"):
        return True
    numeric = column.dtype.lower().startswith(("float", "int", "uint"))
    return numeric and not any(map(_may_be_personal, (column.min_value, column.max_value)))


def _may_be_personal(number: JsonValue) -> bool:
    whole = isinstance(number, int | float) and float(number).is_integer()
    return whole and isinstance(number, int | float) and abs(number) >= _LARGE

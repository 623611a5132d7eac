"""Acting on a plan: the state machine act → check → next, repair or done.

smolagents moves it from a worker thread; every method here runs on the event loop. What the model
says is read in `model_turns`, what is tried and when to give up is decided in `attempts`, where
the plan stands in `routing`, whether an answer is accepted in `answering`.

Which code is run. Code that does not parse is run all the same: Python itself refuses it, so it
is shown, fails in the sandbox, is analysed and counts as an attempt, like any other error. What
is refused before it runs is never shown as code of the analysis: code that uses neither pandas
nor plotly, IPython's magics, and code that just failed or just succeeded, sent again. A column
that we do not know, or a library that an analysis does not need, is said and no reason to refuse:
the column may be there by now, and the sandbox is what keeps code in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from datalens_core.agents.answering import Answering
from datalens_core.agents.attempts import Attempts
from datalens_core.agents.code_checks import CodeCheck, check_code, clean_code, names_assigned
from datalens_core.agents.contract import RunContext
from datalens_core.agents.error_analysis import analyze_error
from datalens_core.agents.examples import act_prompt
from datalens_core.agents.model_gateway import ModelGateway
from datalens_core.agents.model_turns import ModelTurns, Turn
from datalens_core.agents.names import did_you_mean, similar_names
from datalens_core.agents.observation import observe, refusal
from datalens_core.agents.routing import Router
from datalens_core.errors import AnalysisFailed, ExecutionTimedOut, OutOfMemory
from datalens_core.events import AnswerFinal, ErrorAnalyzed, Notice, PlanUpdated
from datalens_core.llm.exchange import (
    Observation,
    PromptMessage,
    TaskContext,
    write_context,
    write_observation,
)
from datalens_core.models import ErrorAnalysis, Execution
from datalens_core.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


def _ends_the_run(
    method: Callable[Concatenate[Acting, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[Acting, P], Coroutine[Any, Any, R]]:
    """Keep what a tool raises: smolagents would tell the model about it and go on."""

    @wraps(method)
    async def kept(self: Acting, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await method(self, *args, **kwargs)
        except Exception as error:
            self.failure = error
            raise

    return kept


class Acting:
    """One question from its plan to its answer.

    Afterwards either `accepted` holds the answer or `failure` says why there is none.
    """

    def __init__(
        self, gateway: ModelGateway, settings: Settings, context: RunContext, task: TaskContext
    ) -> None:
        """`task` holds the plan."""
        if task.plan is None:
            raise ValueError("acting needs a plan")
        self.failure: Exception | None = None
        self._settings = settings
        self._context = context
        self._task = task
        self._plan = task.plan
        self._frames = {
            d.variable: [column.name for column in d.dataset_schema.columns] for d in task.datasets
        }
        self._known = frozenset[str]().union(*(names_assigned(run.code) for run in task.history))
        self._attempts = Attempts(settings.max_retry_attempts)
        self._answering = Answering(task)
        self._router = Router(task.plan)
        self._turns = ModelTurns(gateway, context, self._attempts, self._answering)

    @property
    def accepted(self) -> AnswerFinal | None:
        return self._answering.accepted

    def opening(self) -> tuple[PromptMessage, ...]:
        """What each request begins with: the rules and the facts."""
        return (
            PromptMessage("system", act_prompt()),
            PromptMessage("user", write_context(self._task), channel="context"),
        )

    @_ends_the_run
    async def generate_code(self, messages: tuple[PromptMessage, ...]) -> Turn:
        """The model's next turn (see `ModelTurns.next`)."""
        if self.failure is not None:
            raise self.failure
        return await self._turns.next(messages)

    # -- the tools -------------------------------------------------------------------------------

    @_ends_the_run
    async def execute_with_retry(self, code: str) -> str:
        """Run code, or say why not; a failure is analysed and may be repaired.

        Raises:
            AnalysisFailed: the retries of this step are used up.
            ExecutionTimedOut, OutOfMemory: the sandbox's limits; not repaired.
            SandboxUnavailable, SandboxLost: there is no sandbox to run it in.
        """
        code = clean_code(code)
        check = check_code(code, self._frames, self._known)
        refused = self._refusal_of(check)
        if refused is not None:
            return write_observation(refused)
        self._flag(check)
        execution = await self._context.execute(
            code, attempt=self._attempts.number, retries=self._attempts.repairs
        )
        result = execution.result
        if result is None:
            raise AnalysisFailed(details={"last_error": "no result", "attempts": 1})
        self._answering.saw(result, check)
        self._known |= check.assigned
        before = self._router.done
        if result.success:
            self._attempts.succeeded(check)
            lacking = self._router.after(check, result)
            self._tell_plan(before)
            return write_observation(observe(result, notes=[lacking] if lacking else []))
        self._router.failed(check)
        self._tell_plan(before)
        analysis = analyze_error(result, self._frames, check)
        note = self._attempts.failed(execution, check, analysis)
        self._repair(execution, analysis)
        return write_observation(
            observe(
                result,
                analysis,
                notes=[note] if note else [],
                frames=self._dtypes(check),
            )
        )

    @_ends_the_run
    async def get_schema(self) -> str:
        datasets = [d.model_dump(mode="json") for d in self._task.datasets]
        return write_observation(
            Observation(success=True, stdout=json.dumps(datasets, ensure_ascii=False))
        )

    @_ends_the_run
    async def find_values(self, column: str, text: str) -> str:
        variable = next((name for name, held in self._frames.items() if column in held), None)
        if variable is None:
            columns = [name for held in self._frames.values() for name in held]
            hint = did_you_mean(similar_names(column, columns))
            return write_observation(refusal("KeyError", f"There is no column {column!r}.", hint))
        try:
            found = await self._context.find_values(variable, column, text)
        except AnalysisFailed as error:  # the column is gone in the sandbox: the model can do else
            return write_observation(refusal("KeyError", error.message))
        return write_observation(
            Observation(success=True, stdout=json.dumps(found, ensure_ascii=False))
        )

    @_ends_the_run
    async def answer(self, answer: str, assumptions: list[str]) -> str:
        """Check an answer: accept it, or refuse it once with what is wrong."""
        text = answer.strip()
        if not text:
            self._turns.drop_waiting()
            self._attempts.refused("the answers were empty")
            return write_observation(refusal("EmptyAnswer", "The answer is empty."))
        wrong = await self._answering.submit(text, assumptions)
        if wrong:
            hint = (
                "Compute it with run_python, or leave it out; draw only what has data. Name rows "
                "that were left out, and how many, in the assumptions."
            )
            return write_observation(refusal("AnswerNotVerified", wrong, hint))
        return text

    # -- before and after an execution -----------------------------------------------------------

    def _refusal_of(self, check: CodeCheck) -> Observation | None:
        found = self._attempts.refusal_of(check, list(self._frames))
        if found is None:
            return None
        name, reason, hint = found
        # The code stays unseen, but that something was refused does not.
        self._context.emit(Notice(text=f"Code of the model was not run. {reason}"))
        self._turns.drop_waiting()
        self._attempts.refused(reason)
        return refusal(name, reason, hint)

    def _flag(self, check: CodeCheck) -> None:
        """Say before code runs what is odd about it."""
        for unknown in check.unknown_columns:
            ask = did_you_mean(unknown.suggestions)
            self._context.emit(Notice(text=f"There is no column {unknown.name!r}. {ask}".rstrip()))
        if check.foreign_imports:
            named = ", ".join(check.foreign_imports)
            text = f"The code uses what an analysis does not need: {named}. It runs in the sandbox."
            self._context.emit(Notice(text=text))

    def _tell_plan(self, before: int) -> None:
        if self._router.done != before:
            self._context.emit(PlanUpdated(plan=self._plan, done=self._router.done))

    def _dtypes(self, check: CodeCheck) -> dict[str, dict[str, str]]:
        """The columns and dtypes of the frames that the code reads, as they were loaded."""
        return {
            d.variable: {c.name: c.dtype for c in d.dataset_schema.columns}
            for d in self._task.datasets
            if d.variable in check.frames
        }

    def _repair(self, execution: Execution, analysis: ErrorAnalysis) -> None:
        """Show the analysis of a failure, and give up where nothing more may be tried."""
        self._turns.drop_waiting()
        exhausted = self._attempts.exhausted
        if exhausted:
            analysis = analysis.model_copy(update={"recoverable": False})
        self._context.emit(
            ErrorAnalyzed(
                execution_id=execution.id,
                step=execution.step,
                attempt=execution.attempt,
                retries=execution.retries,
                analysis=analysis,
            )
        )
        if analysis.error_type == "TimeoutError":
            raise ExecutionTimedOut.after(self._settings.execution_timeout_seconds)
        if analysis.error_type == "MemoryError":
            raise OutOfMemory()
        if exhausted:
            raise self._attempts.given_up()

"""Acting on a plan: the state machine act → check → next, repair or done.

smolagents moves it from a worker thread; every method here runs on the event loop. What decides
lies here and nowhere else: what is run, what counts as an attempt, when to give up.

Which code is run. Code that does not parse is run all the same: Python itself refuses it, so it
is shown, fails in the sandbox, is analysed and counts as an attempt, like any other error. What
is refused before it runs is never shown as code of the analysis: code that uses neither pandas
nor plotly, IPython's magics, and code that just failed or just succeeded, sent again. A column
that we do not know is no reason to refuse: it may be there by now; if the code fails, the
analysis names the likely column.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from datalens_core.agents.answer_check import check_answer
from datalens_core.agents.code_checks import CodeCheck, check_code, clean_code, names_assigned
from datalens_core.agents.contract import RunContext
from datalens_core.agents.error_analysis import analyze_error
from datalens_core.agents.model_gateway import ModelGateway
from datalens_core.agents.names import did_you_mean, similar_names
from datalens_core.agents.observation import observe, refusal
from datalens_core.agents.prompts import prompt
from datalens_core.agents.tool_specs import (
    DESCRIPTIONS,
    FINAL_ANSWER,
    TOOL_SCHEMAS,
    normal_arguments,
)
from datalens_core.errors import (
    AnalysisFailed,
    DataLensError,
    ExecutionTimedOut,
    GarbledCall,
    ModelError,
    OutOfMemory,
    UnknownToken,
)
from datalens_core.events import AnswerDelta, AnswerFinal, ErrorAnalyzed, Notice, PlanUpdated
from datalens_core.llm.exchange import (
    ModelReply,
    ModelRequest,
    Observation,
    PromptMessage,
    TaskContext,
    ToolCall,
    write_context,
    write_observation,
)
from datalens_core.models import (
    AnswerCheck,
    ErrorAnalysis,
    Execution,
    ExecutionPlan,
    ExecutionResult,
)
from datalens_core.privacy.cutting import head_of
from datalens_core.settings import Settings

MAX_TURNS = 30
"""Requests to the model for one question, planning apart."""

MAX_REFUSALS = 3
"""Turns in a row that came to nothing: refused code, no call, cut off."""

_MAX_ASSUMPTIONS = 10
_NOT_ANSWERABLE = re.compile(
    r"\b(?:can(?:no|')t|can not|could not|unable to|not) (?:be )?(?:answer|determin|comput|tell)"
    r"|\bnot answerable\b|\bno (?:such )?column\b|\bdo(?:es)?(?: not|n't) contain\b",
    re.IGNORECASE,
)

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Turn:
    """One move of the model: a call, or words that are answered by `nudge`."""

    text: str
    call: ToolCall | None = None
    nudge: str = ""


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
        self.accepted: AnswerFinal | None = None
        self.failure: Exception | None = None
        self._gateway = gateway
        self._settings = settings
        self._context = context
        self._task = task
        self._plan: ExecutionPlan = task.plan
        self._frames = {
            d.variable: [column.name for column in d.dataset_schema.columns] for d in task.datasets
        }
        self._known = frozenset[str]().union(*(names_assigned(run.code) for run in task.history))
        self._results: list[ExecutionResult] = []
        self._waiting: deque[ToolCall] = deque()
        self._turns = 0
        self._refusals = 0
        self._done = 0
        self._failures = 0
        self._failed: Execution | None = None
        self._failed_code: set[str] = set()
        self._last_success = ""
        self._nudged = False
        self._refused_answer: dict[str, Any] | None = None
        self._draft_begun = False

    # -- the model's turns -----------------------------------------------------------------------

    def opening(self) -> tuple[PromptMessage, ...]:
        """What each request begins with: the rules and the facts."""
        return (
            PromptMessage("system", prompt("act")),
            PromptMessage("user", write_context(self._task), channel="context"),
        )

    @_ends_the_run
    async def generate_code(self, messages: tuple[PromptMessage, ...]) -> Turn:
        """The model's next turn: as a rule, code to run.

        Raises:
            ModelError, PrivacyBlocked: as the gateway does.
            AnalysisFailed: the bounds are reached.
        """
        if self.failure is not None:
            raise self.failure
        if self._waiting:
            return Turn("", self._waiting.popleft())
        self._turns += 1
        if self._turns > MAX_TURNS:
            raise self._given_up(f"no answer within {MAX_TURNS} turns of the model")
        request = ModelRequest(
            purpose="act", messages=messages, tools=TOOL_SCHEMAS, tool_choice="auto"
        )
        try:
            reply = await self._reply_to(request)
        except GarbledCall:
            self._count_refusal("the model's tool calls were garbled")
            return Turn("", nudge=prompt("garbled_call"))
        except UnknownToken:
            self._count_refusal("the code used placeholders that do not exist")
            return Turn("", nudge=prompt("unknown_token"))
        except ModelError:
            if self._refused_answer is None:
                raise
            # Its repair cannot be had: the answer is kept, marked as not verified.
            return Turn("", ToolCall(f"call_{self._turns}_0", FINAL_ANSWER, self._refused_answer))
        return await self._turn_of(reply)

    async def _reply_to(self, request: ModelRequest) -> ModelReply:
        """The model's reply. Of a question's drafts of an answer only the first is shown."""
        show = None if self._draft_begun else self._show_draft
        return await self._gateway.complete(request, self._context.scope, show)

    def _show_draft(self, text: str) -> None:
        self._draft_begun = True
        self._context.emit(AnswerDelta(text=text))

    async def _turn_of(self, reply: ModelReply) -> Turn:
        text = reply.text.strip()
        if reply.finish_reason == "length":  # its last call may be half of what was meant
            self._count_refusal("the model's replies were cut off")
            return Turn(head_of(text, 500), nudge=prompt("cut_off"))
        if not reply.tool_calls:
            return await self._turn_of_words(text)
        calls = [
            ToolCall(f"call_{self._turns}_{n}", c.name, normal_arguments(c.name, c.arguments))
            for n, c in enumerate(reply.tool_calls)
        ]
        # One at a time. An answer beside other calls was written before their results were seen.
        self._waiting.extend(c for c in calls[1:] if c.name != FINAL_ANSWER)
        if calls[0].name not in DESCRIPTIONS:
            self._count_refusal("the model called a tool that does not exist")
        return Turn(text, calls[0])

    async def _turn_of_words(self, text: str) -> Turn:
        """Words without a call: an answer if there is something to answer from."""
        computed = any(result.success for result in self._results)
        honest = all(check.passed for check in await self._checks(text))
        says_no = honest and _NOT_ANSWERABLE.search(text) is not None
        if text and (computed or says_no or (self._nudged and honest)):
            call = ToolCall(
                f"call_{self._turns}_0", FINAL_ANSWER, {"answer": text, "assumptions": []}
            )
            return Turn("", call)
        if self._nudged:
            raise ModelError()
        self._nudged = True
        return Turn(text, nudge=prompt("nudge"))

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
        execution = await self._context.execute(
            code,
            attempt=self._failures + 1,
            retries=self._failed.id if self._failed else None,
        )
        result = execution.result
        if result is None:
            raise AnalysisFailed(details={"last_error": "no result", "attempts": 1})
        self._results.append(result)
        self._known |= check.assigned
        self._refusals = 0
        if result.success:
            self._next_step(check)
            return write_observation(observe(result))
        analysis = analyze_error(result, self._frames, check)
        self._repair(execution, check, analysis)
        return write_observation(observe(result, analysis))

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
            self._count_refusal("the answers were empty")
            return write_observation(refusal("EmptyAnswer", "The answer is empty."))
        checks = await self._checks(text)
        wrong = " ".join(check.detail for check in checks if not check.passed)
        if wrong and self._refused_answer is None:
            self._refused_answer = {"answer": text, "assumptions": assumptions}
            hint = "Compute it with run_python, or leave it out; draw only what has data."
            return write_observation(refusal("AnswerNotVerified", wrong, hint))
        self.accepted = AnswerFinal(
            text=text,
            assumptions=[" ".join(a.split()) for a in assumptions if a.strip()][:_MAX_ASSUMPTIONS],
            checks=checks,
        )
        return text

    async def _checks(self, text: str) -> list[AnswerCheck]:
        """Off the loop: outputs can be large, and reading all their numbers takes its time."""
        return await asyncio.to_thread(check_answer, text, self._task, list(self._results))

    # -- next, repair or give up -----------------------------------------------------------------

    def _refusal_of(self, check: CodeCheck) -> Observation | None:
        if check.uses_ipython:
            name, reason = "NotPython", "Magics and shell commands are not available."
            hint = "Write plain Python with pandas or plotly."
        elif check.fingerprint in self._failed_code:
            name, reason = "RepeatedCode", "Exactly this code failed before."
            hint = "Change the approach: another method, other columns, or smaller steps."
        elif check.fingerprint == self._last_success:
            name, reason = "RepeatedCode", "Exactly this code ran just before; its output is above."
            hint = "Take the next step of the plan, or give the final answer."
        elif check.syntax_error is None and not check.uses_data_library:
            name, reason = "NoDataLibrary", "The code uses neither pandas nor plotly."
            hint = f"Work with the loaded data: {', '.join(self._frames) or 'a DataFrame'}."
        else:
            return None
        # The code stays unseen, but that something was refused does not.
        self._context.emit(Notice(text=f"Code of the model was not run. {reason}"))
        self._count_refusal(reason)
        return refusal(name, reason, hint)

    def _next_step(self, check: CodeCheck) -> None:
        """The step is done; the last one only is with the answer."""
        self._failures = 0
        self._failed = None
        self._failed_code.clear()
        self._last_success = check.fingerprint
        if self._done < len(self._plan.steps) - 1:
            self._done += 1
            self._context.emit(PlanUpdated(plan=self._plan, done=self._done))

    def _repair(self, execution: Execution, check: CodeCheck, analysis: ErrorAnalysis) -> None:
        """Count the failure, show its analysis, and give up where nothing more may be tried."""
        self._failures += 1
        self._failed = execution
        self._failed_code.add(check.fingerprint)
        self._last_success = ""
        self._waiting.clear()  # calls that were written before the failure was seen
        exhausted = self._failures > self._settings.max_retry_attempts
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
            raise self._given_up(analysis.error_type)

    def _count_refusal(self, reason: str) -> None:
        self._refusals += 1
        self._waiting.clear()
        if self._refusals > MAX_REFUSALS:
            raise self._given_up(reason)

    def _given_up(self, last_error: str) -> DataLensError:
        tried = f"{self._failures} failed attempt{'' if self._failures == 1 else 's'}"
        return AnalysisFailed(
            f"The analysis did not succeed ({tried}; the last problem: {last_error.rstrip('.')}). "
            "The code, its errors and your data are kept. Try a simpler question, "
            "or name the columns it is about.",
            details={
                "last_error": last_error,
                "attempts": self._failures,
                "executions": len(self._results),
            },
        )

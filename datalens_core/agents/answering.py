"""Whether an answer is accepted: checked, sent back once, then marked as not verified."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import ValidationError

from datalens_core.agents.answer_check import check_answer, check_rows, missing_values
from datalens_core.agents.code_checks import CodeCheck
from datalens_core.events import AnswerFinal
from datalens_core.llm.exchange import TaskContext
from datalens_core.models import Alternative, AnswerCheck, ExecutionResult

MAX_ASSUMPTIONS = 10
_MAX_ALTERNATIVES, _MAX_LABEL, _MAX_QUERY = 4, 120, 1_000


class Answering:
    """The answer to one question, and what it can rest on."""

    def __init__(self, task: TaskContext) -> None:
        self.accepted: AnswerFinal | None = None
        self.refused: dict[str, Any] | None = None
        """The arguments of an answer that was sent back."""
        self.alternatives: list[Alternative] = []
        self._task = task
        self._results: list[ExecutionResult] = []
        self._leaves_out: set[str] = set()

    def saw(self, result: ExecutionResult, check: CodeCheck) -> None:
        """Failed executions count too where they printed something before they failed."""
        self._results.append(result)
        if result.success:
            self._leaves_out |= check.leaves_out

    @property
    def has_results(self) -> bool:
        return any(result.success for result in self._results)

    async def is_honest(self, text: str) -> bool:
        return all(check.passed for check in await self._checks(text, []))

    async def submit(self, text: str, assumptions: list[str]) -> str:
        """Accept an answer, or say what is wrong with it the first time that something is."""
        checks = await self._checks(text, assumptions)
        wrong = " ".join(check.detail for check in checks if not check.passed)
        if wrong and self.refused is None:
            self.refused = {"answer": text, "assumptions": assumptions}
            return wrong
        said = (" ".join(assumption.split()) for assumption in assumptions)
        self.accepted = AnswerFinal(
            text=text,
            assumptions=[assumption for assumption in said if assumption][:MAX_ASSUMPTIONS],
            checks=checks,
            alternatives=self.alternatives,
        )
        return ""

    async def _checks(self, text: str, assumptions: list[str]) -> list[AnswerCheck]:
        """Off the loop: outputs can be large, and reading all their numbers takes its time."""
        checks = await asyncio.to_thread(check_answer, text, self._task, list(self._results))
        rows = check_rows(text, assumptions, missing_values(self._task, self._leaves_out))
        return [*checks, rows] if rows else checks


def read_alternatives(raw: Any) -> list[Alternative]:
    """The other readings that came with an answer; what is none is left out."""
    found = []
    for item in raw[: _MAX_ALTERNATIVES * 2] if isinstance(raw, list) else []:
        try:
            read = Alternative.model_validate(item)
        except ValidationError:
            continue
        if 0 < len(read.label) <= _MAX_LABEL and 0 < len(read.query) <= _MAX_QUERY:
            found.append(read)
    return found[:_MAX_ALTERNATIVES]

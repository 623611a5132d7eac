"""What was tried for a step of the plan, what is not tried again, and when to give up."""

from __future__ import annotations

from datalens_core.agents.code_checks import CodeCheck
from datalens_core.agents.plain_errors import meaning
from datalens_core.errors import AnalysisFailed
from datalens_core.models import ErrorAnalysis, Execution

MAX_REFUSALS = 3
"""Turns in a row that came to nothing: refused code, no call, cut off."""

_TOLD = 3
_SAME_ERROR = "The same error came again: take another way, with other methods or columns."


class Attempts:
    """Counts failures and refusals of one question; each step has retries of its own."""

    def __init__(self, max_retries: int) -> None:
        self._max_retries = max_retries
        self._failures = 0
        self._failed: Execution | None = None
        self._failed_code: set[str] = set()
        self._last_success = ""
        self._refusals = 0
        self._problems: list[ErrorAnalysis] = []
        self._ran = 0

    @property
    def number(self) -> int:
        """Which attempt comes next, from 1."""
        return self._failures + 1

    @property
    def repairs(self) -> str | None:
        """The failed execution that the next one repairs."""
        return self._failed.id if self._failed else None

    def refusal_of(self, check: CodeCheck, frames: list[str]) -> tuple[str, str, str] | None:
        """Name, reason and hint, if code is not to be run."""
        if check.uses_ipython:
            hint = "Write plain Python with pandas or plotly."
            return "NotPython", "Magics and shell commands are not available.", hint
        if self._has_failed(check):
            hint = "Change the approach: another method, other columns, or smaller steps."
            return "RepeatedCode", "Exactly this code failed before.", hint
        if self._just_ran(check):
            hint = "Take the next step of the plan, or give the final answer."
            return "RepeatedCode", "Exactly this code ran just before; its output is above.", hint
        if check.syntax_error is None and not check.uses_data_library:
            hint = f"Work with the loaded data: {', '.join(frames) or 'a DataFrame'}."
            return "NoDataLibrary", "The code uses neither pandas nor plotly.", hint
        return None

    def _has_failed(self, check: CodeCheck) -> bool:
        return check.fingerprint in self._failed_code

    def _just_ran(self, check: CodeCheck) -> bool:
        return check.fingerprint == self._last_success

    def refused(self, reason: str) -> None:
        """Count a turn that came to nothing.

        Raises:
            AnalysisFailed: there were too many of them in a row.
        """
        self._refusals += 1
        if self._refusals > MAX_REFUSALS:
            raise self.given_up(reason)

    def succeeded(self, check: CodeCheck) -> None:
        self._ran += 1
        self._refusals = 0
        self._failures = 0
        self._failed = None
        self._failed_code.clear()
        self._problems.clear()
        self._last_success = check.fingerprint

    def failed(self, execution: Execution, check: CodeCheck, analysis: ErrorAnalysis) -> str:
        """Count a failure; what the model is told beside its error, or ""."""
        self._ran += 1
        self._refusals = 0
        self._failures += 1
        self._failed = execution
        self._failed_code.add(check.fingerprint)
        self._last_success = ""
        again = bool(self._problems) and _same(self._problems[-1], analysis)
        self._problems.append(analysis)
        return _SAME_ERROR if again else ""

    @property
    def exhausted(self) -> bool:
        return self._failures > self._max_retries

    def given_up(self, last_problem: str = "") -> AnalysisFailed:
        """The failure as the user reads it: what was tried, the last problem, what to do.

        `last_problem`: what it was, where it is no error of an execution.
        """
        hints = list(dict.fromkeys(problem.hint for problem in reversed(self._problems)))
        last = f"{last_problem.rstrip('.')}." if last_problem else hints.pop(0) if hints else ""
        parts = ["The analysis did not succeed.", _tried(self._failures)]
        parts.append(f"The last problem: {last}" if last else "")
        parts.append(f"Before that: {' '.join(hints[:_TOLD])}" if hints else "")
        kind = self._problems[-1].error_type if self._problems else ""
        parts.append(f"{meaning(kind).way_out}, or ask a simpler question.")
        parts.append("The code, its errors and your data are kept.")
        return AnalysisFailed(
            " ".join(part for part in parts if part),
            details={
                "last_error": last_problem or kind,
                "attempts": self._failures,
                "executions": self._ran,
            },
        )


def _tried(failures: int) -> str:
    if not failures:
        return ""
    return "It was tried once." if failures == 1 else f"It was tried {failures} times."


def _same(one: ErrorAnalysis, other: ErrorAnalysis) -> bool:
    return (one.error_type, one.message) == (other.error_type, other.message)

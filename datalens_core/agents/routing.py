"""After each execution: the plan's next step, a step to mend, or the last one.

Grounded in what ran. A step is done when its code ran and gave what the step is to give; code
says which step it is by a comment (`# Step 2`), and goes on with the next one if it does not.
"""

from __future__ import annotations

from datalens_core.agents import figures
from datalens_core.agents.code_checks import CodeCheck
from datalens_core.models import ArtifactType, ExecutionPlan, ExecutionResult, StepOutput

_COMPUTED: frozenset[StepOutput] = frozenset({"number", "table"})
EMPTY = "The result holds no rows or no data: a filter may have left none."


class Router:
    """Where in its plan a question is."""

    def __init__(self, plan: ExecutionPlan) -> None:
        self._count = len(plan.steps)
        self._outputs = plan.outputs
        self.done = 0
        """How many steps are done, from the first; the last one only is with the answer."""

    def after(self, check: CodeCheck, result: ExecutionResult) -> str:
        """Move on after code that ran; what the step still lacks, or ""."""
        given, shown = _given(result), _shown(result)
        step = self._named(check) or self.done + 1
        if shown and not given:
            self._mend(step)
            return EMPTY
        wanted = self._output(step)
        if wanted == "chart" and "chart" not in given:
            self._mend(step)
            return f"Step {step} of the plan is to give a chart, and this code showed none."
        if self._named(check) is None:
            while step < self._count and self._is_given(self._output(step + 1), given):
                step += 1
        self.done = min(step, self._count - 1)
        return ""

    def failed(self, check: CodeCheck) -> None:
        """Code failed: if it went back to a step, that one is to be mended."""
        step = self._named(check)
        if step is not None:
            self._mend(step)

    def _mend(self, step: int) -> None:
        self.done = min(self.done, step - 1)

    def _named(self, check: CodeCheck) -> int | None:
        return check.step if check.step and 1 <= check.step <= self._count else None

    def _output(self, step: int) -> StepOutput:
        return self._outputs[step - 1] if step <= len(self._outputs) else ""

    @staticmethod
    def _is_given(wanted: StepOutput, given: set[StepOutput]) -> bool:
        """Whether an execution has given a step's output, which has to be known for that."""
        return bool(_COMPUTED & given) if wanted in _COMPUTED else bool(wanted) and wanted in given


def _shown(result: ExecutionResult) -> bool:
    """Whether it shows a table or a chart at all, be it empty."""
    kinds = (ArtifactType.TABLE, ArtifactType.CHART)
    return any(artifact.type in kinds for artifact in result.artifacts)


def _given(result: ExecutionResult) -> set[StepOutput]:
    """What an execution gave, empty tables and charts apart."""
    found: set[StepOutput] = {"number"} if any(map(str.isdigit, result.stdout)) else set()
    for artifact in result.artifacts:
        if artifact.type is ArtifactType.TABLE and figures.has_rows(artifact.content):
            found.add("table")
        elif artifact.type is ArtifactType.CHART and figures.draws_something(artifact.content):
            found.add("chart")
        elif artifact.type is ArtifactType.IMAGE:  # a drawing that is no plotly figure
            found |= {"chart"}
    return found

"""A plan that waits for its user's word before any code runs."""

from __future__ import annotations

from collections.abc import Sequence

from datalens_core.errors import InvalidRequest
from datalens_core.events import PlanApproval, PlanUpdated
from datalens_core.models import MAX_PLAN_STEPS, MAX_STEP_CHARACTERS, ExecutionPlan
from datalens_core.runs import Run
from datalens_core.turns import Decision, Stopped


async def approved(run: Run, plan: ExecutionPlan) -> ExecutionPlan:
    """Show that the run waits; the plan as the user approved it, with their steps in it.

    Raises:
        Stopped: the user rejected it.
    """
    run.emit(PlanApproval(state="waiting"))
    word = await run.turn.decision()
    if not word.approve:
        run.emit(PlanApproval(state="rejected"))
        raise Stopped
    if word.steps and list(word.steps) != plan.steps:
        plan = plan.model_copy(update={"steps": list(word.steps)})
        run.emit(PlanUpdated(plan=plan))
    run.emit(PlanApproval(state="approved"))
    await run.turn.take()
    return plan


def decision(approve: bool, steps: Sequence[str] | None) -> Decision:
    """The user's word as it came in.

    Raises:
        InvalidRequest: too many steps, none, or empty or too long ones.
    """
    if steps is None or not approve:
        return Decision(approve)
    kept = tuple(" ".join(step.split()) for step in steps)
    if not 1 <= len(kept) <= MAX_PLAN_STEPS or any(
        not 1 <= len(step) <= MAX_STEP_CHARACTERS for step in kept
    ):
        raise InvalidRequest(
            f"A plan has 1 to {MAX_PLAN_STEPS} steps of up to {MAX_STEP_CHARACTERS} characters."
        )
    return Decision(approve, kept)

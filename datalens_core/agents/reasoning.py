"""The reasoning agent: a plan, then the code that carries it out, then an answer that holds."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from datalens_core.agents.acting import Acting
from datalens_core.agents.contract import RunContext
from datalens_core.agents.loop_bridge import LoopBridge, run_in_thread
from datalens_core.agents.model_gateway import ModelGateway
from datalens_core.agents.planning import plan_request, read_plan, single_step_plan
from datalens_core.agents.task_budget import fit_task, task_limit
from datalens_core.errors import ModelError, UnknownToken
from datalens_core.events import Notice, PlanCreated, PlanUpdated
from datalens_core.llm.exchange import CallScope, ModelRequest, Purpose, TaskContext
from datalens_core.models import ExecutionPlan
from datalens_core.settings import Settings

if TYPE_CHECKING:
    from datalens_core.agents.acting_model import ActingAgent

NO_PLAN = "The model gave no usable plan, so the question is answered in one step."


class ReasoningAgent:
    """Answers questions; keeps nothing between them."""

    def __init__(self, gateway: ModelGateway, settings: Settings) -> None:
        self._gateway = gateway
        self._settings = settings

    async def run(self, context: RunContext) -> None:
        """Answer the context's question: emit the plan, what happens, and `answer.final`.

        Returns once the answer is out. Cancelling stops model and sandbox and waits for them.

        Raises:
            AnalysisFailed: all attempts failed; details hold last_error and attempts.
            ExecutionTimedOut, OutOfMemory: the sandbox's limits were met.
            ModelError, PrivacyBlocked: as the gateway does.
            SandboxUnavailable, SandboxLost: as `RunContext.execute`.
        """
        loading = asyncio.ensure_future(self.warm())  # while the model plans
        try:
            plan = await self.generate_plan(context)
            context.emit(PlanCreated(plan=plan))
            plan = await context.approved(plan)
            await loading
        finally:
            loading.cancel()
        task = self._fitted(context, "act").model_copy(update={"plan": plan})
        acting = Acting(self._gateway, self._settings, context, task)
        await self._act(acting)
        if acting.accepted is None:
            raise ModelError()
        context.emit(PlanUpdated(plan=plan, done=len(plan.steps)))
        context.emit(acting.accepted)

    async def warm(self) -> None:
        """Import what acting needs; it takes up to a second the first time."""
        if "datalens_core.agents.acting_model" not in sys.modules:
            await asyncio.to_thread(_agent_class)

    def planning_request(self, task: TaskContext, scope: CallScope) -> ModelRequest:
        """The first request of a question, as it goes to the gateway (before redaction)."""
        return plan_request(fit_task(task, self._task_limit("plan", scope)))

    def _fitted(self, context: RunContext, purpose: Purpose) -> TaskContext:
        return fit_task(context.task, self._task_limit(purpose, context.scope))

    def _task_limit(self, purpose: Purpose, scope: CallScope) -> int:
        return task_limit(self._gateway.context_tokens(purpose, scope))

    async def generate_plan(self, context: RunContext) -> ExecutionPlan:
        """A plan of at least one step: asked for twice at most, else the question is the step."""
        task = self._fitted(context, "plan")
        text = await self._planning_reply(plan_request(task), context)
        plan = read_plan(text)
        if plan is None:
            text = await self._planning_reply(plan_request(task, garbage=text), context)
            plan = read_plan(text)
        if plan is None:
            context.emit(Notice(text=NO_PLAN))
            plan = single_step_plan(context.task.question)
        return plan

    async def _planning_reply(self, request: ModelRequest, context: RunContext) -> str:
        try:
            return (await self._gateway.complete(request, context.scope)).text
        except UnknownToken:  # code instead of a plan, and not even usable code
            return ""

    async def _act(self, acting: Acting) -> None:
        agents: list[ActingAgent] = []

        def work(bridge: LoopBridge) -> None:
            agent = _agent_class()(acting, bridge)
            agents.append(agent)
            agent.run("act")

        def interrupt() -> None:
            for agent in agents:
                agent.interrupt()

        try:
            await run_in_thread(work, interrupt)
        except Exception:
            if acting.failure is None:
                raise
            # smolagents wraps errors in its own, with the text of the model's endpoint in them.
            raise acting.failure from None
        if acting.failure is not None:
            raise acting.failure


def _agent_class() -> type[ActingAgent]:
    from datalens_core.agents.acting_model import ActingAgent

    return ActingAgent

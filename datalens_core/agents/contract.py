"""What an agent may do during a run; the workbench provides it."""

from __future__ import annotations

from typing import Protocol

from datalens_core.events import Event
from datalens_core.llm.exchange import CallScope, TaskContext
from datalens_core.models import Execution, ExecutionPlan


class RunContext(Protocol):
    """One question of one session, while it is being answered."""

    @property
    def task(self) -> TaskContext: ...

    @property
    def scope(self) -> CallScope: ...

    def emit(self, event: Event) -> None:
        """Journal an event, then show it. Call on the event loop only."""
        ...

    async def approved(self, plan: ExecutionPlan) -> ExecutionPlan:
        """The plan to act on: at once, or, where the user is to approve it, once they did.

        The task may have changed meanwhile. Does not return if the plan is rejected: the run ends.
        """
        ...

    async def execute(
        self, code: str, *, attempt: int = 1, retries: str | None = None
    ) -> Execution:
        """Show the code (code.generated), run it in the session's sandbox, show what it does.

        Emits code.generated, execution.started, execution.output, artifact.created and
        execution.finished; the execution is kept in the session's history.

        Raises:
            SandboxUnavailable, SandboxLost: as `Sandboxes.execute`.
        """
        ...

    async def find_values(self, variable: str, column: str, text: str) -> list[str]:
        """Values of a column that contain or resemble `text`, at most 20, looked up in the sandbox.

        Not an execution of the session: it leaves no trace in its history.
        """
        ...

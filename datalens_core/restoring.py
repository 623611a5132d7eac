"""A session's sandbox made again as a run, in the background: who asks meanwhile waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterable

from datalens_core import events as ev
from datalens_core.errors import ERROR_CODES, DataLensError
from datalens_core.events import Event
from datalens_core.rooms import Rooms
from datalens_core.runs import Body, Run
from datalens_core.sessions.state import SessionState


def restoring(rooms: Rooms, state: SessionState, *, agreed: bool) -> Body:
    """What the run does; it says what is back, unless the sandbox held all of it."""

    async def body(run: Run) -> None:
        await rooms.safeguards.before_code(run.session_id, state)
        recipe = rooms.safeguards.recipe(run.session_id, state, agreed=agreed)
        told = await rooms.sandboxes.restore(run.session_id, recipe)
        if rooms.settings.tokenised_code:  # else an export of it would know too little
            await rooms.safeguards.in_force(run.session_id, state)
        if told.restored or told.lost:
            run.emit(
                ev.SandboxReplaced(
                    reason=told.reason,
                    restored=told.restored,
                    lost=told.lost,
                    agreement_needed=told.agreement_needed,
                )
            )

    return body


async def brought_back(events: AsyncIterable[Event]) -> tuple[list[str], list[str]]:
    """What such a run brought back and what it could not, in words, once it has ended.

    Raises:
        DataLensError: the one that it failed with.
    """
    restored: list[str] = []
    lost: list[str] = []
    async for event in events:
        if isinstance(event, ev.SandboxReplaced):
            restored, lost = event.restored, event.lost
        elif isinstance(event, ev.RunFailed):
            raise _raised(event)
    return restored, lost


def _raised(failed: ev.RunFailed) -> DataLensError:
    error = failed.error
    details = error.get("details")
    kind = ERROR_CODES.get(str(error.get("code")), DataLensError)
    return kind(str(error.get("message")), details=details if isinstance(details, dict) else {})

"""Requests as they went to a model: shown afterwards and, where it is wanted, before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Literal

from datalens_core.events import Notice, RequestReview
from datalens_core.models import Preview, SentRequest, SentRequests
from datalens_core.runs import Run
from datalens_core.turns import Stopped

MAX_RUNS = 50
MAX_CHARACTERS = 8_000_000
CHANGED = "What may be sent has changed meanwhile. This request did not go, and waits as it is now."


class Outbox:
    """The requests of the latest runs, redacted as they were sent. In memory only, and bounded."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, list[SentRequest]] = OrderedDict()
        self._size = 0

    def of(self, run_id: str) -> SentRequests:
        """The requests of a run, in order; none if it is long ago."""
        return SentRequests(run_id=run_id, requests=list(self._runs.get(run_id, [])))

    async def review(
        self, run: Run, pauses: bool, preview: Preview, holds: Callable[[], Awaitable[bool]]
    ) -> bool:
        """Keep a request that is about to go and, if the run pauses, wait for the user's word.

        False if it does not hold any more: what its user decided meanwhile is not in it.

        Raises:
            Stopped: the user does not want it sent.
        """
        waits = pauses and not preview.offline
        number = self._keep(run.id, preview, "waiting" if waits else "sent")
        if not waits:
            return True
        run.emit(RequestReview(number=number, state="waiting"))
        word = await run.turn.decision()
        self._decided(run.id, number, "sent" if word.approve else "refused")
        sent = False
        try:
            if not word.approve:
                raise Stopped
            await run.turn.take()
            sent = await holds()
        finally:
            state: Literal["sent", "refused"] = "sent" if sent else "refused"
            self._decided(run.id, number, state)
            run.emit(RequestReview(number=number, state=state))
        if not sent:
            run.emit(Notice(text=CHANGED))
        return sent

    def waits(self, run_id: str, number: int | None = None) -> bool:
        """Whether this request waits for the user's word; for None, any of the run's."""
        held = self._runs.get(run_id, [])
        return bool(held) and number in (None, held[-1].number) and held[-1].state == "waiting"

    def _keep(self, run_id: str, preview: Preview, state: str) -> int:
        held = self._runs.setdefault(run_id, [])
        self._runs.move_to_end(run_id)
        number = held[-1].number + 1 if held else 1
        held.append(
            SentRequest.model_validate({"number": number, "state": state, "preview": preview})
        )
        self._size += _size(held[-1])
        while len(self._runs) > MAX_RUNS or (len(self._runs) > 1 and self._size > MAX_CHARACTERS):
            self._size -= sum(map(_size, self._runs.popitem(last=False)[1]))
        while len(held) > 1 and self._size > MAX_CHARACTERS:
            self._size -= _size(held.pop(0))
        return number

    def _decided(self, run_id: str, number: int, state: str) -> None:
        held = self._runs.get(run_id, [])
        for place, request in enumerate(held):
            if request.number == number:
                held[place] = request.model_copy(update={"state": state})


def _size(request: SentRequest) -> int:
    """In characters."""
    return sum(len(part.text) for part in request.preview.parts)

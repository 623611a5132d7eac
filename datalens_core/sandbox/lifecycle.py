"""One live sandbox a session: made when first needed, renewed at each use, remade when lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from datalens_core.errors import DatasetMissing, SandboxLost, SandboxUnavailable
from datalens_core.models import ExecutionResult, SandboxStatus
from datalens_core.sandbox.client import SandboxFault, SandboxGone
from datalens_core.sandbox.contract import (
    Occupancy,
    OutputSink,
    Recipe,
    Replacement,
    SandboxEndpoint,
)
from datalens_core.sandbox.endpoints import endpoint_for
from datalens_core.sandbox.live import LiveSandbox
from datalens_core.sandbox.making import SandboxMaker
from datalens_core.sandbox.places import SESSION_ENDED, Place, Places
from datalens_core.settings import Settings

AGREED = "You agreed that its code is run again."
UNKNOWN_RESULT = (
    "The connection to the sandbox broke while code ran, so its result is unknown. The code is "
    "not run again; data and variables are as it left them. Ask again."
)
T = TypeVar("T")


async def one_user(session_id: str) -> str:
    """Where nobody tells sessions apart by user."""
    return "local"


class SessionSandboxes:
    """The `Sandboxes` of a workbench, over whichever endpoint the settings name."""

    def __init__(
        self,
        settings: Settings,
        endpoint: SandboxEndpoint | None = None,
        *,
        user_of: Callable[[str], Awaitable[str]] = one_user,
    ) -> None:
        """`user_of` tells whose a session is: each user may have so many sandboxes at once."""
        self._settings = settings
        self._user_of = user_of
        self._places = Places(settings.max_sandboxes)
        self._maker = SandboxMaker(
            settings, endpoint or endpoint_for(settings), make_room=self._places.make_room
        )
        self._reaper: asyncio.Task[None] | None = None

    def status(self) -> SandboxStatus:
        """The backend in use; its isolation is known once the endpoint has started."""
        endpoint = self._maker.endpoint
        embedded = self._settings.uses_embedded_sandbox
        return SandboxStatus(
            backend="embedded" if embedded else "e2b",
            isolation=endpoint.isolation if endpoint else ("none" if embedded else "e2b"),
            ready=endpoint is not None and not self._maker.refusal,
            message=self._maker.refusal,
        )

    async def warm(self) -> None:
        """Boot the endpoint, so that the first sandbox is there at once.

        Raises:
            SandboxUnavailable: with a sentence that says why.
        """
        await self._maker.client()

    def sandbox_id(self, session_id: str) -> str | None:
        """The id of the session's live sandbox, if it has one."""
        place = self._places.get(session_id)
        return place.live.id if place and place.live else None

    def watch(self, session_id: str) -> AsyncGenerator[Occupancy, None]:
        """As `Sandboxes.watch`."""
        return self._places.watch(session_id)

    # -- what a session may ask for --------------------------------------------------------------

    async def execute(
        self,
        session_id: str,
        code: str,
        *,
        recipe: Callable[[], Recipe],
        on_output: OutputSink,
        on_replaced: Callable[[Replacement], None],
    ) -> ExecutionResult:
        """As `Sandboxes.execute`."""

        async def run(live: LiveSandbox) -> ExecutionResult:
            if live.missing:
                raise DatasetMissing.named(*live.missing)
            return await live.run(code, on_output)

        async with self._held(session_id) as place:
            return await self._with_sandbox(place, recipe(), on_replaced, run)

    async def upload(self, session_id: str, source: Path, name: str) -> str:
        """As `Sandboxes.upload`.

        Raises:
            SandboxUnavailable: none could be made, or it has no room for the file.
            InvalidRequest: a name that is more than a file's name.
        """

        async def send(live: LiveSandbox) -> str:
            try:
                return await live.send(source, name)
            except SandboxGone as gone:
                # Writing a file twice has the same effect as once.
                raise SandboxGone(gone.reason, reached=False) from None

        async with self._held(session_id) as place:
            return await self._with_sandbox(place, None, _unheard, send)

    async def download(self, session_id: str, name: str, limit: int) -> bytes:
        """As `Sandboxes.download`."""

        async def fetch(live: LiveSandbox) -> bytes:
            return await live.fetch(name, limit)

        async with self._held(session_id) as place:
            return await self._with_sandbox(place, None, _unheard, fetch)

    async def restore(self, session_id: str, recipe: Recipe) -> Replacement:
        """As `Sandboxes.restore`."""
        told: list[Replacement] = []

        async def nothing_more(live: LiveSandbox) -> None:
            return

        async with self._held(session_id) as place:
            if recipe.agreed and place.live is not None and place.live.left_out:
                await place.drop(AGREED)
            await self._with_sandbox(place, recipe, told.append, nothing_more)
        return told[0] if told else Replacement("The sandbox holds it all.", [], [])

    async def kill(self, session_id: str) -> None:
        """End a session's sandbox now, whatever it is doing."""
        place = self._places.pop(session_id)
        if place is None:
            return
        place.ended = True
        if place.live is not None:
            live, place.live = place.live, None
            await live.kill()

    async def close(self) -> None:
        """End every sandbox and the endpoint."""
        if self._reaper is not None:
            self._reaper.cancel()
            await asyncio.gather(self._reaper, return_exceptions=True)
            self._reaper = None
        await asyncio.gather(*(self.kill(session_id) for session_id in self._places))
        await self._maker.close()

    # -- inside ----------------------------------------------------------------------------------

    @asynccontextmanager
    async def _held(self, session_id: str) -> AsyncIterator[Place]:
        known = self._places.get(session_id)
        user = known.user if known else await self._user_of(session_id)
        if self._reaper is None:
            self._reaper = asyncio.create_task(self._retire_idle())
        async with self._places.held(session_id, user) as place:
            yield place

    async def _with_sandbox(
        self,
        place: Place,
        recipe: Recipe | None,
        on_replaced: Callable[[Replacement], None],
        use: Callable[[LiveSandbox], Awaitable[T]],
    ) -> T:
        """Use the session's sandbox, remade at most once if it turns out to be gone."""
        for last_try in (False, True):
            if place.ended:
                raise SandboxLost(details={"reason": SESSION_ENDED})
            live = await self._live(place)
            using = False
            try:
                await live.ready()
                if recipe is not None:
                    await self._catch_up(place, live, recipe, on_replaced)
                using = True
                return await use(live)
            except SandboxGone as gone:
                stays = gone.unreachable and not last_try and await self._reconnects(live)
                if not stays:
                    await place.drop(gone.reason, end=not self._went_with_server(gone, live))
                if using and gone.reached:
                    sentence = UNKNOWN_RESULT if stays else None
                    raise SandboxLost(sentence, details={"reason": gone.reason}) from None
                if last_try:
                    raise SandboxUnavailable(details={"reason": gone.reason}) from None
            except SandboxFault as fault:
                raise SandboxUnavailable(details={"reason": fault.reason}) from None
        raise AssertionError("the last try returns or raises")

    async def _catch_up(
        self,
        place: Place,
        live: LiveSandbox,
        recipe: Recipe,
        on_replaced: Callable[[Replacement], None],
    ) -> None:
        caught = await live.catch_up(recipe)
        replaced = place.lost_because is not None and bool(recipe.files or recipe.replay)
        if replaced or caught.replayed or caught.lost:
            reason = place.lost_because or "The last one had ended."
            place.lost_because = None
            on_replaced(Replacement(reason, caught.restored, caught.lost, caught.agreement_needed))

    async def _live(self, place: Place) -> LiveSandbox:
        if place.live is not None and place.live.client is not await self._maker.client():
            await place.drop("The sandbox server was restarted.", end=False)
        if place.live is None:
            await self._places.admit(place)
            try:
                place.take(await self._maker.make())
            finally:
                place.being_made = False
        assert place.live is not None
        return place.live

    async def _reconnects(self, live: LiveSandbox) -> bool:
        """Whether the sandbox is still there. On loopback a connection breaks with its server."""
        return live.client.endpoint.backend != "embedded" and await live.reconnect()

    @staticmethod
    def _went_with_server(gone: SandboxGone, live: LiveSandbox) -> bool:
        return gone.unreachable and live.client.endpoint.backend == "embedded"

    async def _retire_idle(self) -> None:
        """End sandboxes that nobody has used for their keep-alive time."""
        keep = self._settings.sandbox_timeout_seconds
        while True:
            await asyncio.sleep(min(15.0, keep / 4))
            await self._places.retire(keep)


def _unheard(replacement: Replacement) -> None:
    """An upload says nothing of a new sandbox: the next execution does."""

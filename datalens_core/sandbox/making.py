"""New sandboxes of the endpoint as it runs now: how often it is asked, and when no more."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable

from datalens_core.breaker import CircuitBreaker
from datalens_core.errors import SandboxUnavailable, ServiceMisconfigured
from datalens_core.sandbox.client import (
    E2BClient,
    NoMemoryHere,
    SandboxBusy,
    SandboxFault,
    SandboxKeyRefused,
)
from datalens_core.sandbox.contract import Endpoint, SandboxEndpoint
from datalens_core.sandbox.live import LiveSandbox
from datalens_core.sandbox.sdk import import_sdk
from datalens_core.settings import Settings

CREATE_PAUSE_SECONDS = 0.5
SERVER_END_TENTHS = 30
BUSY_PAUSES_SECONDS = (1.0, 2.0, 4.0)


class SandboxMaker:
    """Holds the client that is bound to the endpoint, and what became of the last attempts."""

    def __init__(
        self,
        settings: Settings,
        source: SandboxEndpoint,
        *,
        make_room: Callable[[], Awaitable[bool]],
    ) -> None:
        """`make_room` ends a sandbox of ours that is idle, where there are too many."""
        self._settings = settings
        self._source = source
        self._make_room = make_room
        self._client: E2BClient | None = None
        self._breaker = CircuitBreaker()
        self.refusal = ""  # why there is no endpoint, in a sentence; "" if there is one

    @property
    def endpoint(self) -> Endpoint | None:
        """The endpoint, once it has been asked for."""
        return self._client.endpoint if self._client else None

    async def close(self) -> None:
        await self._source.close()
        self._client = None

    async def client(self) -> E2BClient:
        """The client of the endpoint as it runs now: a restarted server has another address.

        Raises:
            SandboxUnavailable: there is no endpoint; the sentence says why.
        """
        try:
            endpoint = await self._source.start()
        except SandboxUnavailable as refusal:
            self.refusal = refusal.message
            raise
        self.refusal = ""
        if self._client is None:
            await asyncio.to_thread(import_sdk)  # half a second, off the loop
        if self._client is None or self._client.endpoint != endpoint:
            self._client = E2BClient(endpoint)
        return self._client

    async def make(self) -> LiveSandbox:
        """A new sandbox; once more if that fails, and more patiently where there are too many.

        Raises:
            SandboxUnavailable: in vain, or the endpoint refused with a sentence.
            ServiceMisconfigured: the key is refused.
        """
        if (rest := self._breaker.wait_seconds()) > 0:
            reason = "The sandbox service failed several times; it is left alone for a while."
            raise SandboxUnavailable(
                details={"reason": reason, "retry_after_seconds": math.ceil(rest)}
            )
        pauses, patient = [CREATE_PAUSE_SECONDS], False
        while True:
            client = await self.client()
            try:
                live = await LiveSandbox.create(client, self._settings)
            except SandboxKeyRefused as refused:
                raise ServiceMisconfigured(details={"reason": refused.reason}) from None
            except NoMemoryHere as short:
                raise SandboxUnavailable(short.reason) from None
            except SandboxFault as fault:
                if isinstance(fault, SandboxBusy) and not patient:
                    patient = True
                    pauses = [p * random.uniform(0.75, 1.25) for p in BUSY_PAUSES_SECONDS]
                    await self._make_room()
                elif not pauses:
                    self._breaker.failed()
                    raise SandboxUnavailable(details={"reason": fault.reason}) from None
                await asyncio.sleep(pauses.pop(0))
                await self._outlive(client)
            else:
                self._breaker.succeeded()
                return live

    async def _outlive(self, client: E2BClient) -> None:
        """Wait for the end of an embedded server that failed: one whose zygote died is ending."""
        if client.endpoint.backend == "embedded":
            for _ in range(SERVER_END_TENTHS):
                if await self.client() is not client:
                    return
                await asyncio.sleep(0.1)

"""Sending one request until there is a reply, or no sense in trying again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from datalens_core.breaker import CircuitBreaker
from datalens_core.events import LlmRetrying
from datalens_core.llm.endpoint import Endpoint
from datalens_core.llm.exchange import CallScope
from datalens_core.llm.failures import CallFailed, Failure
from datalens_core.llm.parameters import Parameters
from datalens_core.llm.retry import Retries
from datalens_core.llm.streaming import RawReply, Watch
from datalens_core.llm.usage import record, used

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]


class Sender:
    """Retries, the parameters that an endpoint refuses, and a rest for a model that keeps failing.

    Args:
        sleep: waits between two tries.
        clock: seconds, of the rests.
    """

    def __init__(self, endpoint: Endpoint, sleep: Sleep, clock: Clock) -> None:
        self._endpoint = endpoint
        self._sleep = sleep
        self._clock = clock
        self._parameters = Parameters()
        self._breakers: dict[str, CircuitBreaker] = {}

    async def send(
        self, body: Mapping[str, Any], scope: CallScope, watch: Watch | None = None
    ) -> RawReply:
        """The whole reply. `watch` sees it come; nothing is tried again once it saw a part.

        Raises:
            CallFailed: the last attempt's failure, or that the model is left alone for a while.
        """
        model = str(body["model"])
        breaker = self._breakers.setdefault(model, CircuitBreaker(clock=self._clock))
        rest = breaker.begin()
        if rest > 0:
            raise CallFailed(Failure("resting", retry_after=rest))
        try:
            reply = await self._tried(body, scope, watch)
        except CallFailed as failed:
            if failed.failure.is_outage:
                breaker.failed()
            else:
                breaker.gave_up()
            raise
        except BaseException:  # cancelled
            breaker.gave_up()
            raise
        breaker.succeeded()
        return reply

    async def _tried(
        self, body: Mapping[str, Any], scope: CallScope, watch: Watch | None
    ) -> RawReply:
        retries = Retries()
        while True:
            sent = self._parameters.accepted(body)
            attempt = _Attempt(watch)
            try:
                return await self._endpoint.post(sent, attempt.watch)
            except CallFailed as failed:
                failure = replace(failed.failure, begun=failed.failure.begun or attempt.begun)
                attempt.record(scope, sent)
            except asyncio.CancelledError:
                attempt.record(scope, sent)
                raise
            if self._parameters.refuse(sent, failure):
                continue
            wait = retries.wait_after(failure)
            if wait is None:
                break
            scope.emit(LlmRetrying(attempt=retries.made, wait_seconds=wait))
            await self._sleep(wait)
        raise CallFailed(failure)


class _Attempt:
    """One try, and what came of it: what was written before it broke off has to be paid."""

    def __init__(self, watch: Watch | None) -> None:
        self._watch = watch
        self._reply: RawReply | None = None

    def watch(self, reply: RawReply) -> None:
        self._reply = reply
        if self._watch is not None:
            self._watch(reply)

    @property
    def begun(self) -> bool:
        return self._reply is not None and self._reply.begun

    def record(self, scope: CallScope, sent: Mapping[str, Any]) -> None:
        if self._reply is not None and (self._reply.begun or self._reply.usage):
            record(scope, used(sent, self._reply), str(sent["model"]))

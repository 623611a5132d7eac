"""The one way to a model: redact, send, retry, restore."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from datalens_core.errors import ModelError
from datalens_core.llm.answer_stream import AnswerStream, OnAnswer
from datalens_core.llm.endpoint import Endpoint
from datalens_core.llm.exchange import CallScope, ModelReply, ModelRequest
from datalens_core.llm.failures import CallFailed, Failure, to_error
from datalens_core.llm.inbound import restored, shown_name
from datalens_core.llm.openrouter import PRIVACY_FILTERS
from datalens_core.llm.outbound import redacted
from datalens_core.llm.secrets import SecretScrubber
from datalens_core.llm.sending import Clock, Sender, Sleep
from datalens_core.llm.spending import Budget
from datalens_core.llm.streaming import RawReply, Watch
from datalens_core.llm.usage import record, used
from datalens_core.models import LlmStatus, Preview
from datalens_core.settings import Settings

if TYPE_CHECKING:
    import httpx2


class Gateway:
    """All model calls of a workbench, whoever makes them.

    `transport` replaces the network (and the offline analyst); `sleep` waits between tries, and
    `clock` counts seconds. They are for tests and for embedding. Use on one event loop.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        self._secrets = SecretScrubber(settings.secrets())
        self._endpoint = Endpoint(settings, self._secrets, transport)
        self._sender = Sender(self._endpoint, sleep, clock)
        self._budget = Budget(settings)

    def status(self) -> LlmStatus:
        return LlmStatus(
            provider=self._endpoint.provider,
            model=self._endpoint.model_for("plan"),
            offline=self._endpoint.offline,
        )

    def preview(self, request: ModelRequest, scope: CallScope) -> Preview:
        """Exactly what `complete` would send now, redactions marked; nothing is sent.

        Raises:
            PrivacyBlocked: it could not be checked, so it would not be sent either.
        """
        outbound = redacted(request, scope.privacy, self._secrets)
        return Preview(
            model=self._endpoint.model_for(request.purpose),
            offline=self._endpoint.offline,
            parts=list(outbound.parts),
            redaction_count=sum(outbound.counts.values()),
        )

    async def complete(
        self, request: ModelRequest, scope: CallScope, on_answer: OnAnswer | None = None
    ) -> ModelReply:
        """Send a request and give back the whole reply, its tokens restored.

        Emits privacy.redacted before anything is sent, llm.retrying before each wait, and
        llm.usage for each attempt that wrote anything. Cancelling closes the connection.
        `on_answer` is told the pieces of a `final_answer` as they come.

        Raises:
            BudgetReached: the run or its session has used what it may; nothing was sent.
            PrivacyBlocked: redaction failed; nothing was sent.
            ModelError: or one of its family, whatever the endpoint did.
            GarbledCall: a tool call's arguments are no JSON object.
            UnknownToken: the reply's code uses a token that was never issued.
        """
        self._budget.check(scope.spending)
        # Detection takes time on long texts, and its first use imports a lot: off the loop.
        outbound = await asyncio.to_thread(redacted, request, scope.privacy, self._secrets)
        for event in outbound.events():
            scope.emit(event)
        model = self._endpoint.model_for(request.purpose)
        body = {"model": model, **outbound.body}
        raw = await self._sent(body, scope, on_answer)
        record(scope, used(body, raw), shown_name(raw, self._secrets, model))
        return restored(raw, scope.privacy, self._secrets, model)

    async def _sent(
        self, body: dict[str, Any], scope: CallScope, on_answer: OnAnswer | None
    ) -> RawReply:
        watch: Watch | None = None
        if on_answer is not None:
            watch = AnswerStream(scope.privacy, self._secrets, on_answer).watch
        try:
            return await self._sender.send(body, scope, watch)
        except CallFailed as failed:
            failure = failed.failure
        raise self._error(failure, body["model"])

    def _error(self, failure: Failure, model: str) -> ModelError:
        filters = PRIVACY_FILTERS if self._endpoint.is_openrouter else ""
        return to_error(failure, model=model, filters=filters)

    async def close(self) -> None:
        await self._endpoint.close()

"""The one way to a model: redact, send, retry, restore."""

from __future__ import annotations

import asyncio
import time
import weakref
from typing import TYPE_CHECKING

from datalens_core.errors import ContextTooLong, LocalOnly, ModelError
from datalens_core.events import Notice
from datalens_core.llm.answer_stream import AnswerStream, OnAnswer
from datalens_core.llm.catalogue import Catalogue
from datalens_core.llm.context_limits import ContextLimits
from datalens_core.llm.endpoint import Endpoint
from datalens_core.llm.exchange import CallScope, ModelReply, ModelRequest, Purpose
from datalens_core.llm.failures import CallFailed, Failure, to_error
from datalens_core.llm.inbound import restored, shown_name
from datalens_core.llm.openrouter import PRIVACY_FILTERS
from datalens_core.llm.outbound import Outbound, redacted
from datalens_core.llm.replies import Replies
from datalens_core.llm.secrets import SecretScrubber
from datalens_core.llm.sending import Clock, Sender, Sleep
from datalens_core.llm.spending import Budget, Spending
from datalens_core.llm.streaming import Watch
from datalens_core.llm.usage import CACHED, record, used
from datalens_core.models import LlmStatus, ModelChoices, Preview
from datalens_core.settings import Settings

if TYPE_CHECKING:
    import httpx2

CUT = (
    "This is more than the model can read at once, so the oldest questions, samples and outputs "
    "were left out."
)
BLIND = (
    "This model's endpoint reports no cost, so the limit in dollars cannot be kept to. "
    "Set a limit in tokens."
)


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
        self._catalogue = Catalogue(self._endpoint, settings, clock)
        self._replies = Replies(clock)
        self._budget = Budget(settings)
        self._limits = ContextLimits(clock)
        self._told: weakref.WeakKeyDictionary[Spending, set[str]] = weakref.WeakKeyDictionary()

    def status(self) -> LlmStatus:
        return LlmStatus(
            provider=self._endpoint.provider,
            model=self._endpoint.default_model,
            offline=self._endpoint.offline,
        )

    async def models(self) -> ModelChoices:
        """The models that can be chosen, with prices where the endpoint lists them.

        Raises:
            ModelError: or one of its family; the endpoint does not list its models.
        """
        try:
            return await self._catalogue.choices()
        except CallFailed as failed:
            failure = failed.failure
        raise to_error(failure, model=self._endpoint.default_model)

    def check_model(self, chosen: str) -> None:
        """Whether this model may be asked.

        Raises:
            InvalidRequest: it may not.
        """
        self._catalogue.check(chosen)

    @property
    def is_local(self) -> bool:
        """Whether requests stay on this machine, as far as an address tells."""
        return self._endpoint.is_local

    def context_tokens(self, purpose: Purpose, scope: CallScope) -> int | None:
        """How much the model can read at once, where its endpoint has listed that."""
        return self._catalogue.context_tokens(self._endpoint.model_for(purpose, scope.model))

    def preview(self, request: ModelRequest, scope: CallScope) -> Preview:
        """Exactly what `complete` would send now, redactions marked; nothing is sent.

        Raises:
            PrivacyBlocked: it could not be checked, so it would not be sent either.
        """
        model = self._endpoint.model_for(request.purpose, scope.model)
        outbound = redacted(self._limits.fitted(request, model), scope.privacy, self._secrets)
        return self._shown(outbound, model)

    def _shown(self, outbound: Outbound, model: str) -> Preview:
        return Preview(
            model=model,
            offline=self._endpoint.offline,
            parts=list(outbound.parts),
            redaction_count=sum(outbound.counts.values()),
            redactions=outbound.report(),
        )

    async def complete(
        self, request: ModelRequest, scope: CallScope, on_answer: OnAnswer | None = None
    ) -> ModelReply:
        """Send a request and give back the whole reply, its tokens restored.

        Emits privacy.redacted before anything is sent, llm.retrying before each wait, and
        llm.usage for each attempt that wrote anything. Cancelling closes the connection.
        `on_answer` is told the pieces of a `final_answer` as they come. A request that the model
        cannot read at once is made shorter, once.

        Raises:
            LocalOnly: the model is not on this machine, and nothing may leave it.
            BudgetReached: the run or its session has used what it may; nothing was sent.
            PrivacyBlocked: redaction failed; nothing was sent.
            ModelError: or one of its family, whatever the endpoint did.
            GarbledCall: a tool call's arguments are no JSON object.
            UnknownToken: the reply's code uses a token that was never issued.
        """
        model = self._endpoint.model_for(request.purpose, scope.model)
        fitted = self._limits.fitted(request, model)
        if fitted is not request:
            self._tell_once(scope, CUT)
        try:
            return await self._completed(fitted, model, scope, on_answer)
        except CallFailed as failed:
            failure = failed.failure
        error = self._error(failure, model)
        if not isinstance(error, ContextTooLong):
            raise error
        tokens = self._catalogue.context_tokens(model)
        shorter = self._limits.shorter(fitted, model, failure.text, tokens)
        if shorter is None:
            raise error
        self._tell_once(scope, CUT)
        try:
            return await self._completed(shorter, model, scope, on_answer)
        except CallFailed as failed:
            failure = failed.failure
        raise self._error(failure, model)

    def _tell_once(self, scope: CallScope, text: str) -> None:
        """A notice, once a run."""
        told = self._told.setdefault(scope.spending, set())
        if text not in told:
            told.add(text)
            scope.emit(Notice(text=text))

    async def _completed(
        self, request: ModelRequest, model: str, scope: CallScope, on_answer: OnAnswer | None
    ) -> ModelReply:
        self._budget.check(scope.spending)
        if _follows_a_failure(request):
            self._replies.forget(scope)
        outbound = await self._redacted(request, scope)
        while not await self._may_go(outbound, request, model, scope):
            outbound = await self._redacted(request, scope)
        body = {"model": model, **outbound.body}
        watch: Watch | None = None
        if on_answer is not None:
            watch = AnswerStream(scope.privacy, self._secrets, on_answer).watch
        kept = self._replies.find(body, scope)
        for event in () if kept else outbound.events():
            scope.emit(event)
        raw = kept or await self._sender.send(body, scope, watch)
        if kept and watch is not None:
            watch(kept)
        record(scope, CACHED if kept else used(body, raw), shown_name(raw, self._secrets, model))
        if self._budget.is_blind(scope.spending):
            self._tell_once(scope, BLIND)
        reply = restored(raw, scope.privacy, self._secrets, model)
        if not (kept or self._endpoint.offline or raw.finish_reason == "length"):
            self._replies.keep(body, scope, raw)
        return reply

    async def _redacted(self, request: ModelRequest, scope: CallScope) -> Outbound:
        """The request as it would go now."""
        if scope.protect is not None:
            await scope.protect()
        if scope.local_only() and not self._endpoint.is_local:
            raise LocalOnly.model()
        # Detection takes time on long texts, and its first use imports a lot: off the loop.
        return await asyncio.to_thread(redacted, request, scope.privacy, self._secrets)

    async def _may_go(
        self, outbound: Outbound, request: ModelRequest, model: str, scope: CallScope
    ) -> bool:
        """Whether a request goes as it is; its user may decide more while it waits for them."""
        if scope.review is None or self._replies.find({"model": model, **outbound.body}, scope):
            return True

        async def is_the_same() -> bool:
            return (await self._redacted(request, scope)).body == outbound.body

        return await scope.review(self._shown(outbound, model), is_the_same)

    def _error(self, failure: Failure, model: str) -> ModelError:
        filters = PRIVACY_FILTERS if self._endpoint.is_openrouter else ""
        return to_error(failure, model=model, filters=filters)

    async def close(self) -> None:
        await self._endpoint.close()


def _follows_a_failure(request: ModelRequest) -> bool:
    """Whether code of this run failed or was refused, so that it needs another way than before."""
    # As `write_observation` writes it; inside a value the quotes would be escaped.
    return any('{"success":false' in m.content for m in request.messages if m.channel == "output")

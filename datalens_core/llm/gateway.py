"""The one way to a model: redact, send, retry, restore."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from datalens_core.errors import ModelError
from datalens_core.events import LlmRetrying
from datalens_core.llm.answer_stream import AnswerStream, OnAnswer
from datalens_core.llm.endpoint import Endpoint
from datalens_core.llm.exchange import CallScope, ModelReply, ModelRequest
from datalens_core.llm.failures import CallFailed, Failure, to_error
from datalens_core.llm.inbound import restored, shown_name
from datalens_core.llm.openrouter import PRIVACY_FILTERS
from datalens_core.llm.outbound import redacted
from datalens_core.llm.retry import Retries
from datalens_core.llm.secrets import SecretScrubber
from datalens_core.llm.streaming import RawReply
from datalens_core.llm.usage import Usage
from datalens_core.models import LlmStatus, Preview
from datalens_core.settings import Settings

if TYPE_CHECKING:
    import httpx2

Sleep = Callable[[float], Awaitable[None]]


class Gateway:
    """All model calls of a workbench, whoever makes them.

    `transport` replaces the network (and the offline analyst); `sleep` is the clock of the
    retries. Both are for tests and for embedding. Use on one event loop.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._secrets = SecretScrubber(settings.secrets())
        self._endpoint = Endpoint(settings, self._secrets, transport)
        self._sleep = sleep
        self._refused: set[tuple[str, str]] = set()

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
        llm.usage once the endpoint reported it. Cancelling closes the connection. `on_answer` is
        told the pieces of a `final_answer` as they come; those of one attempt only.

        Raises:
            PrivacyBlocked: redaction failed; nothing was sent.
            ModelError: or one of its family, whatever the endpoint did.
            GarbledCall: a tool call's arguments are no JSON object.
        UnknownToken: the reply's code uses a token that was never issued.
        """
        # Detection takes time on long texts, and its first use imports a lot: off the loop.
        outbound = await asyncio.to_thread(redacted, request, scope.privacy, self._secrets)
        for event in outbound.events():
            scope.emit(event)
        model = self._endpoint.model_for(request.purpose)
        answer = AnswerStream(scope.privacy, self._secrets, on_answer) if on_answer else None
        raw = await self._send({"model": model, **outbound.body}, scope, answer)
        usage = Usage.read(raw.usage)
        if usage.reported:
            scope.emit(usage.event(shown_name(raw, self._secrets, model)))
        return restored(raw, usage, scope.privacy, self._secrets, model)

    async def _send(
        self, body: dict[str, Any], scope: CallScope, answer: AnswerStream | None
    ) -> RawReply:
        retries = Retries()
        body = self._without_refused(body)
        while True:
            watch = answer.watch if answer is not None and not answer.told else None
            try:
                return await self._endpoint.post(body, watch)
            except CallFailed as failed:
                failure = failed.failure
            relaxed = _relaxed(body, failure)
            if relaxed is not None:
                self._refused.add((body["model"], relaxed))
                body = self._without_refused(body)
                continue
            wait = retries.wait_after(failure)
            if wait is None:
                raise self._error(failure, body["model"])
            scope.emit(LlmRetrying(attempt=retries.made, wait_seconds=wait))
            await self._sleep(wait)

    def _without_refused(self, body: dict[str, Any]) -> dict[str, Any]:
        body = dict(body)
        if (body["model"], "tool_choice") in self._refused and "tool_choice" in body:
            body["tool_choice"] = "auto"
        if (body["model"], "response_format") in self._refused:
            body.pop("response_format", None)
        return body

    def _error(self, failure: Failure, model: str) -> ModelError:
        filters = PRIVACY_FILTERS if self._endpoint.is_openrouter else ""
        return to_error(failure, model=model, filters=filters)

    async def close(self) -> None:
        await self._endpoint.close()


def _relaxed(body: dict[str, Any], failure: Failure) -> str | None:
    """The parameter to do without, if the endpoint refused one; never a privacy field."""
    if failure.status not in (400, 404, 422) or failure.begun:
        return None
    if body.get("tool_choice") == "required" and (
        failure.status == 404 or failure.mentions("tool_choice", "tool choice")
    ):
        return "tool_choice"
    refusal = ("response_format", "response format", "json_schema", "json schema",
               "structured output", "endpoints found", "parameters")  # fmt: skip
    if "response_format" in body and failure.mentions(*refusal):
        return "response_format"
    return None

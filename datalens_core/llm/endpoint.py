"""The one connection to a model's endpoint, over the openai SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from datalens_core.llm import openrouter
from datalens_core.llm.error_bodies import bounded
from datalens_core.llm.failures import CallFailed, Failure
from datalens_core.llm.retry import parse_retry_after
from datalens_core.llm.secrets import SecretScrubber
from datalens_core.llm.streaming import RawReply, Watch, read_reply
from datalens_core.settings import OPENROUTER_URL, Settings

if TYPE_CHECKING:
    import httpx2
    import openai

OFFLINE_MODEL = "offline rules, no AI model"
OFFLINE_PROVIDER = "offline rules"
# Never resolved: requests to it end in the offline transport, in this process.
_OFFLINE_URL = "http://offline.invalid/v1"
_CONNECT_SECONDS = 10.0
_SILENCE_SECONDS = 90.0
_WHOLE_REPLY_SECONDS = 300.0


class Endpoint:
    """Where requests go: OpenRouter, any OpenAI-compatible address, or the offline analyst."""

    def __init__(
        self,
        settings: Settings,
        secrets: SecretScrubber,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._transport = transport
        self._client: openai.AsyncOpenAI | None = None
        self._connecting = asyncio.Lock()
        self.offline = settings.uses_offline_analyst
        self.base_url = _OFFLINE_URL if self.offline else settings.llm_base_url or OPENROUTER_URL
        self.is_openrouter = openrouter.is_openrouter(self.base_url)
        key = settings.openrouter_api_key
        self._key = key.get_secret_value() if key is not None else ""

    @property
    def provider(self) -> str:
        if self.offline:
            return OFFLINE_PROVIDER
        # Without a name and password that an address may hold.
        return "OpenRouter" if self.is_openrouter else urlsplit(self.base_url).netloc.split("@")[-1]

    def model_for(self, purpose: str) -> str:
        if self.offline:
            return OFFLINE_MODEL
        cheap = purpose == "profile" and self.is_openrouter
        return self._settings.profiling_model if cheap else self._settings.model

    async def post(self, body: Mapping[str, Any], watch: Watch | None = None) -> RawReply:
        """Send one chat completion and read the whole reply; `watch` sees it come.

        Raises:
            CallFailed: whatever went wrong, scrubbed of secrets and without the SDK's exception
                (which holds the request, its headers and the endpoint's text).
        """
        failure: Failure
        try:
            async with asyncio.timeout(_WHOLE_REPLY_SECONDS):
                return await self._post(body, watch)
        except CallFailed as failed:
            failure = failed.failure
        except Exception as error:
            failure = self._failure(error)
        raise CallFailed(self._scrubbed(failure))

    async def _post(self, body: Mapping[str, Any], watch: Watch | None) -> RawReply:
        client = await self._connected()
        from openai import Omit

        own = openrouter.extra_body() if self.is_openrouter else {}
        sent = {**body, **own}
        # The SDK's typed arguments would be one cast after another: the body is ours, as JSON.
        async with client.chat.completions.with_streaming_response.create(
            model=str(body["model"]),
            messages=[],
            stream=True,
            extra_body=sent,
            extra_headers={} if self._key else {"Authorization": Omit()},
        ) as response:
            return await read_reply(response.iter_bytes(), watch)

    async def _connected(self) -> openai.AsyncOpenAI:
        async with self._connecting:
            if self._client is None:
                # The SDK takes most of a second to import: not on the loop.
                self._client = await asyncio.to_thread(self._connect)
            return self._client

    def _connect(self) -> openai.AsyncOpenAI:
        import httpx2
        from openai import AsyncOpenAI

        client = AsyncOpenAI(
            api_key=self._key or "none",
            base_url=self.base_url,
            max_retries=0,
            default_headers=openrouter.headers() if self.is_openrouter else None,
            http_client=httpx2.AsyncClient(
                transport=self._transport or self._own_transport(),
                timeout=httpx2.Timeout(_SILENCE_SECONDS, connect=_CONNECT_SECONDS),
                # What comes compressed can be a thousand times what was read of it.
                headers={"Accept-Encoding": "identity"},
                event_hooks={"response": [bounded]},
                # A redirect would carry data and key to an address that nobody chose.
                follow_redirects=False,
                # A proxy of the environment must not see what is meant for this machine.
                trust_env=not openrouter.is_local(self.base_url),
            ),
        )
        # The SDK takes these from the environment; they are another account's business.
        client.organization = client.project = None
        return client

    def _own_transport(self) -> httpx2.AsyncBaseTransport | None:
        if not self.offline:
            return None
        from datalens_core.llm.offline import OfflineTransport

        return OfflineTransport()

    def _failure(self, error: Exception) -> Failure:
        import httpx2
        import openai

        if isinstance(error, openai.APIStatusError):
            return Failure(
                "status",
                status=error.status_code,
                text=error.response.text if error.response.is_closed else "",
                retry_after=parse_retry_after(error.response.headers.get("retry-after")),
            )
        if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException | TimeoutError):
            return Failure("timeout")
        if isinstance(error, openai.APIConnectionError):
            return Failure("unreachable")
        if isinstance(error, httpx2.HTTPError | httpx2.StreamError):
            return Failure("cut", begun=True)
        # Whatever else it is, its text may hold the request, so only its class is kept.
        return Failure("garbage", fault=type(error).__name__)

    def _scrubbed(self, failure: Failure) -> Failure:
        return replace(failure, text=self._secrets.scrub(failure.text[:4000]))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

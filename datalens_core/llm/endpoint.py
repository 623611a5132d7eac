"""The one connection to a model's endpoint, over the openai SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from datalens_core.errors import LocalOnly
from datalens_core.llm import openrouter
from datalens_core.llm.addresses import is_local, is_openrouter, shown
from datalens_core.llm.connection import failure_to_connect, http_client
from datalens_core.llm.failures import CallFailed, Failure
from datalens_core.llm.retry import parse_retry_after
from datalens_core.llm.secrets import SecretScrubber
from datalens_core.llm.streaming import MAX_REPLY_BYTES, RawReply, Watch, read_reply
from datalens_core.settings import OPENROUTER_URL, Settings

if TYPE_CHECKING:
    import httpx2
    import openai

OFFLINE_MODEL = "offline rules, no AI model"
OFFLINE_PROVIDER = "offline rules"
# Never resolved: requests to it end in the offline transport, in this process.
_OFFLINE_URL = "http://offline.invalid/v1"
_WHOLE_REPLY_SECONDS = 300.0
_LOOK_UP_SECONDS = 20.0


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
        self._http: httpx2.AsyncClient | None = None
        self._sdk: openai.AsyncOpenAI | None = None
        self._connecting = asyncio.Lock()
        self.offline = settings.uses_offline_analyst
        self.base_url = _OFFLINE_URL if self.offline else settings.llm_base_url or OPENROUTER_URL
        self.is_openrouter = is_openrouter(self.base_url)
        key = settings.openrouter_api_key
        self._key = key.get_secret_value() if key is not None else ""

    @property
    def is_local(self) -> bool:
        """Whether requests stay on this machine, as far as an address tells."""
        return self.offline or is_local(self.base_url)

    @property
    def provider(self) -> str:
        if self.offline:
            return OFFLINE_PROVIDER
        return "OpenRouter" if self.is_openrouter else shown(self.base_url)

    @property
    def default_model(self) -> str:
        return OFFLINE_MODEL if self.offline else self._settings.model

    def model_for(self, purpose: str, chosen: str | None = None) -> str:
        if not self.offline and self.is_openrouter and purpose == "profile":
            return self._settings.profiling_model
        return chosen or self.default_model

    # -- requests ----------------------------------------------------------------------------------

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
        except LocalOnly:
            raise
        except Exception as error:
            failure = _failure_of(error)
        raise CallFailed(self._scrubbed(failure))

    async def get(self, path: str) -> Any:
        """What the endpoint says at this path, as JSON. Nothing of the user's goes with it.

        Raises:
            CallFailed: as `post` does.
        """
        failure: Failure
        try:
            async with asyncio.timeout(_LOOK_UP_SECONDS):
                return await self._get(path)
        except CallFailed as failed:
            failure = failed.failure
        except LocalOnly:
            raise
        except Exception as error:
            failure = _failure_of(error)
        raise CallFailed(self._scrubbed(failure))

    async def _post(self, body: Mapping[str, Any], watch: Watch | None) -> RawReply:
        sdk = await self._connected()
        from openai import Omit

        fallbacks = self._settings.fallback_models
        own = openrouter.extra_body(str(body["model"]), fallbacks) if self.is_openrouter else {}
        # The SDK's typed arguments would be one cast after another: the body is ours, as JSON.
        async with sdk.chat.completions.with_streaming_response.create(
            model=str(body["model"]),
            messages=[],
            stream=True,
            extra_body={**body, **own},
            extra_headers={} if self._key else {"Authorization": Omit()},
        ) as response:
            return await read_reply(response.iter_bytes(), watch)

    async def _get(self, path: str) -> Any:
        import json

        http = await self._client()
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        url = f"{self.base_url.rstrip('/')}/{path}"
        async with http.stream("GET", url, headers=headers) as response:
            body = b""
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > MAX_REPLY_BYTES:
                    raise CallFailed(Failure("too_large"))
        if response.status_code != 200:
            text = body.decode("utf-8", "replace")
            raise CallFailed(Failure("status", status=response.status_code, text=text))
        return json.loads(body)

    # -- connections -------------------------------------------------------------------------------

    async def _client(self) -> httpx2.AsyncClient:
        """Raises LocalOnly: not even the list of models is asked for elsewhere."""
        if self._settings.local_only and not self.is_local:
            raise LocalOnly.model()
        async with self._connecting:
            if self._http is None:
                # Libraries and certificates take their time to load: not on the loop.
                self._http = await asyncio.to_thread(self._connect)
            return self._http

    async def _connected(self) -> openai.AsyncOpenAI:
        http = await self._client()
        async with self._connecting:
            if self._sdk is None:
                self._sdk = await asyncio.to_thread(self._wrapped, http)
            return self._sdk

    def _connect(self) -> httpx2.AsyncClient:
        transport = self._transport
        if transport is None and self.offline:
            from datalens_core.llm.offline import OfflineTransport

            transport = OfflineTransport()
        client = http_client(self.base_url, self._settings.ca_bundle, transport)
        if self.is_openrouter:
            client.headers.update(openrouter.headers())
        return client

    def _wrapped(self, http: httpx2.AsyncClient) -> openai.AsyncOpenAI:
        from openai import AsyncOpenAI

        sdk = AsyncOpenAI(
            api_key=self._key or "none",
            base_url=self.base_url,
            max_retries=0,
            timeout=http.timeout,
            http_client=http,
        )
        # The SDK takes these from the environment; they are another account's business.
        sdk.organization = sdk.project = None
        return sdk

    def _scrubbed(self, failure: Failure) -> Failure:
        return replace(failure, text=self._secrets.scrub(failure.text[:4000]))

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = self._sdk = None


def _failure_of(error: Exception) -> Failure:
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
    if isinstance(error, openai.APIConnectionError | httpx2.ConnectError | httpx2.ProxyError):
        return failure_to_connect(error)
    if isinstance(error, httpx2.HTTPError | httpx2.StreamError):
        return Failure("cut", begun=True)
    # Whatever else it is, its text may hold the request, so only its class is kept.
    return Failure("garbage", fault=type(error).__name__)

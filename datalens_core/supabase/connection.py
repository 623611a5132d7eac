"""Calls to one Supabase: one shared transport, a client for each call, tried again when it is down.

All errors of the library and of what is behind it become ours here, and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import structlog

from datalens_core.errors import (
    AccessDenied,
    DataLensError,
    InvalidRequest,
    NotFound,
    ServiceMisconfigured,
    SessionExpired,
    StoreTimedOut,
    StoreUnavailable,
)
from datalens_core.settings import Settings

if TYPE_CHECKING:
    import httpx
    from postgrest import APIError
    from storage3.exceptions import StorageApiError

    from supabase import AsyncClient

T = TypeVar("T")
Call = Callable[["AsyncClient"], Awaitable[T]]

RETRIES = 3
RETRY_SECONDS = 1.0
CALL_SECONDS = 5.0  # without a byte either way; an outage is known, and said, in twice that
ONCE_SECONDS = 30.0  # what is not repeated gets its time: the sending of an email, for one
LOOK_SECONDS = 1.0
BUCKET = "datalens"  # of the storage, for large payloads; see supabase/migrations
LOOPBACK = ("127.0.0.1", "::1", "localhost")
# PostgreSQL's and PostgREST's codes; https://docs.postgrest.org/en/stable/references/errors.html
EXPIRED = ("PGRST301", "PGRST302", "PGRST303")
DOWN = ("PGRST000", "PGRST001", "PGRST002", "PGRST003", "53300", "57P01", "57P02", "57P03", "08006")
NOT_SET_UP = ("PGRST202", "PGRST204", "PGRST205", "42P01", "42703", "42883")
TIMED_OUT = ("57014",)
# What was sent is at fault, so it would be refused for ever: of wrong form or size for the
# interface, or against a type or a constraint of a table.
REFUSED = ("400", "413", "422", "PGRST102")
REFUSED_CLASSES = ("22", "23", "54")

log = structlog.get_logger("datalens.supabase")


class Connection:
    """Where a Supabase is, and calls to it with a user's token."""

    def __init__(self, url: str, anon_key: str, *, call_seconds: float | None = None) -> None:
        """`call_seconds`: how long a call may stay unanswered; `CALL_SECONDS` if None."""
        self.url = url.rstrip("/")
        self._key = anon_key
        self._call_seconds = CALL_SECONDS if call_seconds is None else call_seconds
        self._transports: dict[float, httpx.AsyncClient] = {}

    @classmethod
    def from_settings(cls, settings: Settings) -> Connection:
        """Raises ServiceMisconfigured: half of it is set, or tokens would travel in clear."""
        url, key = settings.supabase_url, settings.supabase_anon_key
        if url is None or key is None:
            raise ServiceMisconfigured(
                details={"reason": "SUPABASE_URL and SUPABASE_ANON_KEY go together."}
            )
        place = urlsplit(url)
        if place.scheme != "https" and place.hostname not in LOOPBACK:
            raise ServiceMisconfigured(details={"reason": "SUPABASE_URL has to begin with https."})
        return cls(url, key.get_secret_value())

    @property
    def issuer(self) -> str:
        """Who issues its tokens."""
        return f"{self.url}/auth/v1"

    async def close(self) -> None:
        for transport in self._transports.values():
            await transport.aclose()

    async def call(self, token: str | None, call: Call[T], *, repeat: bool = True) -> T:
        """Make a call, as the user of a token or as nobody; again, unless `repeat` forbids it.

        Raises:
            StoreUnavailable: it cannot be reached, after three retries a second apart.
            StoreTimedOut: it is there, and twice did not answer this in time.
            SessionExpired, AccessDenied, InvalidRequest.
        """
        seconds = self._call_seconds if repeat else ONCE_SECONDS
        unanswered = 0
        failure: Exception | None = None
        for attempt in range(RETRIES + 1):
            if attempt:
                await asyncio.sleep(RETRY_SECONDS)
            if unanswered and not await self._is_there():
                continue  # a look is enough: its patience is shorter than a call's
            try:
                return await call(await self._client(token, seconds))
            except Exception as error:
                ours = _as_ours(error)
                if ours is None:
                    raise
                if type(ours) is not StoreUnavailable or ours.details:
                    raise ours from error
                failure = error
                unanswered += _is_silence(error)
                if unanswered > 1:
                    raise StoreTimedOut() from error
                if unanswered and not repeat:
                    break
        raise StoreUnavailable() from failure

    async def _is_there(self) -> bool:
        """Whether it answers anything at all: then it is slow, not gone."""
        import httpx

        transport = await self._transport(self._call_seconds)
        try:
            answer = await transport.get(
                f"{self.issuer}/health", headers={"apikey": self._key}, timeout=LOOK_SECONDS
            )
        except httpx.HTTPError:
            return False
        return answer.status_code < 500

    async def _transport(self, seconds: float) -> httpx.AsyncClient:
        if seconds not in self._transports:
            # Off the loop: its imports take a third of a second.
            outside = urlsplit(self.url).hostname not in LOOPBACK
            made = await asyncio.to_thread(_transport, seconds, outside)
            if self._transports.setdefault(seconds, made) is not made:
                await made.aclose()  # somebody was quicker
        return self._transports[seconds]

    async def _client(self, token: str | None, seconds: float) -> AsyncClient:
        """A client of its own: signing in rewrites a client's headers."""
        transport = await self._transport(seconds)
        from supabase import AsyncClient, AsyncClientOptions

        headers = {"Authorization": f"Bearer {token or self._key}"}
        options = AsyncClientOptions(
            headers=headers,
            auto_refresh_token=False,
            persist_session=False,
            flow_type="implicit",
            postgrest_client_retry=False,
            httpx_client=transport,
        )
        return AsyncClient(self.url, self._key, options)


def _transport(call_seconds: float, outside: bool) -> httpx.AsyncClient:
    """A proxy of the environment is used for what is not on this machine, and sees nothing else."""
    import httpx

    import supabase  # noqa: F401

    # Long-lived connections of HTTP/2 drop (supabase-py, issue 1064).
    return httpx.AsyncClient(
        http2=False,
        trust_env=outside,
        timeout=httpx.Timeout(call_seconds, connect=min(CALL_SECONDS, call_seconds)),
        limits=httpx.Limits(max_connections=20, max_keepalive_connections=10),
    )


def _as_ours(error: Exception) -> DataLensError | None:
    """What an error means to the user; None if it is no error of Supabase's."""
    import httpx
    from postgrest import APIError
    from storage3.exceptions import StorageApiError
    from supabase_auth.errors import AuthRetryableError

    match error:
        case httpx.TransportError() | AuthRetryableError():
            return StoreUnavailable()
        case APIError():
            return _of_api(error)
        case StorageApiError():
            return _of_storage(error)
        case _:
            return None


def _is_silence(error: Exception) -> bool:
    """Whether something was asked, and no answer came: what became of it is not known."""
    import httpx

    return any(
        isinstance(e, httpx.TimeoutException) and not isinstance(e, httpx.ConnectTimeout)
        for e in (error, error.__cause__)  # signing in wraps it
    )


def _of_api(error: APIError) -> DataLensError:
    code = str(error.code or "")
    if code in EXPIRED or code == "401":
        return SessionExpired()
    if code == "42501":
        return AccessDenied()
    if code in TIMED_OUT:
        return StoreTimedOut()
    if code in NOT_SET_UP:
        return StoreUnavailable(
            "The database is not set up for DataLens. What you see is kept on this machine."
            " Ask your administrator to apply its migrations.",
            details={"reason": code},
        )
    log.warning("supabase.refused", code=code)
    if code in REFUSED or (len(code) == 5 and code[:2] in REFUSED_CLASSES):
        return InvalidRequest("The database does not take this.", details={"reason": code})
    return StoreUnavailable()


def _of_storage(error: StorageApiError) -> DataLensError:
    """https://supabase.com/docs/guides/storage/debugging/error-codes"""
    status = str(error.status)
    said = f"{error.code} {error.message}".lower()
    if status == "401" or "jwt" in said or '"exp" claim' in said:
        return SessionExpired()
    if status == "403":
        return AccessDenied()
    if status == "404":
        return NotFound()
    log.warning("supabase.storage_refused", code=str(error.code), status=status)
    if status.startswith("4") and status != "429":
        return InvalidRequest("The storage does not take this.", details={"reason": status})
    return StoreUnavailable()

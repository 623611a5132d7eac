"""Who is signed in to Supabase at this server; tokens are refreshed in time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from datalens_core.errors import (
    AuthenticationRequired,
    DataLensError,
    RateLimited,
    SessionExpired,
    SignInRefused,
)
from datalens_core.supabase.connection import Call, Connection
from datalens_core.supabase.tokens import TokenFiles, Tokens, checked

if TYPE_CHECKING:
    from supabase_auth import AuthResponse
    from supabase_auth.errors import AuthError

    from supabase import AsyncClient

T = TypeVar("T")

EARLY_SECONDS = 60.0  # before its end a token is refreshed
REFUSALS = {
    "email_not_confirmed": "This email is not confirmed yet. Open the link that was sent to it,"
    " then sign in.",
    "user_already_exists": "There is an account with this email. Sign in instead.",
    "email_exists": "There is an account with this email. Sign in instead.",
    "weak_password": "That password is too weak. Choose a longer one.",
    "email_address_invalid": "That is no email address that can be used here.",
    "email_address_not_authorized": "That is no email address that can be used here.",
    "validation_failed": "That email or password cannot be used here.",
    "signup_disabled": "New accounts cannot be made here. Ask your administrator for one.",
    "email_provider_disabled": "Nobody can sign in by email here. Ask your administrator.",
    "user_banned": "This account is blocked. Ask your administrator.",
}


class Accounts:
    """The sign-ins at this server: one for each caller, who is a user of the Jupyter server.

    Servers that share the files share the sign-ins: who signs in or out at one does so at all.
    """

    def __init__(
        self, connection: Connection, folder: Path, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._connection = connection
        self._files = TokenFiles(folder, connection.issuer)
        self._clock = clock
        self._held: dict[str, Tokens] = {}
        self._versions: dict[str, tuple[int, int] | None] = {}
        self._expired: set[str] = set()
        self._turns: dict[str, asyncio.Lock] = {}
        for tokens in self._files.all():
            self._look(tokens.caller)

    # -- in and out ------------------------------------------------------------------------------

    async def sign_up(self, caller: str, email: str, password: str) -> bool:
        """A new account; whether it is signed in, or has to be confirmed by email first.

        Raises:
            SignInRefused: with the reason.
        """

        async def call(client: AsyncClient) -> AuthResponse:
            return await client.auth.sign_up({"email": email, "password": password})

        return await self._enter(caller, call, repeat=False)  # it may send an email

    async def sign_in(self, caller: str, email: str, password: str) -> None:
        """Raises SignInRefused: with the reason."""

        async def call(client: AsyncClient) -> AuthResponse:
            return await client.auth.sign_in_with_password({"email": email, "password": password})

        await self._enter(caller, call)

    async def sign_out(self, caller: str) -> None:
        """Here at once; at Supabase too, if it can be reached."""
        tokens = self.account(caller)
        self._held.pop(caller, None)
        async with self._files.alone(caller):  # a refresh on its way would write it again
            await asyncio.to_thread(self._files.remove, caller)
            self._drop(caller)
        if tokens is not None:
            with suppress(DataLensError):
                await self._auth(
                    lambda client: client.auth.admin.sign_out(tokens.access_token, "local")
                )

    # -- who is signed in ------------------------------------------------------------------------

    def account(self, caller: str) -> Tokens | None:
        """Who is signed in as this caller, be it that the sign-in has expired."""
        self._look(caller)
        return self._held.get(caller)

    def users(self) -> list[str]:
        """Who is signed in now."""
        self._look_again()
        good = (t.user_id for t in self._held.values() if t.caller not in self._expired)
        return list(dict.fromkeys(good))

    def is_expired(self, caller: str) -> bool:
        self._look(caller)
        return caller in self._expired

    def user_of(self, caller: str) -> str:
        """Raises AuthenticationRequired, or SessionExpired if the caller was signed in."""
        tokens = self.account(caller)
        if tokens is None:
            raise AuthenticationRequired()
        if caller in self._expired:
            raise SessionExpired()
        return tokens.user_id

    # -- tokens ----------------------------------------------------------------------------------

    async def token(self, user_id: str | None) -> str:
        """A token of this user that is good for a while; of the only one there is for None.

        Raises:
            AuthenticationRequired, SessionExpired, StoreUnavailable, StoreTimedOut.
        """
        tokens = self._of(user_id)
        if self._is_good(tokens):
            return tokens.access_token
        return (await self._refreshed(tokens)).access_token

    async def renewed(self, user_id: str | None, refused: str) -> str:
        """A token in the place of one that Supabase refused. Raises as `token` does."""
        tokens = self._of(user_id)
        if tokens.access_token != refused and self._is_good(tokens):
            return tokens.access_token
        return (await self._refreshed(tokens, but_not=refused)).access_token

    # -- insides ---------------------------------------------------------------------------------

    def _look(self, caller: str) -> None:
        """Take notice of what another server did: a sign-in, a refresh, a sign-out."""
        version = self._files.version(caller)
        if version == self._versions.get(caller):
            return
        tokens = None if version is None else self._files.read(caller)
        if tokens is None:
            self._drop(caller)
        else:
            self._hold(tokens)
        self._versions[caller] = version

    def _look_again(self) -> None:
        for caller in list(self._held):
            self._look(caller)

    def _drop(self, caller: str) -> None:
        self._held.pop(caller, None)
        self._versions.pop(caller, None)
        self._expired.discard(caller)

    def _of(self, user_id: str | None) -> Tokens:
        self._look_again()
        held = [t for t in self._held.values() if user_id in (None, t.user_id)]
        good = [t for t in held if t.caller not in self._expired]
        if good and (user_id is not None or len(good) == 1):
            return good[0]
        raise SessionExpired() if held and not good else AuthenticationRequired()

    def _is_good(self, tokens: Tokens) -> bool:
        return tokens.expires_at - EARLY_SECONDS > self._clock()

    async def _refreshed(self, tokens: Tokens, but_not: str = "") -> Tokens:
        caller = tokens.caller
        async with (
            self._turns.setdefault(caller, asyncio.Lock()),
            self._files.alone(caller),
        ):
            kept = self.account(caller)
            if kept is None or kept.user_id != tokens.user_id:
                raise AuthenticationRequired()  # that user signed out meanwhile
            if kept.access_token not in (tokens.access_token, but_not):
                return kept  # somebody before us did it, here or at another server
            return await self._refresh(kept)

    async def _refresh(self, tokens: Tokens) -> Tokens:
        try:
            answer = await self._auth(
                lambda client: client.auth.refresh_session(tokens.refresh_token)
            )
            if answer.session is None:
                raise SessionExpired()
            fresh = self._checked(tokens.caller, answer)
            if fresh.user_id != tokens.user_id:
                raise SessionExpired()
        except (SignInRefused, SessionExpired):
            self._expired.add(tokens.caller)
            raise SessionExpired() from None
        if self.account(tokens.caller) is None:
            raise AuthenticationRequired()  # signed out meanwhile, which stays so
        return await self._keep(fresh)

    async def _auth(self, call: Call[T], *, repeat: bool = True) -> T:
        """Raises SignInRefused, RateLimited, StoreUnavailable, StoreTimedOut."""
        from supabase_auth.errors import AuthError

        try:
            return await self._connection.call(None, call, repeat=repeat)
        except AuthError as error:
            raise _refused(error) from None  # its text may hold what was typed

    async def _enter(self, caller: str, call: Call[AuthResponse], *, repeat: bool = True) -> bool:
        answer = await self._auth(call, repeat=repeat)
        if answer.session is None:
            return False
        tokens = self._checked(caller, answer)
        async with self._files.alone(caller):
            await self._keep(tokens)
        return True

    async def _keep(self, tokens: Tokens) -> Tokens:
        """Write them, while no other server does, and hold them."""
        await asyncio.to_thread(self._files.write, tokens)
        self._versions[tokens.caller] = self._files.version(tokens.caller)
        return self._hold(tokens)

    def _checked(self, caller: str, answer: AuthResponse) -> Tokens:
        assert answer.session is not None
        session = answer.session
        return checked(caller, session.access_token, session.refresh_token, self._connection.issuer)

    def _hold(self, tokens: Tokens) -> Tokens:
        self._held[tokens.caller] = tokens
        self._expired.discard(tokens.caller)
        return tokens


def _refused(error: AuthError) -> DataLensError:
    code = str(error.code or "")
    if code.startswith("over_"):
        return RateLimited(details={"retry_after": 60})
    return SignInRefused(REFUSALS.get(code), details={"reason": code} if code else None)

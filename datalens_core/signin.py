"""Who asks: the caller at this server, or whom Supabase knows the caller as."""

from __future__ import annotations

from datalens_core.errors import InvalidRequest, NotFound
from datalens_core.models import AuthStatus
from datalens_core.rooms import Rooms
from datalens_core.supabase.accounts import Accounts

LONGEST_EMAIL = 320
LONGEST_PASSWORD = 1024


class SignIn:
    """Signing in, where the history is a team's; elsewhere the caller is the user."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def user_of(self, caller: str) -> str:
        """The user whose sessions a caller works with.

        Raises:
            AuthenticationRequired, SessionExpired: nobody is signed in, or not any more.
        """
        accounts = self._rooms.accounts
        return caller if accounts is None else accounts.user_of(caller)

    def name_of(self, caller: str) -> str:
        """How the user is shown; "" if nobody is signed in."""
        accounts = self._rooms.accounts
        if accounts is None:
            return caller
        held = accounts.account(caller)
        return "" if held is None or accounts.is_expired(caller) else held.email or held.user_id

    def status(self, caller: str) -> AuthStatus:
        accounts = self._rooms.accounts
        if accounts is None:
            return AuthStatus(required=False, user_id=caller)
        held = accounts.account(caller)
        if held is None:
            return AuthStatus(required=True)
        expired = accounts.is_expired(caller)
        return AuthStatus(
            required=True,
            user_id=None if expired else held.user_id,
            email=held.email,
            expired=expired,
        )

    async def enter(self, caller: str, email: str, password: str) -> AuthStatus:
        """Sign in. What waits in the journal is written then.

        Raises:
            SignInRefused, RateLimited, StoreUnavailable.
        """
        accounts = self._accounts(email, password)
        await accounts.sign_in(caller, email.strip(), password)
        self._rooms.projector.wake()
        return self.status(caller)

    async def sign_up(self, caller: str, email: str, password: str) -> AuthStatus:
        """Make an account; it is signed in, unless its email has to be confirmed first.

        Raises:
            SignInRefused, RateLimited, StoreUnavailable.
        """
        accounts = self._accounts(email, password)
        signed_in = await accounts.sign_up(caller, email.strip(), password)
        return self.status(caller).model_copy(update={"confirm": not signed_in})

    async def leave(self, caller: str) -> AuthStatus:
        """Sign out; what the history did not take yet stays here until the user is back."""
        if self._rooms.accounts is None:
            raise NotFound()
        await self._rooms.accounts.sign_out(caller)
        return self.status(caller)

    def _accounts(self, email: str, password: str) -> Accounts:
        if self._rooms.accounts is None:
            raise NotFound("Nobody needs to sign in here.")
        if not (0 < len(email.strip()) <= LONGEST_EMAIL and "@" in email):
            raise InvalidRequest("Please type an email address.", details={"fields": ["email"]})
        if not 0 < len(password) <= LONGEST_PASSWORD:
            raise InvalidRequest("Please type a password.", details={"fields": ["password"]})
        return self._rooms.accounts

"""The tokens of who is signed in here: checked, and kept in a file that is the user's alone."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import ValidationError

from datalens_core.errors import SessionExpired
from datalens_core.models import Model
from datalens_core.privatefile import write_private

AUDIENCE = "authenticated"


class Tokens(Model):
    """One sign-in. `caller` is who is at this server, `user_id` whom Supabase knows."""

    caller: str
    issuer: str
    user_id: str
    email: str
    access_token: str
    refresh_token: str
    expires_at: float


def checked(caller: str, access_token: str, refresh_token: str, issuer: str) -> Tokens:
    """Tokens as Supabase gave them; their signature is checked by it, at each call.

    Raises:
        SessionExpired: the token is another's: of another audience or issuer, or out of date.
    """
    import jwt

    try:
        claims = jwt.decode(
            access_token,
            audience=AUDIENCE,
            issuer=issuer,
            options={
                "verify_signature": False,
                "verify_aud": True,
                "verify_iss": True,
                "verify_exp": True,
                "require": ["aud", "iss", "exp", "sub"],
            },
        )
    except jwt.InvalidTokenError:
        raise SessionExpired() from None
    return Tokens(
        caller=caller,
        issuer=issuer,
        user_id=claims["sub"],
        email=str(claims.get("email") or ""),
        access_token=access_token,
        refresh_token=refresh_token,
        expires_at=float(claims["exp"]),
    )


class TokenFiles:
    """A file for each caller, mode 0600 in a folder of 0700, that servers share.

    Only tokens of `issuer` are read: those of another Supabase are no business of this one.
    """

    def __init__(self, folder: Path, issuer: str) -> None:
        self._folder = folder
        self._issuer = issuer

    def read(self, caller: str) -> Tokens | None:
        tokens = _read(self._path(caller))
        return tokens if tokens is not None and tokens.issuer == self._issuer else None

    def version(self, caller: str) -> tuple[int, int] | None:
        """Which state of the caller's file this is; None if there is none."""
        try:
            found = self._path(caller).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns

    def all(self) -> Iterator[Tokens]:
        for path in self._folder.glob("*.json"):
            tokens = _read(path)
            if tokens is not None and tokens.issuer == self._issuer:
                yield tokens

    def write(self, tokens: Tokens) -> None:
        """All of it or nothing, whenever the process ends."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self._path(tokens.caller), tokens.model_dump_json().encode())

    def remove(self, caller: str) -> None:
        self._path(caller).unlink(missing_ok=True)

    @asynccontextmanager
    async def alone(self, caller: str) -> AsyncIterator[None]:
        """Alone among servers: a refresh token that is used twice ends the sign-in."""
        turn = asyncio.ensure_future(asyncio.to_thread(self._lock, caller))
        try:
            lock = await asyncio.shield(turn)
        except asyncio.CancelledError:
            turn.add_done_callback(_let_go)  # the thread goes on waiting for it
            raise
        try:
            yield
        finally:
            os.close(lock)

    def _lock(self, caller: str) -> int:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self._path(caller).with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        return lock

    def _path(self, caller: str) -> Path:
        return self._folder / f"{hashlib.sha256(caller.encode()).hexdigest()[:32]}.json"


def _let_go(turn: asyncio.Future[int]) -> None:
    if not turn.cancelled() and turn.exception() is None:
        os.close(turn.result())


def _read(path: Path) -> Tokens | None:
    try:
        return Tokens.model_validate_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValidationError):
        return None  # of another version, or cut: signing in writes it anew

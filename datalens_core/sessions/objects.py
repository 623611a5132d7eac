"""Large payloads of a team, in Supabase's storage: objects that only their user can reach."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from datalens_core.errors import AccessDenied, InvalidRequest, NotFound
from datalens_core.sessions.payloads import PayloadLost, checked, name_of
from datalens_core.supabase.connection import BUCKET

if TYPE_CHECKING:
    from datalens_core.supabase.connection import Call

AT_ONCE = 100  # objects that are deleted with one call
THERE = "409"

Caller = Callable[[str | None, "Call[Any]"], Awaitable[Any]]

log = structlog.get_logger("datalens.history")


class PayloadObjects:
    """`bucket/<user id>/<session id>/<SHA-256>`, written once and read with the user's own token.

    Args:
        run: makes a call as a user; raises what `Connection.call` does.
    """

    def __init__(self, run: Caller) -> None:
        self._run = run

    async def keep(self, user_id: str, session_id: str, payload: bytes) -> str | None:
        """Keep it; the hash that names it, or None if it is not taken here: a row has to hold it.

        Raises:
            StoreUnavailable, StoreTimedOut, SessionExpired.
        """
        name = name_of(payload)
        path = f"{user_id}/{session_id}/{name}"
        try:
            await self._run(
                user_id,
                lambda db: db.storage.from_(BUCKET).upload(
                    path, payload, {"content-type": "application/octet-stream"}
                ),
            )
        except (NotFound, AccessDenied, InvalidRequest) as refusal:
            reason = str(refusal.details.get("reason", ""))
            if reason != THERE:  # the bucket is missing, or takes no more
                log.warning("payload.refused", reason=reason or refusal.code)
                return None
        return name

    async def read(self, user_id: str, session_id: str, name: str) -> bytes:
        """Raises PayloadLost, StoreUnavailable, StoreTimedOut, SessionExpired."""
        path = f"{user_id}/{session_id}/{name}"
        try:
            payload = await self._run(user_id, lambda db: db.storage.from_(BUCKET).download(path))
        except (NotFound, AccessDenied, InvalidRequest):
            raise PayloadLost from None
        return checked(payload, name)

    async def remove(self, user_id: str, paths: Sequence[str]) -> None:
        """Raises StoreUnavailable, StoreTimedOut, SessionExpired, InvalidRequest."""
        for start in range(0, len(paths), AT_ONCE):
            await self._remove(user_id, list(paths[start : start + AT_ONCE]))

    async def _remove(self, user_id: str, paths: list[str]) -> None:
        await self._run(user_id, lambda db: db.storage.from_(BUCKET).remove(paths))

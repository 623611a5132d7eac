"""The history of a team in Supabase, each user's behind row-level security.

Reads and writes go out with the user's own token; what a user may see is decided by the policies of
`supabase/migrations`, not here. Calls that write may all be repeated.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from datalens_core.errors import AccessDenied, SessionExpired
from datalens_core.journal import Entry
from datalens_core.models import (
    Artifact,
    Dataset,
    PrivacyCount,
    Session,
    SessionDetail,
    SessionPage,
    StoreStatus,
)
from datalens_core.sessions.batch import batch, storable
from datalens_core.sessions.cursor import Cursor
from datalens_core.sessions.rows import artifact_of, dataset_of, detail_of, session_of
from datalens_core.supabase.accounts import Accounts
from datalens_core.supabase.connection import Call, Connection

if TYPE_CHECKING:
    from postgrest import APIResponse


class SupabaseStore:
    """`SessionStore` over a Supabase with our migrations."""

    by_user = True

    def __init__(self, connection: Connection, accounts: Accounts) -> None:
        self._connection = connection
        self._accounts = accounts

    def knows(self, user_id: str) -> bool:
        return _is_id(user_id)

    def users(self) -> list[str | None]:
        return [*self._accounts.users()]

    async def open(self) -> None:
        """Nothing to open: the first call connects."""

    async def close(self) -> None:
        await self._connection.close()

    def status(self) -> StoreStatus:
        return StoreStatus(kind="supabase", local=False)

    # -- sessions --------------------------------------------------------------------------------

    async def save_session(self, session: Session) -> None:
        row = session.model_dump(mode="json", exclude={"message_count", "dataset_names"})
        await self._run(
            session.user_id, lambda db: db.table("sessions").upsert(storable(row)).execute()
        )

    async def get_session(self, session_id: str, user_id: str | None) -> Session | None:
        if not _is_id(session_id):
            return None
        row = await self._ask(user_id, "session", wanted=session_id)
        if row is not None:
            return session_of(row)
        # Policies hide what is somebody else's; whether it exists is all that can be asked.
        if (await self._rpc(user_id, "session_exists", wanted=session_id)) is True:
            raise AccessDenied()
        return None

    async def list_sessions(
        self, user_id: str, limit: int, after: str | None, search: str = ""
    ) -> SessionPage:
        place: dict[str, str] = {}
        if after is not None:
            before, before_id = Cursor.read(after)
            place = {"before": before, "before_id": before_id}
        rows = await self._ask(
            user_id, "sessions_page", up_to=limit + 1, words=storable(search.split()), **place
        )
        sessions = [session_of(row) for row in rows[:limit]]
        more = str(Cursor.at(sessions[-1])) if len(rows) > limit else None
        return SessionPage(sessions=sessions, next=more)

    async def delete_session(self, session: Session) -> None:
        await self._run(
            session.user_id,
            lambda db: db.table("sessions").delete().eq("id", session.id).execute(),
        )

    async def unused_since(self, moment: datetime, user_id: str | None) -> list[str]:
        rows = await self._run(
            user_id,
            lambda db: (
                db.table("sessions")
                .select("id")
                .lt("last_activity", moment.isoformat())
                .order("last_activity")
                .execute()
            ),
        )
        return [row["id"] for row in rows]

    async def load(self, session: Session) -> SessionDetail | None:
        rows = await self._ask(session.user_id, "session_detail", wanted=session.id)
        if rows is None:
            return None
        return detail_of(
            rows["session"],
            rows["datasets"],
            rows["messages"],
            rows["runs"],
            rows["execution_logs"],
            rows["artifacts"],
        )

    # -- data sets and pictures --------------------------------------------------------------------

    async def save_dataset(self, session: Session, dataset: Dataset) -> None:
        row = {
            "id": dataset.id,
            "session_id": session.id,
            "name": dataset.name,
            "body": dataset.model_dump(mode="json"),
        }
        await self._run(
            session.user_id, lambda db: db.table("datasets").upsert(storable(row)).execute()
        )

    async def datasets(self, session: Session) -> list[Dataset]:
        rows = await self._run(
            session.user_id,
            lambda db: (
                db.table("datasets")
                .select("body")
                .eq("session_id", session.id)
                .order("created_at")
                .order("id")
                .execute()
            ),
        )
        return [dataset_of(row) for row in rows]

    async def get_artifact(
        self, artifact_id: str, user_id: str | None
    ) -> tuple[str, Artifact] | None:
        if not _is_id(artifact_id):
            return None
        row = await self._ask(user_id, "artifact", wanted=artifact_id)
        return row and (row["session_id"], artifact_of(row))

    async def save_png(self, session: Session, artifact_id: str, png: bytes) -> None:
        text = b64encode(png).decode()
        await self._rpc(session.user_id, "save_picture", wanted=artifact_id, png=text)

    async def pngs(self, session: Session) -> dict[str, bytes]:
        pictures = await self._ask(session.user_id, "pictures", wanted=session.id)
        return {artifact_id: b64decode(png) for artifact_id, png in pictures.items()}

    # -- privacy -----------------------------------------------------------------------------------

    async def redaction_counts(self, session: Session) -> list[PrivacyCount]:
        rows = await self._rpc(session.user_id, "redaction_counts", wanted=session.id)
        return [PrivacyCount.model_validate(row) for row in rows]

    # -- the projection ----------------------------------------------------------------------------

    async def position(self, journal_id: str, user_id: str | None) -> int:
        rows = await self._run(
            user_id,
            lambda db: (
                db.table("projections").select("position").eq("journal_id", journal_id).execute()
            ),
        )
        return int(rows[0]["position"]) if rows else 0

    async def apply(self, journal_id: str, user_id: str | None, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        await self._rpc(
            user_id,
            "take_over",
            journal=journal_id,
            upto=entries[-1].position,
            changes=json.dumps(storable(batch(entries))),
        )

    # -- insides -----------------------------------------------------------------------------------

    async def _ask(self, user_id: str | None, function: str, **arguments: Any) -> Any:
        """A function that answers JSON as text, so that no number changes on the way."""
        answer = await self._rpc(user_id, function, **arguments)
        return None if answer is None else json.loads(answer)

    async def _rpc(self, user_id: str | None, function: str, **arguments: Any) -> Any:
        return await self._run(user_id, lambda db: db.rpc(function, arguments).execute())

    async def _run(self, user_id: str | None, call: Call[APIResponse]) -> Any:
        """What the call answers, with a token of the user."""
        token = await self._accounts.token(user_id)
        try:
            return (await self._connection.call(token, call)).data
        except SessionExpired:
            # Its clock is not ours, or its key changed: once more with a fresh token.
            token = await self._accounts.renewed(user_id, token)
            return (await self._connection.call(token, call)).data


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False

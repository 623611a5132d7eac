"""The history of a team in Supabase, each user's behind row-level security.

Reads and writes go out with the user's own token; what a user may see is decided by the policies of
`supabase/migrations`, not here. Calls that write may all be repeated.
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from datalens_core.errors import AccessDenied, SessionExpired, StoreUnavailable
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
from datalens_core.sessions.objects import PayloadObjects
from datalens_core.sessions.payloads import LARGE, PayloadLost, large_content, with_content
from datalens_core.sessions.rows import Row, artifact_of, dataset_of, detail_of, session_of
from datalens_core.supabase.accounts import Accounts
from datalens_core.supabase.connection import Call, Connection, T

if TYPE_CHECKING:
    from postgrest import APIResponse

DOWNLOADS = 8  # at once
OBJECT = "sha256"
"""In an artifact's metadata: its content is the object of this name."""


class SupabaseStore:
    """`SessionStore` over a Supabase with our migrations."""

    by_user = True

    def __init__(self, connection: Connection, accounts: Accounts) -> None:
        self._connection = connection
        self._accounts = accounts
        self._payloads = PayloadObjects(self._call)

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
        held = await self._paths(session.user_id, "payload_names", wanted=session.id)
        await self._payloads.remove(session.user_id, held)
        await self._run(
            session.user_id,
            lambda db: db.table("sessions").delete().eq("id", session.id).execute(),
        )
        # None can be added to a session that is gone; those that the database deleted leave some.
        left = await self._paths(session.user_id, "payloads_left_behind")
        await self._payloads.remove(session.user_id, left)

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
            await self._with_payloads(session, rows["artifacts"]),
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
        if row is None:
            return None
        if OBJECT not in row["metadata"]:
            return row["session_id"], artifact_of(row)
        session = await self.get_session(row["session_id"], user_id)
        if session is None:  # it was deleted just now
            return None
        [whole] = await self._with_payloads(session, [row])
        return session.id, artifact_of(whole)

    async def save_png(self, session: Session, artifact_id: str, png: bytes) -> None:
        name = None
        if len(png) > LARGE:
            name = await self._payloads.keep(session.user_id, session.id, png)
        if name is None:
            text = b64encode(png).decode()
            await self._rpc(session.user_id, "save_picture", wanted=artifact_id, png=text)
            return
        await self._run(
            session.user_id,
            lambda db: (
                db.table("artifacts")
                .update({"png": None, "png_sha256": name})
                .eq("id", artifact_id)
                .execute()
            ),
        )

    async def pngs(self, session: Session) -> dict[str, bytes]:
        pictures = await self._ask(session.user_id, "pictures", wanted=session.id)
        apart = await self._run(
            session.user_id,
            lambda db: (
                db.table("artifacts")
                .select("id,png_sha256")
                .eq("session_id", session.id)
                .not_.is_("png_sha256", "null")
                .execute()
            ),
        )
        names = {row["id"]: row["png_sha256"] for row in apart}
        payloads = await self._read(session, names.values())
        return {artifact_id: b64decode(png) for artifact_id, png in pictures.items()} | {
            artifact_id: payloads[name] for artifact_id, name in names.items() if name in payloads
        }

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
        changes = batch(entries)
        for row in changes["inserts"]["artifacts"]:
            await self._set_apart(user_id, row)
        await self._rpc(
            user_id,
            "take_over",
            journal=journal_id,
            upto=entries[-1].position,
            changes=json.dumps(storable(changes)),
        )

    # -- large payloads ----------------------------------------------------------------------------

    async def _set_apart(self, user_id: str | None, row: dict[str, Any]) -> None:
        """A large artifact's payload goes to an object, before the row that names it."""
        payload = large_content(row)
        if payload is None or user_id is None:
            return
        name = await self._payloads.keep(user_id, row["session_id"], payload)
        if name is not None:
            row["content"] = {}
            row["metadata"] = {**row["metadata"], OBJECT: name}

    async def _with_payloads(self, session: Session, rows: Sequence[Row]) -> list[Row]:
        names = [row["metadata"].pop(OBJECT, None) for row in rows]
        payloads = await self._read(session, filter(None, names))
        return [
            row if name is None else with_content(row, payloads.get(name))
            for row, name in zip(rows, names, strict=True)
        ]

    async def _read(self, session: Session, names: Iterable[str]) -> dict[str, bytes]:
        """Those of the payloads that are there, by their names."""
        some = asyncio.Semaphore(DOWNLOADS)
        read: dict[str, bytes] = {}

        async def fetch(name: str) -> None:
            async with some:
                with suppress(PayloadLost):
                    read[name] = await self._payloads.read(session.user_id, session.id, name)

        try:
            async with asyncio.TaskGroup() as group:
                for name in set(names):
                    group.create_task(fetch(name))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures
        return read

    async def _paths(self, user_id: str, function: str, **arguments: Any) -> list[str]:
        """Names of objects; none where the database is not set up for any."""
        try:
            paths: list[str] = await self._rpc(user_id, function, **arguments)
        except StoreUnavailable as error:
            if error.details:
                return []
            raise
        return paths

    # -- insides -----------------------------------------------------------------------------------

    async def _ask(self, user_id: str | None, function: str, **arguments: Any) -> Any:
        """A function that answers JSON as text, so that no number changes on the way."""
        answer = await self._rpc(user_id, function, **arguments)
        return None if answer is None else json.loads(answer)

    async def _rpc(self, user_id: str | None, function: str, **arguments: Any) -> Any:
        return await self._run(user_id, lambda db: db.rpc(function, arguments).execute())

    async def _run(self, user_id: str | None, call: Call[APIResponse]) -> Any:
        return (await self._call(user_id, call)).data

    async def _call(self, user_id: str | None, call: Call[T]) -> T:
        """What the call answers, with a token of the user."""
        token = await self._accounts.token(user_id)
        try:
            return await self._connection.call(token, call)
        except SessionExpired:
            # Its clock is not ours, or its key changed: once more with a fresh token.
            token = await self._accounts.renewed(user_id, token)
            return await self._connection.call(token, call)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False

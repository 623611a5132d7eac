"""What a history store does. SQLite here, Supabase for teams: projections of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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


class SessionStore(Protocol):
    """Sessions and their history. Every write may be repeated without harm."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def status(self) -> StoreStatus: ...

    # -- sessions
    async def save_session(self, session: Session) -> None: ...

    async def get_session(self, session_id: str) -> Session | None: ...

    async def list_sessions(self, user_id: str, limit: int, after: str | None) -> SessionPage:
        """A user's sessions, last used first; `after` is the `next` of the page before.

        Raises:
            InvalidRequest: `after` is no such cursor.
        """
        ...

    async def delete_session(self, session_id: str) -> None: ...

    async def load(self, session_id: str) -> SessionDetail | None: ...

    # -- data sets and pictures
    async def save_dataset(self, session_id: str, dataset: Dataset) -> None: ...

    async def datasets(self, session_id: str) -> list[Dataset]: ...

    async def get_artifact(self, artifact_id: str) -> tuple[str, Artifact] | None:
        """An artifact with the id of its session."""
        ...

    async def save_png(self, artifact_id: str, png: bytes) -> None: ...

    async def pngs(self, session_id: str) -> dict[str, bytes]:
        """Artifact id to the picture of it that a browser drew."""
        ...

    # -- privacy
    async def redaction_counts(self, session_id: str) -> list[PrivacyCount]: ...

    # -- the projection
    async def position(self, journal_id: str) -> int:
        """How far this journal has been taken over."""
        ...

    async def apply(self, journal_id: str, entries: Sequence[Entry]) -> None:
        """Take over entries, in order, all or none; entries already taken change nothing."""
        ...

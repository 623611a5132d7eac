"""What a history store does. SQLite here, Supabase for teams: projections of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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
    """Sessions and their history. Every write may be repeated without harm.

    A `Session` that is handed over came from this store for its user. `user_id=None` asks for no
    ownership check, for use as a library.

    Every call raises StoreUnavailable or StoreTimedOut if the store cannot be used now.
    """

    @property
    def by_user(self) -> bool:
        """Whether each user's history is taken over apart, as only that user may write it."""
        ...

    def knows(self, user_id: str) -> bool:
        """Whether this can be a user of its, signed in or not."""
        ...

    def users(self) -> list[str | None]:
        """For whom it can be asked right now: who is signed in, or None for everybody at once."""
        ...

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def status(self) -> StoreStatus: ...

    # -- sessions
    async def save_session(self, session: Session) -> None: ...

    async def get_session(self, session_id: str, user_id: str | None) -> Session | None:
        """A session; None if there is none.

        Raises:
            AccessDenied: it is someone else's.
        """
        ...

    async def list_sessions(
        self, user_id: str, limit: int, after: str | None, search: str = ""
    ) -> SessionPage:
        """A user's sessions, last used first; `after` is the `next` of the page before.

        With `search` those where each of its words is in the title, a question or the name of a
        data set, in any case.

        Raises:
            InvalidRequest: `after` is no such cursor.
        """
        ...

    async def delete_session(self, session: Session) -> None: ...

    async def unused_since(self, moment: datetime, user_id: str | None) -> list[str]:
        """The ids of the sessions that were used last before this moment, a user's or all."""
        ...

    async def load(self, session: Session) -> SessionDetail | None: ...

    # -- data sets and pictures
    async def save_dataset(self, session: Session, dataset: Dataset) -> None: ...

    async def datasets(self, session: Session) -> list[Dataset]: ...

    async def get_artifact(
        self, artifact_id: str, user_id: str | None
    ) -> tuple[str, Artifact] | None:
        """An artifact that the user may see, with the id of its session."""
        ...

    async def save_png(self, session: Session, artifact_id: str, png: bytes) -> None: ...

    async def pngs(self, session: Session) -> dict[str, bytes]:
        """Artifact id to the picture of it that a browser drew."""
        ...

    # -- privacy
    async def redaction_counts(self, session: Session) -> list[PrivacyCount]: ...

    # -- the projection
    async def position(self, journal_id: str, user_id: str | None) -> int:
        """How far this journal has been taken over; for this user, if it is by user."""
        ...

    async def apply(self, journal_id: str, user_id: str | None, entries: Sequence[Entry]) -> None:
        """Take over entries, in order, all or none; entries already taken change nothing.

        Raises:
            InvalidRequest: at least one of them is none that the store can hold, ever.
        """
        ...

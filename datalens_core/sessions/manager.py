"""Sessions and who may see them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from datalens_core.errors import SessionNotFound, StoreFull, StoreTimedOut
from datalens_core.models import (
    Artifact,
    Dataset,
    Message,
    PrivacyReport,
    Session,
    SessionDetail,
    SessionPage,
    now,
)
from datalens_core.sandbox.contract import Sandboxes
from datalens_core.sessions.projector import Projector
from datalens_core.sessions.store import SessionStore

TITLE_LIMIT = 200


class SessionManager:
    """The sessions of all users of this workbench. `user_id=None` asks for no ownership check."""

    def __init__(self, store: SessionStore, projector: Projector, sandboxes: Sandboxes) -> None:
        self._store = store
        self._projector = projector
        self._sandboxes = sandboxes

    async def create_session(self, user_id: str, title: str = "") -> Session:
        session = Session(user_id=user_id, title=_clean_title(title))
        await self.save_to_db(session)
        return session

    async def save_to_db(self, session: Session) -> None:
        await self._store.save_session(session)

    async def get(self, session_id: str, user_id: str | None = None) -> Session:
        """A session, if it exists and is the user's.

        Raises:
            SessionNotFound, AccessDenied.
        """
        session = await self._store.get_session(session_id, user_id)
        if session is None:
            raise SessionNotFound()
        return self._live(session)

    async def get_sandbox(self, session_id: str, user_id: str | None = None) -> str | None:
        """The id of the session's live sandbox; None while it has none.

        Raises:
            SessionNotFound, AccessDenied.
        """
        return (await self.get(session_id, user_id)).sandbox_id

    async def load(
        self, session_id: str, user_id: str | None = None, *, whole: bool = True
    ) -> SessionDetail:
        """The whole session, everything that was shown so far included.

        Without `whole`, what its history holds where nothing can be added to that.
        """
        session = await self.get(session_id, user_id)
        if whole:
            await self._projector.drain(session.user_id)
        else:
            await self._drain_if_possible(session.user_id)
        detail = await self._store.load(session)
        if detail is None:
            raise SessionNotFound()
        return detail.model_copy(
            update={
                "session": self._live(detail.session),
                "messages": _with_artifacts(detail),
            }
        )

    async def page(
        self, user_id: str, limit: int, after: str | None, search: str = ""
    ) -> SessionPage:
        await self._drain_if_possible(user_id)
        page = await self._store.list_sessions(user_id, max(1, min(limit, 200)), after, search)
        return page.model_copy(update={"sessions": [self._live(s) for s in page.sessions]})

    async def unused_since(self, moment: datetime, user_id: str | None) -> list[str]:
        """The ids of the sessions that were used last before then, the journal's news included."""
        await self._projector.drain(user_id)
        return await self._store.unused_since(moment, user_id)

    async def rename(self, session_id: str, title: str, user_id: str | None) -> Session:
        session = await self.get(session_id, user_id)
        renamed = session.model_copy(update={"title": _clean_title(title)})
        await self._store.save_session(renamed)
        return renamed

    async def add_dataset(self, session: Session, dataset: Dataset) -> Session:
        """Keep a data set; the session's schema is that of its first one."""
        await self._store.save_dataset(session, dataset)
        datasets = await self._store.datasets(session)
        updated = session.model_copy(
            update={
                "dataset_schema": datasets[0].dataset_schema,
                "dataset_names": [held.name for held in datasets],
                "last_activity": now(),
            }
        )
        await self._store.save_session(updated)
        return self._live(updated)

    async def privacy_report(self, session_id: str, user_id: str | None) -> PrivacyReport:
        session = await self.get(session_id, user_id)
        await self._projector.drain(session.user_id)
        counts = await self._store.redaction_counts(session)
        return PrivacyReport(
            session_id=session_id, counts=counts, total=sum(c.count for c in counts)
        )

    async def _drain_if_possible(self, user_id: str | None) -> None:
        """What cannot be written for now does not keep anybody from reading; the status says it."""
        with suppress(StoreFull, StoreTimedOut):
            await self._projector.drain(user_id)

    def _live(self, session: Session) -> Session:
        """With the sandbox it has now, whatever was stored: sandboxes end without a word."""
        return session.model_copy(update={"sandbox_id": self._sandboxes.sandbox_id(session.id)})


def _with_artifacts(detail: SessionDetail) -> list[Message]:
    """The messages, each answer with everything that its run showed."""
    shown: dict[str, list[Artifact]] = {}
    for execution in detail.executions:
        if execution.result is not None:
            shown.setdefault(execution.run_id, []).extend(execution.result.artifacts)
    return [
        m.model_copy(update={"artifacts": shown.get(m.run_id or "", [])})
        if m.role == "assistant"
        else m
        for m in detail.messages
    ]


def _clean_title(title: str) -> str:
    return " ".join(title.split())[:TITLE_LIMIT]

"""The places where a history can be, with two users who may keep one there, and what is told it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from datalens_core import events as ev
from datalens_core.journal import Entry
from datalens_core.models import Artifact, ArtifactMetadata, ArtifactType, Session, new_id
from datalens_core.sessions.sqlite import SQLiteStore
from datalens_core.sessions.store import SessionStore
from datalens_core.sessions.supabase import SupabaseStore
from datalens_core.supabase.accounts import Accounts
from datalens_core.supabase.connection import Connection
from tests.support.supabase_server import Supabase


@dataclass
class Place:
    """`another` makes a store on what is kept there."""

    another: Callable[[], SessionStore]
    ada: str
    bob: str


def in_a_file(folder: Path) -> Place:
    return Place(lambda: SQLiteStore(folder), "ada", "bob")


def in_supabase(supabase: Supabase, folder: Path) -> Place:
    """Both users are new, and signed in at one server, which keeps their tokens in `folder`."""

    def another() -> SupabaseStore:
        connection = Connection(supabase.url, supabase.anon_key)
        return SupabaseStore(connection, Accounts(connection, folder))

    async def sign_up() -> list[str]:
        connection = Connection(supabase.url, supabase.anon_key)
        accounts = Accounts(connection, folder)
        for caller in ("ada", "bob"):
            await accounts.sign_up(caller, f"{caller}@example.com", "a-password")
        await connection.close()
        return [accounts.user_of(caller) for caller in ("ada", "bob")]

    return Place(another, *asyncio.run(sign_up()))


def entries(session: Session, run_id: str, told: Iterable[ev.Event], first: int = 1) -> list[Entry]:
    return [
        Entry(n, session.id, event.model_copy(update={"run_id": run_id, "seq": n}))
        for n, event in enumerate(told, first)
    ]


async def charts_of(store: SessionStore, session: Session, *contents: JsonValue) -> list[Artifact]:
    """Charts that one execution of the session showed, taken over from a journal of its own."""
    about = {"execution_id": new_id(), "step": 1}
    charts = [
        Artifact(type=ArtifactType.CHART, content=c, metadata=ArtifactMetadata(title="Chart 1"))
        for c in contents
    ]
    told: list[ev.Event] = [
        ev.RunStarted(session_id=session.id, query="q"),
        ev.CodeGenerated(**about, code="x", sha256="0"),
        *(ev.ArtifactCreated(**about, artifact=chart) for chart in charts),
    ]
    await store.apply(new_id(), session.user_id, entries(session, new_id(), told))
    return charts

"""The places where a history can be: each test of the store protocol runs in all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from datalens_core.sessions.sqlite import SQLiteStore
from datalens_core.sessions.store import SessionStore
from datalens_core.sessions.supabase import SupabaseStore
from datalens_core.supabase.accounts import Accounts
from datalens_core.supabase.connection import Connection
from tests.support.supabase_server import Supabase, running_supabase


@dataclass
class Place:
    """Where a history is kept, with two users who may keep one there."""

    another: Callable[[], SessionStore]
    ada: str
    bob: str


@pytest.fixture(scope="session")
def supabase() -> Iterator[Supabase]:
    with running_supabase() as server:
        yield server


@pytest.fixture(scope="session")
def signin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sign-ins of the team are kept."""
    return tmp_path_factory.mktemp("signin")


@pytest.fixture(scope="session")
def team(supabase: Supabase, signin: Path) -> Place:
    """Two users of this Supabase, both signed in at one server."""
    folder = signin

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


@pytest.fixture(params=["sqlite", "supabase"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "sqlite":
        return Place(lambda: SQLiteStore(tmp_path), "ada", "bob")
    supabase: Supabase = request.getfixturevalue("supabase")
    supabase.database.sql("delete from public.sessions; delete from public.projections")
    team: Place = request.getfixturevalue("team")
    return team


@pytest.fixture
async def store(place: Place) -> AsyncIterator[SessionStore]:
    store = place.another()
    await store.open()
    yield store
    await store.close()

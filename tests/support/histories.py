"""The places where a history can be, with two users who may keep one there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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

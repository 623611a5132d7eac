"""A database that is gone, slow, or closed to a user: said, kept, and written when it can be."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from datalens_core import Settings, Workbench
from datalens_core import events as ev
from datalens_core.errors import SessionExpired, StoreTimedOut, StoreUnavailable
from datalens_core.journal import Journal
from datalens_core.models import Session, new_id
from datalens_core.rooms import BEHIND
from datalens_core.sessions.projector import Projector
from datalens_core.sessions.store import SessionStore
from datalens_core.sessions.supabase import SupabaseStore
from datalens_core.supabase.accounts import Accounts
from datalens_core.supabase.connection import Connection
from tests.support.histories import Place
from tests.support.supabase_server import Supabase


class Log:
    """A journal that is written behind into a team's history."""

    def __init__(self, folder: Path, store: SessionStore) -> None:
        self.behind: list[str | None] = []
        self.journal = Journal(folder)
        self.store = store
        self.projector = Projector(self.journal, store, self.behind.append)

    def ask(self, session: Session, *queries: str) -> None:
        for query in queries:
            run_id = new_id()
            self.journal.begin(run_id, session.id, session.user_id)
            self.journal.append(run_id, ev.RunStarted(session_id=session.id, query=query))
            self.journal.append(run_id, ev.RunCompleted())
        self.projector.wake()

    async def until_written(self, session: Session, *queries: str) -> None:
        """Until the projector, which nobody waits for, has brought them there."""
        deadline = time.monotonic() + 30
        while await self.questions(session) != list(queries):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)

    async def questions(self, session: Session) -> list[str | None]:
        detail = await self.store.load(session)
        assert detail is not None
        return [run.query for run in detail.runs]


@pytest.fixture
async def log(team: Place, tmp_path: Path) -> AsyncIterator[Log]:
    log = Log(tmp_path, team.another())
    log.projector.start()
    yield log
    await log.projector.close()
    log.journal.close()
    await log.store.close()


async def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def test_a_database_that_is_gone_for_a_while_gets_all_of_it_afterwards(
    log: Log, supabase: Supabase, team: Place
) -> None:
    session = Session(user_id=team.ada)
    await log.store.save_session(session)
    log.ask(session, "before")
    await log.projector.drain(team.ada)
    supabase.database.stop()
    try:
        log.ask(session, "during", "and still")
        await until(lambda: bool(log.behind))
        with pytest.raises(StoreUnavailable, match="kept on this machine"):
            await log.store.load(session)
    finally:
        await asyncio.to_thread(supabase.database.start)
    await until(lambda: not log.projector.is_behind(team.ada))
    assert await log.questions(session) == ["before", "during", "and still"]
    assert log.behind == [team.ada]  # said once


async def test_a_database_that_is_slow_is_told_from_one_that_is_gone_and_nothing_comes_twice(
    supabase: Supabase, team: Place, signin: Path, log: Log
) -> None:
    session = Session(user_id=team.ada)
    await log.store.save_session(session)
    supabase.database.sql(
        "create function public.dawdle() returns trigger language plpgsql as"
        " 'begin perform pg_sleep(1.5); return new; end';"
        "create trigger dawdle before insert on public.runs execute function public.dawdle()"
    )
    connection = Connection(supabase.url, supabase.anon_key, call_seconds=0.5)
    hasty = SupabaseStore(connection, Accounts(connection, signin))
    try:
        log.ask(session, "slow")
        with pytest.raises(StoreTimedOut):
            await hasty.apply(log.journal.id, team.ada, log.journal.since(0, user_id=team.ada))
    finally:
        supabase.database.sql("drop function public.dawdle() cascade")
    await log.projector.drain(team.ada)
    assert await log.questions(session) == ["slow"]
    await connection.close()


async def test_somebody_whose_sign_in_ended_keeps_nobody_else_waiting_and_loses_nothing(
    supabase: Supabase, team: Place, tmp_path: Path
) -> None:
    connection = Connection(supabase.url, supabase.anon_key)
    accounts = Accounts(connection, tmp_path / "signin")
    for caller in ("cy", "dee"):
        await accounts.sign_up(caller, f"{caller}@example.com", "a-password")
    log = Log(tmp_path, SupabaseStore(connection, accounts))
    gone, here = (Session(user_id=accounts.user_of(caller)) for caller in ("cy", "dee"))
    for session in (gone, here):
        await log.store.save_session(session)
    supabase.database.sql(f"delete from auth.sessions where user_id = '{gone.user_id}'")
    with pytest.raises(SessionExpired):
        await accounts.renewed(gone.user_id, await accounts.token(gone.user_id))
    log.ask(gone, "while signed out")
    log.ask(here, "meanwhile")
    log.projector.start()
    await log.until_written(here, "meanwhile")
    await until(lambda: bool(log.behind))
    assert log.behind == [gone.user_id]
    await accounts.sign_in("cy", "cy@example.com", "a-password")
    log.projector.wake()
    await log.until_written(gone, "while signed out")
    await log.projector.close()
    log.journal.close()
    await log.store.close()


async def test_a_database_without_our_tables_says_what_to_do(
    supabase: Supabase, team: Place
) -> None:
    store = team.another()
    supabase.database.sql("alter function public.session(uuid) rename to session_hidden")
    try:
        with pytest.raises(StoreUnavailable, match="apply its migrations"):
            await store.get_session(new_id(), team.ada)
    finally:
        supabase.database.sql("alter function public.session_hidden(uuid) rename to session")
    await store.close()


async def test_a_run_goes_on_without_the_database_and_says_that_it_is_kept_here(
    supabase: Supabase, tmp_path: Path
) -> None:
    settings = Settings.offline(
        data_dir=tmp_path, supabase_url=supabase.url, supabase_anon_key=supabase.anon_key
    )
    async with Workbench(settings) as workbench:
        who = await workbench.signin.sign_up("eve", "eve@example.com", "a-password")
        session = await workbench.create_session(workbench.signin.user_of("eve"))
        code = "import time\nfor n in range(8):\n    time.sleep(1)\n    print(n, flush=True)"
        run_id = await workbench.start_execution(
            session.id, code, confirmed=True, user_id=who.user_id
        )
        supabase.database.stop()
        try:
            told = [e async for e in workbench.events(run_id, user_id=who.user_id)]
            status = await workbench.status("eve")
        finally:
            await asyncio.to_thread(supabase.database.start)
        assert told[-1].type == "run.completed"
        assert [e.text for e in told if isinstance(e, ev.Notice)] == [BEHIND]
        assert status.store.message == BEHIND
        detail = await workbench.get_session(session.id, who.user_id)
    [execution] = detail.executions
    assert execution.result is not None
    assert execution.result.stdout.split() == [str(n) for n in range(8)]

"""A database that is gone, slow, or closed to a user: said, kept, and written when it can be."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from datalens_core import Settings, Workbench
from datalens_core import events as ev
from datalens_core.doctor import migrations, team_history
from datalens_core.errors import DataLensError, SessionExpired, StoreTimedOut, StoreUnavailable
from datalens_core.journal import Journal
from datalens_core.models import Session, new_id
from datalens_core.rooms import BEHIND
from datalens_core.sessions.projector import Projector
from datalens_core.sessions.store import SessionStore
from datalens_core.sessions.supabase import SupabaseStore
from datalens_core.supabase import connection
from datalens_core.supabase.accounts import Accounts
from datalens_core.supabase.connection import Connection
from tests.support.histories import Place
from tests.support.proxy import Proxy
from tests.support.supabase_server import MIGRATIONS, Supabase


class Log:
    """A journal that is written behind into a team's history."""

    def __init__(self, folder: Path, store: SessionStore) -> None:
        self.behind: list[str | None] = []
        self.refused: list[str | None] = []
        self.journal = Journal(folder)
        self.store = store
        self.projector = Projector(self.journal, store, self.behind.append, self.refused.append)

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


@pytest.fixture
async def line(supabase: Supabase) -> AsyncIterator[Proxy]:
    async with Proxy(urlsplit(supabase.url).port or 0) as line:
        yield line


async def test_a_request_that_is_met_with_silence_is_tried_again_and_ends_as_unreachable(
    supabase: Supabase, line: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(connection, "LOOK_SECONDS", 0.2)
    silent = Connection(line.url, supabase.anon_key, call_seconds=0.3)
    accounts = Accounts(silent, tmp_path)
    store = SupabaseStore(silent, accounts)
    await accounts.sign_up("fay", "fay@example.com", "a-password")
    session = Session(user_id=accounts.user_of("fay"), title="before")
    await store.save_session(session)
    line.flowing.clear()
    before = len(line.asked)
    with pytest.raises(StoreUnavailable, match="kept on this machine"):
        await store.save_session(session.model_copy(update={"title": "never"}))
    # One on the connection that was open; then a look before each of three more tries.
    assert [asked.split()[1] for asked in line.asked[before:]] == ["/auth/v1/health"] * 3
    renaming = asyncio.create_task(
        store.save_session(session.model_copy(update={"title": "after"}))
    )
    await asyncio.sleep(0.4)  # the call was given up, and is made again once a look is answered
    line.flowing.set()
    await renaming
    kept = await store.get_session(session.id, session.user_id)
    assert kept is not None
    assert kept.title == "after"
    await silent.close()


async def test_making_an_account_is_not_repeated_when_no_answer_comes(
    supabase: Supabase, line: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "ONCE_SECONDS", 0.3)
    silent = Connection(line.url, supabase.anon_key)
    line.flowing.clear()
    with pytest.raises(StoreUnavailable):
        await Accounts(silent, tmp_path).sign_up("gus", "gus@example.com", "a-password")
    assert sum("/signup" in asked for asked in line.asked) == 1  # it would send a second email
    await silent.close()


async def test_a_database_that_is_slow_is_told_from_one_that_is_gone_and_nothing_comes_twice(
    supabase: Supabase, team: Place, signin: Path, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "RETRY_SECONDS", 0.05)
    session = Session(user_id=team.ada)
    await log.store.save_session(session)
    supabase.database.sql(
        "create function public.dawdle() returns trigger language plpgsql as"
        " 'begin perform pg_sleep(3); return new; end';"
        "create trigger dawdle before insert on public.runs execute function public.dawdle()"
    )
    theirs = Connection(supabase.url, supabase.anon_key, call_seconds=0.5)
    hasty = SupabaseStore(theirs, Accounts(theirs, signin))
    try:
        log.ask(session, "slow")
        with pytest.raises(StoreTimedOut):
            await hasty.apply(log.journal.id, team.ada, log.journal.since(0, user_id=team.ada))
    finally:
        supabase.database.sql("drop function public.dawdle() cascade")
    await log.projector.drain(team.ada)
    assert await log.questions(session) == ["slow"]
    await theirs.close()


async def test_somebody_whose_sign_in_ended_keeps_nobody_else_waiting_and_loses_nothing(
    supabase: Supabase, team: Place, tmp_path: Path
) -> None:
    theirs = Connection(supabase.url, supabase.anon_key)
    accounts = Accounts(theirs, tmp_path / "signin")
    for caller in ("cy", "dee"):
        await accounts.sign_up(caller, f"{caller}@example.com", "a-password")
    log = Log(tmp_path, SupabaseStore(theirs, accounts))
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


def refuse(place: Place, supabase: Supabase, folder: Path) -> None:
    """Let a history take no message that says "poison"."""
    if place.ada == "ada":
        with closing(sqlite3.connect(folder / "history.db")) as db:
            db.execute(
                "create trigger refuse before insert on messages when new.content = 'poison'"
                " begin select raise(abort, 'no'); end"
            )
        return
    supabase.database.sql(
        "create function public.refuse() returns trigger language plpgsql as"
        " 'begin raise exception ''no'' using errcode = ''22023''; end';"
        "create trigger refuse before insert on public.messages for each row"
        " when (new.content = 'poison') execute function public.refuse()"
    )


async def test_what_a_history_refuses_is_set_aside_and_holds_nothing_else_up(
    place: Place, supabase: Supabase, tmp_path: Path
) -> None:
    log = Log(tmp_path, place.another())
    session = Session(user_id=place.ada)
    await log.store.save_session(session)
    refuse(place, supabase, tmp_path)
    log.ask(session, "before", "poison", "after")
    try:
        await log.projector.drain(place.ada)
    finally:
        supabase.database.sql("drop function if exists public.refuse() cascade")
    detail = await log.store.load(session)
    assert detail is not None
    assert [m.content for m in detail.messages] == ["before", "after"]
    assert log.refused == [place.ada if log.store.by_user else None]
    assert log.journal.refused(place.ada) == 1
    assert log.journal.refused(place.bob) == 0
    assert [e.event.type for e in log.journal.since(0)] == ["run.started", "run.completed"] * 3
    again = Projector(log.journal, log.store)  # as after a restart
    await again.drain(place.ada)
    log.ask(session, "later")
    await again.drain(place.ada)
    assert (await log.questions(session))[-1] == "later"
    log.journal.forget(session.id)
    assert log.journal.refused() == 0
    log.journal.close()
    await log.store.close()


async def test_a_database_without_our_tables_says_what_to_do(
    supabase: Supabase, team: Place
) -> None:
    store = team.another()
    settings = Settings.offline(supabase_url=supabase.url, supabase_anon_key=supabase.anon_key)
    assert (await team_history(settings)).state == "note"
    here = settings.model_copy(update={"local_only": True, "supabase_url": "http://nobody.test"})
    assert "the history is elsewhere" in (await team_history(here)).text
    for function in ("session", "session_exists"):
        supabase.database.sql(f"alter function public.{function}(uuid) rename to hidden_{function}")
    try:
        with pytest.raises(StoreUnavailable, match="apply its migrations"):
            await store.get_session(new_id(), team.ada)
        looked = await team_history(settings)
    finally:
        for function in ("session", "session_exists"):
            supabase.database.sql(
                f"alter function public.hidden_{function}(uuid) rename to {function}"
            )
    await store.close()
    assert (looked.state, looked.text) == ("problem", "The database is not set up for DataLens.")
    assert str(migrations()) in looked.remedy
    assert {script.name for script in migrations().iterdir()} == {s.name for s in MIGRATIONS}


async def test_runs_go_on_and_are_asked_for_without_the_database_and_say_that_they_are_kept_here(
    supabase: Supabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(connection, "CALL_SECONDS", 1.0)
    settings = Settings.offline(
        data_dir=tmp_path, supabase_url=supabase.url, supabase_anon_key=supabase.anon_key
    )
    async with Workbench(settings) as workbench:
        who = await workbench.signin.sign_up("eve", "eve@example.com", "a-password")
        user = workbench.signin.user_of("eve")
        session, closed = [await workbench.create_session(user) for _ in range(2)]
        workbench._rooms.states.drop(closed.id)

        async def run(session_id: str, code: str, user_id: str = user) -> str:
            return await workbench.start_execution(
                session_id, code, confirmed=True, user_id=user_id
            )

        async def told(run_id: str) -> list[ev.Event]:
            return [e async for e in workbench.events(run_id, user_id=who.user_id)]

        async def told_until_it_is_said(run_id: str) -> list[ev.Event]:
            """A request that is on its way when the database goes may hang for long."""
            heard: list[ev.Event] = []
            async for event in workbench.events(run_id, user_id=who.user_id):
                heard.append(event)
                if {"notice", "execution.output"} <= {e.type for e in heard}:
                    await workbench.cancel(run_id, who.user_id)
            return heard

        before = await run(
            session.id,
            "import time\nfor n in range(100):\n    print(n, flush=True)\n    time.sleep(0.5)",
        )
        await asyncio.to_thread(supabase.database.stop)
        try:
            heard = [await told_until_it_is_said(before)]
            heard.append(await told(await run(session.id, "print('during')")))
            status = await workbench.status("eve")
            for refused in (
                run(closed.id, "print('no')"),  # what it holds is in the database alone
                run(session.id, "print('no')", "somebody-else"),
            ):
                with pytest.raises(DataLensError):
                    await refused
        finally:
            await asyncio.to_thread(supabase.database.start)
        assert [events[-1].type for events in heard] == ["run.cancelled", "run.completed"]
        for events in heard:
            assert [e.text for e in events if isinstance(e, ev.Notice)] == [BEHIND]
        assert status.store.message == BEHIND
        projector = workbench._rooms.projector
        projector.wake()  # or it would try again later
        await until(lambda: not projector.is_behind(user))
        detail = await workbench.get_session(session.id, who.user_id)
    outputs = [e.result.stdout for e in detail.executions if e.result is not None]
    assert outputs[0].startswith("0\n")
    assert outputs[1:] == ["during\n"]

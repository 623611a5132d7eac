"""Large payloads of a team: objects of Supabase's storage, each its user's alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from datalens_core import Settings
from datalens_core.doctor import team_history
from datalens_core.errors import DataLensError
from datalens_core.models import Session, new_id
from datalens_core.sessions.payloads import LARGE
from datalens_core.sessions.store import SessionStore
from datalens_core.supabase.connection import BUCKET, Connection
from supabase import AsyncClient
from tests.support.histories import Place, charts_of
from tests.support.supabase_server import MIGRATIONS, Supabase

from .test_policies import token_of

BIG: JsonValue = {"data": [{"y": [n / 7 for n in range(LARGE // 8)]}]}


def objects(supabase: Supabase) -> list[str]:
    return supabase.database.sql("select name from storage.objects order by name").splitlines()


def one(user_id: str, session_id: str, content: JsonValue = BIG) -> str:
    """What an object is called."""
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    return f"{user_id}/{session_id}/{digest}"


@pytest.fixture
async def mine(team_store: SessionStore, team: Place, supabase: Supabase) -> Session:
    """A session of Ada's with one object."""
    session = Session(user_id=team.ada)
    await team_store.save_session(session)
    await charts_of(team_store, session, BIG, {"data": []})
    assert objects(supabase) == [one(team.ada, session.id)]
    return session


async def shown(store: SessionStore, session: Session) -> list[Any]:
    detail = await store.load(session)
    assert detail is not None
    return [artifact.content for artifact in detail.artifacts]


async def test_a_row_holds_the_name_of_what_is_large_and_no_more(
    team_store: SessionStore, supabase: Supabase, mine: Session
) -> None:
    widest = supabase.database.sql("select max(octet_length(content::text)) from artifacts")
    assert int(widest) < 100
    assert await shown(team_store, mine) == [BIG, {"data": []}]


async def test_a_session_takes_its_objects_along_and_no_others(
    team_store: SessionStore, team: Place, supabase: Supabase, mine: Session
) -> None:
    kept = Session(user_id=team.ada)
    await team_store.save_session(kept)
    [large] = await charts_of(team_store, kept, BIG)
    await team_store.delete_session(mine)
    assert objects(supabase) == [one(team.ada, kept.id)]
    await charts_of(team_store, mine, BIG)  # what comes too late
    await team_store.save_png(mine, large.id, b"x" * (LARGE + 1))
    assert objects(supabase) == [one(team.ada, kept.id)]
    assert await shown(team_store, kept) == [BIG]


async def test_what_the_database_deleted_leaves_goes_with_the_next_that_its_user_deletes(
    team_store: SessionStore, team: Place, supabase: Supabase, mine: Session
) -> None:
    theirs, next_one = Session(user_id=team.bob), Session(user_id=team.ada)
    for session in (theirs, next_one):
        await team_store.save_session(session)
    await charts_of(team_store, theirs, BIG)
    supabase.database.sql(f"delete from sessions where id = '{mine.id}'")
    assert len(objects(supabase)) == 2
    await team_store.delete_session(next_one)
    assert objects(supabase) == [one(team.bob, theirs.id)]


async def test_an_object_that_is_gone_or_changed_is_said_in_its_place(
    team_store: SessionStore, team: Place, supabase: Supabase, mine: Session
) -> None:
    name = one(team.ada, mine.id)
    db = Connection(supabase.url, supabase.anon_key)

    async def told() -> str:
        first, second = await shown(team_store, mine)
        assert second == {"data": []}
        return str(first["value"])

    token = token_of(supabase, team.ada)
    await db.call(token, lambda c: c.storage.from_(BUCKET).remove([name]))
    assert "gone or was changed" in await told()
    await db.call(token, lambda c: c.storage.from_(BUCKET).upload(name, b"{}"))
    assert "gone or was changed" in await told()
    await db.close()


async def test_another_user_and_nobody_at_all_reach_no_object_by_the_api(
    team_store: SessionStore, team: Place, supabase: Supabase, mine: Session
) -> None:
    await team_store.save_session(own := Session(user_id=team.bob))
    name, connection = one(team.ada, mine.id), Connection(supabase.url, supabase.anon_key)
    tried: dict[str, Callable[[AsyncClient], Any]] = {
        "read": lambda c: c.storage.from_(BUCKET).download(name),
        "look": lambda c: c.storage.from_(BUCKET).info(name),
        "sign": lambda c: c.storage.from_(BUCKET).create_signed_url(name, 60),
        "sign upload": lambda c: c.storage.from_(BUCKET).create_signed_upload_url(f"{name}0"),
        "move": lambda c: c.storage.from_(BUCKET).move(name, f"{team.bob}/{own.id}/x"),
        "copy": lambda c: c.storage.from_(BUCKET).copy(name, f"{team.bob}/{own.id}/x"),
        "replace": lambda c: c.storage.from_(BUCKET).update(name, b"forged"),
        "add": lambda c: c.storage.from_(BUCKET).upload(f"{team.ada}/{mine.id}/x", b"forged"),
        "add there": lambda c: c.storage.from_(BUCKET).upload(f"{team.bob}/{mine.id}/x", b"x"),
        "add nowhere": lambda c: c.storage.from_(BUCKET).upload(f"{team.bob}/{new_id()}/x", b"x"),
        "add flat": lambda c: c.storage.from_(BUCKET).upload("x", b"x"),
        "climb": lambda c: c.storage.from_(BUCKET).upload(f"{team.bob}/../{team.ada}/x", b"x"),
        "delete": lambda c: c.storage.delete_bucket(BUCKET),
        "publish": lambda c: c.storage.update_bucket(BUCKET, {"public": True}),
    }
    for token in (token_of(supabase, team.bob), None):
        for what, call in tried.items():
            with pytest.raises((DataLensError, ValueError)):
                raise AssertionError(what, await connection.call(token, call))
        seen = await connection.call(token, lambda c: c.storage.from_(BUCKET).list(team.ada))
        gone = await connection.call(token, lambda c: c.storage.from_(BUCKET).remove([name]))
        assert seen == gone == []
        with suppress(DataLensError):  # it empties nothing but what is theirs
            await connection.call(token, lambda c: c.storage.empty_bucket(BUCKET))
    for change in ("update", "upload"):  # nor does its own user change one
        with pytest.raises(DataLensError):
            await connection.call(
                token_of(supabase, team.ada),
                lambda c, how=change: getattr(c.storage.from_(BUCKET), how)(name, b"other"),
            )
    assert objects(supabase) == [name]
    assert supabase.database.sql("select id, public from storage.buckets") == f"{BUCKET}|f"
    assert (await shown(team_store, mine))[0] == BIG
    await connection.close()


async def test_without_the_bucket_rows_hold_what_is_large_and_the_doctor_says_so(
    team_store: SessionStore, team: Place, supabase: Supabase, signin: Path, mine: Session
) -> None:
    settings = Settings.offline(
        data_dir=signin.parent, supabase_url=supabase.url, supabase_anon_key=supabase.anon_key
    )
    there = await team_history(settings)
    supabase.database.sql("delete from storage.objects; delete from storage.buckets")
    try:
        [chart] = await charts_of(team_store, mine, BIG)
        await team_store.save_png(mine, chart.id, b"x" * (LARGE + 1))
        missing = await team_history(settings)
    finally:
        supabase.database.sql(MIGRATIONS[-1].read_text())
    assert (await shown(team_store, mine))[-1] == BIG
    assert await team_store.pngs(mine) == {chart.id: b"x" * (LARGE + 1)}
    assert objects(supabase) == []
    assert "bucket" not in there.text
    assert (missing.state, "no bucket `datalens`" in missing.text) == ("note", True)
    assert "Apply the files" in missing.remedy

"""What row-level security lets through: each user's own, and nothing of anybody else's."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import jwt
import pytest

from datalens_core import events as ev
from datalens_core.errors import AccessDenied
from datalens_core.models import Session, new_id
from datalens_core.sessions.store import SessionStore
from tests.support.histories import Place, entries
from tests.support.supabase_server import MIGRATIONS, Supabase

TABLES = (
    "sessions", "datasets", "runs", "messages", "execution_logs", "artifacts", "pii_redactions",
    "projections",
)  # fmt: skip
KEY = {"runs": "run_id", "projections": "journal_id"}


def as_user(supabase: Supabase, user_id: str | None, statement: str) -> str:
    """Run SQL with the claims of a user, or as nobody, as the REST interface does."""
    role = "anon" if user_id is None else "authenticated"
    claims = json.dumps({"sub": user_id, "role": role} if user_id else {"role": role})
    return supabase.database.sql(
        f"begin; set local role {role}; set local request.jwt.claims = '{claims}';"
        f" set local request.jwt.claim.sub = '{user_id or ''}';"  # where the tests' API has it
        f" {statement}; commit;"
    )


def refused(supabase: Supabase, user_id: str | None, statement: str) -> str:
    with pytest.raises(RuntimeError) as error:
        as_user(supabase, user_id, statement)
    return str(error.value)


def rest(
    supabase: Supabase, token: str | None, path: str, method: str = "GET", body: Any = None
) -> tuple[int, Any]:
    headers = {"apikey": supabase.anon_key, "Prefer": "return=representation"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{supabase.url}/rest/v1/{path}", data, headers, method=method)
    request.add_header("Content-Type", "application/json")
    try:
        with urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def token_of(supabase: Supabase, user_id: str, **claims: Any) -> str:
    held = {
        "sub": user_id,
        "aud": "authenticated",
        "role": "authenticated",
        "iss": f"{supabase.url}/auth/v1",
        "exp": time.time() + 600,
    }
    key = claims.pop("key", supabase.jwt_secret)
    return jwt.encode(held | claims, key, algorithm="HS256")


# -- by SQL with the claims of another user -------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_another_user_sees_changes_and_deletes_nothing(
    supabase: Supabase, team: Place, session: Session, table: str
) -> None:
    key = KEY.get(table, "id")
    rows = supabase.database.sql(f"select count(*) from public.{table}")
    assert int(rows) >= 1
    assert as_user(supabase, team.ada, f"select count(*) from public.{table}") == rows
    assert as_user(supabase, team.bob, f"select count(*) from public.{table}") == "0"
    before = supabase.database.sql(f"select * from public.{table} order by {key}")
    for statement in (f"update public.{table} set {key} = {key}", f"delete from public.{table}"):
        if table == "pii_redactions" or (table == "runs" and statement.startswith("delete")):
            assert "permission denied" in refused(supabase, team.bob, statement)
        else:
            assert as_user(supabase, team.bob, f"{statement} returning 1") == ""
    assert supabase.database.sql(f"select * from public.{table} order by {key}") == before


def test_rows_cannot_be_put_into_another_users_session(
    supabase: Supabase, team: Place, session: Session
) -> None:
    run = supabase.database.sql("select run_id from public.runs")
    execution = supabase.database.sql("select id from public.execution_logs")
    s, some = f"'{session.id}'", f"'{new_id()}'"
    forged = {
        "sessions": f"(id, user_id) values ({some}, '{team.ada}')",
        "projections": f"(user_id, journal_id, position) values ('{team.ada}', {some}, 9)",
        "datasets": f"(session_id, name, body) values ({s}, 'x', '{{}}')",
        "runs": f"(run_id, session_id, position, origin, status)"
        f" values ({some}, {s}, 1, 'question', 'running')",
        "messages": f"(session_id, role, content) values ({s}, 'user', 'x')",
        "execution_logs": f"(session_id, run_id, position, step, attempt, origin, code, sha256)"
        f" values ({s}, '{run}', 1, 1, 1, 'agent', 'x', '0')",
        "artifacts": f"(session_id, run_id, execution_id, position, type, content, metadata)"
        f" values ({s}, '{run}', '{execution}', 1, 'chart', '{{}}', '{{}}')",
        "pii_redactions": f"(session_id, run_id, channel, entity_type, count)"
        f" values ({s}, '{run}', 'question', 'X', 1)",
    }
    assert set(forged) == set(TABLES)
    for table, values in forged.items():
        statement = f"insert into public.{table} {values}"
        assert "row-level security" in refused(supabase, team.bob, statement), table


def test_rows_of_a_session_of_ones_own_cannot_refer_to_another_users(
    supabase: Supabase, team: Place, session: Session
) -> None:
    mine = new_id()
    as_user(
        supabase,
        team.bob,
        f"insert into public.sessions (id, user_id) values ('{mine}', '{team.bob}')",
    )
    run = supabase.database.sql("select run_id from public.runs")
    for statement in (
        f"insert into public.messages (session_id, run_id, role, content)"
        f" values ('{mine}', '{run}', 'user', 'x')",
        f"insert into public.pii_redactions (session_id, run_id, channel, entity_type, count)"
        f" values ('{mine}', '{run}', 'question', 'X', 1)",
        f"insert into public.execution_logs (session_id, run_id, position, step, attempt, origin,"
        f" code, sha256) values ('{mine}', '{run}', 1, 1, 1, 'agent', 'x', '0')",
    ):
        assert "foreign key" in refused(supabase, team.bob, statement)


def test_what_is_ones_own_cannot_be_handed_to_somebody_else(
    supabase: Supabase, team: Place, session: Session
) -> None:
    theirs = new_id()
    as_user(
        supabase,
        team.bob,
        f"insert into public.sessions (id, user_id) values ('{theirs}', '{team.bob}')",
    )
    given = f"update public.sessions set user_id = '{team.ada}' where id = '{theirs}'"
    assert "row-level security" in refused(supabase, team.bob, given)
    moved = f"update public.messages set session_id = '{theirs}'"
    assert "row-level security" in refused(supabase, team.ada, moved)


def test_nobody_sees_nothing_at_all(supabase: Supabase, session: Session) -> None:
    for table in TABLES:
        assert "permission denied" in refused(supabase, None, f"select 1 from public.{table}")
    for call in (
        f"session_exists('{session.id}')", f"session('{session.id}')", f"artifact('{new_id()}')",
        f"session_detail('{session.id}')", "sessions_page(10, '{}')", f"pictures('{session.id}')",
        f"redaction_counts('{session.id}')", f"save_picture('{new_id()}', '')",
        f"take_over('{new_id()}', 1, '{{}}')",
    ):  # fmt: skip
        assert "permission denied" in refused(supabase, None, f"select public.{call}")


def test_the_audit_is_read_and_written_and_never_changed_not_even_by_its_user(
    supabase: Supabase, team: Place, session: Session
) -> None:
    for statement in (
        "update public.pii_redactions set count = 0",
        "delete from public.pii_redactions",
        "truncate public.pii_redactions",
        "delete from public.runs",  # which their rows would follow
    ):
        assert "permission denied" in refused(supabase, team.ada, statement)
    as_user(supabase, team.ada, f"delete from public.sessions where id = '{session.id}'")
    for table in set(TABLES) - {"projections"}:
        assert supabase.database.sql(f"select count(*) from public.{table}") == "0", table


def test_the_database_deletes_what_nobody_uses_on_its_own_schedule_and_for_no_user(
    supabase: Supabase, team: Place, session: Session
) -> None:
    call = "select public.delete_unused_sessions"
    assert "permission denied" in refused(supabase, team.ada, f"{call}(1)")
    assert "permission denied" in refused(supabase, None, f"{call}(1)")
    used = "update public.sessions set last_activity = now() - interval '40 days'"
    supabase.database.sql(used)
    assert [supabase.database.sql(f"{call}({days})") for days in (0, -1, 41)] == ["0"] * 3
    assert supabase.database.sql("select count(*) from public.artifacts") == "1"
    assert supabase.database.sql(f"{call}(39)") == "1"
    assert supabase.database.sql("select count(*) from public.artifacts") == "0"


def test_the_function_that_sees_more_tells_of_a_session_whether_it_is_and_no_more(
    supabase: Supabase, team: Place, session: Session
) -> None:
    assert as_user(supabase, team.bob, f"select public.session_exists('{session.id}')") == "t"
    assert as_user(supabase, team.bob, f"select public.session_exists('{new_id()}')") == "f"
    definers = supabase.database.sql(
        "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
    )
    assert definers == "session_exists"
    unsafe = supabase.database.sql(
        "select count(*) from pg_proc where pronamespace = 'public'::regnamespace"
        " and not coalesce(proconfig @> array['search_path=\"\"'], false)"
    )
    assert unsafe == "0"


def test_every_table_has_policies_and_may_be_set_up_again(supabase: Supabase) -> None:
    bare = "select count(*) from pg_tables where schemaname = 'public' and not rowsecurity"
    assert supabase.database.sql(bare) == "0"
    # Nothing of it is told by another way: no view (which sees all), no replication to listeners.
    for shown in ("pg_views where schemaname = 'public'", "pg_publication_tables"):
        assert supabase.database.sql(f"select count(*) from {shown}") == "0"
    for script in MIGRATIONS[1:]:
        supabase.database.sql(script.read_text())
    policies = supabase.database.sql(
        "select tablename, count(*) from pg_policies where schemaname = 'public'"
        " group by 1 order by 1"
    )
    expected = dict.fromkeys(TABLES, 4) | {"pii_redactions": 2, "runs": 3}
    assert dict(line.split("|") for line in policies.splitlines()) == {
        table: str(number) for table, number in expected.items()
    }


# -- by the REST interface ------------------------------------------------------------------------


def test_another_users_token_opens_nothing(
    supabase: Supabase, team: Place, session: Session
) -> None:
    theirs = token_of(supabase, team.bob)
    for table in TABLES:
        assert rest(supabase, theirs, f"{table}?select=*") == (200, []), table
        assert len(rest(supabase, token_of(supabase, team.ada), f"{table}?select=*")[1]) >= 1
    changed = rest(supabase, theirs, f"sessions?id=eq.{session.id}", "PATCH", {"title": "mine"})
    assert changed == (200, [])
    assert rest(supabase, theirs, f"sessions?id=eq.{session.id}", "DELETE") == (200, [])
    forged = {"id": session.id, "user_id": team.bob, "title": "mine"}
    assert rest(supabase, theirs, "sessions", "POST", forged)[0] == 409
    assert supabase.database.sql("select title from public.sessions") == "Ada's"


@pytest.mark.parametrize("token", ["expired", "forged", "missing"])
def test_a_token_that_is_expired_forged_or_missing_opens_nothing(
    supabase: Supabase, team: Place, session: Session, token: str
) -> None:
    held = {
        "expired": token_of(supabase, team.ada, exp=time.time() - 10),
        "forged": token_of(supabase, team.ada, key="another-secret-that-is-long-enough-too"),
        "missing": None,
    }[token]
    status, answer = rest(supabase, held, "sessions?select=*")
    assert status in (401, 403)
    assert "Ada's" not in json.dumps(answer)


async def test_the_store_refuses_forged_owners_and_ids(
    team_store: SessionStore, team: Place, session: Session
) -> None:
    forged = session.model_copy(update={"user_id": team.bob, "title": "mine"})
    with pytest.raises(AccessDenied):
        await team_store.save_session(forged)
    assert await team_store.load(forged) is None
    assert await team_store.datasets(forged) == []
    await team_store.delete_session(forged)
    told = [ev.RunStarted(session_id=session.id, query="forged")]
    await team_store.apply(new_id(), team.bob, entries(session, new_id(), told))
    kept = await team_store.load(session)
    assert kept is not None
    assert kept.session.title == "Ada's"
    assert [m.content for m in kept.messages] == ["q"]
    chart = kept.artifacts[0]
    await team_store.save_png(forged, chart.id, b"forged")
    assert await team_store.pngs(session) == {}


def test_nothing_in_the_migrations_names_a_place_of_ours() -> None:
    text = "".join(Path(script).read_text() for script in MIGRATIONS)
    assert "service_role" not in text

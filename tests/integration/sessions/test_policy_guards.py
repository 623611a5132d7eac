"""Each policy alone keeps something shut, or open: removed or loosened, a probe tells.

The probes are what two users try of each table, by SQL with their claims; the guards' outcomes are
compared in one transaction that is rolled back, in the database itself.
"""

from __future__ import annotations

import json

import pytest

from datalens_core.models import Session
from tests.support.histories import Place
from tests.support.supabase_server import Supabase

from .test_policies import TABLES

# What a new row of each table needs; {user}, {session}, {run}, {execution} are a user's own.
ROWS = {
    "sessions": "(user_id) values ('{user}')",
    "projections": "(user_id, journal_id, position) values ('{user}', gen_random_uuid(), 9)",
    "datasets": "(session_id, name, body) values ('{session}', 'x', '{{}}')",
    "runs": "(run_id, session_id, position, origin, status)"
    " values (gen_random_uuid(), '{session}', 1, 'question', 'running')",
    "messages": "(session_id, role, content) values ('{session}', 'user', 'x')",
    "execution_logs": "(session_id, run_id, position, step, attempt, origin, code, sha256)"
    " values ('{session}', '{run}', 1, 1, 1, 'agent', 'x', '0')",
    "artifacts": "(session_id, run_id, execution_id, position, type, content, metadata)"
    " values ('{session}', '{run}', '{execution}', 1, 'chart', '{{}}', '{{}}')",
    "pii_redactions": "(session_id, run_id, channel, entity_type, count)"
    " values ('{session}', '{run}', 'question', 'X', 1)",
}
# Columns that say whose a row is: given another user's, it changes hands.
HANDED = {
    "sessions": "user_id = '{user}'",
    "projections": "user_id = '{user}'",
    "datasets": "session_id = '{session}'",
    "runs": "session_id = '{session}'",
    "messages": "session_id = '{session}', run_id = null",
    "execution_logs": "session_id = '{session}', run_id = '{run}'",
    "artifacts": "session_id = '{session}', execution_id = '{execution}'",
}
# An update that reads nothing, so that no policy but its own stands in its way.
TOUCHED = {
    "sessions": "title = 'x'", "projections": "position = 9", "datasets": "name = 'x'",
    "runs": "origin = 'x'", "messages": "content = 'x'", "execution_logs": "code = 'x'",
    "artifacts": "type = 'x'",
}  # fmt: skip
KEPT = {"runs", "pii_redactions"}  # nobody may delete them but with their session

BOTH = {"sessions", "runs", "execution_logs"}  # where both users have a row, not Ada alone

OUTCOMES = """
create function pg_temp.outcome(actor uuid, statement text) returns text language plpgsql as $$
declare n bigint;
begin
    perform set_config('request.jwt.claims', json_build_object('sub', actor)::text, true);
    perform set_config('request.jwt.claim.sub', actor::text, true);
    set local role authenticated;
    execute statement;
    get diagnostics n = row_count;
    raise exception using errcode = 'ZZ001', message = n::text;
exception
    when sqlstate 'ZZ001' then return sqlerrm || ' rows';
    when others then return sqlstate;
end $$;
create function pg_temp.outcomes(probes json) returns text language sql as $$
    select coalesce(json_agg(pg_temp.outcome((p ->> 0)::uuid, p ->> 1)), '[]')::text
    from json_array_elements(probes) p
$$;
create function pg_temp.outcomes_without(guard text, probes json) returns text
language plpgsql as $$
declare found text;
begin
    execute guard;
    found := pg_temp.outcomes(probes);
    raise exception using errcode = 'ZZ002', message = found;
exception when sqlstate 'ZZ002' then return sqlerrm;
end $$;
"""


def probes(table: str, mine: dict[str, str], theirs: dict[str, str]) -> list[tuple[str, str, bool]]:
    """Who tries which statement, and whether it may do anything: all of it is undone."""
    owner, other = mine["user"], theirs["user"]
    row = f"insert into public.{table} {ROWS[table]}"
    tried = [
        (owner, f"select 1 from public.{table}", True),
        (other, f"select 1 from public.{table} where {whose(table, mine)}", False),
        (owner, row.format(**mine), True),
        (other, row.format(**mine), False),
    ]
    if table in TOUCHED:
        tried += [
            (owner, f"update public.{table} set {TOUCHED[table]}", True),
            (other, f"update public.{table} set {TOUCHED[table]}", table in BOTH),
            (owner, f"update public.{table} set {HANDED[table].format(**theirs)}", False),
        ]
    if table not in KEPT:
        tried += [
            (owner, f"delete from public.{table}", True),
            (other, f"delete from public.{table}", table in BOTH),
        ]
    return tried


def whose(table: str, user: dict[str, str]) -> str:
    if table in ("sessions", "projections"):
        return f"user_id = '{user['user']}'"
    return f"session_id = '{user['session']}'"


def loosened(policy: dict[str, str]) -> list[str]:
    """The policy gone, and each of its conditions true for everybody."""
    name = f'"{policy["policyname"]}" on {policy["schemaname"]}.{policy["tablename"]}'
    changed = [f"drop policy {name}"]
    if policy["qual"]:
        changed.append(f"alter policy {name} using (true)")
    if policy["with_check"]:
        changed.append(f"alter policy {name} with check (true)")
    return changed


@pytest.fixture
def users(
    supabase: Supabase,
    team: Place,
    session: Session,
) -> tuple[dict[str, str], dict[str, str]]:
    """Ada and Bob, each with a session, a run and an execution: what rows refer to."""
    sql = supabase.database.sql
    run = sql("select run_id from public.runs")
    execution = sql("select id from public.execution_logs")
    mine = {"user": team.ada, "session": session.id, "run": run, "execution": execution}
    made = sql(f"insert into public.sessions (user_id) values ('{team.bob}') returning id")
    theirs = {"user": team.bob, "session": made}
    theirs["run"] = sql(
        "insert into public.runs (run_id, session_id, position, origin, status)"
        f" values (gen_random_uuid(), '{made}', 1, 'question', 'running') returning run_id"
    )
    theirs["execution"] = sql(
        f"insert into public.execution_logs {ROWS['execution_logs'].format(**theirs)} returning id"
    )
    return mine, theirs


@pytest.mark.parametrize("table", TABLES)
def test_each_policy_is_missed_when_it_is_gone_or_lets_everybody_in(
    supabase: Supabase, users: tuple[dict[str, str], dict[str, str]], table: str
) -> None:
    missed(supabase, f"public.{table}", probes(table, *users))


def test_each_policy_of_the_storage_is_missed_when_it_is_gone_or_lets_everybody_in(
    supabase: Supabase, users: tuple[dict[str, str], dict[str, str]]
) -> None:
    mine, theirs = users
    held = "{user}/{session}/x"
    supabase.database.sql(
        "insert into storage.objects (bucket_id, name)"
        f" values ('datalens', '{held.format(**mine)}')"
    )

    def insert(folder: dict[str, str], name: str = "{user}/{session}/new") -> str:
        return (
            "insert into storage.objects (bucket_id, name)"
            f" values ('datalens', '{name.format(**folder)}')"
        )

    owner, other = mine["user"], theirs["user"]
    seen, gone = "select 1 from storage.objects", "delete from storage.objects"
    tried = [
        (owner, seen, True),
        (other, seen, False),
        (owner, insert(mine), True),
        (other, insert(mine), False),
        (owner, insert({**mine, "session": theirs["session"]}), False),
        (owner, insert(mine, "{user}/new"), False),
        (owner, "update storage.objects set metadata = '{}'", False),
        (owner, gone, True),
        (other, gone, False),
        (owner, "select 1 from storage.buckets", True),
        (owner, "insert into storage.buckets (id, name) values ('mine', 'mine')", False),
        (owner, "update storage.buckets set public = true", False),
        (owner, "delete from storage.buckets", False),
    ]
    try:
        missed(supabase, "storage.objects", tried)
        missed(supabase, "storage.buckets", tried, loosen=False)  # a bucket is no secret
    finally:
        supabase.database.sql("delete from storage.objects")


def missed(
    supabase: Supabase, table: str, tried: list[tuple[str, str, bool]], *, loosen: bool = True
) -> None:
    """What is tried does what it may, and something else with any policy of the table changed."""
    schema, _, name = table.partition(".")
    found = supabase.database.sql(
        f"select json_agg(p) from pg_policies p where schemaname = '{schema}'"
        f" and tablename = '{name}'"
    )
    policies = json.loads(found)
    changed = [guard for policy in policies for guard in loosened(policy)[: None if loosen else 1]]
    asked = json.dumps([statement[:2] for statement in tried]).replace("'", "''")
    answers = supabase.database.sql(
        f"{OUTCOMES} select pg_temp.outcomes('{asked}');"
        + "".join(
            f"select pg_temp.outcomes_without($guard${guard}$guard$, '{asked}');"
            for guard in changed
        )
    )
    before, *after = (json.loads(line) for line in answers.splitlines())
    # Rows of one's own are seen and changed; a row for somebody else is refused (42501).
    for (_, statement, allowed), outcome in zip(tried, before, strict=True):
        did = outcome.endswith(" rows") and outcome != "0 rows"
        assert did == allowed, (statement, outcome)
    for guard, outcomes in zip(changed, after, strict=True):
        assert outcomes != before, guard

"""The history: opened again, written to, listed and searched; what policies cost a database.

Peers, in the same run: nbformat reading the same analysis as a notebook; the same rows of the
database without policies.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from benchmarks.figures import ratio, summary
from datalens_core import events as ev
from datalens_core.export import export_session
from datalens_core.export.outline import Source
from datalens_core.journal import Entry, Journal
from datalens_core.models import (
    Artifact,
    ArtifactMetadata,
    ArtifactType,
    ExecutionResult,
    Session,
    new_id,
    now,
)
from datalens_core.sessions.sqlite import SQLiteStore
from tests.support.postgres import Postgres
from tests.support.supabase_server import running_supabase

GOALS = {"restore_ms": 100, "list_ms": 20, "policy_ratio": 2}
MESSAGES, CHARTS, SESSIONS, APPENDS, RUNS = 1_000, 50, 10_000, 5_000, 15
POINTS = 200
TEAM_USERS, TEAM_SESSIONS, TEAM_MESSAGES = 100, 1_000, 100_000


def measure() -> dict[str, object]:
    with TemporaryDirectory() as name:
        report = asyncio.run(_measure(Path(name)))
    return {**report, "policies": _policies(), "goals": GOALS}


async def _measure(folder: Path) -> dict[str, object]:
    store = SQLiteStore(folder)
    session = Session(user_id="ada")
    await store.save_session(session)
    await store.apply(new_id(), None, _long_session(session))
    detail = await store.load(session)
    assert detail is not None
    assert (len(detail.messages), len(detail.artifacts)) == (MESSAGES, CHARTS)
    source = Source(detail, pngs={}, redactions=[], versions={}, written=now())
    notebook = export_session(source, "ipynb").content.decode()
    restores = await _timed(lambda: store.load(session))
    reads = await _timed(lambda: asyncio.to_thread(nbformat.reads, notebook, 4))
    for number in range(SESSIONS):
        await store.save_session(Session(user_id="bob", title=f"analysis {number}"))
    lists = await _timed(lambda: store.list_sessions("bob", 50, None))
    searches = await _timed(lambda: store.list_sessions("bob", 50, None, "nowhere"))
    await store.close()
    return {
        "restore": summary(restores) | {"to_nbformat": ratio(restores, reads)},
        "list_10000": summary(lists),
        "search_10000": summary(searches),
        "append": _appends(folder),
    }


def _appends(folder: Path) -> dict[str, float]:
    journal = Journal(folder / "journal")
    journal.begin("run", "session", "ada")
    taken = []
    for number in range(APPENDS):
        began = time.perf_counter()
        journal.append("run", ev.Notice(text=f"{number} " + "x" * 200))
        taken.append(time.perf_counter() - began)
        if journal.has_grown:
            journal.checkpoint()  # in a thread, where it runs in earnest
    journal.close()
    p99 = sorted(taken)[int(len(taken) * 0.99)]
    return summary(taken) | {"p99_ms": round(1000 * p99, 3)}


def _long_session(session: Session) -> list[Entry]:
    told: list[tuple[str, ev.Event]] = []
    for number in range(MESSAGES // 2):
        run_id, about = new_id(), {"execution_id": new_id(), "step": number + 1}
        started = ev.RunStarted(session_id=session.id, query=f"question {number}")
        told.append((run_id, started))
        if number < CHARTS:
            figure = {"data": [{"type": "bar", "y": list(range(POINTS))}], "layout": {}}
            chart = Artifact(
                type=ArtifactType.CHART,
                content=figure,
                metadata=ArtifactMetadata(execution_id=about["execution_id"], title="Chart"),
            )
            code = "fig = px.bar(df)"
            result = ExecutionResult(
                success=True, code=code, stdout="", stderr="", artifacts=[chart], execution_time=0
            )
            told += [
                (run_id, ev.CodeGenerated(**about, code=code, sha256="0")),
                (run_id, ev.ArtifactCreated(**about, artifact=chart)),
                (run_id, ev.ExecutionFinished(**about, result=result)),
            ]
        told.append((run_id, ev.AnswerFinal(text=f"answer {number}", assumptions=[], checks=[])))
        told.append((run_id, ev.RunCompleted()))
    return [
        Entry(place, session.id, event.model_copy(update={"run_id": run_id, "seq": place}))
        for place, (run_id, event) in enumerate(told, 1)
    ]


async def _timed(call: Callable[[], Awaitable[object]]) -> list[float]:
    await call()
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        await call()
        taken.append(time.perf_counter() - began)
    return taken


def _policies() -> dict[str, object]:
    """A user's 1,000 messages and one session's 100 of 100,000, with policies and without."""
    with running_supabase() as supabase:
        database = supabase.database
        user = supabase.sign_up("ada@example.com", "a-password")["user"]["id"]
        database.sql(
            f"""
            insert into auth.users (id, email) select gen_random_uuid(), 'u' || n || '@example.com'
                from generate_series(1, {TEAM_USERS - 1}) n;
            insert into public.sessions (user_id) select u.id from auth.users u,
                generate_series(1, {TEAM_SESSIONS // TEAM_USERS}) n;
            insert into public.messages (session_id, role, content)
                select s.id, 'user', repeat('x', 100) from public.sessions s,
                generate_series(1, {TEAM_MESSAGES // TEAM_SESSIONS}) n;
            analyze;
            """
        )
        session = database.sql(
            f"select min(id::text) from public.sessions where user_id = '{user}'"
        )
        of_user = (
            "select count(content) from public.messages where session_id in"
            f" (select id from public.sessions where user_id = '{user}')"
        )
        of_session = f"select count(content) from public.messages where session_id = '{session}'"
        return {
            "all_of_a_user": _with_and_without(
                database, user, "select count(content) from public.messages", of_user
            ),
            "one_session": _with_and_without(database, user, of_session, of_session),
        }


def _with_and_without(database: Postgres, user: str, query: str, bare: str) -> dict[str, object]:
    claims = json.dumps({"sub": user, "role": "authenticated"})
    as_user = (
        f"set role authenticated; set request.jwt.claims = '{claims}';"
        f" set request.jwt.claim.sub = '{user}';"
    )
    ours, peer = _times(database, as_user, query), _times(database, "", bare)
    return summary(ours) | {"to_none": ratio(ours, peer)}


def _times(database: Postgres, before: str, query: str) -> list[float]:
    explain = f"explain (analyze, format json) {query};"
    plans = database.sql(before + explain * (RUNS + 1))
    decoder, taken = json.JSONDecoder(), []
    while plans:
        plan, end = decoder.raw_decode(plans)
        taken.append((plan[0]["Planning Time"] + plan[0]["Execution Time"]) / 1000)
        plans = plans[end:].lstrip()
    return taken[1:]

"""Signing in at a real Jupyter server with a real Supabase behind it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.supabase_server import Supabase, running_supabase

from .conftest import Answer, Server, running_server
from .test_events import execute, page

SALES = b"region,revenue\nWest,1\nSouth,2\nWest,3\n"
ANN = {"email": "ann@example.com", "password": "a-password-of-ann"}
BOB = {"email": "bob@example.com", "password": "a-password-of-bob"}


@pytest.fixture(scope="module")
def supabase() -> Iterator[Supabase]:
    with running_supabase() as supabase:
        yield supabase


@contextmanager
def team_server(supabase: Supabase, folder: Path) -> Iterator[Server]:
    env = {
        "SUPABASE_URL": supabase.url,
        "SUPABASE_ANON_KEY": supabase.anon_key,
        "RATE_LIMIT_UPLOADS_PER_HOUR": "0",
        "RATE_LIMIT_REQUESTS_PER_MINUTE": "0",
    }
    with running_server(folder, env=env) as server:
        yield server


@pytest.fixture(scope="module")
def server(supabase: Supabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with team_server(supabase, tmp_path_factory.mktemp("team")) as server:
        yield server


def post(server: Server, path: str, body: Any = None) -> Answer:
    return server.call("POST", path, body or {})


def signed_in(server: Server, who: dict[str, str]) -> None:
    post(server, "/auth/sign-out")
    if post(server, "/auth/sign-in", who).status != 200:
        assert post(server, "/auth/sign-up", who).status == 201


def test_nothing_is_to_be_had_before_somebody_signs_in(server: Server) -> None:
    post(server, "/auth/sign-out")
    status = server.call("GET", "/status").json()
    assert (status["user"], status["store"]["kind"], status["local_only"]) == (
        "",
        "supabase",
        False,
    )
    assert server.call("GET", "/auth").json()["required"] is True
    for method, path, body in (
        ("GET", "/sessions", None),
        ("POST", "/sessions", {}),
        ("POST", "/query", {"session_id": "x", "query": "q"}),
    ):
        answer = server.call(method, path, body)
        assert (answer.status, answer.error["code"]) == (401, "AUTHENTICATION_REQUIRED")
        assert answer.error["message"] == "Authentication required."
    assert server.upload("sales.csv", SALES).status == 401


def test_an_analysis_is_kept_in_the_team_history_and_no_answer_holds_a_token(
    server: Server, supabase: Supabase
) -> None:
    made = post(server, "/auth/sign-up", ANN)
    assert made.status == 201
    told = made.json()
    assert (told["email"], told["required"], told["expired"]) == (ANN["email"], True, False)
    assert set(told) == {"required", "user_id", "email", "expired", "confirm"}
    session = server.session_with("sales.csv", SALES)
    asked = server.call(
        "POST",
        "/query",
        {"session_id": session, "query": "total revenue by region"},
        headers={"Accept": "application/json"},
    )
    assert asked.json()["status"] == "completed", asked.body
    [listed] = server.call("GET", "/sessions?search=sales").json()["sessions"]
    assert (listed["id"], listed["user_id"]) == (session, told["user_id"])
    whole = server.call("GET", f"/sessions/{session}").json()
    assert [m["role"] for m in whole["messages"]] == ["user", "assistant"]
    assert whole["executions"][0]["result"]["success"] is True
    assert server.call("GET", "/status").json()["user"] == ANN["email"]
    rows = supabase.database.sql(
        f"select count(*) from execution_logs where session_id = '{session}'"
    )
    assert rows == "1"
    held = [p for p in (server.home / "datalens").rglob("*.db") if p.name != "journal.db"]
    assert held == []  # no second history beside the team's
    for answer in (made, asked, server.call("GET", "/auth"), server.call("GET", "/status")):
        assert b"eyJ" not in answer.body
    assert "eyJ" not in server.log.read_text()
    assert ANN["password"] not in server.log.read_text()


def test_another_user_of_the_same_server_sees_nothing_of_it(server: Server) -> None:
    signed_in(server, ANN)
    session = post(server, "/sessions", {"title": "Ann's"}).json()["id"]
    signed_in(server, BOB)
    assert server.call("GET", "/sessions").json()["sessions"] == []
    for method, path, body in (
        ("GET", f"/sessions/{session}", None),
        ("PATCH", f"/sessions/{session}", {"title": "mine"}),
        ("DELETE", f"/sessions/{session}", None),
        ("POST", "/query", {"session_id": session, "query": "q"}),
        ("GET", f"/sessions/{session}/export", None),
    ):
        answer = server.call(method, path, body)
        assert (answer.status, answer.error["code"]) == (403, "ACCESS_DENIED"), (method, path)
    unknown = server.call("GET", "/sessions/00000000-0000-4000-8000-000000000000")
    assert (unknown.status, unknown.error["code"]) == (404, "SESSION_NOT_FOUND")


def test_signing_out_ends_what_follows_a_run_and_the_run_goes_on(server: Server) -> None:
    signed_in(server, ANN)
    session = post(server, "/sessions", {}).json()["id"]
    run_id = execute(server, session, "import time; time.sleep(60)")
    connection, lines = server.open(
        "GET", f"/runs/{run_id}/events", headers={"Accept": "application/x-ndjson"}
    )
    with connection, page(server) as socket:
        socket.send(op="subscribe", run_id=run_id, after=0)
        while socket.next()["type"] != "execution.started":
            pass
        socket.send(op="watch", session_id=session)
        assert socket.next()["type"] == "sandbox.state"
        post(server, "/auth/sign-out")
        told = [socket.next(), socket.next(), json.loads(lines.read().splitlines()[-1])]
        assert [last["type"] for last in told] == ["stream.error"] * 3
        assert {last["run_id"] for last in told[:2]} == {run_id, None}  # the page hears of it too
        assert {last["error"]["code"] for last in told} == {"AUTHENTICATION_REQUIRED"}
        socket.send(op="subscribe", run_id=run_id, after=0)
        assert socket.next()["error"]["code"] == "AUTHENTICATION_REQUIRED"
    signed_in(server, ANN)
    assert post(server, f"/runs/{run_id}/cancel").status == 202
    told = server.call("GET", f"/runs/{run_id}/events").lines()
    assert told[-1]["type"] == "run.cancelled"


def test_a_wrong_password_is_refused_and_is_not_repeated(server: Server) -> None:
    refused = post(server, "/auth/sign-in", {**ANN, "password": "wrong-secret"})
    assert (refused.status, refused.error["code"]) == (400, "SIGN_IN_REFUSED")
    assert b"wrong-secret" not in refused.body
    for body in (
        {"email": "no address", "password": "x"},
        {"email": "a@b.example", "password": ""},
    ):
        assert post(server, "/auth/sign-in", body).error["code"] == "INVALID_REQUEST"
    assert post(server, "/auth/sign-in", {"email": 1, "password": ["secret"]}).status == 400


def test_a_sign_in_that_ends_in_mid_session_loses_nothing_and_goes_on_after_the_next(
    supabase: Supabase, tmp_path: Path
) -> None:
    with team_server(supabase, tmp_path) as server:
        signed_in(server, ANN)
        session = server.session_with("sales.csv", SALES)
        [path] = (server.home / "datalens" / "signin").glob("*.json")
        kept = path.read_text()
    supabase.database.sql("delete from auth.refresh_tokens; delete from auth.sessions")
    # As hours later: the access token is out of date, and the refresh token was revoked.
    path.write_text(json.dumps(json.loads(kept) | {"expires_at": time.time() - 10}))
    with team_server(supabase, tmp_path) as server:
        first = server.call("GET", "/sessions")
        assert (first.status, first.error["code"]) == (401, "SESSION_EXPIRED")
        assert first.error["message"] == "Session expired. Please log in again."
        told = server.call("GET", "/auth").json()
        assert (told["expired"], told["email"], told["user_id"]) == (True, ANN["email"], None)
        assert server.call("GET", f"/sessions/{session}").status == 401
        assert post(server, "/auth/sign-in", ANN).status == 200
        whole = server.call("GET", f"/sessions/{session}")
        assert whole.status == 200
        assert [d["name"] for d in whole.json()["datasets"]] == ["sales.csv"]

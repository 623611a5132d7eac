"""Questions and code over REST: three ways to wait, resuming, stopping, and whose they are."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import Server, running_server

SALES = b"region,revenue\nWest,10\nEast,20\nWest,30\n"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
NDJSON = {"Accept": "application/x-ndjson"}
NO_WAIT = {"Prefer": "respond-async"}
QUESTION = "average revenue by region as a bar chart"


@pytest.fixture(scope="module")
def session(server: Server) -> str:
    return server.session_with("sales.csv", SALES)


def execute(server: Server, session: str, code: str, **options: Any) -> str:
    """Start confirmed code; the id of its run."""
    body = {"code": code, "confirmed": True}
    answer = server.call(
        "POST", f"/sessions/{session}/executions", body, headers=NO_WAIT, **options
    )
    assert answer.status == 202, answer.body
    return str(answer.json()["run_id"])


class TestThreeWaysToAsk:
    def test_once_done_as_json(self, server: Server, session: str) -> None:
        answer = server.call("POST", "/query", {"session_id": session, "query": QUESTION})
        assert answer.status == 200
        held = answer.json()
        assert held["status"] == "completed", held
        assert held["plan"]["steps"]
        assert held["result"]["success"]
        assert "chart" in [a["type"] for a in held["artifacts"]]
        assert held["answer"]

    def test_as_events_as_they_come(self, server: Server, session: str) -> None:
        body = {"session_id": session, "query": QUESTION}
        answer = server.call("POST", "/query", body, headers=NDJSON)
        events = [e for e in answer.lines() if e["type"] != "heartbeat"]
        assert answer.headers["Content-Type"].startswith("application/x-ndjson")
        assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
        kinds = [e["type"] for e in events]
        assert kinds[0] == "run.started"
        assert kinds.index("plan.created") < kinds.index("code.generated")
        assert kinds.index("code.generated") < kinds.index("execution.started")
        assert kinds[-1] == "run.completed"

    def test_at_once_with_the_events_read_later(self, server: Server, session: str) -> None:
        body = {"session_id": session, "query": QUESTION}
        answer = server.call("POST", "/query", body, headers=NO_WAIT)
        assert answer.status == 202
        run = answer.json()["run_id"]
        events = server.call("GET", f"/runs/{run}/events").lines()
        assert events[-1]["type"] == "run.completed"
        assert {e["run_id"] for e in events} == {run}


class TestApprovingAPlan:
    def waiting(self, server: Server, session: str) -> str:
        body = {"session_id": session, "query": QUESTION, "approve_plan": True}
        run = str(server.call("POST", "/query", body, headers=NO_WAIT).json()["run_id"])
        connection, response = server.open("GET", f"/runs/{run}/events")
        seen = []
        while not seen or seen[-1]["type"] != "plan.approval":
            seen.append(json.loads(response.readline()))
        connection.close()  # as a page does that is loaded again
        response.close()
        assert seen[-1]["state"] == "waiting"
        assert "code.generated" not in [e["type"] for e in seen]
        return run

    def test_code_runs_once_the_plan_is_approved(self, server: Server, session: str) -> None:
        run = self.waiting(server, session)
        answer = server.call("POST", f"/runs/{run}/plan", {"approve": True})
        assert (answer.status, answer.json()) == (202, {"run_id": run})
        kinds = [e["type"] for e in server.call("GET", f"/runs/{run}/events").lines()]
        assert kinds.index("plan.approval") < kinds.index("code.generated")
        assert kinds[-1] == "run.completed"
        again = server.call("POST", f"/runs/{run}/plan", {"approve": True})
        assert (again.status, again.error["code"]) == (409, "PLAN_NOT_WAITING")

    def test_steps_that_nothing_would_follow_are_refused(
        self, server: Server, session: str
    ) -> None:
        run = self.waiting(server, session)
        body = {"approve": True, "steps": ["Average it."]}
        answer = server.call("POST", f"/runs/{run}/plan", body)
        assert (answer.status, answer.error["code"]) == (400, "INVALID_REQUEST")
        assert "Offline rules" in answer.error["message"]
        assert server.call("POST", f"/runs/{run}/cancel").status == 202

    @pytest.mark.parametrize("way", ["reject", "cancel"])
    def test_nothing_runs_where_the_user_says_no(
        self, server: Server, session: str, way: str
    ) -> None:
        run = self.waiting(server, session)
        began = time.perf_counter()
        if way == "reject":
            server.call("POST", f"/runs/{run}/plan", {"approve": False})
        else:
            server.call("POST", f"/runs/{run}/cancel")
        kinds = [e["type"] for e in server.call("GET", f"/runs/{run}/events").lines()]
        assert time.perf_counter() - began < 1
        assert kinds[-1] == "run.cancelled"
        assert "code.generated" not in kinds


class TestBadQuestions:
    @pytest.mark.parametrize(
        ("query", "code"),
        [("", "QUERY_EMPTY"), ("  \n", "QUERY_EMPTY"), ("x" * 10_001, "QUERY_TOO_LONG")],
    )
    def test_empty_and_endless_ones_are_400(
        self, server: Server, session: str, query: str, code: str
    ) -> None:
        answer = server.call("POST", "/query", {"session_id": session, "query": query})
        assert (answer.status, answer.error["code"]) == (400, code)

    def test_a_body_that_is_wrong_names_its_fields_only(self, server: Server) -> None:
        body = {"session_id": 5, "query": "my secret", "more": 1}
        answer = server.call("POST", "/query", body)
        assert (answer.status, answer.error["code"]) == (400, "INVALID_REQUEST")
        assert answer.error["details"] == {"fields": ["more", "session_id"]}
        assert b"secret" not in answer.body
        assert server.call("POST", "/query", b"{not json").status == 400

    def test_unknown_sessions_and_runs_are_404(self, server: Server) -> None:
        asked = server.call("POST", "/query", {"session_id": UNKNOWN, "query": "hello"})
        assert (asked.status, asked.error["code"]) == (404, "SESSION_NOT_FOUND")
        for method, path in (("GET", "events"), ("POST", "cancel"), ("POST", "plan")):
            body = {"approve": True} if path == "plan" else None
            answer = server.call(method, f"/runs/{UNKNOWN}/{path}", body)
            assert (answer.status, answer.error["code"]) == (404, "RUN_NOT_FOUND"), path
        for path in ("", "/privacy", "/export"):
            assert server.call("GET", f"/sessions/{UNKNOWN}{path}").status == 404


class TestReadingAgain:
    def test_a_reader_gets_what_came_after_the_last_it_saw(
        self, server: Server, session: str
    ) -> None:
        run = execute(server, session, "print('a')\nprint('b')")
        everything = server.call("GET", f"/runs/{run}/events").lines()
        rest = server.call("GET", f"/runs/{run}/events?after=2").lines()
        assert rest == everything[2:]
        assert server.call("GET", f"/runs/{run}/events?after=-1").status == 400

    def test_a_reader_that_goes_away_does_not_stop_the_run(
        self, server: Server, session: str
    ) -> None:
        body = {"code": "import time\ntime.sleep(1.5)\nprint('done')", "confirmed": True}
        connection, response = server.open(
            "POST", f"/sessions/{session}/executions", body, headers=NDJSON
        )
        first = json.loads(response.readline())
        connection.close()
        response.close()
        events = server.call("GET", f"/runs/{first['run_id']}/events").lines()
        assert events[-1]["type"] == "run.completed"
        assert "done" in "".join(e["text"] for e in events if e["type"] == "execution.output")


class TestStopping:
    def test_cancel_ends_a_run_soon(self, server: Server, session: str) -> None:
        run = execute(server, session, "while True: pass")
        time.sleep(1)
        started = time.monotonic()
        answer = server.call("POST", f"/runs/{run}/cancel")
        assert (answer.status, answer.json()) == (202, {"run_id": run})
        events = server.call("GET", f"/runs/{run}/events").lines()
        assert events[-1]["type"] == "run.cancelled"
        assert time.monotonic() - started < 10

    def test_stopping_keeps_the_variables(self, server: Server, session: str) -> None:
        server.call("GET", f"/runs/{execute(server, session, 'kept = 41')}/events")
        run = execute(server, session, "while True: pass")
        time.sleep(0.5)
        server.call("POST", f"/runs/{run}/cancel")
        body = {"code": "print(kept + 1)", "confirmed": True}
        answer = server.call(
            "POST",
            f"/sessions/{session}/executions",
            body,
            headers={"Accept": "application/json"},
        )
        assert answer.json()["result"]["stdout"].strip() == "42"


class TestCodeOfCells:
    def test_the_sessions_own_code_runs_as_its_step(self, server: Server, session: str) -> None:
        server.call("POST", "/query", {"session_id": session, "query": QUESTION})
        kept = server.call("GET", f"/sessions/{session}").json()["executions"]
        own = next(e for e in kept if e["origin"] == "agent")
        body = {"code": own["code"] + "\n", "step": own["step"], "sha256": own["sha256"]}
        answer = server.call("POST", f"/sessions/{session}/executions", body)
        assert answer.status == 200, answer.body
        generated = next(e for e in answer.lines() if e["type"] == "code.generated")
        assert (generated["step"], generated["origin"]) == (own["step"], "agent")

    def test_anything_else_is_asked_about_first(self, server: Server, session: str) -> None:
        body = {"code": "print('changed')", "step": 1, "sha256": "0" * 64}
        answer = server.call("POST", f"/sessions/{session}/executions", body)
        assert (answer.status, answer.error["code"]) == (409, "CONFIRMATION_REQUIRED")
        confirmed = server.call(
            "POST", f"/sessions/{session}/executions", {**body, "confirmed": True}
        )
        generated = next(e for e in confirmed.lines() if e["type"] == "code.generated")
        assert generated["origin"] == "notebook"

    def test_an_error_in_the_code_is_a_result(self, server: Server, session: str) -> None:
        body = {"code": "1 / 0", "confirmed": True}
        answer = server.call(
            "POST",
            f"/sessions/{session}/executions",
            body,
            headers={"Accept": "application/json"},
        )
        assert answer.status == 200
        assert answer.json()["result"]["success"] is False
        assert "ZeroDivisionError" in json.dumps(answer.json()["result"]["artifacts"])


class TestSessions:
    def test_they_are_made_listed_renamed_and_deleted(self, server: Server) -> None:
        made = server.call("POST", "/sessions", {"title": "First"})
        assert made.status == 201
        session = made.json()["id"]
        listed = server.call("GET", "/sessions?limit=200").json()
        assert session in [s["id"] for s in listed["sessions"]]
        renamed = server.call("PATCH", f"/sessions/{session}", {"title": "Second"})
        assert renamed.json()["title"] == "Second"
        assert server.call("DELETE", f"/sessions/{session}").status == 204
        assert server.call("GET", f"/sessions/{session}").status == 404

    def test_the_list_comes_in_pages(self, server: Server) -> None:
        for number in range(3):
            server.call("POST", "/sessions", {"title": f"Page {number}"})
        first = server.call("GET", "/sessions?limit=2").json()
        assert len(first["sessions"]) == 2
        second = server.call("GET", f"/sessions?limit=2&after={first['next']}").json()
        ids = [s["id"] for s in first["sessions"] + second["sessions"]]
        assert len(ids) == len(set(ids))
        for wrong in ("0", "201", "x", "-1"):
            assert server.call("GET", f"/sessions?limit={wrong}").status == 400

    def test_a_session_is_restored_with_its_data(self, server: Server, session: str) -> None:
        answer = server.call("POST", f"/sessions/{session}/restore")
        assert answer.status == 200, answer.body
        assert answer.json()["session"]["session"]["id"] == session

    def test_a_sandbox_is_made_again_in_the_background(self, server: Server, session: str) -> None:
        run = {"Prefer": "respond-async"}
        accepted = server.call("POST", f"/sessions/{session}/restore", headers=run)
        assert accepted.status == 202, accepted.body
        assert accepted.headers["Preference-Applied"] == "respond-async"
        shown = server.call("GET", f"/sessions/{session}").json()
        assert [d["name"] for d in shown["datasets"]] == ["sales.csv"]
        events = server.call("GET", f"/runs/{accepted.json()['run_id']}/events").lines()
        assert events[0]["origin"] == "restore"
        assert events[-1]["type"] == "run.completed"

    def test_running_code_again_is_agreed_to_in_so_many_words(
        self, server: Server, session: str
    ) -> None:
        place = f"/sessions/{session}/restore"
        assert server.call("POST", place, {"replay": True}).status == 200
        for wrong in ({"replay": "maybe"}, {"agreed": True}):
            assert server.call("POST", place, wrong).status == 400

    def test_the_preview_shows_what_would_be_sent(self, server: Server, session: str) -> None:
        answer = server.call(
            "POST", f"/sessions/{session}/preview", {"query": "mail ada@example.org"}
        )
        assert answer.status == 200, answer.body
        sent = "".join(part["text"] for part in answer.json()["parts"])
        assert "ada@example.org" not in sent
        assert answer.json()["redaction_count"] >= 1
        for query in ("", "x" * 10_001):
            refused = server.call("POST", f"/sessions/{session}/preview", {"query": query})
            assert refused.status == 400
        report = server.call("GET", f"/sessions/{session}/privacy")
        assert report.json()["session_id"] == session

    def test_an_export_is_a_download(self, server: Server, session: str) -> None:
        answer = server.call("GET", f"/sessions/{session}/export?format=ipynb")
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert json.loads(answer.body)["nbformat"] == 4
        wrong = server.call("GET", f"/sessions/{session}/export?format=exe")
        assert (wrong.status, wrong.error["code"]) == (400, "INVALID_REQUEST")

    def test_a_chart_keeps_the_picture_a_browser_drew(self, server: Server, session: str) -> None:
        import base64

        answer = server.call("POST", "/query", {"session_id": session, "query": QUESTION})
        chart = next(a for a in answer.json()["artifacts"] if a["type"] == "chart")
        pixel = base64.b64decode(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        )
        path = f"/artifacts/{chart['id']}/png"
        kind = {"Content-Type": "image/png"}
        assert server.call("PUT", path, pixel, headers=kind).status == 204
        assert server.call("PUT", path, b"<svg/>", headers=kind).status == 400
        assert server.call("PUT", path, pixel).status == 400
        missing = server.call("PUT", f"/artifacts/{UNKNOWN}/png", pixel, headers=kind)
        assert missing.status == 404


def test_the_status_says_what_works_here(server: Server) -> None:
    status = server.call("GET", "/status").json()
    assert status["user"] == "local"
    assert status["llm"]["offline"] is True
    assert status["sandbox"]["backend"] == "embedded"
    assert status["local_only"] is True
    assert status["limits"]["max_file_size_mb"] == 1
    assert status["settings"]["max_file_size_mb"] == "environment"


def test_with_offline_rules_there_is_no_model_to_choose(server: Server, session: str) -> None:
    assert server.call("GET", "/models").json() == {
        "default": "offline rules, no AI model", "offline": True, "models": [],
    }  # fmt: skip
    asked = {"session_id": session, "query": "how many rows?", "model": "some/model"}
    assert server.call("POST", "/query", asked).error["code"] == "INVALID_REQUEST"


def test_answers_come_while_runs_are_going_on(server: Server, session: str) -> None:
    run = execute(server, session, "import time\ntime.sleep(2)")
    reader = threading.Thread(target=server.call, args=("GET", f"/runs/{run}/events"))
    reader.start()
    started = time.monotonic()
    assert server.call("GET", "/health").status == 200
    assert time.monotonic() - started < 1
    reader.join()


PROVIDER = """
from jupyter_server.auth.identity import IdentityProvider, User

class Named(IdentityProvider):
    token = ""

    async def get_user(self, handler):
        name = handler.request.headers.get("Authorization", "").removeprefix("token ")
        handler._token_authenticated = True
        return User(name) if name else None

c = get_config()
c.ServerApp.identity_provider_class = Named
c.DataLensApp.max_file_size_mb = 2
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose identity provider names its users, as a Hub's does."""
    folder = tmp_path_factory.mktemp("hub")
    config = folder / "config.py"
    config.write_text(PROVIDER)
    with running_server(folder, f"--config={config}", names_users=True) as one:
        yield one


class TestUsers:
    def test_sessions_belong_to_their_user(self, hub: Server) -> None:
        made = hub.call("POST", "/sessions", {"title": "Ada's"}, token="ada").json()
        assert made["user_id"] == "ada"
        path = f"/sessions/{made['id']}"
        assert hub.call("GET", path, token="ada").status == 200
        body = {"session_id": made["id"], "query": "hello"}
        for answer in (
            hub.call("GET", path, token="bob"),
            hub.call("DELETE", path, token="bob"),
            hub.call("POST", "/query", body, token="bob"),
            hub.upload("sales.csv", SALES, made["id"], token="bob"),
        ):
            assert (answer.status, answer.error["message"]) == (403, "Access denied.")
        assert hub.call("GET", "/sessions", token="bob").json()["sessions"] == []

    def test_runs_belong_to_their_user(self, hub: Server) -> None:
        answer = hub.upload("sales.csv", SALES, token="ada")
        run = execute(hub, answer.json()["session"]["id"], "print(1)", token="ada")
        assert hub.call("GET", f"/runs/{run}/events", token="bob").status == 403
        assert hub.call("POST", f"/runs/{run}/cancel", token="bob").status == 403
        assert hub.call("GET", f"/runs/{run}/events", token="ada").status == 200

    def test_nobody_is_401(self, hub: Server) -> None:
        assert hub.call("GET", "/sessions", token=None).status == 401

    def test_an_admins_trait_wins_and_the_status_says_so(self, hub: Server) -> None:
        status = hub.call("GET", "/status", token="ada").json()
        assert status["user"] == "ada"
        assert status["limits"]["max_file_size_mb"] == 2
        assert status["settings"]["max_file_size_mb"] == "traitlets"

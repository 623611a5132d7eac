"""The one WebSocket of a page: many runs on it, resumed where the page left off."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import websocket

from .conftest import API, TOKEN, Server

SALES = b"region,revenue\nWest,10\nEast,20\nWest,30\n"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


class Page:
    """A page's end of the WebSocket."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self._socket = socket

    def send(self, **message: Any) -> None:
        self._socket.send(json.dumps(message))

    def send_raw(self, text: str) -> None:
        self._socket.send(text)

    def next(self) -> dict[str, Any]:
        while True:
            event: dict[str, Any] = json.loads(self._socket.recv())
            if event["type"] != "heartbeat":
                return event

    def until_end_of(self, runs: set[str]) -> dict[str, list[dict[str, Any]]]:
        """The events of several runs, each up to its terminal one."""
        seen: dict[str, list[dict[str, Any]]] = {run: [] for run in runs}
        open_runs = set(runs)
        while open_runs:
            event = self.next()
            seen[event["run_id"]].append(event)
            if event["type"] in ("run.completed", "run.failed", "run.cancelled"):
                open_runs.discard(event["run_id"])
        return seen


@contextmanager
def page(server: Server, *, token: str = TOKEN, **options: Any) -> Iterator[Page]:
    socket = websocket.create_connection(
        f"ws://127.0.0.1:{server.port}{API}/events",
        timeout=60,
        header=[f"Authorization: token {token}"],
        **options,
    )
    try:
        yield Page(socket)
    finally:
        socket.close()


@pytest.fixture(scope="module")
def session(server: Server) -> str:
    return server.session_with("sales.csv", SALES)


def execute(server: Server, session: str, code: str) -> str:
    answer = server.call(
        "POST",
        f"/sessions/{session}/executions",
        {"code": code, "confirmed": True},
        headers={"Prefer": "respond-async"},
    )
    return str(answer.json()["run_id"])


def test_runs_of_several_sessions_share_the_socket(server: Server, session: str) -> None:
    other = server.session_with("other.csv", SALES)
    runs = {
        execute(server, session, "print('one')"),
        execute(server, session, "print('two')"),
        execute(server, other, "print('three')"),
    }
    with page(server) as here:
        for run in runs:
            here.send(op="subscribe", run_id=run)
        seen = here.until_end_of(runs)
    for events in seen.values():
        assert [e["seq"] for e in events] == list(range(1, len(events) + 1))


def test_a_reloaded_page_goes_on_after_the_last_event_it_saw(server: Server, session: str) -> None:
    code = "import time\nfor i in range(6):\n    print(i, flush=True)\n    time.sleep(0.3)"
    run = execute(server, session, code)
    with page(server) as first:
        first.send(op="subscribe", run_id=run)
        before = [first.next() for _ in range(4)]
    with page(server) as second:
        second.send(op="subscribe", run_id=run, after=before[-1]["seq"])
        rest = second.until_end_of({run})[run]
    seqs = [e["seq"] for e in before + rest]
    assert seqs == list(range(1, len(seqs) + 1))
    assert rest[-1]["type"] == "run.completed"


def test_after_unsubscribing_nothing_more_comes_and_the_run_goes_on(
    server: Server, session: str
) -> None:
    run = execute(server, session, "import time\ntime.sleep(1)\nprint('end')")
    with page(server) as here:
        here.send(op="subscribe", run_id=run)
        here.next()
        here.send(op="unsubscribe", run_id=run)
        events = server.call("GET", f"/runs/{run}/events").lines()
        assert events[-1]["type"] == "run.completed"
        here.send(op="subscribe", run_id=UNKNOWN)
        kinds = []
        while not kinds or kinds[-1] != "stream.error":
            kinds.append(here.next()["type"])
        assert "run.completed" not in kinds


def test_what_cannot_be_followed_is_said_and_the_socket_stays(server: Server, session: str) -> None:
    with page(server) as here:
        here.send(op="subscribe", run_id=UNKNOWN)
        unknown = here.next()
        assert unknown["type"] == "stream.error"
        assert unknown["run_id"] == UNKNOWN
        assert unknown["error"]["code"] == "RUN_NOT_FOUND"
        for nonsense in ("not json", "[]", '{"op": "dance"}', '{"op": "subscribe", "after": -1}'):
            here.send_raw(nonsense)
            assert here.next()["error"]["code"] == "INVALID_REQUEST"
        run = execute(server, session, "print('still here')")
        here.send(op="subscribe", run_id=run)
        assert here.until_end_of({run})[run][-1]["type"] == "run.completed"


def test_a_page_that_watches_a_session_hears_of_its_sandbox_without_a_run(server: Server) -> None:
    watched = server.session_with("watched.csv", SALES)
    server.call("POST", f"/sessions/{watched}/executions", {"code": "1", "confirmed": True})
    with page(server) as here:
        here.send(op="watch", session_id=UNKNOWN)
        assert here.next()["error"]["code"] == "SESSION_NOT_FOUND"
        here.send(op="watch", session_id=watched)
        state = here.next()
        held = server.call("GET", f"/sessions/{watched}").json()["session"]["sandbox_id"]
        assert state == {
            "type": "sandbox.state", "session_id": watched, "sandbox_id": held, "reason": ""
        }  # fmt: skip
        assert server.call("DELETE", f"/sessions/{watched}").status == 204
        assert here.next() == state | {"sandbox_id": None}


def test_another_origin_and_a_stranger_are_kept_out(server: Server) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused, page(server, token="x"):
        pass
    assert refused.value.status_code == 401
    cookie = server.call("GET", "/health").headers["Set-Cookie"].split(";")[0]
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(
            f"ws://127.0.0.1:{server.port}{API}/events",
            cookie=cookie,
            origin="https://evil.example",
        )
    assert refused.value.status_code == 403


def test_a_slow_page_costs_the_server_no_memory(server: Server, session: str) -> None:
    code = "for i in range(400):\n    print('x' * 2000)"
    run = execute(server, session, code)
    answer = server.call("GET", f"/runs/{run}/events")
    everything, subscriptions = answer.lines(), 150
    assert len(answer.body) * subscriptions > 100 * 1024 * 1024
    with page(server) as fast:
        before = resident_kb(server.pid)
        with page(server) as slow:
            for _ in range(
                subscriptions
            ):  # each starts the run's stream anew; nothing of it is read
                slow.send(op="subscribe", run_id=run)
                time.sleep(0.02)
            assert resident_kb(server.pid) - before < 40 * 1024
            fast.send(op="subscribe", run_id=run)
            assert fast.until_end_of({run})[run] == everything


def resident_kb(pid: int) -> int:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

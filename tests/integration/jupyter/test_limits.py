"""Limits per user over HTTP: 429 with Retry-After, and only what the user asked for counts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .conftest import Server, running_server

SALES = b"region,revenue\nWest,1\nSouth,2\nWest,3\n"


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    limits = {
        "RATE_LIMIT_REQUESTS_PER_MINUTE": "30",
        "RATE_LIMIT_UPLOADS_PER_HOUR": "2",
        "RATE_LIMIT_EXECUTIONS_PER_HOUR": "2",
    }
    with running_server(tmp_path_factory.mktemp("limited"), env=limits) as server:
        yield server


def test_what_is_too_often_is_refused_and_can_be_read_on_all_the_same(limited: Server) -> None:
    shown = limited.call("GET", "/status").json()["limits"]
    assert (shown["requests_per_minute"], shown["uploads_per_hour"]) == (30, 2)

    session = limited.session_with("sales.csv", SALES)
    limited.session_with("sales.csv", SALES)
    refused = limited.upload("sales.csv", SALES)
    assert (refused.status, refused.error["code"]) == (429, "RATE_LIMITED")
    assert refused.error["message"].startswith("The limit of 2 uploads an hour is reached.")
    assert int(refused.headers["Retry-After"]) == refused.error["details"]["retry_after"]

    failing = {"code": "1 / 0", "confirmed": True}
    runs = [limited.call("POST", f"/sessions/{session}/executions", failing) for _ in range(2)]
    assert [run.lines()[-1]["type"] for run in runs] == ["run.completed"] * 2
    for path, body in (
        (f"/sessions/{session}/executions", failing),
        ("/query", {"session_id": session, "query": "total revenue"}),
    ):
        refused = limited.call("POST", path, body)
        assert (refused.status, refused.error["code"]) == (429, "RATE_LIMITED")
        assert "2 code executions an hour" in refused.error["message"]

    run_id = runs[0].lines()[0]["run_id"]
    for _ in range(40):
        assert limited.call("GET", "/health").status == 200
        assert limited.call("GET", f"/runs/{run_id}/events?after=1").status == 200
    statuses = [limited.call("GET", "/sessions").status for _ in range(30)]
    assert statuses[0] == 200
    assert statuses[-1] == 429

"""Nobody gets in without an identity, and every refusal has the shape of all our errors."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tornado.web import RequestHandler

from datalens_jupyter.handlers import HANDLERS

from .conftest import API, Server, running_server

METHODS = ("get", "post", "put", "patch", "delete")
ID = "00000000-0000-4000-8000-000000000000"


def calls() -> list[tuple[str, str]]:
    """Every method of every handler, with ids filled in; the tests walk all of them."""
    found = []
    for path, handler in HANDLERS.items():
        for method in METHODS:
            if getattr(handler, method) is not getattr(RequestHandler, method):
                found.append((method.upper(), re.sub(r"\{\w+\}", ID, path)))
    return found


@pytest.fixture(scope="module", params=["False", "True"])
def guarded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    option = f"--ServerApp.allow_unauthenticated_access={request.param}"
    with running_server(tmp_path_factory.mktemp("guarded"), option) as server:
        yield server


def test_every_call_needs_an_identity(guarded: Server) -> None:
    for method, path in calls():
        answer = guarded.call(method, path, {} if method != "GET" else None, token=None)
        assert answer.status == 401, (method, path, answer.body)
        assert answer.error["code"] == "AUTHENTICATION_REQUIRED", (method, path)
        assert answer.error["message"] == "Authentication required."


def test_a_wrong_token_is_no_identity(server: Server) -> None:
    answer = server.call("GET", "/sessions", token="wrong")
    assert (answer.status, answer.error["code"]) == (401, "AUTHENTICATION_REQUIRED")


def test_an_upload_without_identity_stores_nothing(server: Server) -> None:
    answer = server.upload("sales.csv", b"a,b\n1,2\n" * 1000, token=None)
    assert answer.status == 401
    assert not list(server.temporary.glob("datalens-upload-*"))


def test_a_foreign_host_is_refused(server: Server) -> None:
    answer = server.call("GET", "/health", headers={"Host": "evil.example"})
    assert answer.status == 403
    assert answer.error["code"] == "ACCESS_DENIED"


def test_a_signed_in_page_needs_its_xsrf_token(server: Server) -> None:
    # A first call with the token gives a browser its cookies.
    first = server.call("GET", "/health")
    cookie = first.headers["Set-Cookie"].split(";")[0]
    assert server.call("GET", "/health", headers={"Cookie": cookie}, token=None).status == 200
    refused = server.call("POST", "/sessions", {}, headers={"Cookie": cookie}, token=None)
    assert refused.status == 403
    assert refused.error["code"] == "ACCESS_DENIED"
    passed = server.call(
        "POST",
        "/sessions",
        {},
        headers={"Cookie": f"{cookie}; _xsrf=abc", "X-XSRFToken": "abc"},
        token=None,
    )
    assert passed.status == 201


def test_another_origin_gets_nothing(server: Server) -> None:
    first = server.call("GET", "/health")
    cookie = first.headers["Set-Cookie"].split(";")[0]
    answer = server.call(
        "GET",
        "/sessions",
        headers={"Cookie": cookie, "Origin": "https://evil.example"},
        token=None,
    )
    assert answer.status == 404
    assert "sessions" not in answer.json()


def test_unknown_addresses_and_methods_have_our_errors_too(server: Server) -> None:
    assert server.call("GET", "/nothing/here").error["code"] == "NOT_FOUND"
    wrong = server.call("DELETE", "/status")
    assert (wrong.status, wrong.error["code"]) == (405, "INVALID_REQUEST")


def test_errors_carry_the_id_of_their_request(server: Server) -> None:
    answer = server.call("GET", "/nothing")
    assert answer.error["request_id"] == answer.headers["X-Request-Id"]
    assert set(answer.error) == {"code", "message", "details", "timestamp", "request_id"}


def test_the_server_describes_itself(server: Server) -> None:
    assert server.call("GET", "/health").json()["status"] == "ok"
    assert server.call("GET", "/openapi.json").json()["openapi"] == "3.1.0"
    metrics = server.call("GET", "/metrics")
    assert metrics.headers["Content-Type"].startswith("text/plain")
    assert b"datalens_requests_total" in metrics.body
    assert API.encode() not in metrics.body


def test_alone_nobody_signs_in(server: Server) -> None:
    told = server.call("GET", "/auth").json()
    assert (told["required"], told["user_id"], told["email"]) == (False, "local", None)
    credentials = {"email": "ann@example.com", "password": "a-password"}
    for path in ("/auth/sign-in", "/auth/sign-up", "/auth/sign-out"):
        assert server.call("POST", path, credentials if "out" not in path else {}).status == 404

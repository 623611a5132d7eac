"""Who may call: programs on this machine that hold the key, nobody else."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from e2b.exceptions import AuthenticationException
from e2b_code_interpreter import E2B

CALLS = [
    ("POST", "/v2/sandboxes"),
    ("GET", "/v2/sandboxes"),
    ("GET", "/sandboxes/{id}"),
    ("DELETE", "/sandboxes/{id}"),
    ("POST", "/sandboxes/{id}/timeout"),
    ("POST", "/sandboxes/{id}/pause"),
    ("POST", "/v2/sandboxes/{id}/connect"),
    ("GET", "/health"),
    ("GET", "/files?path=x"),
    ("POST", "/files?path=x"),
    ("POST", "/filesystem.Filesystem/ListDir"),
    ("POST", "/process.Process/Start"),
    ("POST", "/execute"),
    ("GET", "/contexts"),
    ("POST", "/contexts"),
    ("DELETE", "/contexts/x"),
    ("POST", "/contexts/x/restart"),
    ("GET", "/"),
]


def call(
    server: Any, method: str, path: str, headers: dict[str, str], body: str = "{}"
) -> tuple[int, dict[str, Any], http.client.HTTPMessage]:
    place = urlsplit(server.url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
    connection.request(method, path, body if method == "POST" else None, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, json.loads(content or b"{}"), answer.headers


def test_a_wrong_key_is_refused_by_the_sdk_as_such(server: Any) -> None:
    stranger = E2B(api_key="wrong", api_url=server.url, sandbox_url=server.url)
    with pytest.raises(AuthenticationException):
        stranger.Sandbox.create()


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_no_call_works_without_its_key(server: Any, sandbox: Any, method: str, path: str) -> None:
    path = path.format(id=sandbox.sandbox_id)
    for key in ({}, {"X-API-KEY": "x", "X-Access-Token": "x", "E2B-Traffic-Access-Token": "ü"}):
        headers = {"E2b-Sandbox-Id": sandbox.sandbox_id, **key}
        status, answer, _ = call(
            server, method, path, {k: v for k, v in headers.items() if v.isascii()}
        )
        assert status == 401
        assert answer["code"] == 401


def test_one_sandboxs_token_opens_no_other(server: Any, sandbox: Any) -> None:
    other = server.sdk().Sandbox.create(timeout=60)
    token = other.connection_config.sandbox_headers["X-Access-Token"]
    headers = {"E2b-Sandbox-Id": sandbox.sandbox_id, "X-Access-Token": token}
    assert call(server, "POST", "/execute", headers, '{"code": "1"}')[0] == 401
    other.kill()
    headers["E2b-Sandbox-Id"] = other.sandbox_id
    status, answer, _ = call(server, "POST", "/execute", headers, '{"code": "1"}')
    assert (status, answer["message"]) == (502, "The sandbox was not found")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_a_foreign_host_is_refused(server: Any, host: str) -> None:
    headers = {"Host": host, "X-API-KEY": server.api_key}
    assert call(server, "GET", "/v2/sandboxes", headers)[0] in (400, 403)
    assert call(server, "GET", "/v2/sandboxes", {"X-API-KEY": server.api_key})[0] == 200


def test_web_pages_are_refused_and_given_no_cors(server: Any) -> None:
    headers = {"Origin": "http://127.0.0.1:8888", "X-API-KEY": server.api_key}
    status, _, given = call(server, "GET", "/v2/sandboxes", headers)
    assert status == 403
    assert not [name for name in given if name.lower().startswith("access-control")]
    assert call(server, "OPTIONS", "/v2/sandboxes", headers)[0] in (403, 405)


@pytest.mark.parametrize(
    "body", ["[", "[]", "[" * 100_000, '{"timeout": "long"}', '{"metadata": 3}']
)
def test_a_body_that_is_no_request_is_a_400(server: Any, body: str) -> None:
    headers = {"X-API-KEY": server.api_key}
    assert call(server, "POST", "/v2/sandboxes", headers, body)[0] == 400


def test_an_unknown_call_is_a_404(server: Any) -> None:
    assert call(server, "GET", "/nothing", {"X-API-KEY": server.api_key})[0] == 404

"""Endpoints that refuse, fail or lie: real processes and a scripted service over real HTTP."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr

from datalens_core.errors import SandboxUnavailable
from datalens_core.sandbox.contract import Endpoint, Recipe
from datalens_core.sandbox.endpoints import E2BEndpoint, EmbeddedEndpoint, endpoint_for
from datalens_core.sandbox.lifecycle import SessionSandboxes
from datalens_core.settings import Settings

KEY = "e2b_0123456789abcdef"


def server_that_runs(program: str) -> EmbeddedEndpoint:
    return EmbeddedEndpoint(Settings.offline(), command=[sys.executable, "-c", program])


async def test_a_refusal_reaches_the_user_in_the_servers_own_words() -> None:
    sentence = "Isolation does not work here: install bubblewrap, or set E2B_API_KEY."
    endpoint = server_that_runs(f"import sys; print({sentence!r}, file=sys.stderr); sys.exit(3)")
    sandboxes = SessionSandboxes(Settings.offline(), endpoint)
    with pytest.raises(SandboxUnavailable) as caught:
        await sandboxes.warm()
    assert caught.value.message == sentence
    assert sandboxes.status().message == sentence
    assert not sandboxes.status().ready


async def test_a_crash_shows_the_plain_sentence_and_no_traceback() -> None:
    endpoint = server_that_runs("raise RuntimeError('/secret/path')")
    with pytest.raises(SandboxUnavailable) as caught:
        await endpoint.start()
    assert caught.value.message == SandboxUnavailable.default
    assert "secret" not in json.dumps(caught.value.body())


@pytest.mark.parametrize(
    "greeting",
    [
        '{"url": "http://127.0.0.1:1", "api_key": "k", "isolation": "none"}',
        '{"url": "http://192.0.2.1:80", "api_key": "k", "isolation": "bubblewrap"}',
        "not JSON",
    ],
)
async def test_a_server_that_is_not_isolated_or_not_local_is_not_used(greeting: str) -> None:
    endpoint = server_that_runs(f"print({greeting!r}, flush=True); input()")
    with pytest.raises(SandboxUnavailable):
        await endpoint.start()
    assert endpoint.pid is None


async def test_the_server_ends_when_its_lifeline_closes() -> None:
    greeting = '{"url": "http://127.0.0.1:1", "api_key": "k", "isolation": "bubblewrap"}'
    endpoint = server_that_runs(f"print({greeting!r}, flush=True); import sys; sys.stdin.read()")
    await endpoint.start()
    pid = endpoint.pid
    assert pid is not None
    await endpoint.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_key_chooses_e2b_and_is_never_shown() -> None:
    settings = Settings(e2b_api_key=SecretStr(KEY), e2b_domain="sandboxes.example")
    source = endpoint_for(settings)
    assert isinstance(source, E2BEndpoint)
    endpoint = await source.start()
    assert (endpoint.backend, endpoint.domain) == ("e2b", "sandboxes.example")
    assert KEY not in repr(endpoint)


# -- a service that fails ------------------------------------------------------------------------


class StaticEndpoint:
    """A sandbox service that is there already."""

    def __init__(self, url: str) -> None:
        self._endpoint = Endpoint(
            backend="e2b", isolation="e2b", api_key=KEY, api_url=url, sandbox_url=url
        )

    async def start(self) -> Endpoint:
        return self._endpoint

    async def close(self) -> None:
        """It is not ours to end."""


@contextmanager
def service(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """Answers every request alike; its address, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append(self.path)
            self.send_response(status)
            self.send_header("Should-Retry", "false")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"code": 500, "message": "broken for ' + KEY.encode() + b'"}'),
        (500, b"<html>not JSON</html>"),
        (503, b'{"code": 503, "message": "no room"}'),
        (201, b'{"sandboxID": 3}'),
        (201, b"[]"),
    ],
)
async def test_a_sandbox_is_tried_twice_then_503_without_the_key(status: int, body: bytes) -> None:
    settings = Settings(e2b_api_key=SecretStr(KEY))
    with service(status, body) as (url, asked):
        sandboxes = SessionSandboxes(settings, StaticEndpoint(url))
        with pytest.raises(SandboxUnavailable) as caught:
            await sandboxes.execute(
                "s",
                "1",
                recipe=Recipe,
                on_output=lambda stream, text: None,
                on_replaced=lambda replacement: None,
            )
        await sandboxes.close()
    assert asked == ["/v2/sandboxes"] * 2
    assert caught.value.status == 503
    assert caught.value.message == "Unable to create execution environment. Please try again."
    assert KEY not in json.dumps(caught.value.body())


async def test_a_service_that_is_not_there_is_503_too() -> None:
    with service(500, b"") as (url, _):
        pass
    sandboxes = SessionSandboxes(Settings(e2b_api_key=SecretStr(KEY)), StaticEndpoint(url))
    with pytest.raises(SandboxUnavailable):
        await sandboxes.restore("s", Recipe())

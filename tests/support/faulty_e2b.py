"""An E2B endpoint that fails as its script says: a proxy in front of a real server.

    async with FaultyE2B(url, api_key) as service:
        service.fail("POST", "/v2/sandboxes", answer(503))

Each fault strikes once, in order, at the first request that it fits; all else is passed on, so
code really runs, and what an endpoint did before it failed has really happened.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

import httpx
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from datalens_core.sandbox.contract import Endpoint

Act = Callable[["_Proxy"], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    method: str
    path: str
    act: Act

    def fits(self, request: Any) -> bool:
        return request.method == self.method and bool(re.fullmatch(self.path, request.path))


def answer(status: int, body: bytes | None = None, **headers: str) -> Act:
    """An answer without asking the server: E2B's error body, if none is given."""

    async def act(proxy: _Proxy) -> None:
        proxy.set_status(status)
        proxy.set_header("Content-Type", "application/json")
        for name, value in headers.items():
            proxy.set_header(name.replace("_", "-"), value)
        told = {"code": status, "message": f"scripted {status}"}
        await proxy.finish(json.dumps(told).encode() if body is None else body)

    return act


def gone() -> Act:
    """What E2B's proxy says of a sandbox that is not there any more."""
    return answer(502, b'{"sandboxId":"x","message":"The sandbox was not found","code":502}')


def hang_up() -> Act:
    """The connection closes without an answer, and nothing was done."""

    async def act(proxy: _Proxy) -> None:
        proxy.detach().close()

    return act


def cut(lines: int, *, cleanly: bool) -> Act:
    """The request is served, but only some lines of the answer arrive."""

    async def act(proxy: _Proxy) -> None:
        async with proxy.ask() as response:
            proxy.set_status(response.status_code)
            left = lines
            async for line in response.aiter_lines():
                if left == 0:
                    break
                proxy.write(line + "\n")
                await proxy.flush()
                left -= 1
        if cleanly:
            await proxy.finish()
        else:
            stream = proxy.request.connection.stream
            stream.close()

    return act


def swallow() -> Act:
    """The request takes its effect, and the connection breaks before the answer."""

    async def act(proxy: _Proxy) -> None:
        async with proxy.ask() as response:
            await response.aread()
        proxy.detach().close()

    return act


def restarted() -> Act:
    """E2B's answer when the kernel died under the code, out of memory for example."""
    told = {"type": "error", "name": "ContextRestarting", "value": "restarting", "traceback": ""}
    return answer(200, json.dumps(told).encode() + b"\n")


class FaultyE2B:
    """As a `SandboxEndpoint` it passes for E2B's cloud.

    `asked`, `ran` and `received` are what came in.
    """

    def __init__(self, url: str, api_key: str) -> None:
        self.upstream = url
        self._key = api_key
        self.faults: list[Fault] = []
        self.asked: list[str] = []
        self.ran: list[str] = []
        self.received: list[bytes] = []
        self.internet: list[bool] = []

    async def __aenter__(self) -> Self:
        self.client = httpx.AsyncClient(base_url=self.upstream, timeout=60, trust_env=False)
        handlers = [(".*", _Proxy, {"service": self})]
        self._server = HTTPServer(Application(handlers, log_function=lambda _: None))
        sockets = bind_sockets(0, "127.0.0.1")
        self._server.add_sockets(sockets)
        self.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.stop()
        await self._server.close_all_connections()
        await self.client.aclose()

    def fail(self, method: str, path: str, *acts: Act) -> None:
        self.faults += [Fault(method, path, act) for act in acts]

    def count(self, request: str) -> int:
        return sum(bool(re.fullmatch(request, asked)) for asked in self.asked)

    async def start(self) -> Endpoint:
        return Endpoint("e2b", "e2b", self._key, self.url, self.url)

    async def close(self) -> None:
        """It is ended by whoever opened it."""


class _Proxy(RequestHandler):
    def initialize(self, service: FaultyE2B) -> None:
        self.service = service

    def ask(self) -> Any:
        """The server's answer, as a stream."""
        request = self.request
        assert request.uri is not None
        kept = {k: v for k, v in request.headers.get_all() if k.lower() not in _HOP}
        return self.service.client.stream(
            request.method or "", request.uri, content=request.body, headers=kept
        )

    async def any(self) -> None:
        request, service = self.request, self.service
        service.asked.append(f"{request.method} {request.path}")
        service.received.append(request.body)
        if request.path == "/execute":
            service.ran.append(json.loads(request.body)["code"])
        if request.path == "/v2/sandboxes" and request.method == "POST":
            service.internet.append(bool(json.loads(request.body).get("allow_internet_access")))
        for fault in service.faults:
            if fault.fits(request):
                service.faults.remove(fault)
                await fault.act(self)
                return
        async with self.ask() as response:
            self.set_status(response.status_code)
            for name in ("Content-Type", "Retry-After", "Should-Retry"):
                if name in response.headers:
                    self.set_header(name, response.headers[name])
            async for piece in response.aiter_raw():
                self.write(piece)
                await self.flush()

    get = post = delete = any


_HOP = ("host", "content-length", "transfer-encoding", "connection", "accept-encoding")

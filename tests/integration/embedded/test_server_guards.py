"""Each guard of the server, removed alone, lets something through that it stops."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from e2b_code_interpreter import E2B

from datalens_core.sandbox.embedded import syscalls, wire
from datalens_core.sandbox.embedded.box import Box
from datalens_core.sandbox.embedded.folder import Usage, WorkFolder
from datalens_core.sandbox.embedded.handlers import contexts
from datalens_core.sandbox.embedded.handlers.base import (
    BaseHandler,
    ControlHandler,
    SandboxHandler,
)
from datalens_core.sandbox.embedded.limits import Limits
from datalens_core.sandbox.embedded.output import Output
from datalens_core.sandbox.embedded.sandboxes import Sandboxes
from datalens_core.sandbox.embedded.server import listen
from tests.integration.embedded.guards import LooseBroker
from tests.integration.embedded.hostile import CHANNEL, PRELUDE

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = "key-of-this-test"
LIMITS = Limits(
    execution_seconds=2,
    grace_seconds=1,
    disk_mb=20,
    text_chars=10_000,
    messages=300,
    result_bytes=100_000,
    flood_bytes=64 << 20,
)


@pytest.fixture(scope="module")
def broker() -> Iterator[LooseBroker]:
    started = LooseBroker.begin(LIMITS)
    yield started
    started.close()


@dataclass
class Service:
    """The server in this process, so that its guards can be taken away."""

    sandboxes: Sandboxes
    url: str

    async def create(self) -> Any:
        sdk = E2B(api_key=KEY, api_url=self.url, sandbox_url=self.url)
        return await sdk.AsyncSandbox.create(timeout=60)

    async def run(self, code: str) -> Any:
        """What code that may write to the channel brings about, in a sandbox of its own."""
        sandbox = await self.create()
        try:
            return await sandbox.run_code(PRELUDE + CHANNEL + code)
        finally:
            await sandbox.kill()

    async def status(self, path: str, **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(self.url + path, headers=named)).status_code

    async def status_in(self, path: str) -> int:
        """Of a call into a sandbox, without its token."""
        sandbox = await self.create()
        try:
            return await self.status(path, E2b_Sandbox_Id=sandbox.sandbox_id)
        finally:
            await sandbox.kill()


@pytest_asyncio.fixture(loop_scope="module")
async def service(broker: LooseBroker) -> AsyncIterator[Service]:
    sandboxes = Sandboxes(broker, LIMITS)
    server, port = listen(sandboxes, KEY, 0)
    yield Service(sandboxes, f"http://127.0.0.1:{port}")
    server.stop()
    await sandboxes.close()
    await server.close_all_connections()


def died(execution: Any) -> bool:
    return execution.error is not None and execution.error.name == "SandboxDied"


async def keyless(service: Service) -> bool:
    return await service.status("/v2/sandboxes") == 200


async def tokenless(service: Service) -> bool:
    return await service.status_in("/health") == 204


async def tokenless_contexts(service: Service) -> bool:
    return await service.status_in("/contexts") == 200


async def of_another_host(service: Service) -> bool:
    return await service.status("/v2/sandboxes", Host="evil.example", X_API_KEY=KEY) == 200


async def of_a_page(service: Service) -> bool:
    sent = ({"Origin": "http://127.0.0.1:1"}, {"Sec_Fetch_Site": "cross-site"})
    answers = [await service.status("/v2/sandboxes", X_API_KEY=KEY, **headers) for headers in sent]
    return answers == [200, 200]


async def announces_too_much(service: Service) -> bool:
    code = "os.write(3, (48 << 20).to_bytes(4, 'big')); time.sleep(30)"
    execution = await service.run(code)
    return "did not stop" in execution.error.value  # the server waited for the rest


async def nests(service: Service) -> bool:
    code = 'say(b\'{"type": "result", "data": {"a": [\' + b\'[],\' * 450_000 + b\'0]}}\')'
    return not died(await service.run(code))


async def floods(service: Service) -> bool:
    code = "for _ in range(20): say(b' ' * 3_999_998 + b'{}')"
    return not died(await service.run(code))


async def sends_no_json(service: Service) -> bool:
    return not died(await service.run("say(b'\\x80\\x04K\\x07.'); time.sleep(0.3)"))


async def prints_too_much(service: Service) -> bool:
    execution = await service.run("for _ in range(4): message(type='stdout', text='x' * 5_000)")
    return len("".join(execution.logs.stdout)) > 15_000


async def sends_too_many(service: Service) -> bool:
    execution = await service.run("for _ in range(400): message(type='stdout', text='x')")
    return len("".join(execution.logs.stdout)) > 300


async def shows_too_much(service: Service) -> bool:
    execution = await service.run(
        "for _ in range(2): message(type='result', data={'text/html': 'x' * 80_000})"
    )
    return len(execution.results) == 2


async def fills_the_disk(service: Service) -> bool:
    code = "open('f', 'wb').write(bytes(30_000_000)); time.sleep(1.5)"
    return not died(await service.run(code))


async def hides_on_the_disk(service: Service) -> bool:
    code = "f = open('f', 'wb'); os.unlink('f'); f.write(bytes(30_000_000)); time.sleep(1.8)"
    return not died(await service.run(code))


async def never(box: Box) -> bool:
    return False


async def never_ends(service: Service) -> bool:
    sandbox = await service.create()
    try:
        async with asyncio.timeout(3.5):
            await sandbox.run_code("while True: pass")
    except TimeoutError:
        return True
    finally:
        await sandbox.kill()
    return False


async def leads_outside(service: Service) -> bool:
    with tempfile.NamedTemporaryFile("w") as outside:
        outside.write("outside")
        outside.flush()
        sandbox = await service.create()
        try:
            await sandbox.run_code("import os; os.symlink('/', 'root')")
            return bool(await sandbox.files.read(f"root{outside.name}") == "outside")
        except Exception:  # whichever way it is refused
            return False
        finally:
            await sandbox.kill()


Remove = Callable[[pytest.MonkeyPatch, Service], None]


def instead(owner: Any, name: str, value: Any) -> Remove:
    return lambda monkeypatch, service: monkeypatch.setattr(owner, name, value)


def limit(**fields: int) -> Remove:
    def remove(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
        service.sandboxes.limits = replace(service.sandboxes.limits, **fields)

    return remove


def without_resolve_flags(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    for name in ("BENEATH", "NO_SYMLINKS", "NO_MAGICLINKS"):
        monkeypatch.setattr(syscalls, f"_RESOLVE_{name}", 0)


def any_length(header: bytes, most: int) -> int:
    (length,) = wire.HEADER.unpack(header)
    return int(length)


def anything(body: bytes, parse: Any = wire.parse) -> dict[str, Any]:
    try:
        found: dict[str, Any] = parse(body)
    except wire.BadMessage:
        return {}
    return found


def all_text(output: Output, stream: str, text: str) -> None:
    output._emit({"type": stream, "text": text, "timestamp": "now"})


HUGE = 1 << 60
SERVER_GUARDS: dict[str, tuple[Remove, Callable[[Service], Awaitable[bool]]]] = {
    "API key": (instead(ControlHandler, "authorize", lambda self: None), keyless),
    "access token": (instead(SandboxHandler, "holds", lambda *a: True), tokenless),
    "traffic token": (
        instead(contexts._ContextHandler, "holds", lambda *a: True),
        tokenless_contexts,
    ),
    "Host header": (instead(BaseHandler, "is_from_elsewhere", lambda self: False), of_another_host),
    "Origin header": (instead(BaseHandler, "is_from_a_page", lambda self: False), of_a_page),
    "length of a message": (instead(wire, "body_length", any_length), announces_too_much),
    "weight of a message": (limit(message_weight=HUGE), nests),
    "bytes from a box": (limit(flood_bytes=HUGE), floods),
    "messages are JSON": (instead(wire, "parse", anything), sends_no_json),
    "text shown": (instead(Output, "_text", all_text), prints_too_much),
    "number of messages": (limit(messages=HUGE), sends_too_many),
    "size of results": (limit(result_bytes=HUGE), shows_too_much),
    "disk quota": (instead(Box, "_uses_too_much", never), fills_the_disk),
    "deleted files count": (instead(Box, "_hides_too_much", never), hides_on_the_disk),
    "time limit": (limit(execution_seconds=3600), never_ends),
    "links lead nowhere": (without_resolve_flags, leads_outside),
}


@pytest.mark.parametrize("guard", SERVER_GUARDS)
async def test_a_server_without_one_of_its_guards_lets_it_through(
    service: Service, guard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove, gets_through = SERVER_GUARDS[guard]
    assert not await gets_through(service)
    await service.sandboxes.close()  # the box in reserve has the limits of before
    remove(monkeypatch, service)
    assert await gets_through(service)


async def test_a_box_that_moves_what_is_counted_stands_still_for_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    moving = itertools.cycle([True, False])

    def counted_slowly(folder: WorkFolder, most: int) -> Usage:
        if next(moving):
            return Usage(0, complete=False)
        time.sleep(0.4)
        return Usage(0, complete=True)

    monkeypatch.setattr(WorkFolder, "usage", counted_slowly)
    execution = await service.run(
        "gaps = [0]; last = time.monotonic(); end = last + 0.8\n"
        "while last < end: now = time.monotonic(); gaps.append(now - last); last = now\n"
        "print(max(gaps))"
    )
    assert float("".join(execution.logs.stdout)) > 0.35, execution

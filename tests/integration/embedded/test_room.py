"""Room for sandboxes: by the memory that is really free; the one idle longest goes first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio
from e2b_code_interpreter import E2B

from datalens_core.errors import SandboxUnavailable
from datalens_core.sandbox.contract import Endpoint, Recipe
from datalens_core.sandbox.embedded import sandboxes as module
from datalens_core.sandbox.embedded.broker import Broker
from datalens_core.sandbox.embedded.limits import Limits
from datalens_core.sandbox.embedded.sandboxes import Sandboxes
from datalens_core.sandbox.embedded.server import listen
from datalens_core.sandbox.lifecycle import SessionSandboxes
from datalens_core.settings import Settings
from tests.integration.sandbox.conftest import Bench

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = "key-of-this-test"


@dataclass
class Machine:
    """A machine whose other programs take as much memory as the test says."""

    free: int = 10_000

    def free_mb(self) -> int:
        return self.free

    def reserve_mb(self) -> int:
        return 500


@dataclass
class Service:
    """An embedded server within this process, so that its surroundings can be chosen."""

    sandboxes: Sandboxes
    machine: Machine
    url: str

    async def create(self) -> Any:
        sdk = E2B(api_key=KEY, api_url=self.url, sandbox_url=self.url)
        return await sdk.AsyncSandbox.create(timeout=60)

    async def start(self) -> Endpoint:
        return Endpoint("embedded", "bubblewrap", KEY, self.url, self.url)

    async def close(self) -> None:
        """The test ends it."""


@pytest.fixture(scope="module")
def broker() -> Any:
    started = Broker.start(Limits())
    yield started
    started.close()


@pytest_asyncio.fixture(loop_scope="module")
async def service(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    monkeypatch.setattr(module, "_IDLE_SECONDS", 0.2)
    monkeypatch.setattr(module, "_WATCH_SECONDS", 0.1)
    machine = Machine()
    sandboxes = Sandboxes(broker, replace(Limits(), sandboxes=2), machine)
    server, port = listen(sandboxes, KEY, 0)
    yield Service(sandboxes, machine, f"http://127.0.0.1:{port}")
    server.stop()
    await sandboxes.close()
    await server.close_all_connections()


async def test_one_too_many_takes_the_place_of_the_one_idle_longest(service: Service) -> None:
    first, second = await service.create(), await service.create()
    await asyncio.sleep(0.3)
    await first.run_code("used = 1")
    await asyncio.sleep(0.25)
    third = await service.create()
    assert await first.is_running()
    assert not await second.is_running()
    assert (await third.run_code("1 + 1")).text == "2"


async def test_a_sandbox_at_work_is_never_retired(service: Service) -> None:
    from e2b.exceptions import RateLimitException

    at_work = [await service.create(), await service.create()]
    running = [
        asyncio.create_task(one.run_code("import time; time.sleep(3); 'done'")) for one in at_work
    ]
    await asyncio.sleep(0.5)
    with pytest.raises(RateLimitException, match="already 2 sandboxes at work"):
        await service.create()
    assert [(await one).text for one in running] == ["'done'", "'done'"]


async def test_without_memory_there_is_no_new_sandbox_and_the_reason_is_told(
    service: Service,
) -> None:
    service.machine.free = 520
    sessions = SessionSandboxes(Settings.offline(), service)
    with pytest.raises(SandboxUnavailable) as refused:
        await Bench(sessions, service).run("s", "1")
    assert "too little free memory" in refused.value.message
    await sessions.close()


async def test_a_retired_session_is_told_and_comes_back_with_its_variables(
    service: Service,
) -> None:
    sessions = SessionSandboxes(Settings.offline(), service)
    bench = Bench(sessions, service)
    await bench.run("s", "kept = 3")
    service.machine.free = 450
    for _ in range(50):
        await asyncio.sleep(0.1)
        if not service.sandboxes.all():
            break
    service.machine.free = 10_000
    result = await bench.run("s", "kept", Recipe(replay=["kept = 3"]))
    assert result.stdout == "3\n"
    (told,) = bench.replaced
    assert told.reason == "It was idle, and this machine was short of memory."
    assert told.restored == ["1 execution"]
    await sessions.close()


async def test_a_box_is_kept_in_reserve_only_while_there_is_memory(service: Service) -> None:
    await service.create()
    await asyncio.sleep(0.5)
    assert service.sandboxes.has_spare
    service.machine.free = 450
    await asyncio.sleep(0.3)
    assert not service.sandboxes.has_spare

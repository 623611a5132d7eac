"""A real workbench: embedded sandbox, SQLite, the offline analyst or a scripted model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from datalens_core import Settings, Workbench
from datalens_core.events import Event
from tests.support.sandbox_servers import SandboxServers

SALES = """\
region,revenue,ordered,contact
West,120.5,2024-01-03,ann@corp.example
South,80,2024-01-09,bob@corp.example
West,140.25,2024-02-11,+1 415 555 2671
North,99,2024-02-17,cy@corp.example
South,61,2024-03-02,dee@corp.example
North,,2024-03-20,eve@corp.example
West,131,2024-03-28,flo@corp.example
"""


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    path = tmp_path / "sales.csv"
    path.write_text(SALES)
    return path


@pytest.fixture
def make_workbench(tmp_path: Path, sandbox_servers: SandboxServers) -> Callable[..., Workbench]:
    """Workbenches on one data folder, as a server has before and after a restart."""

    def make(*, own_server: bool = False, **fields: object) -> Workbench:
        settings = Settings.offline(data_dir=tmp_path / "data", **fields)
        return Workbench(settings, endpoint=None if own_server else sandbox_servers.of(settings))

    return make


@pytest.fixture
async def workbench(make_workbench: Callable[..., Workbench]) -> AsyncIterator[Workbench]:
    async with make_workbench() as workbench:
        yield workbench


@pytest.fixture
def asked() -> Callable[..., Awaitable[list[Event]]]:
    async def ask(workbench: Workbench, session_id: str, query: str) -> list[Event]:
        return [event async for event in workbench.ask(session_id, query)]

    return ask

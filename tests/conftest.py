"""What tests of every kind share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.sandbox_servers import SandboxServers


@pytest.fixture(scope="session")
def sandbox_servers() -> Iterator[SandboxServers]:
    with SandboxServers() as servers:
        yield servers

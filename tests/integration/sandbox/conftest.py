"""One embedded server for all tests of this directory, real processes and real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from datalens_core.models import ExecutionResult
from datalens_core.sandbox.contract import Recipe, Replacement
from datalens_core.sandbox.endpoints import EmbeddedEndpoint
from datalens_core.sandbox.lifecycle import SessionSandboxes
from datalens_core.settings import Settings

TIME_LIMIT = 2


class Bench:
    """A workbench's sandboxes, and what they said while a test used them."""

    def __init__(self, sandboxes: SessionSandboxes, endpoint: EmbeddedEndpoint) -> None:
        self.sandboxes = sandboxes
        self.endpoint = endpoint
        self.output: list[tuple[str, str]] = []
        self.replaced: list[Replacement] = []
        self.spoke = asyncio.Event()

    async def run(self, session: str, code: str, recipe: Recipe | None = None) -> ExecutionResult:
        return await self.sandboxes.execute(
            session,
            code,
            recipe=lambda: recipe or Recipe(),
            on_output=self._hear,
            on_replaced=self.replaced.append,
        )

    def _hear(self, stream: str, text: str) -> None:
        self.output.append((stream, text))
        self.spoke.set()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandboxes() -> AsyncIterator[tuple[SessionSandboxes, EmbeddedEndpoint]]:
    settings = Settings.offline(execution_timeout_seconds=TIME_LIMIT)
    endpoint = EmbeddedEndpoint(settings)
    running = SessionSandboxes(settings, endpoint)
    yield running, endpoint
    await running.close()


@pytest.fixture
def bench(sandboxes: tuple[SessionSandboxes, EmbeddedEndpoint]) -> Bench:
    return Bench(*sandboxes)

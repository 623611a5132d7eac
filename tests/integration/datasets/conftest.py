"""Every file gets a session of its own."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from datalens_core.datasets.handler import FileHandler
from datalens_core.datasets.loader import data_file
from datalens_core.models import Dataset, ExecutionResult, PlanChange
from datalens_core.sandbox.contract import Recipe
from datalens_core.sandbox.lifecycle import SessionSandboxes
from datalens_core.settings import Settings
from tests.support.sandbox_servers import SandboxServers


class Reader:
    """Uploads files as a person does, and asks the sandbox what the loader made of them."""

    def __init__(self, sandboxes: SessionSandboxes, settings: Settings, folder: Path) -> None:
        self._sandboxes = sandboxes
        self._handler = FileHandler(sandboxes, settings)
        self._folder = folder
        self._numbers = itertools.count()
        self.session = f"session-{folder.name}"

    def file(self, content: bytes | str, suffix: str = ".csv") -> Path:
        path = self._folder / f"{next(self._numbers)}{suffix}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    async def inspect(
        self, path: Path, name: str | None = None, changes: PlanChange | None = None
    ) -> Dataset:
        return await self._handler.inspect(self.session, path, name or path.name, "df", changes)

    async def load(self, dataset: Dataset, path: Path, code: str) -> ExecutionResult:
        """The result of code that runs after the loader."""
        return await self._run(code, lambda: Recipe([data_file(dataset, path)]))

    async def without(self, package: str) -> None:
        """Take a package from the session's sandbox, as if it were not installed there."""
        result = await self._run(f"import sys; sys.modules[{package!r}] = None", Recipe)
        assert result.success, result

    async def _run(self, code: str, recipe: Callable[[], Recipe]) -> ExecutionResult:
        return await self._sandboxes.execute(
            self.session,
            code,
            recipe=recipe,
            on_output=lambda stream, text: None,
            on_replaced=lambda replacement: None,
        )

    async def shape(self, content: bytes | str, suffix: str = ".csv") -> tuple[list[str], int]:
        """Columns and rows by the schema, which must be those of the loaded frame as well."""
        path = self.file(content, suffix)
        dataset = await self.inspect(path)
        names = [column.name for column in dataset.dataset_schema.columns]
        result = await self.load(dataset, path, f"print(list(df.columns) == {names!r}, len(df))")
        assert result.stdout == f"True {dataset.dataset_schema.row_count}\n", result
        return names, dataset.dataset_schema.row_count


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandboxes(sandbox_servers: SandboxServers) -> AsyncIterator[SessionSandboxes]:
    settings = Settings.offline()
    running = SessionSandboxes(settings, sandbox_servers.of(settings))
    yield running
    await running.close()


@pytest.fixture
def reader(sandboxes: SessionSandboxes, tmp_path: Path) -> Reader:
    return Reader(sandboxes, Settings.offline(), tmp_path)

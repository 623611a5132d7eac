"""Files as a sandbox may hold them: elsewhere, without the columns that must not leave here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from datalens_core.datasets.handler import FileHandler
from datalens_core.datasets.loader import data_file
from datalens_core.errors import SandboxUnavailable
from datalens_core.models import ColumnPolicy, Dataset, DatasetPrivacy
from datalens_core.privacy.policies import column_privacy
from datalens_core.privacy.versions import Version, version_of
from datalens_core.privacy.view import View
from datalens_core.safeguards.columns import KnownColumns
from datalens_core.sandbox.contract import DataFile, Recipe
from datalens_core.sandbox.lifecycle import SessionSandboxes
from datalens_core.settings import Settings

NO_FILTER = (
    "This file has columns that must not leave this machine, and the sandbox on this machine that "
    "would take them out does not start. `datalens doctor` says why."
)


class WithheldFiles:
    """Of all sessions; the columns are taken out in a sandbox on this machine."""

    def __init__(self, settings: Settings, files: FileHandler, columns: KnownColumns) -> None:
        self._settings = settings
        self._files = files
        self._columns = columns
        self._copies: dict[str, dict[Version, tuple[list[str], DataFile]]] = {}
        self._local: tuple[SessionSandboxes, FileHandler] | None = None

    async def close(self) -> None:
        if self._local is not None:
            await self._local[0].close()

    def drop(self, session_id: str) -> None:
        self._copies.pop(session_id, None)

    def reader(self, privacy: DatasetPrivacy) -> FileHandler:
        """Who reads a file: this machine, if parts of it must not leave it."""
        if self._settings.uses_embedded_sandbox or not _hides_any(privacy):
            return self._files
        return self._local_files()[1]

    async def take_out(self, session_id: str, dataset: Dataset, path: Path) -> None:
        """Make what `data_file` gives, if something has to be taken out.

        Raises:
            SandboxUnavailable: it cannot be taken out.
        """
        if self._settings.uses_embedded_sandbox:
            return
        hidden = _hidden(dataset, await self._columns.detected(session_id, dataset))
        if not hidden or self._copy(session_id, dataset)[0] == hidden:
            return
        sandboxes, files = self._local_files()
        target = path.with_name(f"without-{dataset.id}.csv")

        def recipe() -> Recipe:
            return Recipe(files=[data_file(dataset, path)])

        try:
            copy = await files.write_without(session_id, dataset, path, hidden, target)
            await self._columns.learn(session_id, dataset, hidden, files, recipe)
        except SandboxUnavailable:
            raise SandboxUnavailable(NO_FILTER) from None
        finally:
            await sandboxes.kill(session_id)
        self._copies.setdefault(session_id, {})[version_of(dataset)] = (hidden, copy)

    def data_file(self, session_id: str, dataset: Dataset, path: Path) -> DataFile:
        """The data set as the session's sandbox may hold it.

        Raises:
            SandboxUnavailable: columns have to be taken out of it first.
        """
        hidden = self._hidden_before(session_id, dataset)
        if not hidden:
            return data_file(dataset, path)
        held, copy = self._copy(session_id, dataset)
        if copy is None or held != hidden:
            raise SandboxUnavailable(NO_FILTER)
        return copy

    def view(self, session_id: str, dataset: Dataset) -> Dataset:
        """The data set as the session's sandbox holds it."""
        if self._settings.uses_embedded_sandbox:
            return dataset
        hidden: ColumnPolicy = "never"
        names = self._hidden_before(session_id, dataset)
        return View.of_sandbox(dict.fromkeys(names, hidden))(dataset)

    def _hidden_before(self, session_id: str, dataset: Dataset) -> list[str]:
        """By what was detected so far."""
        if self._settings.uses_embedded_sandbox:
            return []
        return _hidden(dataset, self._columns.detected_before(session_id, dataset))

    def _copy(self, session_id: str, dataset: Dataset) -> tuple[list[str], DataFile | None]:
        return self._copies.get(session_id, {}).get(version_of(dataset), ([], None))

    def _local_files(self) -> tuple[SessionSandboxes, FileHandler]:
        if self._local is None:
            settings = self._settings.without_services()
            sandboxes = SessionSandboxes(settings)
            self._local = (sandboxes, FileHandler(sandboxes, settings))
        return self._local


def _hidden(dataset: Dataset, detected: Mapping[str, ColumnPolicy]) -> list[str]:
    return sorted(c.column for c in column_privacy(dataset, detected) if c.policy == "never")


def _hides_any(privacy: DatasetPrivacy) -> bool:
    return "never" in {*privacy.columns.values(), *privacy.project.columns.values()}

"""Files in: checked here without parsing, read in the session's own sandbox."""

from __future__ import annotations

import asyncio
from pathlib import Path

from datalens_core.datasets.files import SourceFile, check_file
from datalens_core.datasets.inspection import Inspection, read_inspection
from datalens_core.errors import SandboxLost, UnreadableFile
from datalens_core.models import ArtifactType, Dataset, ExecutionResult
from datalens_core.sandbox.contract import Recipe, Replacement, Sandboxes, Stream
from datalens_core.sandbox.program import shipped
from datalens_core.settings import Settings


class FileHandler:
    """Reads files through a session's sandbox; holds nothing of them itself."""

    def __init__(self, sandboxes: Sandboxes, settings: Settings) -> None:
        self._sandboxes = sandboxes
        self._settings = settings

    async def inspect(self, session_id: str, path: Path, name: str, variable: str) -> Dataset:
        """What a file holds and how it is read; `name` is the user's name for it.

        The file is in the sandbox afterwards, and not loaded yet: `loader_code` does that.

        Raises:
            UnsupportedFileType, FileTooLarge, EmptyFile, UnreadableFile: the four upload errors.
            SandboxUnavailable: there is none to read it in.
        """
        source = await asyncio.to_thread(check_file, path, name, self._settings.max_file_size_mb)
        process = self.process_csv if source.format == "csv" else self.process_excel
        found = await process(session_id, source)
        return Dataset(
            name=name,
            variable=variable,
            size_bytes=source.size_bytes,
            sha256=source.sha256,
            plan=found.plan,
            dataset_schema=found.schema_,
            warnings=found.warnings,
        )

    async def process_csv(self, session_id: str, source: SourceFile) -> Inspection:
        """Encoding, delimiter, header, first five rows and row count of delimited text."""
        return await self.extract_metadata(session_id, source)

    async def process_excel(self, session_id: str, source: SourceFile) -> Inspection:
        """Sheet, header, first five rows and row count of an .xlsx workbook."""
        return await self.extract_metadata(session_id, source)

    async def extract_metadata(self, session_id: str, source: SourceFile) -> Inspection:
        """Send a checked file to the sandbox and run the reader program on it.

        Raises:
            EmptyFile, UnreadableFile: as the program, or its end, says.
            SandboxUnavailable: there is none to read it in.
        """
        path = await self._sandboxes.upload(session_id, source.path, source.sandbox_name)
        program = shipped(
            "datalens_core.datasets", "inspect_source", f"main({path!r}, {source.format!r})"
        )
        try:
            result = await self._sandboxes.execute(
                session_id, program, recipe=Recipe, on_output=_unseen, on_replaced=_unheard
            )
        except SandboxLost:
            raise UnreadableFile.because("Reading it stopped the sandbox.") from None
        if not result.success:
            raise UnreadableFile.because(_reason(result))
        return read_inspection(result.stdout)


def _reason(result: ExecutionResult) -> str:
    for artifact in result.artifacts:
        if artifact.type is ArtifactType.ERROR and isinstance(artifact.content, dict):
            if artifact.content["name"] == "TimeoutError":
                return "Reading it took too long."
            if artifact.content["name"] == "MemoryError":
                return "Reading it took too much memory."
    return "Reading it failed."


def _unseen(stream: Stream, text: str) -> None:
    """The program's answer is no output of the session."""


def _unheard(replacement: Replacement) -> None:
    """An empty recipe replaces nothing; the next execution tells of a new sandbox."""

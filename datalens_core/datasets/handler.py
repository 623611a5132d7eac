"""Files in: checked here without parsing, read in the session's own sandbox."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import indent
from typing import TypeVar

from pydantic import BaseModel, JsonValue

from datalens_core.datasets.files import MIB, SourceFile, check_file, sandbox_name
from datalens_core.datasets.inspection import (
    ColumnValues,
    Inspection,
    Sample,
    Statistics,
    Values,
    Without,
    read_answer,
)
from datalens_core.datasets.loader import code_for, data_file
from datalens_core.datasets.reader.columns import SAMPLE_ROWS
from datalens_core.errors import SandboxLost, UnreadableFile
from datalens_core.models import (
    ArtifactType,
    Dataset,
    DatasetSchema,
    DatasetStatistics,
    ExecutionResult,
    LoadPlan,
    PlanChange,
    new_id,
)
from datalens_core.sandbox.contract import DataFile, Recipe, Replacement, Sandboxes, Stream
from datalens_core.sandbox.program import shipped_package
from datalens_core.settings import Settings

READER = "datalens_core.datasets.reader"
SAMPLE, BOOK = "_datalens_sample", "_datalens_book"
COPY = "datalens_copy.csv"
Answer = TypeVar("Answer", bound=BaseModel)


class FileHandler:
    """Reads files through a session's sandbox; holds nothing of them itself."""

    def __init__(self, sandboxes: Sandboxes, settings: Settings) -> None:
        self._sandboxes = sandboxes
        self._settings = settings

    async def inspect(
        self,
        session_id: str,
        path: Path,
        name: str,
        variable: str,
        changes: PlanChange | None = None,
    ) -> Dataset:
        """What a file holds and how it is read; `name` is the user's name for it.

        The file is in the sandbox afterwards, and not loaded yet: `loader_code` does that.

        Args:
            changes: what the user decided about reading it; the rest is found out.

        Raises:
            UnsupportedFileType, FileTooLarge, EmptyFile, UnreadableFile: the four upload errors.
            SandboxUnavailable: there is none to read it in.
        """
        changes = changes or PlanChange()
        source = await asyncio.to_thread(check_file, path, name, self._settings.max_file_size_mb)
        process = self.process_csv if source.format == "csv" else self.process_excel
        found = await process(session_id, source, changes)
        return Dataset(
            name=name,
            variable=variable,
            size_bytes=source.size_bytes,
            sha256=source.sha256,
            plan=found.plan,
            dataset_schema=await self.sample(session_id, source, found),
            warnings=found.warnings,
            sheets=found.sheets,
            changes=changes,
        )

    async def process_csv(
        self, session_id: str, source: SourceFile, changes: PlanChange
    ) -> Inspection:
        """Encoding, delimiter, header and row count of delimited text."""
        return await self.extract_metadata(session_id, source, changes)

    async def process_excel(
        self, session_id: str, source: SourceFile, changes: PlanChange
    ) -> Inspection:
        """Sheets, header and row count of a workbook."""
        return await self.extract_metadata(session_id, source, changes)

    async def extract_metadata(
        self, session_id: str, source: SourceFile, changes: PlanChange
    ) -> Inspection:
        """Send a checked file to the sandbox and find out there how to read it.

        Raises:
            EmptyFile, UnreadableFile: as the program, or its end, says.
            SandboxUnavailable: there is none to read it in.
        """
        path = await self._sandboxes.upload(session_id, source.path, source.sandbox_name)
        call = f"inspect({path!r}, {source.format!r}, {given(changes)!r})"
        return await self._ask(session_id, shipped_package(READER, call, into=BOOK), Inspection)

    async def sample(self, session_id: str, source: SourceFile, found: Inspection) -> DatasetSchema:
        """The first five rows, by the code that loads the whole file.

        A workbook is taken as the inspection left it open: parsing it again takes as long.

        Raises:
            UnreadableFile: pandas does not read it by this plan.
        """
        load = code_for(
            found.plan, source.name, SAMPLE, width=0, rows=found.sample_rows, source=BOOK
        )
        call = f"sample(lambda: {SAMPLE}, {SAMPLE_ROWS})"
        program = f"{load}\n{shipped_package(READER, call)}"
        program = f"try:\n{indent(program, '    ')}finally:\n    {SAMPLE} = {BOOK} = None\n"
        program += f"    del {SAMPLE}, {BOOK}\n"
        shown = await self._ask(session_id, program, Sample)
        return DatasetSchema(
            columns=shown.columns, row_count=found.row_count, sample_data=shown.sample_data
        )

    async def statistics(
        self,
        session_id: str,
        dataset: Dataset,
        recipe: Callable[[], Recipe],
        on_replaced: Callable[[Replacement], None],
    ) -> DatasetStatistics:
        """Exact figures of a whole data set, which is loaded for it if it was not.

        Raises:
            UnreadableFile: it does not load, or takes too long.
        """
        expected = {c.name: c.dtype for c in dataset.dataset_schema.columns}
        call = f"summarize(lambda: {dataset.variable}, {expected!r}, {list(dataset.plan.dates)!r})"
        program = shipped_package(READER, call)
        found = await self._ask(session_id, program, Statistics, recipe, on_replaced)
        return found.statistics

    async def values(
        self,
        session_id: str,
        dataset: Dataset,
        columns: Sequence[str],
        recipe: Callable[[], Recipe],
        *,
        anew: bool,
    ) -> dict[str, ColumnValues]:
        """The distinct values of columns of the whole data set; a column may be missing.

        With `anew` from the file itself, in a sandbox of its own: code of the session may have
        changed the variable, or whatever reads it.

        Raises:
            UnreadableFile: it does not load, or takes too long.
            SandboxUnavailable: there is no sandbox to read it in.
        """
        if not anew:
            return await self._values(session_id, dataset, columns, recipe)
        reading = f"{session_id}-{new_id()}"

        def alone() -> Recipe:
            return Recipe(files=[f for f in recipe().files if f.title == dataset.name])

        try:
            return await self._values(reading, dataset, columns, alone)
        finally:
            await self._sandboxes.kill(reading)

    async def _values(
        self,
        session_id: str,
        dataset: Dataset,
        columns: Sequence[str],
        recipe: Callable[[], Recipe],
    ) -> dict[str, ColumnValues]:
        found: dict[str, ColumnValues] = {}
        while left := [column for column in columns if column not in found]:
            program = shipped_package(READER, f"values(lambda: {dataset.variable}, {left!r})")
            answer = await self._ask(session_id, program, Values, recipe)
            fresh = {c: v for c, v in answer.columns.items() if c in left}
            if not fresh:
                break
            found |= fresh
        return found

    async def write_without(
        self, session_id: str, dataset: Dataset, path: Path, columns: list[str], target: Path
    ) -> DataFile:
        """A copy of a data set's file without some columns, made in this handler's sandbox.

        Args:
            path: the file; it has to be in the sandbox already.
            target: where the copy is kept.

        Raises:
            UnreadableFile: it does not load.
            SandboxUnavailable: there is no sandbox to make it in.
        """
        name = sandbox_name(f"{Path(dataset.name).stem}.csv")
        recipe = Recipe(files=[data_file(dataset, path)])
        call = f"without(lambda: {dataset.variable}, {columns!r}, {COPY!r})"
        program = shipped_package(READER, call)
        found = await self._ask(session_id, program, Without, lambda: recipe)
        most = 2 * self._settings.max_file_size_mb * MIB
        copy = await self._sandboxes.download(session_id, COPY, most)
        await asyncio.to_thread(_write_private, target, copy)
        plan = LoadPlan(format="csv", text_columns=found.texts, dates=found.dates)
        loader = code_for(plan, name, dataset.variable)
        digest = hashlib.sha256(copy).hexdigest()
        return DataFile(target, name, loader, sha256=digest, title=dataset.name)

    async def _ask(
        self,
        session_id: str,
        program: str,
        kind: type[Answer],
        recipe: Callable[[], Recipe] = Recipe,
        on_replaced: Callable[[Replacement], None] | None = None,
    ) -> Answer:
        try:
            result = await self._sandboxes.execute(
                session_id,
                program,
                recipe=recipe,
                on_output=_unseen,
                on_replaced=on_replaced or _unheard,
            )
        except SandboxLost:
            raise UnreadableFile.because("Reading it stopped the sandbox.") from None
        if not result.success:
            raise UnreadableFile.because(_reason(result))
        return read_answer(result.stdout, kind)


def given(changes: PlanChange) -> dict[str, JsonValue]:
    """A user's decisions as the reader takes them: only what was decided."""
    decided = changes.model_dump(exclude_none=True, exclude={"types"})
    if decided.get("header_row") == -1:
        decided["header_row"] = None
    return {**decided, "types": dict(changes.types)}


def _reason(result: ExecutionResult) -> str:
    for artifact in result.artifacts:
        if artifact.type is ArtifactType.ERROR and isinstance(artifact.content, dict):
            if artifact.content["name"] == "TimeoutError":
                return "Reading it took too long."
            if artifact.content["name"] == "MemoryError":
                return "Reading it took too much memory."
    return "Reading it failed."


def _write_private(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)


def _unseen(stream: Stream, text: str) -> None:
    """The program's answer is no output of the session."""


def _unheard(replacement: Replacement) -> None:
    """An empty recipe replaces nothing; the next execution tells of a new sandbox."""

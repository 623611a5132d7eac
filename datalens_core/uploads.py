"""Files on their way into a session: kept, read, profiled and measured."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from datalens_core.datasets.files import format_of, free_name, sandbox_name, variable_name
from datalens_core.datasets.loader import data_file, loader_code
from datalens_core.datasets.versions import as_newer_version
from datalens_core.errors import DatasetMissing, InvalidRequest, NotFound
from datalens_core.events import DatasetMeasured, SandboxReplaced
from datalens_core.models import (
    Dataset,
    DatasetDetail,
    DatasetPrivacy,
    PlanChange,
    ProfileResult,
    ProjectRules,
    Session,
    UploadResult,
)
from datalens_core.rooms import Rooms
from datalens_core.runs import Run
from datalens_core.sandbox.contract import Replacement
from datalens_core.sessions.state import SessionState

T = TypeVar("T")
UNASKED = "Each request waits for your word, so none was made for this."


@dataclass(frozen=True)
class Profiling:
    """A run that makes a profile, and where it is found."""

    run: Run
    profiled: asyncio.Future[ProfileResult]


class Uploads:
    """The data sets of the sessions; see `Workbench.upload` and its neighbours."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def add(
        self, session: Session, source: Path, name: str, project: ProjectRules
    ) -> UploadResult:
        """A further data set of a session: with its profile, or not at all.

        Whoever is cancelled before the answer, or gets an error, may send the file again: nothing
        of it is left.

        Raises:
            UnsupportedFileType, FileTooLarge, UnreadableFile, EmptyFile, SandboxUnavailable.
            RunInProgress, StoreUnavailable, StoreTimedOut.
        """
        state = await self._rooms.state(session)
        async with state.adding:
            held = len(state.datasets)
            folder = self._rooms.folder(session.id) / str(held + 1)
            try:
                async with state.uploading:
                    dataset = await self._keep(session, state, source, name, project, folder)
                    state.unsaved.add(dataset.id)
                    state.datasets.append(dataset)
                async with self._profiling(session, state, dataset) as profiling:
                    answer = await self._answer(session, dataset, profiling)
                    async with state.uploading:
                        saved = self._rooms.sessions.add_dataset(session, state.datasets[held])
                        session = await _too_late_to_cancel(saved)
                        state.unsaved.clear()
            except BaseException:
                del state.datasets[held:]
                state.unsaved.clear()
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
                raise
        return answer.model_copy(update={"session": session})

    async def replace(
        self, session: Session, source: Path, name: str, dataset_id: str, project: ProjectRules
    ) -> UploadResult:
        """A newer version in the place of the old one, which stays if the new is refused.

        Raises:
            DatasetNotFound: there is no such data set to replace.
            InvalidRequest: it is of another type.
        """
        state = await self._rooms.state(session)
        async with state.uploading:
            place = state.place_of(dataset_id)
            held = state.datasets[place]
            if format_of(name) != held.plan.format:
                raise InvalidRequest("A newer version must be a file of the same type.")
            path = self._rooms.path_of(session.id, place, held)
            fresh, older = (path.with_name(f"{which}-{path.name}") for which in ("newer", "older"))
            gone = not await asyncio.to_thread(path.exists)  # a file that is gone is replaced, too
            try:
                await _copied(source, fresh, self._rooms.settings.data_dir)
                held = held.model_copy(update={"privacy": _renewed(held.privacy, project)})
                found = await self._read_again(session, held, fresh, held.changes)
                dataset = as_newer_version(held, found)
                async with self._profiling(session, state, dataset) as profiling:
                    if not gone:
                        await asyncio.to_thread(os.link, path, older)
                    await asyncio.to_thread(fresh.replace, path)
                    session = await self._put(session, state, place, dataset)
            except BaseException:
                if older.exists():
                    await asyncio.to_thread(older.replace, path)
                elif gone:
                    await asyncio.to_thread(path.unlink, missing_ok=True)
                raise
            finally:
                for left in (fresh, older):
                    await asyncio.to_thread(left.unlink, missing_ok=True)
        return await self._answer(session, dataset, profiling)

    async def change_plan(
        self, session: Session, dataset_id: str, changes: PlanChange
    ) -> UploadResult:
        """The same file, read as somebody decided (see `Workbench.change_plan`)."""
        state = await self._rooms.state(session)
        async with state.uploading:
            place = state.place_of(dataset_id)
            held = state.datasets[place]
            path = self._rooms.path_of(session.id, place, held)
            if not await asyncio.to_thread(data_file(held, path).is_intact):
                raise DatasetMissing.named(held.name)
            await self._rooms.safeguards.before_code(session.id, state)
            dataset = await self._read_again(session, state.datasets[place], path, changes)
            async with self._profiling(session, state, dataset) as profiling:
                session = await self._put(session, state, place, dataset)
        return await self._answer(session, dataset, profiling)

    async def get(self, session: Session, dataset_id: str) -> DatasetDetail:
        """A data set, and the code that loads it.

        Raises:
            DatasetNotFound: the session has none of this id.
        """
        state = await self._rooms.state(session)
        dataset = state.datasets[state.place_of(dataset_id)]
        return DatasetDetail(dataset=dataset, code=loader_code(dataset))

    async def _keep(
        self,
        session: Session,
        state: SessionState,
        source: Path,
        name: str,
        project: ProjectRules,
        folder: Path,
    ) -> Dataset:
        name = free_name(name, [d.name for d in state.datasets])
        variable = variable_name(name, [d.variable for d in state.datasets])
        kept = folder / sandbox_name(name)
        if not await asyncio.to_thread(_can_be_read, source):
            raise NotFound(f"There is no file {name} that can be read.")
        await _copied(source, kept, self._rooms.settings.data_dir)
        privacy = DatasetPrivacy(project=project)
        files = self._rooms.safeguards.files_for(privacy)
        dataset = await files.inspect(session.id, kept, name, variable)
        return dataset.model_copy(update={"privacy": privacy})

    async def _read_again(
        self, session: Session, held: Dataset, path: Path, changes: PlanChange
    ) -> Dataset:
        files = self._rooms.safeguards.files_for(held.privacy)
        dataset = await files.inspect(session.id, path, held.name, held.variable, changes)
        return self._rooms.safeguards.taken_over(
            dataset.model_copy(update={"id": held.id, "privacy": held.privacy}), held
        )

    async def _put(
        self, session: Session, state: SessionState, place: int, dataset: Dataset
    ) -> Session:
        """In the place of how it was before, which stays if this cannot be stored."""
        before, state.datasets[place] = state.datasets[place], dataset
        try:
            return await _too_late_to_cancel(self._rooms.sessions.add_dataset(session, dataset))
        except BaseException:
            state.datasets[place] = before
            raise

    @asynccontextmanager
    async def _profiling(
        self, session: Session, state: SessionState, dataset: Dataset
    ) -> AsyncIterator[Profiling]:
        """A run that profiles a data set, for as long as it is being kept; none if it is not.

        Profiling talks to a model, so it is a run: redactions and costs are on record. Once the
        data set is kept, the same run loads the file and measures all of it, which nobody has to
        wait for.

        Raises:
            RunInProgress, StoreUnavailable, StoreTimedOut: no run can start now.
        """
        profiled: asyncio.Future[ProfileResult] = asyncio.get_running_loop().create_future()
        kept = asyncio.Event()

        async def profile(run: Run) -> None:
            if dataset not in state.datasets:
                await kept.wait()  # until then the policies of an older version are in force
            shown = dataset
            if self._rooms.profiling.asks_a_model:
                await self._rooms.safeguards.before_profile(session.id, state)
                shown = state.shown(dataset)
            profiling, schema = self._rooms.profiling, dataset.dataset_schema
            if profiling.asks_a_model and self._rooms.safeguards.pauses(state):
                found = profiling.by_rules(schema, dataset.name, UNASKED)
            else:
                scope = self._rooms.scope(run, state)
                found = await profiling.analyze_schema(
                    schema, scope, dataset.name, session.user_id, shown.dataset_schema
                )
            profiled.set_result(found)
            await kept.wait()
            await self._rooms.safeguards.before_code(session.id, state)
            await self._measure(run, session, state, dataset)
            await self._rooms.safeguards.in_force(session.id, state)

        run = await self._rooms.runs.start(
            session.id, None, profile, user_id=session.user_id, origin="upload"
        )
        try:
            yield Profiling(run, profiled)
        except BaseException:
            await self._rooms.runs.cancel(run.id)
            raise
        kept.set()

    async def _answer(
        self, session: Session, dataset: Dataset, profiling: Profiling
    ) -> UploadResult:
        """What an upload answers, as soon as the profile is there."""
        found = await self._profile(dataset, profiling)
        return UploadResult(
            session=session,
            dataset=dataset.dataset_schema,
            profile=found,
            warnings=[*dataset.warnings, *([found.warning] if found.warning else [])],
            dataset_id=dataset.id,
            run_id=profiling.run.id,
        )

    async def _profile(self, dataset: Dataset, profiling: Profiling) -> ProfileResult:
        """The profile, by rules where the run ended without one: that is no error of the upload."""
        ended = asyncio.ensure_future(self._ended(profiling.run))
        either: set[asyncio.Future[Any]] = {profiling.profiled, ended}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended.cancel()
        if profiling.profiled.done():
            return profiling.profiled.result()
        return self._rooms.profiling.by_rules(dataset.dataset_schema, dataset.name)

    async def _ended(self, run: Run) -> None:
        async for _ in self._rooms.runs.events(run.id):
            pass

    async def _measure(
        self, run: Run, session: Session, state: SessionState, dataset: Dataset
    ) -> None:
        """Tell the figures of the whole file, and keep them with the data set."""

        def replaced(replacement: Replacement) -> None:
            run.emit(
                SandboxReplaced(
                    reason=replacement.reason,
                    restored=replacement.restored,
                    lost=replacement.lost,
                    agreement_needed=replacement.agreement_needed,
                )
            )

        found = await self._rooms.files.statistics(
            run.session_id,
            self._rooms.safeguards.in_sandbox(session.id, dataset),
            lambda: self._rooms.safeguards.recipe(run.session_id, state),
            replaced,
        )
        run.emit(DatasetMeasured(dataset_id=dataset.id, statistics=found))
        for place, held in enumerate(state.datasets):
            same = held.sha256 == dataset.sha256 and held.plan == dataset.plan
            if held.id == dataset.id and same:  # neither replaced nor read again meanwhile
                state.datasets[place] = held.model_copy(update={"statistics": found})
                await self._rooms.store.save_dataset(session, state.datasets[place])


def _renewed(privacy: DatasetPrivacy, project: ProjectRules) -> DatasetPrivacy:
    """What the user decided stays; their agreement only if the file asks for the same as before."""
    agreed = privacy.agreed and project == privacy.project
    return privacy.model_copy(update={"project": project, "agreed": agreed})


def _can_be_read(path: Path) -> bool:
    return path.is_file() and os.access(path, os.R_OK)


async def _copied(source: Path, kept: Path, data_dir: Path) -> None:
    """Copy a file. Cancelled, it ends when the thread has, so that the copy can be taken away."""
    copying = asyncio.ensure_future(asyncio.to_thread(_keep_copy, source, kept, data_dir))
    try:
        await asyncio.shield(copying)
    except asyncio.CancelledError:
        await asyncio.wait({copying})
        raise


async def _too_late_to_cancel(saving: Coroutine[Any, Any, T]) -> T:
    """What is stored is stored: a cancellation meanwhile is passed over."""
    task = asyncio.ensure_future(saving)
    with suppress(asyncio.CancelledError):
        await asyncio.shield(task)
    return await task


def _keep_copy(source: Path, kept: Path, data_dir: Path) -> None:
    """Copy a file below the data folder, every level of it for the user alone."""
    for folder in reversed(kept.parents):
        if folder.is_relative_to(data_dir) and folder != data_dir:
            folder.mkdir(0o700, exist_ok=True)
    with (
        source.open("rb") as read,
        open(os.open(kept, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as to,
    ):
        shutil.copyfileobj(read, to, 1 << 20)

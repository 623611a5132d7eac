"""The façade and the composition root: the one place where the rooms are wired together."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing, suppress
from pathlib import Path
from typing import Any, Self

from datalens_core.errors import (
    ConfirmationRequired,
    DataLensError,
    EmptyQuery,
    InvalidRequest,
    NotFound,
    QueryTooLong,
    StoreUnavailable,
)
from datalens_core.events import DatasetMeasured, Event, SandboxReplaced
from datalens_core.executions import Executor, code_hash
from datalens_core.export import ExportedFile, export_session
from datalens_core.export.pictures import reencode_png
from datalens_core.journal import Journal
from datalens_core.llm.exchange import CallScope
from datalens_core.logs import configure_logging
from datalens_core.models import (
    ArtifactType,
    Dataset,
    DatasetDetail,
    FetchedTable,
    Limits,
    PlanChange,
    Preview,
    PrivacyReport,
    ProfileResult,
    QueryResult,
    RestoreResult,
    Session,
    SessionDetail,
    SessionPage,
    Status,
    UploadResult,
)
from datalens_core.question import Question, task_context
from datalens_core.results import collect
from datalens_core.runs import Run, Runs
from datalens_core.sandbox.contract import Recipe, Replacement, Sandboxes
from datalens_core.sessions.manager import SessionManager
from datalens_core.sessions.projector import Projector
from datalens_core.sessions.sqlite import SQLiteStore
from datalens_core.sessions.state import SessionState
from datalens_core.sessions.states import SessionStates
from datalens_core.settings import MAX_QUERY_CHARACTERS, Settings
from datalens_core.version import version

MAX_CODE_CHARACTERS = 200_000


class Workbench:
    """Everything DataLens does, for the server, the kernel side and the command line.

    `user_id=None` asks for no ownership check, for use as a library; otherwise an unknown session
    raises `SessionNotFound` and someone else's `AccessDenied`.

    Example:
        async with Workbench(Settings.offline()) as wb:
            session = await wb.create_session(user_id="ada")
            upload = await wb.upload(session.id, "sales.csv")
            async for event in wb.ask(session.id, "revenue by region"):
                ...
    """

    def __init__(
        self, settings: Settings, *, on_activity: Callable[[], None] = lambda: None
    ) -> None:
        """`on_activity` is called whenever something happens in a run, watched or not."""
        self.settings = settings
        self._on_activity = on_activity
        self._open = False
        self._opening = asyncio.Lock()
        configure_logging(settings)

    # -- life ------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Open journal and history and bring both up to date. Starts no sandbox yet.

        Raises:
            StoreUnavailable: the data folder or what is in it cannot be used; nothing stays open.
        """
        async with self._opening:
            if self._open:
                return
            try:
                async with AsyncExitStack() as opened:
                    await self._wire(opened)
                    self._opened = opened.pop_all()
            except (OSError, sqlite3.Error) as error:
                raise StoreUnavailable(
                    "The data folder cannot be used. `datalens doctor` says what is wrong with it.",
                    details={"reason": type(error).__name__},
                ) from error
            self._open = True

    async def _wire(self, opened: AsyncExitStack) -> None:
        """Build the rooms; `opened` learns how to close each, the last one first."""
        from datalens_core.agents.profiling import ProfilingAgent
        from datalens_core.agents.reasoning import ReasoningAgent
        from datalens_core.datasets.handler import FileHandler
        from datalens_core.llm.gateway import Gateway
        from datalens_core.privacy.rules import DetectionRules
        from datalens_core.privacy.session import PrivacySessions
        from datalens_core.sandbox.lifecycle import SessionSandboxes

        settings = self.settings
        self._privacy = PrivacySessions(rules=DetectionRules.from_settings(settings))
        self._journal = Journal(settings.data_dir)
        opened.callback(self._journal.close)
        self._store = SQLiteStore(settings.data_dir)
        opened.push_async_callback(self._store.close)
        await self._store.open()
        self._projector = Projector(self._journal, self._store)
        opened.push_async_callback(self._projector.close)
        self._gateway = Gateway(settings)
        opened.push_async_callback(self._gateway.close)
        self._sandboxes: Sandboxes = SessionSandboxes(settings)
        opened.push_async_callback(self._sandboxes.close)
        self._runs = Runs(self._journal, self._seen)
        opened.push_async_callback(self._runs.close)
        self._states = SessionStates(self._is_busy, self._privacy.drop)
        self._sessions = SessionManager(self._store, self._projector, self._sandboxes)
        self._files = FileHandler(self._sandboxes, settings)
        self._reasoning = ReasoningAgent(self._gateway, settings)
        self._profiling = ProfilingAgent(self._gateway, settings)
        self._runs.recover()
        self._projector.start()

    async def close(self) -> None:
        """Stop the runs, the sandboxes and the stores, in this order, each whatever befalls."""
        async with self._opening:
            if self._open:
                self._open = False
                await self._opened.aclose()

    async def warm(self) -> None:
        """Make the first question quick; what fails here fails again where it is needed."""
        await self.start()
        with suppress(DataLensError):
            await self._sandboxes.warm()
        await self._reasoning.warm()
        await asyncio.to_thread(self._privacy.warm)

    async def status(self, user_id: str = "local") -> Status:
        await self.start()
        settings = self.settings
        llm, sandbox, store = (
            self._gateway.status(),
            self._sandboxes.status(),
            self._store.status(),
        )
        return Status(
            version=version(),
            llm=llm,
            sandbox=sandbox,
            store=store,
            user=user_id,
            limits=Limits(
                max_file_size_mb=settings.max_file_size_mb,
                execution_timeout_seconds=settings.execution_timeout_seconds,
                sandbox_memory_mb=settings.sandbox_memory_mb,
                max_retry_attempts=settings.max_retry_attempts,
                max_query_characters=MAX_QUERY_CHARACTERS,
                # What is in force, which is none: nothing counts requests yet.
                requests_per_minute=0,
                uploads_per_hour=0,
                executions_per_hour=0,
            ),
            local_only=llm.offline and sandbox.backend == "embedded" and store.local,
            settings=settings.sources,
        )

    @property
    def live_runs(self) -> int:
        """How many runs are going on, watched or not."""
        return self._runs.live if self._open else 0

    # -- sessions --------------------------------------------------------------------------------

    async def create_session(self, user_id: str = "local", title: str = "") -> Session:
        await self.start()
        session = await self._sessions.create_session(user_id, title)
        self._states.add(session.id, SessionState())
        return session

    async def list_sessions(
        self, user_id: str, *, limit: int = 50, after: str | None = None
    ) -> SessionPage:
        await self.start()
        return await self._sessions.page(user_id, limit, after)

    async def get_session(self, session_id: str, user_id: str | None = None) -> SessionDetail:
        await self.start()
        return await self._sessions.load(session_id, user_id)

    async def rename_session(
        self, session_id: str, title: str, user_id: str | None = None
    ) -> Session:
        await self.start()
        return await self._sessions.rename(session_id, title, user_id)

    async def delete_session(self, session_id: str, user_id: str | None = None) -> None:
        """Remove a session: its runs, its sandbox, its history and its files."""
        await self.start()
        await self._sessions.get(session_id, user_id)
        for run in self._runs.of_session(session_id):
            await self._runs.cancel(run.id)
        await self._sandboxes.kill(session_id)
        self._states.drop(session_id)
        await self._projector.drain()
        await self._store.delete_session(session_id)
        self._journal.forget(session_id)
        await asyncio.to_thread(shutil.rmtree, self._folder(session_id), ignore_errors=True)

    async def restore_session(self, session_id: str, user_id: str | None = None) -> RestoreResult:
        """The session with a live sandbox that holds its data and variables again."""
        detail = await self.get_session(session_id, user_id)
        state = await self._state(session_id)
        replacement = await self._sandboxes.restore(session_id, self._recipe(session_id, state))
        detail.session.sandbox_id = self._sandboxes.sandbox_id(session_id)
        return RestoreResult(session=detail, restored=replacement.restored, lost=replacement.lost)

    # -- data sets -------------------------------------------------------------------------------

    async def upload(
        self,
        session_id: str | None,
        path: str | Path,
        *,
        filename: str | None = None,
        user_id: str | None = None,
        replaces: str | None = None,
    ) -> UploadResult:
        """Add a CSV or Excel file to a session (a new one if `session_id` is None).

        Args:
            path: a local file; it is copied into the session's storage.
            filename: its name as the user knows it; the path's own if None.
            replaces: the id of a data set of this session that this is a newer version of: it
                keeps its name and variable, and is read as the user decided for it.

        Raises:
            UnsupportedFileType, FileTooLarge, UnreadableFile, EmptyFile, SandboxUnavailable.
            DatasetNotFound: there is no such data set to replace.
        """
        from datalens_core.datasets.files import format_of

        await self.start()
        source = Path(path)
        name = filename or source.name
        format_of(name)
        session = (
            await self._sessions.get(session_id, user_id)
            if session_id is not None
            else await self._sessions.create_session(user_id or "local", "")
        )
        state = await self._state(session.id)
        async with state.uploading:
            if replaces is None:
                kept = self._keep_file(session, state, source, name, drop=session_id is None)
                dataset = await kept
                state.datasets.append(dataset)
            else:
                dataset = await self._replace_file(session, state, source, name, replaces)
            session = await self._sessions.add_dataset(session, dataset)
        return await self._profiled(session, state, dataset)

    async def get_dataset(
        self, session_id: str, dataset_id: str, user_id: str | None = None
    ) -> DatasetDetail:
        """A data set of a session, and the code that loads it.

        Raises:
            DatasetNotFound: the session has none of this id.
        """
        from datalens_core.datasets.loader import loader_code

        await self.start()
        await self._sessions.get(session_id, user_id)
        state = await self._state(session_id)
        dataset = state.datasets[state.place_of(dataset_id)]
        return DatasetDetail(dataset=dataset, code=loader_code(dataset))

    async def change_plan(
        self, session_id: str, dataset_id: str, changes: PlanChange, user_id: str | None = None
    ) -> UploadResult:
        """Read a data set again as somebody decided; what was not decided is found again.

        `changes` takes the place of all earlier ones. The variable holds the new table from the
        next code on; results of earlier code stay as they are.

        Raises:
            DatasetNotFound: the session has none of this id.
            UnreadableFile, EmptyFile: it cannot be read so; it stays as it was.
        """
        await self.start()
        session = await self._sessions.get(session_id, user_id)
        state = await self._state(session.id)
        async with state.uploading:
            place = state.place_of(dataset_id)
            held = state.datasets[place]
            path = self._path_of(session.id, place, held)
            dataset = await self._files.inspect(session.id, path, held.name, held.variable, changes)
            dataset = dataset.model_copy(update={"id": held.id})
            state.datasets[place] = dataset
            session = await self._sessions.add_dataset(session, dataset)
        return await self._profiled(session, state, dataset)

    async def fetch(self, session_id: str, name: str, user_id: str | None = None) -> FetchedTable:
        """A whole table of the session's sandbox, by the name of its variable.

        Raises:
            NotFound: there is no such table. InvalidRequest: no name, or too large a table.
        """
        from datalens_core.sandbox.tables import TableOnItsWay

        await self.start()
        wanted = TableOnItsWay(name, self.settings.max_file_size_mb)
        session = await self._sessions.get(session_id, user_id)
        state = await self._state(session.id)
        printed: list[str] = []
        result = await self._sandboxes.execute(
            session.id,
            wanted.code(),
            recipe=lambda: self._recipe(session.id, state),
            on_output=lambda stream, text: printed.append(text) if stream == "stdout" else None,
            on_replaced=lambda _: None,
        )
        rows, columns = wanted.read(result, "".join(printed))
        csv = await self._sandboxes.download(session.id, wanted.file, wanted.limit)
        return FetchedTable(
            name=name,
            columns=columns,
            row_count=rows,
            csv=csv.decode("utf-8", "replace"),
            missing=wanted.missing,
        )

    # -- questions and code ----------------------------------------------------------------------

    async def start_query(self, session_id: str, query: str, user_id: str | None = None) -> str:
        """Start answering a question in the background; the id of the run.

        Raises:
            EmptyQuery, QueryTooLong, RunInProgress.
        """
        await self.start()
        _check_query(query)
        session = await self._sessions.get(session_id, user_id)
        state = await self._state(session.id)

        async def answer(run: Run) -> None:
            task = task_context(state, query, exclude=run.id)
            question = Question(run, state, task, self._scope(run), self._executor(run, state))
            await self._reasoning.run(question)

        return self._runs.start(session.id, query, answer).id

    async def start_execution(
        self,
        session_id: str,
        code: str,
        *,
        step: int | None = None,
        sha256: str | None = None,
        origin: str = "notebook",
        confirmed: bool = False,
        user_id: str | None = None,
    ) -> str:
        """Run code in the session's sandbox, in the background; the id of the run.

        Code that the session's own run produced as `step` runs as that step. Anything else is
        code of origin `notebook`: it is marked, and never replayed by itself.

        Raises:
            ConfirmationRequired: it is not the session's own code, and nobody confirmed it.
        """
        await self.start()
        if origin != "notebook":
            raise InvalidRequest("Code can be run from a notebook only.")
        if not code.strip():
            raise InvalidRequest("There is no code to run.")
        if len(code) > MAX_CODE_CHARACTERS:
            raise InvalidRequest(f"Code may have up to {MAX_CODE_CHARACTERS:,} characters.")
        session = await self._sessions.get(session_id, user_id)
        state = await self._state(session.id)
        digest = code_hash(code)
        own = sha256 in (None, digest) and state.is_own(step, digest)
        if not own and not confirmed:
            raise ConfirmationRequired()

        async def execute(run: Run) -> None:
            await self._executor(run, state).execute(
                code,
                step=step if own and step is not None else state.next_step(),
                origin="agent" if own else "notebook",
            )

        return self._runs.start(session.id, None, execute, origin="notebook").id

    async def ask(
        self, session_id: str, query: str, user_id: str | None = None
    ) -> AsyncGenerator[Event, None]:
        """Ask a question and follow its events to the terminal one."""
        run_id = await self.start_query(session_id, query, user_id)
        async with aclosing(self.events(run_id)) as events:
            async for event in events:
                yield event

    async def events(
        self, run_id: str, after: int = 0, user_id: str | None = None
    ) -> AsyncGenerator[Event, None]:
        """The events of a run with seq > `after`: the stored ones, then live to the last."""
        await self._check_run(run_id, user_id)
        async with aclosing(self._runs.events(run_id, after)) as events:
            async for event in events:
                yield event

    async def cancel(self, run_id: str, user_id: str | None = None) -> None:
        await self._check_run(run_id, user_id)
        await self._runs.cancel(run_id)

    async def result(self, run_id: str, user_id: str | None = None) -> QueryResult:
        """What a run came to, once it has ended."""
        return collect(run_id, [event async for event in self.events(run_id, 0, user_id)])

    # -- privacy, pictures, exports --------------------------------------------------------------

    async def preview(self, session_id: str, query: str, user_id: str | None = None) -> Preview:
        """Exactly what the first request to the model would hold for this question.

        Raises:
            EmptyQuery, QueryTooLong, PrivacyBlocked.
        """
        await self.start()
        _check_query(query)
        await self._sessions.get(session_id, user_id)
        task = task_context(await self._state(session_id), query)
        scope = CallScope(session_id, self._privacy.of(session_id), lambda _: None)
        request = self._reasoning.planning_request(task)
        # Detection takes its time, and its first use imports a lot: off the loop.
        return await asyncio.to_thread(self._gateway.preview, request, scope)

    async def privacy_report(self, session_id: str, user_id: str | None = None) -> PrivacyReport:
        await self.start()
        return await self._sessions.privacy_report(session_id, user_id)

    async def save_png(self, artifact_id: str, png: bytes, user_id: str | None = None) -> None:
        """Keep a picture of a chart that a browser drew, re-encoded.

        Raises:
            NotFound: no such chart. InvalidRequest: not a PNG, or too large.
        """
        await self.start()
        await self._projector.drain()
        found = await self._store.get_artifact(artifact_id)
        if found is None:
            raise NotFound()
        await self._sessions.get(found[0], user_id)
        if found[1].type is not ArtifactType.CHART:
            raise InvalidRequest("Only charts have pictures.")
        await self._store.save_png(artifact_id, await asyncio.to_thread(reencode_png, png))

    async def export(
        self, session_id: str, format: str, user_id: str | None = None
    ) -> ExportedFile:
        """The analysis as a file that stands on its own. Nothing is run for it.

        Raises:
            InvalidRequest: an unknown format.
        """
        detail = await self.get_session(session_id, user_id)
        pngs = await self._store.pngs(session_id)
        return await asyncio.to_thread(export_session, detail, pngs, format)

    # -- insides ---------------------------------------------------------------------------------

    async def _state(self, session_id: str) -> SessionState:
        state = self._states.get(session_id)
        if state is None:
            loaded = SessionState.of(await self._sessions.load(session_id))
            state = self._states.add(session_id, loaded)
        return state

    async def _check_run(self, run_id: str, user_id: str | None) -> None:
        await self.start()
        await self._sessions.get(self._runs.session_of(run_id), user_id)

    def _seen(self, session_id: str, event: Event) -> None:
        state = self._states.get(session_id)
        if state is not None:
            state.observe(event)
        self._projector.wake()
        self._on_activity()

    def _is_busy(self, session_id: str) -> bool:
        """Tokens and variables keep their meaning while a run or a sandbox may use them."""
        return bool(self._runs.of_session(session_id)) or (
            self._sandboxes.sandbox_id(session_id) is not None
        )

    def _folder(self, session_id: str) -> Path:
        return self.settings.data_dir / "files" / session_id

    def _scope(self, run: Run) -> CallScope:
        return CallScope(run.session_id, self._privacy.of(run.session_id), run.emit)

    def _executor(self, run: Run, state: SessionState) -> Executor:
        return Executor(run, self._sandboxes, lambda: self._recipe(run.session_id, state))

    def _recipe(self, session_id: str, state: SessionState) -> Recipe:
        from datalens_core.datasets.loader import data_file

        return Recipe(
            files=[
                data_file(dataset, self._path_of(session_id, place, dataset))
                for place, dataset in enumerate(state.datasets)
            ],
            replay=state.replayable(),
        )

    def _path_of(self, session_id: str, place: int, dataset: Dataset) -> Path:
        from datalens_core.datasets.files import sandbox_name

        return self._folder(session_id) / str(place + 1) / sandbox_name(dataset.name)

    async def _replace_file(
        self, session: Session, state: SessionState, source: Path, name: str, dataset_id: str
    ) -> Dataset:
        """The newer version in the place of the old one, which stays if the new is refused."""
        from datalens_core.datasets.files import format_of

        place = state.place_of(dataset_id)
        held = state.datasets[place]
        if format_of(name) != held.plan.format:
            raise InvalidRequest("A newer version must be a file of the same type.")
        path = self._path_of(session.id, place, held)
        fresh = path.with_name("newer-" + path.name)
        try:
            await asyncio.to_thread(_keep_copy, source, fresh, self.settings.data_dir)
            dataset = await self._files.inspect(
                session.id, fresh, held.name, held.variable, held.changes
            )
            await asyncio.to_thread(fresh.replace, path)
        finally:
            await asyncio.to_thread(fresh.unlink, missing_ok=True)
        dataset = dataset.model_copy(update={"id": held.id})
        state.datasets[place] = dataset
        return dataset

    async def _keep_file(
        self, session: Session, state: SessionState, source: Path, name: str, *, drop: bool
    ) -> Dataset:
        from datalens_core.datasets.files import free_name, sandbox_name, variable_name

        name = free_name(name, [d.name for d in state.datasets])
        number = len(state.datasets) + 1
        variable = variable_name(name, [d.variable for d in state.datasets])
        folder = self._folder(session.id) / str(number)
        kept = folder / sandbox_name(name)
        try:
            if not await asyncio.to_thread(_can_be_read, source):
                raise NotFound(f"There is no file {name} that can be read.")
            await asyncio.to_thread(_keep_copy, source, kept, self.settings.data_dir)
            return await self._files.inspect(session.id, kept, name, variable)
        except BaseException:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            if drop:  # nobody asked for a session without data
                await self.delete_session(session.id)
            raise

    async def _profiled(
        self, session: Session, state: SessionState, dataset: Dataset
    ) -> UploadResult:
        """The answer to an upload, as soon as the profile is there.

        Profiling talks to a model, so it is a run: redactions and costs are on record. The same
        run goes on to load the file and measure all of it, which nobody has to wait for.
        """
        loop = asyncio.get_running_loop()
        profiled: asyncio.Future[ProfileResult] = loop.create_future()

        async def profile(run: Run) -> None:
            profiled.set_result(
                await self._profiling.analyze_schema(
                    dataset.dataset_schema, self._scope(run), dataset.name
                )
            )
            await self._measure(run, state, dataset)

        run = self._runs.start(session.id, None, profile, origin="upload")
        ended = asyncio.ensure_future(self._ended(run))
        either: set[asyncio.Future[Any]] = {profiled, ended}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended.cancel()
        if not profiled.done():
            raise DataLensError("The file is kept, but it could not be profiled. Try again.")
        return UploadResult(
            session=session,
            dataset=dataset.dataset_schema,
            profile=profiled.result(),
            warnings=dataset.warnings,
            dataset_id=dataset.id,
            run_id=run.id,
        )

    async def _ended(self, run: Run) -> None:
        async for _ in self._runs.events(run.id):
            pass

    async def _measure(self, run: Run, state: SessionState, dataset: Dataset) -> None:
        """Tell the figures of the whole file, and keep them with the data set."""

        def replaced(replacement: Replacement) -> None:
            run.emit(
                SandboxReplaced(
                    reason=replacement.reason,
                    restored=replacement.restored,
                    lost=replacement.lost,
                )
            )

        found = await self._files.statistics(
            run.session_id, dataset, lambda: self._recipe(run.session_id, state), replaced
        )
        run.emit(DatasetMeasured(dataset_id=dataset.id, statistics=found))
        for place, held in enumerate(state.datasets):
            if held is dataset:  # it was neither replaced nor read again meanwhile
                state.datasets[place] = dataset.model_copy(update={"statistics": found})
                await self._store.save_dataset(run.session_id, state.datasets[place])


def _check_query(query: str) -> None:
    if not query.strip():
        raise EmptyQuery()
    if len(query) > MAX_QUERY_CHARACTERS:
        raise QueryTooLong(f"Questions may have up to {MAX_QUERY_CHARACTERS:,} characters.")


def _can_be_read(path: Path) -> bool:
    return path.is_file() and os.access(path, os.R_OK)


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

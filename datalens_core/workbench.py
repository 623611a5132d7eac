"""The façade: what the server, the kernel side and the command line call."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from datalens_core.approval import decision
from datalens_core.errors import (
    ConfirmationRequired,
    DataLensError,
    EmptyQuery,
    InvalidRequest,
    NotFound,
    PlanNotWaiting,
    QueryTooLong,
    RequestNotWaiting,
    StoreUnavailable,
)
from datalens_core.events import Event
from datalens_core.executions import code_hash
from datalens_core.export import ExportedFile, export_session
from datalens_core.export.outline import Source
from datalens_core.export.pictures import reencode_png
from datalens_core.export.versions import versions
from datalens_core.journal import patiently
from datalens_core.logs import configure_logging
from datalens_core.models import (
    ArtifactType,
    ColumnPolicyChange,
    DatasetDetail,
    FetchedTable,
    Limits,
    Mark,
    ModelChoices,
    PlanChange,
    Preview,
    PrivacyReport,
    ProjectRules,
    QueryResult,
    RestoreResult,
    SavedCodes,
    SentRequests,
    Session,
    SessionDetail,
    SessionPage,
    Status,
    UploadResult,
    now,
)
from datalens_core.privacy.saved_code import has_tokens
from datalens_core.question import Question, task_context
from datalens_core.ratelimits import Counted
from datalens_core.restoring import brought_back, restoring
from datalens_core.results import collect
from datalens_core.retention import Retention
from datalens_core.rooms import Rooms
from datalens_core.runs import Run
from datalens_core.sessions.state import SessionState
from datalens_core.settings import MAX_QUERY_CHARACTERS, Settings
from datalens_core.turns import Decision
from datalens_core.version import version

if TYPE_CHECKING:
    from datalens_core.sandbox.contract import Occupancy, SandboxEndpoint
    from datalens_core.signin import SignIn

MAX_CODE_CHARACTERS = 200_000
WITHOUT_VALUES = (
    "This code was saved with tokens in the place of values, and it is not the code that this "
    "session has for that step. Nothing was run. Put the values in the place of the tokens and "
    "take its first line away to run it as your own."
)


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
        self,
        settings: Settings,
        *,
        on_activity: Callable[[], None] = lambda: None,
        endpoint: SandboxEndpoint | None = None,
    ) -> None:
        """`on_activity` is called whenever something happens in a run, watched or not.

        `endpoint` is where sandboxes come from, if it is not for the settings to say.
        """
        self.settings = settings
        self._on_activity = on_activity
        self._endpoint = endpoint
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
        from datalens_core.disclosure import Disclosure
        from datalens_core.signin import SignIn
        from datalens_core.uploads import Uploads

        async with self._opening:
            if self._open:
                return
            try:
                async with AsyncExitStack() as opened:
                    self._rooms = await Rooms.open(
                        self.settings, opened, self._on_activity, self._endpoint
                    )
                    self._uploads = Uploads(self._rooms)
                    retention = Retention(
                        self.settings.retention_days,
                        self._rooms.store.users,
                        self._rooms.sessions.unused_since,
                        self.delete_session,
                    )
                    opened.push_async_callback(retention.close)
                    retention.start()
                    self._signin = SignIn(self._rooms)
                    self._disclosure = Disclosure(self._rooms)
                    self._opened = opened.pop_all()
            except (OSError, sqlite3.Error) as error:
                raise StoreUnavailable(
                    "The data folder cannot be used. `datalens doctor` says what is wrong with it.",
                    details={"reason": type(error).__name__},
                ) from error
            self._open = True

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
            await self._rooms.sandboxes.warm()
        await self._rooms.reasoning.warm()
        await asyncio.to_thread(self._rooms.privacy.warm)

    @property
    def signin(self) -> SignIn:
        """Who asks, and signing in where the history is a team's. The workbench is started."""
        return self._signin

    async def status(self, caller: str = "local") -> Status:
        """What works here, for who is at this server."""
        await self.start()
        settings = self.settings
        user = self._signin.name_of(caller)
        llm, sandbox, store = (
            self._rooms.gateway.status(),
            self._rooms.sandboxes.status(),
            self._rooms.store.status(),
        )
        if user:
            said = self._rooms.told_of_history(self._signin.user_of(caller))
            store = store.model_copy(update={"message": said})
        return Status(
            version=version(),
            llm=llm,
            sandbox=sandbox,
            store=store,
            user=user,
            limits=Limits(
                max_file_size_mb=settings.max_file_size_mb,
                execution_timeout_seconds=settings.execution_timeout_seconds,
                sandbox_memory_mb=settings.sandbox_memory_mb,
                max_retry_attempts=settings.max_retry_attempts,
                max_query_characters=MAX_QUERY_CHARACTERS,
                requests_per_minute=settings.requests_per_minute,
                uploads_per_hour=settings.uploads_per_hour,
                executions_per_hour=settings.executions_per_hour,
                max_cost_per_run=settings.max_cost_per_run,
                max_cost_per_session=settings.max_cost_per_session,
                max_tokens_per_run=settings.max_tokens_per_run,
                max_tokens_per_session=settings.max_tokens_per_session,
            ),
            local_only=self._rooms.gateway.is_local
            and sandbox.backend == "embedded"
            and store.local,
            tokenised_code=settings.tokenised_code,
            settings=settings.sources,
        )

    async def count_request(self, caller: str) -> None:
        """One more request of somebody.

        Raises:
            RateLimited: it is one too many.
        """
        await self.start()
        await self._rooms.limits.count(Counted.REQUESTS, caller)

    async def models(self) -> ModelChoices:
        """The models that a question can be asked of, with prices where they are listed.

        Raises:
            ModelError: or one of its family; the endpoint does not say.
        """
        await self.start()
        return await self._rooms.gateway.models()

    @property
    def live_runs(self) -> int:
        """How many runs are going on, watched or not."""
        return self._rooms.runs.live if self._open else 0

    # -- sessions --------------------------------------------------------------------------------

    async def create_session(self, user_id: str = "local", title: str = "") -> Session:
        await self.start()
        _check_text(title)
        session = await self._rooms.sessions.create_session(user_id, title)
        self._rooms.states.add(session.id, SessionState(user_id))
        return session

    async def list_sessions(
        self, user_id: str, *, limit: int = 50, after: str | None = None, search: str = ""
    ) -> SessionPage:
        """A page of a user's sessions, last used first.

        With `search` those where each of its words is in the title, a question or the name of a
        data set.
        """
        await self.start()
        _check_text(search)
        return await self._rooms.sessions.page(user_id, limit, after, search)

    async def get_session(self, session_id: str, user_id: str | None = None) -> SessionDetail:
        await self.start()
        return await self._rooms.sessions.load(session_id, user_id, whole=False)

    async def rename_session(
        self, session_id: str, title: str, user_id: str | None = None
    ) -> Session:
        await self.start()
        _check_text(title)
        return await self._rooms.sessions.rename(session_id, title, user_id)

    async def delete_session(self, session_id: str, user_id: str | None = None) -> None:
        """Remove a session: its runs, its sandbox, its history and its files."""
        await self.start()
        session = await self._rooms.sessions.get(session_id, user_id)
        for run in self._rooms.runs.of_session(session_id):
            await self._rooms.runs.cancel(run.id)
        await self._rooms.sandboxes.kill(session_id)
        self._rooms.states.drop(session_id)
        await self._rooms.projector.drain(session.user_id)
        # What names the session goes last: whatever ends this before, it can be deleted again.
        await asyncio.to_thread(shutil.rmtree, self._rooms.folder(session_id), ignore_errors=True)
        await patiently(lambda: self._rooms.journal.forget(session_id))
        await self._rooms.store.delete_session(session)

    async def restore_session(
        self, session_id: str, user_id: str | None = None, *, replay: bool = False
    ) -> RestoreResult:
        """The session with a live sandbox that holds its data and variables again.

        Raises:
            SandboxUnavailable: none could be made.
        """
        detail = await self.get_session(session_id, user_id)
        run_id = await self.start_restore(session_id, user_id, replay=replay)
        async with aclosing(self.events(run_id, 0, user_id)) as events:
            restored, lost = await brought_back(events)
        detail.session.sandbox_id = self._rooms.sandboxes.sandbox_id(session_id)
        return RestoreResult(session=detail, restored=restored, lost=lost)

    async def start_restore(
        self, session_id: str, user_id: str | None = None, *, replay: bool = False
    ) -> str:
        """Make the session's sandbox again in the background; the id of the run that does.

        Questions that are asked meanwhile wait for it.

        Args:
            replay: the user agrees that the session's own code is run again even in a sandbox with
                internet access, or for longer than a minute, which never happens by itself.
        """
        await self.start()
        session = await self._rooms.sessions.get(session_id, user_id)
        state = await self._rooms.state(session)
        body = restoring(self._rooms, state, agreed=replay)
        run = await self._rooms.runs.start(
            session.id, None, body, user_id=session.user_id, origin="restore"
        )
        return run.id

    # -- data sets -------------------------------------------------------------------------------

    async def upload(
        self,
        session_id: str | None,
        path: str | Path,
        *,
        filename: str | None = None,
        user_id: str | None = None,
        replaces: str | None = None,
        project: Path | None = None,
        project_root: Path | None = None,
    ) -> UploadResult:
        """Add a CSV or Excel file to a session (a new one if `session_id` is None).

        Args:
            path: a local file; it is copied into the session's storage.
            filename: its name as the user knows it; the path's own if None.
            replaces: the id of a data set of this session that this is a newer version of: it
                keeps its name and variable, and is read as the user decided for it.
            project: the folder whose `.datalens/privacy.toml` holds for it, with those above it
                up to `project_root`; the file's own if neither this nor `filename` is given.

        Raises:
            InvalidRequest: that file of the project cannot be used.
            LocalOnly: the data would leave this machine.
            UnsupportedFileType, FileTooLarge, UnreadableFile, EmptyFile, SandboxUnavailable.
            DatasetNotFound: there is no such data set to replace.
            RateLimited: too many uploads.
        """
        from datalens_core.datasets.files import format_of
        from datalens_core.privacy.project import project_rules

        await self.start()
        source = Path(path)
        name = filename or source.name
        format_of(name)
        folder = project or (source.parent if filename is None else None)
        rules = ProjectRules()
        if folder is not None:
            rules = await asyncio.to_thread(project_rules, folder, project_root)
        await self._rooms.limits.count(Counted.UPLOADS, user_id)
        session = (
            await self._rooms.sessions.get(session_id, user_id)
            if session_id is not None
            else await self._rooms.sessions.create_session(user_id or "local", "")
        )
        try:
            if replaces is not None:
                result = await self._uploads.replace(session, source, name, replaces, rules)
            else:
                result = await self._uploads.add(session, source, name, rules)
            if folder is not None:
                await self._rooms.safeguards.watch(
                    session.id, result.dataset_id, folder, project_root
                )
            return result
        except BaseException:
            # Nobody asked for a session without data.
            if session_id is None and not (await self._rooms.state(session)).datasets:
                await self.delete_session(session.id)
            raise

    async def get_dataset(
        self, session_id: str, dataset_id: str, user_id: str | None = None
    ) -> DatasetDetail:
        """A data set of a session, and the code that loads it.

        Raises:
            DatasetNotFound: the session has none of this id.
        """
        await self.start()
        session = await self._rooms.sessions.get(session_id, user_id)
        return await self._uploads.get(session, dataset_id)

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
        session = await self._rooms.sessions.get(session_id, user_id)
        return await self._uploads.change_plan(session, dataset_id, changes)

    async def fetch(self, session_id: str, name: str, user_id: str | None = None) -> FetchedTable:
        """A whole table of the session's sandbox, by the name of its variable.

        Raises:
            NotFound: there is no such table. InvalidRequest: no name, or too large a table.
        """
        from datalens_core.sandbox.tables import TableOnItsWay

        await self.start()
        wanted = TableOnItsWay(name, self.settings.max_file_size_mb)
        session = await self._rooms.sessions.get(session_id, user_id)
        state = await self._rooms.state(session)
        await self._rooms.safeguards.before_code(session.id, state)
        printed: list[str] = []
        result = await self._rooms.sandboxes.execute(
            session.id,
            wanted.code(),
            recipe=lambda: self._rooms.safeguards.recipe(session.id, state),
            on_output=lambda stream, text: printed.append(text) if stream == "stdout" else None,
            on_replaced=lambda _: None,
        )
        rows, columns = wanted.read(result, "".join(printed))
        csv = await self._rooms.sandboxes.download(session.id, wanted.file, wanted.limit)
        return FetchedTable(
            name=name,
            columns=columns,
            row_count=rows,
            csv=csv.decode("utf-8", "replace"),
            missing=wanted.missing,
        )

    async def sandbox_of(
        self, session_id: str, user_id: str | None = None
    ) -> AsyncGenerator[Occupancy, None]:
        """The sandbox that a session has now, and each time that this changes, asked for or not."""
        await self.start()
        if user_id is None or self._rooms.journal.user_of(session_id) != user_id:
            await self._rooms.sessions.get(session_id, user_id)
        async with aclosing(self._rooms.sandboxes.watch(session_id)) as states:
            async for state in states:
                yield state

    # -- questions and code ----------------------------------------------------------------------

    async def start_query(
        self,
        session_id: str,
        query: str,
        user_id: str | None = None,
        *,
        approve_plan: bool = False,
        model: str | None = None,
    ) -> str:
        """Start answering a question in the background; the id of the run.

        With `approve_plan`, or where the settings say so, no code runs before `decide_plan`.
        `model` is one of `models`, None for the one that was chosen last in the session, or else
        the one of the settings.

        Raises:
            EmptyQuery, QueryTooLong, RunInProgress, RateLimited.
            InvalidRequest: this model cannot be chosen.
        """
        await self.start()
        _check_query(query)
        if model is not None:
            self._rooms.gateway.check_model(model)
        await self._rooms.limits.check(Counted.EXECUTIONS, user_id)
        state = await self._rooms.state_in_use(session_id, user_id)
        chosen = model or self._rooms.chosen_model(state)

        in_force = partial(self._rooms.safeguards.in_force, session_id, state)

        async def answer(run: Run) -> None:
            self._rooms.say_if_behind(run)
            await in_force()
            task = task_context(state, query, exclude=run.id)
            question = Question(
                run,
                state,
                task,
                self._rooms.scope(run, state, chosen, in_force),
                self._rooms.executor(run, state, user_id),
                approve_plan=approve_plan or self.settings.approve_plan,
            )
            await self._rooms.reasoning.run(question)

        run = await self._rooms.runs.start(
            session_id, query, answer, user_id=state.user_id, model=chosen
        )
        return run.id

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

        Code that the session's own run produced as `step` runs as that step, also where it was
        saved with tokens in the place of values. Anything else is code of origin `notebook`: it is
        marked, and never replayed by itself.

        Raises:
            ConfirmationRequired: it is not the session's own code, and nobody confirmed it.
            InvalidRequest: it was saved with tokens, and is not the code of that step any more.
            RateLimited: too many executions.
        """
        await self.start()
        if origin != "notebook":
            raise InvalidRequest("Code can be run from a notebook only.")
        if not code.strip():
            raise InvalidRequest("There is no code to run.")
        _check_text(code)
        if len(code) > MAX_CODE_CHARACTERS:
            raise InvalidRequest(f"Code may have up to {MAX_CODE_CHARACTERS:,} characters.")
        state = await self._rooms.state_in_use(session_id, user_id)
        digest = code_hash(code)
        own = state.own_code(step, code, digest) if sha256 in (None, digest) else None
        if own is None and has_tokens(code):
            raise InvalidRequest(WITHOUT_VALUES)
        if own is None and not confirmed:
            raise ConfirmationRequired()
        await self._rooms.limits.check(Counted.EXECUTIONS, user_id)

        async def execute(run: Run) -> None:
            self._rooms.say_if_behind(run)
            await self._rooms.safeguards.before_code(session_id, state)
            await self._rooms.executor(run, state, user_id).execute(
                code if own is None else own,
                step=step if own is not None and step is not None else state.next_step(),
                origin="notebook" if own is None else "agent",
            )

        run = await self._rooms.runs.start(
            session_id, None, execute, user_id=state.user_id, origin="notebook"
        )
        return run.id

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
        async with aclosing(self._rooms.runs.events(run_id, after)) as events:
            async for event in events:
                yield event

    async def decide_plan(
        self,
        run_id: str,
        approve: bool,
        steps: Sequence[str] | None = None,
        user_id: str | None = None,
    ) -> None:
        """Let a run that waits go on with its plan, or with `steps` instead, or end it.

        Raises:
            PlanNotWaiting: it does not wait for this, or not any more.
            InvalidRequest: these are no steps, or nothing would follow them.
        """
        await self._check_run(run_id, user_id)
        if approve and steps is not None and self._rooms.gateway.status().offline:
            raise InvalidRequest(
                "Offline rules follow the question, not the steps. Change the question instead."
            )
        if self._rooms.outbox.waits(run_id):
            raise PlanNotWaiting()  # a word on the plan sends no request
        self._rooms.runs.decide(run_id, decision(approve, steps))

    async def sent_requests(self, run_id: str, user_id: str | None = None) -> SentRequests:
        """What a run sent to a model, request by request, as it went: redacted."""
        await self._check_run(run_id, user_id)
        return self._rooms.outbox.of(run_id)

    async def decide_request(
        self, run_id: str, number: int, send: bool, user_id: str | None = None
    ) -> None:
        """Let a request that waits go to the model, or end its run without it.

        Raises:
            RequestNotWaiting: it does not wait, or not any more.
        """
        await self._check_run(run_id, user_id)
        if not self._rooms.outbox.waits(run_id, number):
            raise RequestNotWaiting()
        self._rooms.runs.decide(run_id, Decision(send))

    async def cancel(self, run_id: str, user_id: str | None = None) -> None:
        await self._check_run(run_id, user_id)
        await self._rooms.runs.cancel(run_id)

    async def result(self, run_id: str, user_id: str | None = None) -> QueryResult:
        """What a run came to, once it has ended."""
        return collect(run_id, [event async for event in self.events(run_id, 0, user_id)])

    # -- privacy, pictures, exports --------------------------------------------------------------

    async def preview(
        self, session_id: str, query: str, user_id: str | None = None, *, model: str | None = None
    ) -> Preview:
        """Exactly what the first request to the model would hold for this question.

        Raises:
            EmptyQuery, QueryTooLong, PrivacyBlocked.
            InvalidRequest: this model cannot be chosen.
        """
        await self.start()
        _check_query(query)
        if model is not None:
            self._rooms.gateway.check_model(model)
        session = await self._rooms.sessions.get(session_id, user_id)
        return await self._disclosure.preview(session, query, model)

    async def privacy_report(self, session_id: str, user_id: str | None = None) -> PrivacyReport:
        """What was replaced so far, and what is in force for the session's columns."""
        await self.start()
        session = await self._rooms.sessions.get(session_id, user_id)
        return await self._disclosure.report(session)

    async def set_column_policies(
        self,
        session_id: str,
        changes: Sequence[ColumnPolicyChange],
        *,
        agree: bool | None = None,
        user_id: str | None = None,
    ) -> PrivacyReport:
        """Decide what may be sent of columns; those that are not named stay as they are.

        `agree` is the user's word on what a project's file loosens.

        Raises:
            DatasetNotFound: a data set that the session does not have.
            InvalidRequest: a column that it does not have, or less than a project's file asks for.
        """
        await self.start()
        session = await self._rooms.sessions.get(session_id, user_id)
        return await self._disclosure.set_columns(session, changes, agree)

    async def mark(
        self, session_id: str, marks: Sequence[Mark], user_id: str | None = None
    ) -> PrivacyReport:
        """Say which values are personal and which are not, the last word on each.

        It takes the place of what was said since the server was started. What was marked as
        personal before holds on, by a keyed digest, until it is said not to be.

        Raises:
            StoreUnavailable: the marks are in force, but could not be kept for after a restart.
            InvalidRequest: what is personal has no letter and no digit; nothing has changed.
        """
        await self.start()
        session = await self._rooms.sessions.get(session_id, user_id)
        return await self._disclosure.set_marks(session, marks)

    async def saved_code(self, run_id: str, user_id: str | None = None) -> SavedCodes:
        """The code of a run as cells keep it: with tokens, if the settings say so."""
        await self._check_run(run_id, user_id)
        session = await self._rooms.sessions.get(self._rooms.runs.session_of(run_id), user_id)
        return await self._disclosure.saved_code(session, run_id)

    async def save_png(self, artifact_id: str, png: bytes, user_id: str | None = None) -> None:
        """Keep a picture of a chart that a browser drew, re-encoded.

        Raises:
            NotFound: no such chart. InvalidRequest: not a PNG, or too large.
        """
        await self.start()
        await self._rooms.projector.drain(user_id)
        found = await self._rooms.store.get_artifact(artifact_id, user_id)
        if found is None:
            raise NotFound()
        session = await self._rooms.sessions.get(found[0], user_id)
        if found[1].type is not ArtifactType.CHART:
            raise InvalidRequest("Only charts have pictures.")
        drawn = await asyncio.to_thread(reencode_png, png)
        await self._rooms.store.save_png(session, artifact_id, drawn)

    async def export(
        self, session_id: str, format: str, user_id: str | None = None
    ) -> ExportedFile:
        """The analysis as a file that stands on its own. Nothing is run for it.

        Raises:
            InvalidRequest: an unknown format. DataLensError: the PDF could not be made.
        """
        await self.start()
        whole = await self._rooms.sessions.load(session_id, user_id)
        detail, setup = await self._disclosure.saved(whole)
        models = await asyncio.to_thread(self._rooms.journal.models, session_id)
        source = Source(
            detail=detail,
            pngs=await self._rooms.store.pngs(detail.session),
            redactions=await self._rooms.store.redaction_counts(detail.session),
            versions=versions(self.settings, models, detail.executions),
            written=now(),
            setup=setup,
        )
        return await asyncio.to_thread(export_session, source, format)

    # -- insides ---------------------------------------------------------------------------------

    async def _check_run(self, run_id: str, user_id: str | None) -> None:
        """The journal knows whose run it is: a history that cannot be reached stops no reader."""
        await self.start()
        session_id = self._rooms.runs.session_of(run_id)
        if user_id is not None and self._rooms.journal.user_of(session_id) == user_id:
            return
        await self._rooms.sessions.get(session_id, user_id)


def _check_text(text: str) -> None:
    """Halves of characters come from Python alone: JSON in UTF-8 has none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidRequest("That holds half of a character, which cannot be kept.") from None


def _check_query(query: str) -> None:
    _check_text(query)
    if not query.strip():
        raise EmptyQuery()
    if len(query) > MAX_QUERY_CHARACTERS:
        raise QueryTooLong(f"Questions may have up to {MAX_QUERY_CHARACTERS:,} characters.")

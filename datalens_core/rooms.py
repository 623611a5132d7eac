"""The composition root: the one place where the rooms are wired together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from datalens_core.errors import InvalidRequest, LocalOnly, StoreTimedOut, StoreUnavailable
from datalens_core.events import Event, Notice
from datalens_core.executions import Executor
from datalens_core.journal import Journal
from datalens_core.llm.exchange import CallScope
from datalens_core.llm.spending import Spending
from datalens_core.models import Dataset, Preview, Session
from datalens_core.ratelimits import Counted, RateLimits
from datalens_core.runs import Run, Runs
from datalens_core.sandbox.contract import SandboxEndpoint, Sandboxes
from datalens_core.sent import Outbox
from datalens_core.sessions.manager import SessionManager
from datalens_core.sessions.projector import Projector
from datalens_core.sessions.sqlite import SQLiteStore
from datalens_core.sessions.state import SessionState
from datalens_core.sessions.states import SessionStates
from datalens_core.sessions.store import SessionStore
from datalens_core.settings import Settings

if TYPE_CHECKING:  # heavy, and wanted only once the rooms are opened
    from datalens_core.agents.profiling import ProfilingAgent
    from datalens_core.agents.reasoning import ReasoningAgent
    from datalens_core.datasets.handler import FileHandler
    from datalens_core.llm.gateway import Gateway
    from datalens_core.privacy.session import PrivacySessions
    from datalens_core.safeguards.boundary import Safeguards
    from datalens_core.supabase.accounts import Accounts

BEHIND = (
    "The history cannot be written right now. What you see is kept on this machine, and is written"
    " as soon as it can be."
)
REFUSED = (
    "The history does not take a part of what was shown. That part is kept on this machine alone."
)


class Rooms:
    """Every room of one open workbench, and what a session needs of several of them."""

    settings: Settings
    limits: RateLimits
    privacy: PrivacySessions
    journal: Journal
    store: SessionStore
    accounts: Accounts | None
    projector: Projector
    gateway: Gateway
    sandboxes: Sandboxes
    runs: Runs
    states: SessionStates
    sessions: SessionManager
    files: FileHandler
    safeguards: Safeguards
    outbox: Outbox
    reasoning: ReasoningAgent
    profiling: ProfilingAgent

    @classmethod
    async def open(
        cls,
        settings: Settings,
        opened: AsyncExitStack,
        on_activity: Callable[[], None],
        endpoint: SandboxEndpoint | None = None,
    ) -> Self:
        """Build the rooms; `opened` learns how to close each, the last one first."""
        from datalens_core.agents.profiling import ProfilingAgent
        from datalens_core.agents.reasoning import ReasoningAgent
        from datalens_core.datasets.handler import FileHandler
        from datalens_core.llm.gateway import Gateway
        from datalens_core.privacy.rules import DetectionRules
        from datalens_core.privacy.session import PrivacySessions
        from datalens_core.safeguards.boundary import Safeguards
        from datalens_core.sandbox.lifecycle import SessionSandboxes

        rooms = cls()
        if settings.local_only and settings.uses_supabase:
            raise LocalOnly.history()
        rooms.settings = settings
        rooms.outbox = Outbox()
        rooms.limits = RateLimits(settings)
        rooms._on_activity = on_activity
        rules = DetectionRules.from_settings(settings)
        rooms.privacy = PrivacySessions(rules=rules)
        rooms.journal = Journal(settings.data_dir)
        opened.callback(rooms.journal.close)
        rooms.store, rooms.accounts = _history(settings)
        opened.push_async_callback(rooms.store.close)
        await rooms.store.open()
        rooms.projector = Projector(rooms.journal, rooms.store, rooms._behind, rooms._refused)
        opened.push_async_callback(rooms.projector.close)
        rooms.gateway = Gateway(settings)
        opened.push_async_callback(rooms.gateway.close)
        rooms.sandboxes = SessionSandboxes(settings, endpoint, user_of=rooms._user_of)
        opened.push_async_callback(rooms.sandboxes.close)
        rooms.runs = Runs(rooms.journal, rooms._seen)
        opened.push_async_callback(rooms.runs.close)
        rooms.states = SessionStates(rooms._is_busy, rooms._forget)
        rooms.sessions = SessionManager(rooms.store, rooms.projector, rooms.sandboxes)
        rooms.files = FileHandler(rooms.sandboxes, settings)
        rooms.safeguards = Safeguards(
            settings,
            rooms.privacy,
            rooms.files,
            rules,
            rooms.sandboxes,
            rooms.folder,
            rooms.path_of,
        )
        opened.push_async_callback(rooms.safeguards.close)
        rooms.reasoning = ReasoningAgent(rooms.gateway, settings)
        rooms.profiling = ProfilingAgent(rooms.gateway, settings)
        rooms.runs.recover()
        rooms.projector.start()
        return rooms

    async def state(self, session: Session) -> SessionState:
        """The session's state, read from its history if nobody has used it for long."""
        state = self.states.get(session.id)
        if state is None:
            loaded = SessionState.of(await self.sessions.load(session.id, session.user_id))
            counts = await self.store.redaction_counts(session)
            state = self.states.add(session.id, loaded)
            if state is loaded:
                self.safeguards.recall(session.id, state, counts)
        return state

    async def state_in_use(self, session_id: str, user_id: str | None) -> SessionState:
        """The state of a session that its user works in.

        The journal is the log: while the history cannot be reached, work goes on in what is open
        here.

        Raises:
            SessionNotFound, AccessDenied.
            StoreUnavailable, StoreTimedOut: and it is not open here.
        """
        known = self.states.get(session_id)
        if known is not None and user_id not in (None, known.user_id):
            known = None
        if known is not None and self.projector.is_behind(known.user_id):
            return known  # it was tried just now, in vain
        try:
            return await self.state(await self.sessions.get(session_id, user_id))
        except (StoreUnavailable, StoreTimedOut):
            if known is None:
                raise
            return known

    def folder(self, session_id: str) -> Path:
        """Where the files of a session are kept, each in a folder of its own."""
        return self.settings.data_dir / "files" / session_id

    def path_of(self, session_id: str, place: int, dataset: Dataset) -> Path:
        """Where the data set in this place (from 0) of a session is kept."""
        from datalens_core.datasets.files import sandbox_name

        return self.folder(session_id) / str(place + 1) / sandbox_name(dataset.name)

    def scope(
        self,
        run: Run,
        state: SessionState,
        model: str | None = None,
        protect: Callable[[], Awaitable[object]] | None = None,
    ) -> CallScope:
        """Whom the run's calls are for, what its session has used, and the model it is asked of.

        What the session's data may show can change while the run goes on.
        """

        async def review(preview: Preview, holds: Callable[[], Awaitable[bool]]) -> bool:
            return await self.outbox.review(run, self.safeguards.pauses(state), preview, holds)

        return CallScope(
            run.session_id,
            self.privacy.of(run.session_id),
            run.emit,
            Spending(lambda: state.usage),
            model,
            review,
            local_only=lambda: self.safeguards.local_only(state.datasets),
            protect=protect,
        )

    def chosen_model(self, state: SessionState) -> str | None:
        """The model that was chosen last in a session, as long as it may be asked."""
        if state.model is None:
            return None
        try:
            self.gateway.check_model(state.model)
        except InvalidRequest:  # the settings are others by now
            return None
        return state.model

    def executor(self, run: Run, state: SessionState, user_id: str | None) -> Executor:
        """Runs code for a run that this user started."""
        return Executor(
            run,
            self.sandboxes,
            lambda: self.safeguards.recipe(run.session_id, state),
            lambda: self.limits.count(Counted.EXECUTIONS, user_id),
        )

    def told_of_history(self, user_id: str) -> str:
        """What a user should know of it; "" while it holds everything."""
        if self.projector.is_behind(user_id):
            return BEHIND
        return REFUSED if self.journal.refused(user_id) else ""

    async def _user_of(self, session_id: str) -> str:
        """Whose a session is, as its runs have it."""
        return self.journal.user_of(session_id) or ""

    _on_activity: Callable[[], None]

    def _seen(self, session_id: str, event: Event) -> None:
        state = self.states.get(session_id)
        if state is not None:
            state.observe(event)
        self.projector.wake()
        self._on_activity()

    def _behind(self, user_id: str | None) -> None:
        """Say it where something is going on that is not in the history yet."""
        self._tell(user_id, BEHIND)

    def say_if_behind(self, run: Run) -> None:
        """As `_behind`, of a run that begins meanwhile."""
        if self.projector.is_behind(run.user_id):
            _say(run, BEHIND)

    def _refused(self, user_id: str | None) -> None:
        self._tell(user_id, REFUSED)

    def _tell(self, user_id: str | None, text: str) -> None:
        for run in self.runs.of_user(user_id):
            _say(run, text)

    def _forget(self, session_id: str) -> None:
        self.safeguards.drop(session_id)

    def _is_busy(self, session_id: str) -> bool:
        """Tokens and variables keep their meaning while a run or a sandbox may use them."""
        return bool(self.runs.of_session(session_id)) or (
            self.sandboxes.sandbox_id(session_id) is not None
        )


def _say(run: Run, text: str) -> None:
    """Once a run."""
    if not any(isinstance(event, Notice) and event.text == text for event in run.events):
        run.emit(Notice(text=text))


def _history(settings: Settings) -> tuple[SessionStore, Accounts | None]:
    """Where sessions are kept, and who signs in there. Raises ServiceMisconfigured."""
    if not settings.uses_supabase:
        return SQLiteStore(settings.data_dir), None
    from datalens_core.sessions.supabase import SupabaseStore
    from datalens_core.supabase.accounts import Accounts
    from datalens_core.supabase.connection import Connection

    connection = Connection.from_settings(settings)
    accounts = Accounts(connection, settings.data_dir / "signin")
    return SupabaseStore(connection, accounts), accounts

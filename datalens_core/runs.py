"""Runs as background tasks: a reader that goes away only stops reading."""

from __future__ import annotations

import asyncio
import sqlite3
import time
import traceback
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Literal

import structlog
from pydantic import JsonValue

from datalens_core import events as ev
from datalens_core.errors import (
    DataLensError,
    PlanNotWaiting,
    RunElsewhere,
    RunInProgress,
    RunInterrupted,
    RunNotFound,
)
from datalens_core.events import Event
from datalens_core.journal import Journal, patiently
from datalens_core.models import new_id
from datalens_core.sqlitefile import as_ours, is_busy
from datalens_core.turns import Decision, Stopped, Turn

UNREAD_SECONDS = 600.0
UNDECIDED_SECONDS = 86_400.0
"""How long a run that waits for its user, and costs nothing, is kept unread."""
WAITING_RUNS = 8
ELSEWHERE_SECONDS = 0.25

Body = Callable[["Run"], Awaitable[None]]
OnEvent = Callable[[str, Event], None]
"""Called with the session's id after each event was journaled."""
Origin = Literal["question", "notebook", "upload", "restore"]

log = structlog.get_logger("datalens.runs")


class Run:
    """One run that is going on: its events so far, and who waits for the next."""

    def __init__(
        self,
        journal: Journal,
        session_id: str,
        user_id: str,
        turn: asyncio.Lock,
        on_event: OnEvent,
        origin: Origin = "question",
    ) -> None:
        self.id = new_id()
        self.user_id = user_id
        self.origin = origin
        self.session_id = session_id
        self.events: list[Event] = []
        self.readers = 0
        self.last_read = time.monotonic()
        self.turn = Turn(turn)
        self._journal = journal
        self._on_event = on_event
        self._news = asyncio.Event()
        self._waiting: deque[Event] = deque()
        self._writing: asyncio.Task[None] | None = None

    @property
    def finished(self) -> bool:
        return bool(self.events) and ev.is_terminal(self.events[-1])

    def emit(self, event: Event) -> None:
        """Journal an event, then show it to the readers.

        While another process holds the journal, events wait their turn; see `settled`.
        """
        if not self._waiting:
            try:
                self._append(event)
                return
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    raise
        self._waiting.append(event)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting(), name="datalens-journal")

    async def settled(self) -> None:
        """Return once everything emitted so far is in the journal.

        Raises:
            sqlite3.Error: the journal does not take it.
        """
        if self._writing is not None:
            await asyncio.shield(self._writing)

    def _append(self, event: Event) -> None:
        event = self._journal.append(self.id, event)
        self._on_event(self.session_id, event)
        self._show(event)

    async def _write_waiting(self) -> None:
        while self._waiting:
            await patiently(lambda: self._append(self._waiting[0]))
            self._waiting.popleft()

    def give_up(self, event: Event) -> None:
        """Show the end of a run whose journal cannot take it."""
        self._waiting.clear()
        self._show(event.model_copy(update={"run_id": self.id, "seq": len(self.events) + 1}))

    def _show(self, event: Event) -> None:
        self.events.append(event)
        self._news.set()
        self._news = asyncio.Event()

    async def read(self, after: int) -> AsyncGenerator[Event, None]:
        self.readers += 1
        try:
            while True:
                news = self._news
                while after < len(self.events):  # seq counts from 1 without gaps
                    event = self.events[after]
                    after += 1
                    yield event
                    if ev.is_terminal(event):
                        return
                if self.finished:  # the reader asked for what comes after the end
                    return
                if news is self._news:
                    await news.wait()
        finally:
            self.readers -= 1
            self.last_read = time.monotonic()


class Runs:
    """All runs of this process; one at a time for each session, the next ones wait."""

    def __init__(
        self,
        journal: Journal,
        on_event: OnEvent,
        *,
        unread_seconds: float = UNREAD_SECONDS,
        undecided_seconds: float = UNDECIDED_SECONDS,
    ) -> None:
        """A run that nobody reads is retired after `unread_seconds`, one that waits later."""
        self._unread_seconds = unread_seconds
        self._undecided_seconds = undecided_seconds
        self._journal = journal
        self._on_event = on_event
        self._live: dict[str, Run] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._unwritten: dict[str, Event] = {}
        """The ends of runs that the journal could not take: shown, and written when it can be."""
        self._watch: asyncio.Task[None] | None = None

    # -- life ------------------------------------------------------------------------------------

    def recover(self) -> None:
        """Give an end to the runs that a dead server left open."""
        for run_id in self._journal.cut_off():
            with suppress(sqlite3.OperationalError):  # it is found cut off the next time
                self._journal.append(run_id, ev.RunFailed(error=_error(RunInterrupted())))

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        for run_id in list(self._tasks):
            await self.cancel(run_id)

    async def start(
        self,
        session_id: str,
        query: str | None,
        body: Body,
        *,
        user_id: str,
        origin: Origin = "question",
        model: str | None = None,
    ) -> Run:
        """Start a run in the background; it waits for the session's earlier ones.

        `user_id` is whose session it is, `model` the one that was chosen.

        Raises:
            RunInProgress: too many are waiting already.
            StoreUnavailable, StoreTimedOut: the journal takes nothing, so nothing was started.
        """
        if len(self.of_session(session_id)) > WAITING_RUNS:
            raise RunInProgress()
        started = ev.RunStarted(session_id=session_id, query=query, origin=origin, model=model)
        run = await self._begun(started, user_id)
        self._write_ends()
        self._live[run.id] = run
        task = asyncio.create_task(self._go(run, body), name=f"run {run.id}")
        self._tasks[run.id] = task
        task.add_done_callback(lambda _: self._forget(run))
        if self._watch is None:
            self._watch = asyncio.create_task(self._retire_unread(), name="datalens-unread-runs")
        return run

    async def cancel(self, run_id: str) -> None:
        """Stop a run and wait until it has ended; one that ended before stays as it is.

        Raises:
            RunElsewhere: it goes on in another process that shares the journal.
        """
        task = self._tasks.get(run_id)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        elif self._journal.is_elsewhere(run_id):
            raise RunElsewhere()

    def decide(self, run_id: str, decision: Decision) -> None:
        """Tell a run that waits what its user decided.

        Raises:
            PlanNotWaiting: it does not wait, or has ended.
            RunElsewhere: it goes on in another process that shares the journal.
        """
        run = self._live.get(run_id)
        if run is not None:
            run.turn.decide(decision)
            run.last_read = time.monotonic()  # somebody is there
        elif self._journal.is_elsewhere(run_id):
            raise RunElsewhere()
        else:
            raise PlanNotWaiting()

    @property
    def live(self) -> int:
        return len(self._live)

    # -- reading ---------------------------------------------------------------------------------

    def session_of(self, run_id: str) -> str:
        session_id = self._journal.session_of(run_id)
        if session_id is None:
            raise RunNotFound()
        return session_id

    def of_session(self, session_id: str) -> list[Run]:
        return [r for r in self._live.values() if r.session_id == session_id]

    def of_user(self, user_id: str | None) -> list[Run]:
        """The live runs of a user's sessions; of all users for None."""
        return [r for r in self._live.values() if user_id in (None, r.user_id)]

    async def events(self, run_id: str, after: int = 0) -> AsyncGenerator[Event, None]:
        """The events with seq > `after`, then live ones up to the terminal one."""
        run = self._live.get(run_id)
        if run is None:
            self.session_of(run_id)
        stored = self._stored(run_id, after) if run is None else run.read(after)
        async with aclosing(stored) as events:
            async for event in events:
                yield event

    # -- insides ---------------------------------------------------------------------------------

    async def _begun(self, started: ev.RunStarted, user_id: str) -> Run:
        """A run with its first event; nothing is left of one that could not be journaled."""
        turn = self._turns.setdefault(started.session_id, asyncio.Lock())
        run = Run(self._journal, started.session_id, user_id, turn, self._on_event, started.origin)
        try:
            await patiently(lambda: self._journal.begin(run.id, run.session_id, user_id))
            run.emit(started)
            await run.settled()
            return run
        except BaseException as error:
            with suppress(sqlite3.Error):
                self._journal.discard(run.id)
            if not isinstance(error, sqlite3.Error):
                raise
            log.error("journal.failed", error=type(error).__name__)
            raise as_ours(error) from error

    async def _stored(self, run_id: str, after: int) -> AsyncGenerator[Event, None]:
        """The events in the journal; of a run in another process also those that still come."""
        while True:
            goes_on = self._journal.is_elsewhere(run_id)
            if not goes_on:
                self._write_ends()
                self.recover()  # its process may have died while it was read
            for event in self._journal.read(run_id, after):
                after = event.seq
                yield event
            if not goes_on:
                break
            await asyncio.sleep(ELSEWHERE_SECONDS)
        end = self._unwritten.get(run_id)
        if end is not None and end.seq > after:
            yield end

    async def _go(self, run: Run, body: Body) -> None:
        try:
            end = await self._outcome(run, body)
            run.emit(end)
            await run.settled()
        except sqlite3.Error as error:
            # The journal takes nothing more, a full disk for one: the readers are told all the
            # same, and the next start finds the run cut off.
            log.error("journal.failed", run_id=run.id, error=type(error).__name__)
            self._give_up(run, error)

    def _give_up(self, run: Run, error: sqlite3.Error) -> None:
        run.give_up(ev.RunFailed(error=_error(as_ours(error))))
        self._unwritten[run.id] = run.events[-1]

    def _write_ends(self) -> None:
        for run_id, end in list(self._unwritten.items()):
            session_id = self._journal.session_of(run_id)
            if session_id is not None:  # it was not deleted meanwhile
                try:
                    written = self._journal.append(run_id, end)
                except sqlite3.Error:  # still no room: the next reader, run or minute tries again
                    return
                self._on_event(session_id, written)
            del self._unwritten[run_id]

    def _forget(self, run: Run) -> None:
        if not run.finished:  # it was cancelled before its first step
            try:
                run.emit(ev.RunCancelled())
            except sqlite3.Error as error:
                self._give_up(run, error)
        self._live.pop(run.id, None)
        self._tasks.pop(run.id, None)
        if not self.of_session(run.session_id):
            self._turns.pop(run.session_id, None)

    async def _outcome(self, run: Run, body: Body) -> Event:
        try:
            if not run.turn.is_free and (text := self._waits_for(run)):
                run.emit(ev.Notice(text=text))
            await run.turn.take()
            await body(run)
            return ev.RunCompleted()
        except (asyncio.CancelledError, Stopped):
            return ev.RunCancelled()
        except DataLensError as error:
            return ev.RunFailed(error=_error(error))
        except sqlite3.Error:
            raise
        except Exception as error:
            # The reader gets a clean sentence; the log gets the place, without values.
            places = [f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
            log.error("run.failed", run_id=run.id, error=type(error).__name__, at=places[-3:])
            return ev.RunFailed(error=_error(DataLensError()))
        finally:
            run.turn.give()

    def _waits_for(self, run: Run) -> str:
        """What is said of it: nothing of an upload's run, which ends in a moment."""
        if run.origin == "restore":
            return ""
        before = {r.origin for r in self.of_session(run.session_id) if r is not run}
        if before - {"upload", "restore"}:
            return "Waiting for the run before this one."
        return "Loading your data again first." if "restore" in before else ""

    async def _retire_unread(self) -> None:
        while True:
            await asyncio.sleep(self._unread_seconds / 20)
            self._write_ends()
            for run in list(self._live.values()):
                unread = time.monotonic() - run.last_read
                waits = run.turn.is_undecided
                limit = self._undecided_seconds if waits else self._unread_seconds
                if run.readers == 0 and unread > limit:
                    await self.cancel(run.id)


def _error(error: DataLensError) -> dict[str, JsonValue]:
    return {"code": error.code, "message": error.message, "details": error.details}

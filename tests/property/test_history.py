"""What happened in a session can be had again, whatever happened."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalens_core.export import export_session
from datalens_core.export.outline import Source, chapters
from datalens_core.journal import Journal
from datalens_core.models import Session, SessionDetail, now
from datalens_core.sessions.projector import Projector
from tests.support.histories import Place, in_a_file, in_supabase
from tests.support.history import PlannedRun, sessions
from tests.support.supabase_server import running_supabase


class Life:
    """Sessions that are lived through in one place, each from its first run to a reader's."""

    def __init__(self, place: Place, runner: asyncio.Runner, folder: Path) -> None:
        self._place = place
        self._runner = runner
        self._folder = folder
        self._store = place.another()
        self._reader = place.another()

    def through(
        self, plan: list[PlannedRun], *, restarts: bool = False, twice: bool = False
    ) -> SessionDetail:
        """Journal and project the runs of a session, then load it as another server does."""
        return self._runner.run(self._through(plan, restarts, twice))

    async def _through(self, plan: list[PlannedRun], restarts: bool, twice: bool) -> SessionDetail:
        store, user = self._store, self._place.ada
        session = Session(user_id=user)
        await store.save_session(session)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            journal = Journal(Path(folder))
            projector, step = Projector(journal, store), 1
            for run in plan:
                journal.begin(run.id, session.id, user)
                for event in run.events(session.id, step):
                    journal.append(run.id, event)
                step += len(run.executions)
                if restarts:
                    await projector.drain(user)
                    projector = Projector(journal, store)
            await projector.drain(user)
            if twice:  # as a second server on the same files would
                await store.apply(journal.id, user, journal.since(0, 10_000))
            journal.close()
        detail = await self._reader.load(session)
        assert detail is not None
        return detail

    async def end(self) -> None:
        await self._store.close()
        await self._reader.close()


@pytest.fixture(scope="module", params=["sqlite", "supabase"])
def life(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Life]:
    folder = tmp_path_factory.mktemp("history")
    with ExitStack() as opened:
        if request.param == "sqlite":
            place = in_a_file(folder)
        else:
            place = in_supabase(opened.enter_context(running_supabase()), folder)
        runner = opened.enter_context(asyncio.Runner())
        life = Life(place, runner, folder)
        yield life
        runner.run(life.end())


# Feature: glassbox-analyst, Property 10: Execution history
# For any session with multiple code executions, all generated code and outputs should be stored
# and retrievable from the session history.
@settings(max_examples=100, deadline=None)
@given(sessions, st.booleans(), st.booleans())
def test_all_executions_can_be_retrieved_in_order(
    life: Life, plan: list[PlannedRun], restarts: bool, twice: bool
) -> None:
    detail = life.through(plan, restarts=restarts, twice=twice)
    planned = [e for run in plan for e in run.executions]
    assert [e.code for e in detail.executions] == [p.code for p in planned]
    assert [e.step for e in detail.executions] == list(range(1, len(planned) + 1))
    for kept, was in zip(detail.executions, planned, strict=True):
        assert kept.result is not None
        assert (kept.result.stdout, kept.result.stderr) == (was.stdout, was.stderr)
        assert kept.result.success is was.success


# Feature: glassbox-analyst, Property 20: Session persistence
# For any completed analysis session, the session data including messages, code, and artifacts
# should be saved to the database.
# Feature: glassbox-analyst, Property 21: Session restoration
# For any previous session selected by a user, the restored session should contain all original
# chat messages and generated artifacts.
@settings(max_examples=100, deadline=None)
@given(sessions)
def test_a_reopened_session_has_its_messages_and_artifacts(
    life: Life, plan: list[PlannedRun]
) -> None:
    detail = life.through(plan)
    said = [(m.role, m.content) for m in detail.messages]
    expected = []
    for run in plan:
        expected.append(("user", run.query))
        if run.answer is not None:
            expected.append(("assistant", run.answer))
    assert said == expected
    figures = [n for run in plan for e in run.executions for n in range(e.figures)]
    assert [a.metadata.title for a in detail.artifacts] == [f"Chart {n}" for n in figures]
    assert [a.content for a in detail.artifacts] == [
        {"data": [{"y": [n]}], "layout": {}} for n in figures
    ]
    assert codes_of_notebook(detail) == [e.code for c in chapters(detail) for e in c.executions]


def codes_of_notebook(detail: SessionDetail) -> list[str]:
    """The code in the cells of the session's notebook, which is valid."""
    source = Source(detail=detail, pngs={}, redactions=[], versions={}, written=now())
    book = nbformat.reads(export_session(source, "ipynb").content.decode(), as_version=4)
    nbformat.validate(book)
    sources = [c.source for c in book.cells if c.cell_type == "code"]
    return [s.partition("\n")[2] for s in sources if s.startswith("%%datalens run ")]


# Feature: glassbox-analyst, Property 22: Session data completeness
# For any session stored in the database, it should include timestamps, user queries, generated
# code, and visualization metadata.
@settings(max_examples=100, deadline=None)
@given(sessions)
def test_stored_sessions_are_complete(life: Life, plan: list[PlannedRun]) -> None:
    detail = life.through(plan)
    assert [r.query for r in detail.runs] == [run.query for run in plan]
    assert all(m.timestamp.tzinfo is not None for m in detail.messages)
    assert all(e.created_at.tzinfo is not None for e in detail.executions)
    ids = {e.id for e in detail.executions}
    assert all(a.metadata.execution_id in ids for a in detail.artifacts)
    assert detail.session.message_count == len(detail.messages)
    assert detail.session.last_activity >= detail.session.created_at

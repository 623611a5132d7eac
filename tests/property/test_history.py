"""What happened in a session can be had again, whatever happened."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from datalens_core.journal import Journal
from datalens_core.models import Session, SessionDetail
from datalens_core.sessions.projector import Projector
from datalens_core.sessions.sqlite import SQLiteStore
from tests.support.history import PlannedRun, sessions


def live_through(plan: list[PlannedRun], *, restarts: bool = False, twice: bool = False):
    """Journal and project the runs of a session, then load it from a store that was reopened."""

    async def go() -> SessionDetail:
        with tempfile.TemporaryDirectory() as folder:
            journal, store = Journal(Path(folder)), SQLiteStore(Path(folder))
            session = Session(user_id="ada")
            await store.save_session(session)
            projector, step = Projector(journal, store), 1
            for run in plan:
                journal.begin(run.id, session.id, session.user_id)
                for event in run.events(session.id, step):
                    journal.append(run.id, event)
                step += len(run.executions)
                if restarts:
                    await projector.drain()
                    projector = Projector(journal, store)
            await projector.drain()
            if twice:  # as a second server on the same files would
                await store.apply(journal.id, None, journal.since(0, 10_000))
            await store.close()
            reopened = SQLiteStore(Path(folder))
            detail = await reopened.load(session)
            await reopened.close()
            journal.close()
            assert detail is not None
            return detail

    return asyncio.run(go())


# Feature: glassbox-analyst, Property 10: Execution history
# For any session with multiple code executions, all generated code and outputs should be stored
# and retrievable from the session history.
@settings(max_examples=100, deadline=None)
@given(sessions, st.booleans(), st.booleans())
def test_all_executions_can_be_retrieved_in_order(
    plan: list[PlannedRun], restarts: bool, twice: bool
) -> None:
    detail = live_through(plan, restarts=restarts, twice=twice)
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
def test_a_reopened_session_has_its_messages_and_artifacts(plan: list[PlannedRun]) -> None:
    detail = live_through(plan)
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


# Feature: glassbox-analyst, Property 22: Session data completeness
# For any session stored in the database, it should include timestamps, user queries, generated
# code, and visualization metadata.
@settings(max_examples=100, deadline=None)
@given(sessions)
def test_stored_sessions_are_complete(plan: list[PlannedRun]) -> None:
    detail = live_through(plan)
    assert [r.query for r in detail.runs] == [run.query for run in plan]
    assert all(m.timestamp.tzinfo is not None for m in detail.messages)
    assert all(e.created_at.tzinfo is not None for e in detail.executions)
    ids = {e.id for e in detail.executions}
    assert all(a.metadata.execution_id in ids for a in detail.artifacts)
    assert detail.session.message_count == len(detail.messages)
    assert detail.session.last_activity >= detail.session.created_at

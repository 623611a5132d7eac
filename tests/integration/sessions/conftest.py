"""The places where a history can be: each test of the store protocol runs in all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from datalens_core import events as ev
from datalens_core.models import Artifact, ArtifactType, Session, new_id
from datalens_core.sessions.store import SessionStore
from tests.support.histories import Place, entries, in_a_file, in_supabase
from tests.support.supabase_server import Supabase, running_supabase

from .test_store import dataset

EMPTY = "delete from public.sessions; delete from public.projections; delete from storage.objects"


@pytest.fixture(scope="session")
def supabase() -> Iterator[Supabase]:
    with running_supabase() as server:
        yield server


@pytest.fixture(scope="session")
def signin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sign-ins of the team are kept."""
    return tmp_path_factory.mktemp("team") / "signin"


@pytest.fixture(scope="session")
def team(supabase: Supabase, signin: Path) -> Place:
    return in_supabase(supabase, signin)


@pytest.fixture(params=["sqlite", "supabase"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "sqlite":
        return in_a_file(tmp_path)
    supabase: Supabase = request.getfixturevalue("supabase")
    supabase.database.sql(EMPTY)
    team: Place = request.getfixturevalue("team")
    return team


@pytest.fixture
async def store(place: Place) -> AsyncIterator[SessionStore]:
    store = place.another()
    await store.open()
    yield store
    await store.close()


@pytest.fixture
async def team_store(supabase: Supabase, team: Place) -> AsyncIterator[SessionStore]:
    supabase.database.sql(EMPTY)
    store = team.another()
    yield store
    await store.close()


@pytest.fixture
async def session(team_store: SessionStore, team: Place) -> Session:
    """A session of Ada's with a row in every table."""
    session = Session(user_id=team.ada, title="Ada's")
    await team_store.save_session(session)
    await team_store.save_dataset(session, dataset("a.csv"))
    about = {"execution_id": new_id(), "step": 1}
    chart = Artifact(type=ArtifactType.CHART, content={"data": []})
    told: list[ev.Event] = [
        ev.RunStarted(session_id=session.id, query="q"),
        ev.PrivacyRedacted(channel="question", entity_type="EMAIL_ADDRESS", count=1),
        ev.CodeGenerated(**about, code="x", sha256="0"),
        ev.ArtifactCreated(**about, artifact=chart),
    ]
    await team_store.apply(new_id(), team.ada, entries(session, new_id(), told))
    return session

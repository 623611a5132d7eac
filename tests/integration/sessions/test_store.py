"""What every history store does, whichever it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import JsonValue

from datalens_core import events as ev
from datalens_core.errors import AccessDenied, InvalidRequest
from datalens_core.models import (
    Alternative,
    Artifact,
    ArtifactMetadata,
    ArtifactType,
    Dataset,
    DatasetSchema,
    ErrorAnalysis,
    LoadPlan,
    Session,
    new_id,
    now,
)
from datalens_core.sessions.payloads import LARGE
from datalens_core.sessions.store import SessionStore
from tests.support.histories import Place, charts_of, entries


def dataset(name: str) -> Dataset:
    return Dataset(
        name=name,
        variable="df",
        size_bytes=1,
        sha256="0",
        plan=LoadPlan(format="csv"),
        dataset_schema=DatasetSchema(columns=[], row_count=3, sample_data=[]),
    )


async def ask(store: SessionStore, session: Session, query: str) -> None:
    """One question, taken over from a journal of its own."""
    told = [ev.RunStarted(session_id=session.id, query=query)]
    await store.apply(new_id(), session.user_id, entries(session, new_id(), told))


async def all_pages(store: SessionStore, user_id: str, limit: int) -> list[str]:
    seen: list[str] = []
    after = None
    while True:
        page = await store.list_sessions(user_id, limit, after)
        seen += [s.id for s in page.sessions]
        if (after := page.next) is None:
            return seen


async def sessions_of(store: SessionStore, user_id: str, number: int) -> list[Session]:
    """Sessions that were used on one day after the other."""
    start = now()
    made = [Session(user_id=user_id, last_activity=start + timedelta(n)) for n in range(number)]
    for session in made:
        await store.save_session(session)
    return made


# -- sessions ------------------------------------------------------------------------------------


async def test_a_session_comes_back_as_it_was_saved(store: SessionStore, place: Place) -> None:
    schema = DatasetSchema(columns=[], row_count=3, sample_data=[[1, None, "é", 1.5]])
    session = Session(user_id=place.ada, title="a 'title'; --", dataset_schema=schema)
    await store.save_session(session)
    assert await store.get_session(session.id, place.ada) == session
    renamed = session.model_copy(update={"title": "another"})
    await store.save_session(renamed)
    assert await store.get_session(session.id, place.ada) == renamed


async def test_someone_elses_session_is_told_from_one_that_does_not_exist(
    store: SessionStore, place: Place
) -> None:
    session = Session(user_id=place.ada)
    await store.save_session(session)
    with pytest.raises(AccessDenied):
        await store.get_session(session.id, place.bob)
    assert await store.get_session(new_id(), place.bob) is None
    assert await store.get_session("no id at all", place.bob) is None


async def test_pages_hold_all_sessions_of_the_user_last_used_first(
    store: SessionStore, place: Place
) -> None:
    mine = await sessions_of(store, place.ada, 7)
    await sessions_of(store, place.bob, 1)
    assert await all_pages(store, place.ada, 3) == [s.id for s in reversed(mine)]


async def test_a_page_goes_on_where_it_ended_though_the_session_there_is_deleted_or_used(
    store: SessionStore, place: Place
) -> None:
    mine = await sessions_of(store, place.ada, 6)
    first = await store.list_sessions(place.ada, 2, None)
    await store.delete_session(mine[4])
    second = await store.list_sessions(place.ada, 2, first.next)
    assert [s.id for s in second.sessions] == [mine[3].id, mine[2].id]
    used = mine[2].model_copy(update={"last_activity": now() + timedelta(9)})
    await store.save_session(used)
    third = await store.list_sessions(place.ada, 2, second.next)
    assert [s.id for s in third.sessions] == [mine[1].id, mine[0].id]


async def test_sessions_used_at_the_same_moment_are_all_listed(
    store: SessionStore, place: Place
) -> None:
    moment = now()
    made = [Session(user_id=place.ada, last_activity=moment) for _ in range(5)]
    for session in made:
        await store.save_session(session)
    seen = await all_pages(store, place.ada, 2)
    assert len(seen) == 5
    assert set(seen) == {s.id for s in made}


@pytest.mark.parametrize("after", ["", "x", "é", "AAAA", "MjAyNi0wMS0wMQ==", "bm8gdGltZXxpZA=="])
async def test_what_is_no_cursor_is_refused(store: SessionStore, place: Place, after: str) -> None:
    with pytest.raises(InvalidRequest):
        await store.list_sessions(place.ada, 2, after)


async def test_the_id_of_a_session_is_no_cursor(store: SessionStore, place: Place) -> None:
    theirs = Session(user_id=place.bob)
    await store.save_session(theirs)
    with pytest.raises(InvalidRequest):
        await store.list_sessions(place.ada, 2, theirs.id)


async def test_sessions_are_found_by_title_question_and_data_set(
    store: SessionStore, place: Place
) -> None:
    titled, asked, filed, theirs = (
        Session(user_id=place.ada, title="Ärger mit 100%_Rabatt"),
        Session(user_id=place.ada, title="another"),
        Session(user_id=place.ada),
        Session(user_id=place.bob, title="Rabatt"),
    )
    for session in (titled, asked, filed, theirs):
        await store.save_session(session)
    await ask(store, asked, "Revenue by region")
    await store.save_dataset(filed, dataset("Sales 2024.csv"))
    await ask(store, filed, "total")

    async def found(text: str) -> set[str]:
        page = await store.list_sessions(place.ada, 10, None, text)
        return {s.id for s in page.sessions}

    for written in ("RABATT", "ärger", "Arger", "A\u0308RGER", "%_r"):
        assert await found(written) == {titled.id}
    assert await found("region revenue") == {asked.id}
    assert await found("sales TOTAL") == {filed.id}  # a word of the file, another of a question
    assert await found("region sales") == await found("_a%") == await found("'") == set()
    assert await found("  ") == {titled.id, asked.id, filed.id}


async def test_what_was_found_comes_in_pages_too(store: SessionStore, place: Place) -> None:
    for number in range(5):
        await store.save_session(Session(user_id=place.ada, title=f"{'odd' * (number % 2)} one"))
    first = await store.list_sessions(place.ada, 1, None, "odd")
    second = await store.list_sessions(place.ada, 1, first.next, "odd")
    assert len(first.sessions) == len(second.sessions) == 1
    assert first.sessions != second.sessions
    assert second.next is None


async def test_deleting_a_session_leaves_nothing_of_it_and_the_others(
    store: SessionStore, place: Place
) -> None:
    gone, kept = await sessions_of(store, place.ada, 2)
    redacted = ev.PrivacyRedacted(channel="question", entity_type="EMAIL_ADDRESS", count=1)
    for session in (gone, kept):
        told = [ev.RunStarted(session_id=session.id, query="q"), redacted]
        await store.apply(new_id(), place.ada, entries(session, new_id(), told))
        await store.save_dataset(session, dataset("a.csv"))
    await store.delete_session(gone)
    assert await store.get_session(gone.id, place.ada) is None
    assert await store.load(gone) is None
    assert await store.datasets(gone) == await store.redaction_counts(gone) == []
    assert len(await store.redaction_counts(kept)) == len(await store.datasets(kept)) == 1


async def test_what_nobody_has_used_lately_is_found_for_each_user_apart(
    store: SessionStore, place: Place
) -> None:
    mine = await sessions_of(store, place.ada, 3)
    theirs = await sessions_of(store, place.bob, 1)
    moment = mine[2].last_activity
    assert await store.unused_since(moment, place.ada) == [s.id for s in mine[:2]]
    assert await store.unused_since(moment, place.bob) == [s.id for s in theirs]
    everybody = set(store.users())
    assert everybody == ({place.ada, place.bob} if store.by_user else {None})


# -- data sets and pictures ----------------------------------------------------------------------


async def test_data_sets_keep_their_order_and_take_changes(
    store: SessionStore, place: Place
) -> None:
    [session] = await sessions_of(store, place.ada, 1)
    held = [dataset(f"{name}.csv") for name in "bac"]
    for one in held:
        await store.save_dataset(session, one)
    held[0] = held[0].model_copy(update={"warnings": ["changed"]})
    await store.save_dataset(session, held[0])
    assert await store.datasets(session) == held
    [listed] = (await store.list_sessions(place.ada, 2, None)).sessions
    kept = await store.get_session(session.id, place.ada)
    assert kept == listed
    assert listed.dataset_names == ["b.csv", "a.csv", "c.csv"]


async def test_a_picture_is_kept_with_its_chart_and_a_chart_is_its_owners(
    store: SessionStore, place: Place
) -> None:
    [session] = await sessions_of(store, place.ada, 1)
    figure = {"data": [{"y": [1.0, -0.0, 1e308, 3, None]}], "layout": {"z": 1, "a": 2}}
    chart = Artifact(
        type=ArtifactType.CHART, content=figure, metadata=ArtifactMetadata(title="Chart 1")
    )
    about = {"execution_id": new_id(), "step": 1}
    told: list[ev.Event] = [
        ev.RunStarted(session_id=session.id, query="q"),
        ev.CodeGenerated(**about, code="x", sha256="0"),
        ev.ArtifactCreated(**about, artifact=chart),
    ]
    await store.apply(new_id(), place.ada, entries(session, new_id(), told))
    assert await store.get_artifact(chart.id, place.ada) == (session.id, chart)
    assert await store.get_artifact(chart.id, place.bob) is None
    assert await store.get_artifact(new_id(), place.ada) is None
    assert await store.pngs(session) == {}
    await store.save_png(session, chart.id, b"\x89PNG\x00\xff")
    assert await store.pngs(session) == {chart.id: b"\x89PNG\x00\xff"}


async def test_a_large_chart_and_a_large_picture_come_back_as_they_were(
    store: SessionStore, place: Place
) -> None:
    [session] = await sessions_of(store, place.ada, 1)
    values: list[JsonValue] = [n / 7 for n in range(LARGE // 8)]
    large = await charts_of(store, session, {"data": [{"y": values, "name": "é\u2028\x00"}]}, {})
    picture = bytes(range(256)) * (LARGE // 256 + 1)
    await store.save_png(session, large[1].id, picture)
    detail = await store.load(session)
    assert detail is not None
    assert detail.artifacts == large
    assert await store.get_artifact(large[0].id, place.ada) == (session.id, large[0])
    assert await store.get_artifact(large[0].id, place.bob) is None
    assert await store.pngs(session) == {large[1].id: picture}
    await store.save_png(session, large[1].id, b"smaller")
    assert await store.pngs(session) == {large[1].id: b"smaller"}


# -- the projection ------------------------------------------------------------------------------


async def test_the_first_question_becomes_the_title_and_later_ones_do_not(
    store: SessionStore, place: Place
) -> None:
    [session] = await sessions_of(store, place.ada, 1)
    for query in ("revenue  by region\nplease", "and by month"):
        await ask(store, session, query)
    kept = await store.get_session(session.id, place.ada)
    assert kept is not None
    assert kept.title == "revenue by region"
    assert kept.message_count == 2


async def test_output_of_a_run_that_was_cut_off_is_kept(store: SessionStore, place: Place) -> None:
    [session] = await sessions_of(store, place.ada, 1)
    about = {"execution_id": new_id(), "step": 1}
    told: list[ev.Event] = [
        ev.RunStarted(session_id=session.id, query="q"),
        ev.CodeGenerated(**about, code="x", sha256="0"),
        ev.ExecutionOutput(**about, stream="stdout", text="one\n"),
        ev.ExecutionOutput(**about, stream="stdout", text="two\n"),
        ev.ExecutionOutput(**about, stream="stderr", text="three\n"),
        ev.RunFailed(error={"code": "RUN_INTERRUPTED", "message": "m", "details": {}}),
    ]
    journal, run_id = new_id(), new_id()
    whole = entries(session, run_id, told)
    for one in whole:  # each in a batch of its own
        await store.apply(journal, place.ada, [one])
    detail = await store.load(session)
    assert detail is not None
    assert detail.executions[0].result is not None
    assert detail.executions[0].result.stdout == "one\ntwo\n"
    assert detail.executions[0].result.stderr == "three\n"
    assert detail.runs[0].status == "failed"
    assert detail.runs[0].error == {"code": "RUN_INTERRUPTED", "message": "m", "details": {}}


async def test_why_code_failed_and_what_else_was_meant_is_kept(
    store: SessionStore, place: Place
) -> None:
    session = Session(user_id=place.ada)
    await store.save_session(session)
    execution = {"execution_id": new_id(), "step": 1}
    analysis = ErrorAnalysis(
        error_type="KeyError", message="'amounts'", hint="There is no such column.", line=2
    )
    other = Alternative(label="list price", query="average list price")
    told = [
        ev.RunStarted(session_id=session.id, query="average price", model="b/c"),
        ev.CodeGenerated(**execution, code="df['amounts']", sha256="0"),
        ev.ErrorAnalyzed(**execution, analysis=analysis),
        ev.AnswerFinal(text="3", assumptions=[], checks=[], alternatives=[other]),
    ]
    await store.apply(new_id(), session.user_id, entries(session, new_id(), told))
    detail = await store.load(session)
    assert detail is not None
    assert [e.analysis for e in detail.executions] == [analysis]
    assert [(run.alternatives, run.model) for run in detail.runs] == [([other], "b/c")]


async def test_entries_that_come_again_change_nothing(store: SessionStore, place: Place) -> None:
    [session] = await sessions_of(store, place.ada, 1)
    about = {"execution_id": new_id(), "step": 1}
    told: list[ev.Event] = [
        ev.RunStarted(session_id=session.id, query="q"),
        ev.CodeGenerated(**about, code="x", sha256="0"),
        ev.ExecutionOutput(**about, stream="stdout", text="once"),
        ev.PrivacyRedacted(channel="question", entity_type="PHONE_NUMBER", count=3),
    ]
    journal, run_id = new_id(), new_id()
    whole = entries(session, run_id, told)
    other = place.another()
    await store.apply(journal, place.ada, whole[:3])
    await other.apply(journal, place.ada, whole)  # as a second server does
    await store.apply(journal, place.ada, whole)
    await other.close()
    detail = await store.load(session)
    assert detail is not None
    assert len(detail.messages) == len(detail.runs) == len(detail.executions) == 1
    assert detail.executions[0].result is not None
    assert detail.executions[0].result.stdout == "once"
    [count] = await store.redaction_counts(session)
    assert (count.entity_type, count.channel, count.count) == ("PHONE_NUMBER", "question", 3)
    assert await store.position(journal, place.ada) == 4
    assert await store.position(new_id(), place.ada) == 0


async def test_late_events_of_a_deleted_session_do_no_harm(
    store: SessionStore, place: Place
) -> None:
    gone, kept = await sessions_of(store, place.ada, 2)
    await store.delete_session(gone)
    journal = new_id()
    late = entries(gone, new_id(), [ev.RunStarted(session_id=gone.id, query="q")])
    good = entries(kept, new_id(), [ev.RunStarted(session_id=kept.id, query="q")], first=2)
    await store.apply(journal, place.ada, [*late, *good])
    assert await store.position(journal, place.ada) == 2
    detail = await store.load(kept)
    assert detail is not None
    assert [m.content for m in detail.messages] == ["q"]


async def test_any_text_is_kept(store: SessionStore, place: Place) -> None:
    [session] = await sessions_of(store, place.ada, 1)
    text = "'; drop table sessions; -- \\ \" %s $1 {} \u2028 👩‍👩‍👧 \x1b[31m \x7f \ufffe"
    await ask(store, session, text)
    detail = await store.load(session)
    assert detail is not None
    assert [m.content for m in detail.messages] == [text]
    assert detail.runs[0].query == text

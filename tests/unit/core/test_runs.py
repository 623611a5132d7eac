"""A run is a background task: readers come and go, one call stops it, it ends exactly once."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from pydantic_core import PydanticSerializationError

from datalens_core import events as ev
from datalens_core.errors import (
    AnalysisFailed,
    RunElsewhere,
    RunInProgress,
    StoreFull,
    StoreUnavailable,
)
from datalens_core.journal import Journal
from datalens_core.runs import WAITING_RUNS, Run, Runs
from tests.support.full_disk import no_file_above


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(Journal(tmp_path), lambda session_id, event: None)


async def types(runs: Runs, run_id: str, after: int = 0) -> list[str]:
    return [event.type async for event in runs.events(run_id, after)]


async def test_two_readers_and_a_late_one_see_the_same_events(runs: Runs) -> None:
    async def body(run: Run) -> None:
        for n in range(5):
            run.emit(ev.Notice(text=str(n)))
            await asyncio.sleep(0)

    run = await runs.start("s", "q", body, user_id="ada")
    first, second = await asyncio.gather(types(runs, run.id), types(runs, run.id))
    late = await types(runs, run.id)
    assert first == second == late == ["run.started", *["notice"] * 5, "run.completed"]
    assert await types(runs, run.id, after=4) == late[4:]


async def test_a_reader_that_goes_away_does_not_stop_the_run(runs: Runs) -> None:
    going_on = asyncio.Event()

    async def body(run: Run) -> None:
        run.emit(ev.Notice(text="1"))
        await going_on.wait()

    run = await runs.start("s", "q", body, user_id="ada")
    reader = runs.events(run.id)
    await anext(reader)
    await reader.aclose()
    going_on.set()
    assert (await types(runs, run.id))[-1] == "run.completed"


async def test_cancel_ends_the_run_as_cancelled(runs: Runs) -> None:
    async def body(run: Run) -> None:
        await asyncio.sleep(60)

    run = await runs.start("s", "q", body, user_id="ada")
    await asyncio.sleep(0.01)
    await runs.cancel(run.id)
    assert await types(runs, run.id) == ["run.started", "run.cancelled"]


async def test_a_failure_is_told_and_an_unexpected_one_shows_no_insides(runs: Runs) -> None:
    async def known(run: Run) -> None:
        raise AnalysisFailed("No.", details={"attempts": 4})

    async def unexpected(run: Run) -> None:
        raise KeyError("jane@example.com")

    told = [e async for e in runs.events((await runs.start("s", "q", known, user_id="ada")).id)][-1]
    hidden = [
        e async for e in runs.events((await runs.start("s", "q", unexpected, user_id="ada")).id)
    ][-1]
    assert isinstance(told, ev.RunFailed)
    assert told.error == {"code": "ANALYSIS_FAILED", "message": "No.", "details": {"attempts": 4}}
    assert isinstance(hidden, ev.RunFailed)
    assert "jane" not in hidden.model_dump_json()


async def test_runs_of_one_session_wait_for_each_other_and_those_of_others_do_not(
    runs: Runs,
) -> None:
    gate, order = asyncio.Event(), []

    async def slow(run: Run) -> None:
        await gate.wait()
        order.append("slow")

    async def quick(run: Run) -> None:
        order.append("quick " + run.session_id)

    a = await runs.start("s", "1", slow, user_id="ada")
    b = await runs.start("s", "2", quick, user_id="ada")
    c = await runs.start("t", "3", quick, user_id="ada")
    assert (await types(runs, c.id))[-1] == "run.completed"
    gate.set()
    assert "notice" in await types(runs, b.id)
    await types(runs, a.id)
    assert order == ["quick t", "slow", "quick s"]


async def test_too_many_waiting_runs_are_refused(runs: Runs) -> None:
    async def body(run: Run) -> None:
        await asyncio.sleep(60)

    for _ in range(WAITING_RUNS + 1):
        await runs.start("s", "q", body, user_id="ada")
    with pytest.raises(RunInProgress):
        await runs.start("s", "q", body, user_id="ada")
    await runs.close()


async def test_a_run_that_a_dead_server_left_open_is_failed_at_the_next_start(
    tmp_path: Path,
) -> None:
    dead = Journal(tmp_path)
    dead.begin("r", "s", "ada")
    dead.append("r", ev.RunStarted(session_id="s", query="q"))
    dead.close()  # releases its lock, as the system does for a process that was killed
    runs = Runs(Journal(tmp_path), lambda session_id, event: None)
    runs.recover()
    assert await types(runs, "r") == ["run.started", "run.failed"]


async def test_readers_are_told_when_the_journal_takes_nothing_more(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    runs = Runs(journal, lambda session_id, event: None)

    async def body(run: Run) -> None:
        journal.close()  # as a disk that is full or gone: every append fails from here on
        run.emit(ev.Notice(text="lost"))

    run = await runs.start("s", "q", body, user_id="ada")
    events = [e async for e in run.read(0)]
    assert [e.type for e in events] == ["run.started", "run.failed"]


async def test_a_run_stopped_before_its_first_step_ends_too(runs: Runs) -> None:
    async def body(run: Run) -> None:
        raise AssertionError("it was stopped")

    run = await runs.start("s", "q", body, user_id="ada")
    reader = asyncio.create_task(types(runs, run.id))
    await runs.cancel(run.id)
    assert await reader == ["run.started", "run.cancelled"]
    assert runs.of_session("s") == []


async def test_a_reader_that_asks_for_what_comes_after_the_end_gets_nothing(runs: Runs) -> None:
    gate = asyncio.Event()

    async def body(run: Run) -> None:
        await gate.wait()

    run = await runs.start("s", "q", body, user_id="ada")
    waiting = asyncio.create_task(types(runs, run.id, after=99))
    await asyncio.sleep(0.01)
    gate.set()
    assert await asyncio.wait_for(waiting, 5) == []


async def test_a_run_that_cannot_be_journaled_is_refused_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    journal = Journal(tmp_path)
    runs = Runs(journal, lambda session_id, event: None)

    async def body(run: Run) -> None:
        return

    other = sqlite3.connect(tmp_path / "journal.db")
    other.execute("drop table events")
    for _ in range(WAITING_RUNS + 2):  # as many as would fill the session's queue
        with pytest.raises(StoreUnavailable):
            await runs.start("s", "q", body, user_id="ada")
    journal.close()
    journal = Journal(tmp_path)  # it makes the table again, as a disk that is free again
    runs = Runs(journal, lambda session_id, event: None)
    assert journal.cut_off() == []
    assert (await types(runs, (await runs.start("s", "q", body, user_id="ada")).id))[
        -1
    ] == "run.completed"


async def test_a_run_of_another_process_is_followed_and_cannot_be_stopped_here(
    tmp_path: Path,
) -> None:
    here, there = (Runs(Journal(tmp_path), lambda session_id, event: None) for _ in range(2))
    gate = asyncio.Event()

    async def body(run: Run) -> None:
        await gate.wait()

    run = await there.start("s", "q", body, user_id="ada")
    following = asyncio.create_task(types(here, run.id))
    await asyncio.sleep(0.05)
    with pytest.raises(RunElsewhere):
        await here.cancel(run.id)
    gate.set()
    assert await asyncio.wait_for(following, 10) == ["run.started", "run.completed"]
    await here.cancel(run.id)


async def test_a_run_whose_process_dies_while_it_is_followed_ends(tmp_path: Path) -> None:
    dying = Journal(tmp_path)
    dying.begin("r", "s", "ada")
    dying.append("r", ev.RunStarted(session_id="s", query="q"))
    here = Runs(Journal(tmp_path), lambda session_id, event: None)
    following = asyncio.create_task(types(here, "r"))
    await asyncio.sleep(0.05)
    dying.close()  # releases its lock, as the system does for a process that was killed
    assert await asyncio.wait_for(following, 10) == ["run.started", "run.failed"]


async def test_while_another_process_holds_the_journal_events_wait_in_order_and_nobody_else_does(
    tmp_path: Path,
) -> None:
    runs = Runs(Journal(tmp_path), lambda session_id, event: None)
    gate = asyncio.Event()
    shown: list[str] = []
    settled: list[bool] = []

    async def body(run: Run) -> None:
        await gate.wait()
        for n in range(20):
            if n == 10:
                held.execute("rollback")  # those that wait go first all the same
            run.emit(ev.Notice(text=str(n)))
        shown.extend(e.type for e in run.events)
        await run.settled()
        settled.append(held.in_transaction)

    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as held:
        held.execute("begin immediate")
        starting = asyncio.create_task(runs.start("s", "q", body, user_id="ada"))
        longest = await longest_wait(seconds=0.6)
        held.execute("rollback")
        run = await starting
        held.execute("begin immediate")
        gate.set()
        told = [e async for e in runs.events(run.id)]
    assert shown == ["run.started"]  # nothing was shown that was not written
    assert settled == [False]
    assert [e.seq for e in told] == list(range(1, 23))
    assert [e.text for e in told if isinstance(e, ev.Notice)] == [str(n) for n in range(20)]
    assert longest < 0.3


async def longest_wait(seconds: float) -> float:
    """For how long the event loop did nothing else, at most."""
    longest, until = 0.0, time.monotonic() + seconds
    while (before := time.monotonic()) < until:
        await asyncio.sleep(0.001)
        longest = max(longest, time.monotonic() - before)
    return longest


async def test_a_disk_that_is_full_ends_a_run_with_a_clear_word_and_the_next_one_goes_on(
    tmp_path: Path,
) -> None:
    journal = Journal(tmp_path)
    runs = Runs(journal, lambda session_id, event: None)

    async def body(run: Run) -> None:
        for _ in range(100):
            run.emit(ev.Notice(text="x" * 10_000))

    with no_file_above(200_000):
        run = await runs.start("s", "q", body, user_id="ada")
        *kept, last = [e async for e in run.read(0)]
        with pytest.raises(StoreFull, match="The disk is full"):
            await runs.start("s", "q", body, user_id="ada")
        late = [e async for e in runs.events(run.id)]  # who comes once it is over
    assert isinstance(last, ev.RunFailed)
    assert last.error["code"] == "STORE_FULL"
    assert len(kept) >= 2
    assert late == [*kept, last]
    assert [e.seq for e in journal.read(run.id)] == [e.seq for e in kept]
    other = await runs.start("s", "q", body, user_id="ada")
    assert (await types(runs, other.id))[-1] == "run.completed"
    assert list(journal.read(run.id)) == late  # its end is written once there is room
    assert journal.is_finished(run.id)


async def test_a_run_whose_first_event_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    runs = Runs(journal := Journal(tmp_path), lambda session_id, event: None)
    with pytest.raises(PydanticSerializationError):
        await runs.start("s", "half of a character: \ud83d", do_nothing, user_id="ada")
    assert journal.users() == []


async def do_nothing(run: Run) -> None:
    return

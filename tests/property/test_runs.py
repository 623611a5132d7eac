"""Whatever happens in a run, and whenever it is stopped: it ends once, and then says no more."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from datalens_core import events as ev
from datalens_core.errors import ERROR_CODES
from datalens_core.events import Event
from datalens_core.journal import Journal
from datalens_core.runs import Run, Runs

EXAMPLES = settings(max_examples=100, deadline=None)
KNOWN = sorted(ERROR_CODES)
ENDS = st.one_of(
    st.just("return"), st.just("hang"), st.sampled_from(KNOWN),
    st.sampled_from(["ValueError", "KeyError", "RuntimeError"]),
)  # fmt: skip
ERRORS: dict[str, type[Exception]] = {
    "ValueError": ValueError, "KeyError": KeyError, "RuntimeError": RuntimeError,
}  # fmt: skip


async def told(notices: int, end: str, stops: list[int]) -> list[Event]:
    async def body(run: Run) -> None:
        for n in range(notices):
            run.emit(ev.Notice(text=str(n)))
            await asyncio.sleep(0)
        if end == "hang":
            await asyncio.Event().wait()
        if end in ERROR_CODES:
            raise ERROR_CODES[end]()
        if end in ERRORS:
            raise ERRORS[end]("ann@corp.example at /home/ann")

    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder))
        runs = Runs(journal, lambda session_id, event: None)
        run = await runs.start("s", "q", body, user_id="ada")
        for steps in stops:
            for _ in range(steps):
                await asyncio.sleep(0)
            await runs.cancel(run.id)
        events = [event async for event in runs.events(run.id)]
        assert [event async for event in runs.events(run.id)] == events
        await runs.close()
        journal.close()
        return events


@EXAMPLES
@given(st.integers(0, 6), ENDS, st.lists(st.integers(0, 10), max_size=3))
def test_there_is_exactly_one_end_and_nothing_after_it(
    notices: int, end: str, stops: list[int]
) -> None:
    stops = stops or ([3] if end == "hang" else [])
    events = asyncio.run(told(notices, end, stops))
    assert [ev.is_terminal(event) for event in events] == [False] * (len(events) - 1) + [True]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[0].type == "run.started"
    if not stops:
        assert events[-1].type == ("run.completed" if end == "return" else "run.failed")
    shown = "".join(event.model_dump_json() for event in events)
    assert "corp.example" not in shown

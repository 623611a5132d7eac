"""Readers that follow a run, and clients that say how they want to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from datalens_core.events import Event, Notice
from datalens_jupyter.handlers.base import accepted, wants_no_wait
from datalens_jupyter.streams import until

JSON, NDJSON = "application/json", "application/x-ndjson"


class Source:
    """Two events, then a silence; it knows whether somebody still reads."""

    def __init__(self) -> None:
        self.closed = False

    async def events(self) -> AsyncGenerator[Event, None]:
        try:
            yield Notice(text="one")
            yield Notice(text="two")
            await asyncio.Event().wait()
        finally:
            self.closed = True


async def test_a_silent_stream_has_heartbeats() -> None:
    source = Source()
    coming = until(source.events(), asyncio.Event(), interval=0.01)
    seen = [await anext(coming) for _ in range(5)]
    assert [e.text if isinstance(e, Notice) else e for e in seen] == ["one", "two"] + [None] * 3
    await coming.aclose()
    assert source.closed


async def test_a_reader_that_goes_away_is_let_go_at_once() -> None:
    source, gone = Source(), asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, gone.set)
    async with asyncio.timeout(5):
        seen = [event async for event in until(source.events(), gone, interval=60)]
    assert len(seen) == 2
    assert source.closed


async def test_a_stream_ends_with_its_run() -> None:
    async def short() -> AsyncGenerator[Event, None]:
        yield Notice(text="only")

    assert len([e async for e in until(short(), asyncio.Event())]) == 1


async def test_an_error_of_the_run_reaches_the_reader() -> None:
    async def broken() -> AsyncGenerator[Event, None]:
        yield Notice(text="first")
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        assert [e async for e in until(broken(), asyncio.Event())]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", JSON),
        ("*/*", JSON),
        (NDJSON, NDJSON),
        (f"{NDJSON}, {JSON};q=0.5", NDJSON),
        (f"{NDJSON};q=0.1, {JSON}", JSON),
        (f"{NDJSON};q=nonsense", JSON),
    ],
)
def test_the_media_type_is_the_one_the_client_likes_best(accept: str, chosen: str) -> None:
    assert accepted({"Accept": accept}, (JSON, NDJSON)) == chosen


def test_respond_async_may_stand_among_other_preferences() -> None:
    assert wants_no_wait({"Prefer": "wait=10, respond-async"})
    assert not wants_no_wait({"Prefer": "return=minimal"})
    assert not wants_no_wait({})

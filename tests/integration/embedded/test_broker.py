"""The broker's exchange with the zygote: each answer reaches the one who asked."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest

from datalens_core.sandbox.embedded.broker import Broker, Fork
from datalens_core.sandbox.embedded.limits import Limits


@pytest.fixture
def broker() -> Iterator[Broker]:
    started = Broker.start(Limits())
    yield started
    started.close()


async def forked(broker: Broker) -> int:
    """A box that is let go at once; its id."""
    box: Fork = await broker.fork()
    box.channel.close()
    os.close(box.pidfd)
    os.close(box.folder_fd)
    return box.pid


async def test_an_answer_that_nobody_waits_for_any_more_is_nobody_elses(broker: Broker) -> None:
    pid = await forked(broker)
    before = set(os.listdir("/proc/self/fd"))
    for turns in range(30):
        given_up = [
            asyncio.create_task(broker.hidden_usage(pid)),
            asyncio.create_task(forked(broker)),
        ]
        for _ in range(turns % 5):
            await asyncio.sleep(0.0005)
        for task in given_up:
            task.cancel()
        assert await forked(broker) > pid
        assert (await broker.hidden_usage(pid)).bytes >= 0
        await asyncio.gather(*given_up, return_exceptions=True)
    assert len(os.listdir("/proc/self/fd")) <= len(before) + 2

"""The places where a history can be: each test of the store protocol runs in all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from datalens_core.sessions.sqlite import SQLiteStore
from datalens_core.sessions.store import SessionStore


@dataclass
class Place:
    """Where a history is kept, with two users who may keep one there."""

    another: Callable[[], SessionStore]
    ada: str
    bob: str


@pytest.fixture(params=["sqlite"])
async def place(tmp_path: Path) -> Place:
    return Place(lambda: SQLiteStore(tmp_path), "ada", "bob")


@pytest.fixture
async def store(place: Place) -> AsyncIterator[SessionStore]:
    store = place.another()
    await store.open()
    yield store
    await store.close()

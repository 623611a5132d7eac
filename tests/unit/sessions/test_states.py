"""Sessions that nobody uses do not stay in memory; those in use keep what their tokens mean."""

from __future__ import annotations

import pytest

from datalens_core.privacy.session import PrivacySessions
from datalens_core.sessions.state import SessionState
from datalens_core.sessions.states import IDLE_SECONDS, SessionStates


class Bench:
    """States with a clock that is moved by hand, and real vaults."""

    def __init__(self) -> None:
        self.time = 0.0
        self.busy: set[str] = set()
        self.privacy = PrivacySessions()
        self.states = SessionStates(
            lambda session_id: session_id in self.busy, self.privacy.drop, clock=lambda: self.time
        )

    def hide(self, session_id: str, text: str) -> str:
        return self.privacy.of(session_id).redact(text, "question")[0]

    def show(self, session_id: str, text: str) -> str:
        return self.privacy.of(session_id).restore_text(text)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_an_idle_session_goes_with_its_vault_when_another_comes(bench: Bench) -> None:
    bench.states.add("idle", SessionState())
    assert bench.hide("idle", "ann@corp.example") == "<EMAIL_ADDRESS_1>"
    bench.time += IDLE_SECONDS + 1
    bench.states.add("new", SessionState())
    assert bench.states.get("idle") is None
    assert bench.states.get("new") is not None
    # A token of the old vault stands for nothing; the next value is the first again.
    assert bench.show("idle", "<EMAIL_ADDRESS_1>") == "[an email address that is not known]"
    assert bench.hide("idle", "bob@corp.example") == "<EMAIL_ADDRESS_1>"


async def test_a_session_with_a_run_or_an_upload_keeps_its_tokens(bench: Bench) -> None:
    uploading = SessionState()
    for session_id, state in (("running", SessionState()), ("uploading", uploading)):
        bench.states.add(session_id, state)
        bench.hide(session_id, "ann@corp.example")
    bench.busy.add("running")
    await uploading.uploading.acquire()
    bench.time += 10 * IDLE_SECONDS
    bench.states.add("new", SessionState())
    for session_id in ("running", "uploading"):
        assert bench.show(session_id, "<EMAIL_ADDRESS_1>") == "ann@corp.example"


def test_being_asked_for_is_being_used(bench: Bench) -> None:
    bench.states.add("used", SessionState())
    for _ in range(5):
        bench.time += IDLE_SECONDS * 0.9
        assert bench.states.get("used") is not None
        bench.states.add(f"other at {bench.time}", SessionState())


def test_what_is_in_memory_is_bounded_by_what_was_used_lately(bench: Bench) -> None:
    for number in range(1000):
        bench.time += IDLE_SECONDS / 10
        bench.states.add(str(number), SessionState())
        bench.hide(str(number), "ann@corp.example")
    assert repr(bench.privacy) == "PrivacySessions(11 sessions)"


def test_a_state_that_is_there_is_not_replaced(bench: Bench) -> None:
    first = bench.states.add("s", SessionState())
    assert bench.states.add("s", SessionState()) is first

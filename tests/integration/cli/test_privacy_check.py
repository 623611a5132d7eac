"""`datalens privacy check` proves that nothing personal left, and fails where something does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from datalens_core import Settings
from datalens_core.llm import outbound
from datalens_core.privacy import protection
from datalens_core.selfcheck.canaries import Canary
from datalens_core.selfcheck.check import CHANNELS, privacy_check
from datalens_core.selfcheck.report import report


async def test_nothing_personal_leaves_by_any_channel(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings.offline(privacy_entities=("CREDIT_CARD", "IBAN_CODE"))
    assert await report(settings, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["passed"]
    states = {f["channel"]: f["state"] for f in found["channels"]}
    assert set(states) == {*CHANNELS, "retries"}
    assert states.pop("session title") == "not sent"
    assert set(states.values()) == {"replaced"}, states
    assert found["requests"] > 10
    assert found["bytes_sent"] > 50_000


async def test_what_leaves_is_found_in_every_channel(capsys: pytest.CaptureFixture[str]) -> None:
    leaky = Settings.offline(privacy_allow=("@datalens-check.example",))
    assert await report(leaky, as_json=False) == 1
    said = capsys.readouterr().out
    for channel in set(CHANNELS) - {"session title", "hidden column"}:
        assert f"✗ {channel}: left in clear" in said
    assert "@datalens-check" not in said
    assert "Send nothing until it passes." in said


async def test_a_guard_that_is_gone_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    redacted = outbound._Redactor._text

    def all_but_the_models_words(made: Any, role: str, text: str, channel: str) -> str:
        return text if channel == "reply" else redacted(made, role, text, channel)

    monkeypatch.setattr(protection, "_name_pattern", lambda _: "(?!)")
    monkeypatch.setattr(outbound._Redactor, "_text", all_but_the_models_words)
    result = await privacy_check(Settings.offline())
    states = {f.channel: f.state for f in result.channels}
    assert not result.passed
    assert (states["hidden column"], states["the model's words"]) == ("left", "left")
    assert (states["standard output"], states["profile"]) == ("replaced", "replaced")


async def test_a_check_that_could_not_be_made_is_no_pass() -> None:
    result = await privacy_check(Settings.offline(privacy_patterns=(r"(\w|\w\w| )+\Z",)))
    assert not result.passed
    assert result.failed
    assert {f.state for f in result.channels} <= {"not reached", "not sent", "replaced"}


@pytest.mark.parametrize("write", [str, str.upper, lambda t: t.replace("@", "%40")])
def test_a_value_is_found_in_any_form(write: object) -> None:
    assert callable(write)
    canary = Canary.of("question", ("4111 1111 1111 1111",))
    for form in (canary.email, canary.phone, "4111111111111111", "4111-1111-1111-1111"):
        assert canary.left(f"x {write(form)} y")
    assert not canary.left(f"x {canary.marker} y 4111111111111112")

"""E2B's failures, each as its users have met it: the session goes on, and is told the truth."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from datalens_core.errors import SandboxLost, SandboxUnavailable, ServiceMisconfigured
from datalens_core.sandbox import lifecycle, live, making, places
from datalens_core.sandbox.contract import DataFile, Recipe
from datalens_core.sandbox.endpoints import EmbeddedEndpoint
from datalens_core.sandbox.lifecycle import SessionSandboxes
from datalens_core.settings import Settings
from tests.integration.sandbox.conftest import TIME_LIMIT, Bench
from tests.support.faulty_e2b import (
    FaultyE2B,
    answer,
    cut,
    gone,
    hang_up,
    restarted,
    swallow,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
CREATE = ("POST", "/v2/sandboxes")
EXECUTE = ("POST", "/execute")
RENEW = ("POST", ".*/timeout")
KEY = "e2b_0123456789abcdef"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def embedded() -> AsyncIterator[EmbeddedEndpoint]:
    endpoint = EmbeddedEndpoint(Settings.offline(execution_timeout_seconds=TIME_LIMIT))
    yield endpoint
    await endpoint.close()


@pytest_asyncio.fixture(loop_scope="module")
async def service(
    embedded: EmbeddedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FaultyE2B]:
    monkeypatch.setattr(making, "CREATE_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(making, "BUSY_PAUSES_SECONDS", (0.01, 0.02, 0.04))
    monkeypatch.setattr(live, "RECONNECT_SECONDS", 0.05)
    endpoint = await embedded.start()
    async with FaultyE2B(str(endpoint.api_url), endpoint.api_key) as service:
        yield service
        assert not service.faults, "a fault of the script never struck"


@pytest_asyncio.fixture(loop_scope="module")
async def bench(service: FaultyE2B) -> AsyncIterator[Bench]:
    async for made in a_bench(service):
        yield made


async def a_bench(service: FaultyE2B, **fields: Any) -> AsyncIterator[Bench]:
    settings = Settings(e2b_api_key=SecretStr(KEY), execution_timeout_seconds=TIME_LIMIT, **fields)
    sandboxes = SessionSandboxes(settings, service, user_of=first_word)
    yield Bench(sandboxes, service)
    await sandboxes.close()


async def first_word(session: str) -> str:
    """The sessions of these tests are named by their user."""
    return session.partition(" ")[0]


async def test_what_the_embedded_sandbox_does_e2b_does(bench: Bench) -> None:
    await bench.run("s", "x = 41")
    assert (await bench.run("s", "print('out'); x + 1")).stdout == "out\n42\n"
    assert (await bench.run("s", "1 / 0")).error_name == "ZeroDivisionError"
    assert not bench.replaced


@pytest.mark.parametrize("fault", [answer(500), answer(503), answer(500, b"<html>"), hang_up()])
async def test_one_failed_creation_is_not_noticed(
    bench: Bench, service: FaultyE2B, fault: Any
) -> None:
    service.fail(*CREATE, fault)
    assert (await bench.run("s", "6 * 7")).stdout == "42\n"
    assert not bench.replaced


async def test_a_busy_service_is_asked_again_and_more_patiently(
    bench: Bench, service: FaultyE2B
) -> None:
    service.fail(*CREATE, *[answer(429, Should_Retry="false")] * 3)
    assert (await bench.run("s", "6 * 7")).stdout == "42\n"
    assert service.count("POST /v2/sandboxes") == 4


async def test_a_service_that_stays_busy_is_a_503(bench: Bench, service: FaultyE2B) -> None:
    service.fail(*CREATE, *[answer(429, Should_Retry="false")] * 4)
    with pytest.raises(SandboxUnavailable) as refused:
        await bench.run("s", "1")
    assert refused.value.status == 503
    assert refused.value.details["reason"] == "Too many sandboxes are in use at once."


async def test_at_the_limit_of_sandboxes_the_idle_one_goes_and_its_session_is_told(
    bench: Bench, service: FaultyE2B
) -> None:
    await bench.run("older", "kept = 1")
    service.fail(*CREATE, answer(429, Should_Retry="false"))
    await bench.run("newer", "1")
    assert service.count("DELETE /sandboxes/.*") == 1
    result = await bench.run("older", "kept", Recipe(replay=["kept = 1"]))
    assert result.stdout == "1\n"
    assert [told.reason for told in bench.replaced] == [places.MADE_ROOM]


async def test_each_user_has_a_limit_of_their_own_and_only_their_own_idle_sandbox_goes(
    service: FaultyE2B,
) -> None:
    async for bench in a_bench(service, max_sandboxes=2):
        for session in ("ada 1", "bob 1", "ada 2", "bob 2"):
            await bench.run(session, f"kept = {session[-1]}")
        await bench.run("ada 1", "used = 1")
        await bench.run("ada 3", "1")
        held = {s for s in ("ada 1", "ada 2", "ada 3", "bob 1", "bob 2") if has(bench, s)}
        assert held == {"ada 1", "ada 3", "bob 1", "bob 2"}
        recipe = Recipe(replay=["kept = 2"])
        assert (await bench.run("ada 2", "kept", recipe)).stdout == "2\n"
        assert [(told.reason, told.restored) for told in bench.replaced] == [
            (places.MADE_ROOM, ["1 execution"])
        ]


async def test_a_user_whose_sandboxes_are_all_at_work_is_told_and_others_are_served(
    service: FaultyE2B,
) -> None:
    async for bench in a_bench(service, max_sandboxes=2):
        code = "print('at work', flush=True); import time; time.sleep(1)"
        running = [asyncio.create_task(bench.run(f"ada {n}", code)) for n in (1, 2)]
        await bench.spoke.wait()
        with pytest.raises(SandboxUnavailable, match="sessions as may run code at once"):
            await bench.run("ada 3", "1")
        assert (await bench.run("bob 1", "6 * 7")).stdout == "42\n"
        assert [(await one).stdout for one in running] == ["at work\n"] * 2
        assert (await bench.run("ada 3", "1")).stdout == "1\n"


async def test_sessions_that_begin_at_once_stay_within_the_limit(service: FaultyE2B) -> None:
    async for bench in a_bench(service, max_sandboxes=3):
        asked = [bench.run(f"ada {n}", "import time; time.sleep(0.5); 1") for n in range(5)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        served = [a for a in answers if not isinstance(a, BaseException)]
        assert len(served) == 3
        assert sum(isinstance(a, SandboxUnavailable) for a in answers) == 2


async def test_a_place_that_nobody_uses_is_forgotten_in_the_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.run("s", "1")
    held = bench.sandboxes._places
    await held.retire(3600)
    assert has(bench, "s")
    await held.retire(0)
    assert not has(bench, "s")
    assert list(held) == ["s"]  # it is still known why its sandbox went
    monkeypatch.setattr(places, "FORGOTTEN_AFTER_SECONDS", 0.0)
    await held.retire(0)
    assert not list(held)


def has(bench: Bench, session: str) -> bool:
    return bench.sandboxes.sandbox_id(session) is not None


async def test_a_refused_key_is_said_at_once(bench: Bench, service: FaultyE2B) -> None:
    body = json.dumps({"code": 401, "message": f"no such key {KEY}"}).encode()
    service.fail(*CREATE, answer(401, body))
    with pytest.raises(ServiceMisconfigured) as refused:
        await bench.run("s", "1")
    assert service.count("POST /v2/sandboxes") == 1
    assert KEY not in json.dumps(refused.value.body())


async def test_a_service_that_keeps_failing_is_left_alone(bench: Bench, service: FaultyE2B) -> None:
    service.fail(*CREATE, *[answer(500)] * 6)
    for _ in range(3):
        with pytest.raises(SandboxUnavailable):
            await bench.run("s", "1")
    asked = len(service.asked)
    with pytest.raises(SandboxUnavailable) as refused:
        await bench.run("s", "1")
    assert len(service.asked) == asked
    assert 0 < int(str(refused.value.details["retry_after_seconds"])) <= 30


async def test_a_sandbox_that_vanished_is_made_again_with_data_and_variables(
    bench: Bench, service: FaultyE2B, tmp_path: Path
) -> None:
    source = tmp_path / "n.csv"
    source.write_text("n\n1\n2\n")
    files = [DataFile(source, "n.csv", "import pandas as pd\ndf = pd.read_csv('n.csv')")]
    await bench.run("s", "total = int(df['n'].sum())", Recipe(files))
    service.fail(*EXECUTE, gone())
    result = await bench.run("s", "total + 1", Recipe(files, ["total = int(df['n'].sum())"]))
    assert result.stdout == "4\n"
    (told,) = bench.replaced
    assert told.restored == ["n.csv", "1 execution"]


@pytest.mark.parametrize(
    "fault",
    [cut(1, cleanly=False), cut(1, cleanly=True), swallow()],
    ids=["the stream breaks", "the stream ends early, cleanly", "no answer comes"],
)
async def test_code_of_unknown_effect_is_never_run_twice(
    bench: Bench, service: FaultyE2B, fault: Any
) -> None:
    await bench.run("s", "runs = []")
    service.fail(*EXECUTE, fault)
    with pytest.raises(SandboxLost, match="not run again"):
        await bench.run("s", "runs.append(1)\nprint('a')\nprint('b')")
    assert sum("runs.append" in code for code in service.ran) == 1
    assert (await bench.run("s", "len(runs)", Recipe(replay=["runs = []"]))).stdout == "1\n"
    assert not bench.replaced


async def test_a_broken_stream_of_a_dead_sandbox_loses_it_and_says_so(
    bench: Bench, service: FaultyE2B
) -> None:
    await bench.run("s", "runs = []")
    service.fail(*EXECUTE, cut(1, cleanly=False))
    service.fail(*RENEW, answer(404))
    with pytest.raises(SandboxLost):
        await bench.run("s", "runs.append(1)\nprint('a')\nprint('b')")
    assert (await bench.run("s", "runs", Recipe(replay=["runs = []"]))).stdout == "[]\n"
    assert [told.restored for told in bench.replaced] == [["1 execution"]]


async def test_a_refused_connection_is_tried_once_more_before_anything_is_given_up(
    bench: Bench, service: FaultyE2B
) -> None:
    await bench.run("s", "kept = 5")
    place = bench.sandboxes.sandbox_id("s")
    service.fail(*EXECUTE, hang_up())
    with pytest.raises(SandboxLost, match="its result is unknown"):
        await bench.run("s", "kept")
    assert (await bench.run("s", "kept")).stdout == "5\n"
    assert bench.sandboxes.sandbox_id("s") == place


async def test_a_restarted_kernel_is_a_lost_sandbox(bench: Bench, service: FaultyE2B) -> None:
    await bench.run("s", "kept = 5")
    service.fail(*EXECUTE, restarted())
    with pytest.raises(SandboxLost):
        await bench.run("s", "kept = 6")
    result = await bench.run("s", "kept", Recipe(replay=["kept = 5"]))
    assert result.stdout == "5\n"


async def test_a_file_whose_upload_broke_is_sent_again(
    bench: Bench, service: FaultyE2B, tmp_path: Path
) -> None:
    source = tmp_path / "n.csv"
    source.write_text("n\n1\n2\n")
    await bench.run("s", "1")
    service.fail("POST", "/files", hang_up())
    await bench.sandboxes.upload("s", source, "n.csv")
    assert (await bench.run("s", "len(open('n.csv').read())")).stdout == "6\n"


async def test_a_disk_that_is_full_is_said(
    bench: Bench, service: FaultyE2B, tmp_path: Path
) -> None:
    source = tmp_path / "n.csv"
    source.write_text("n\n1\n")
    await bench.run("s", "1")
    service.fail("POST", "/files", answer(507))
    with pytest.raises(SandboxUnavailable) as refused:
        await bench.sandboxes.upload("s", source, "n.csv")
    assert "disk is full" in str(refused.value.details["reason"])


async def test_a_sandbox_is_renewed_at_its_use_and_killed_with_its_session(
    bench: Bench, service: FaultyE2B, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RENEW_SECONDS", 0.0)
    await bench.run("s", "1")
    await bench.run("s", "2")
    assert service.count("POST /sandboxes/.*/timeout") == 2
    await bench.sandboxes.kill("s")
    assert service.count("DELETE /sandboxes/.*") == 1


async def test_the_internet_is_off_unless_an_admin_turns_it_on_and_then_nothing_is_replayed(
    bench: Bench, service: FaultyE2B
) -> None:
    await bench.run("s", "1")
    async for open_bench in a_bench(service, sandbox_internet_access=True):
        result = await open_bench.run("t", "'kept' in dir()", Recipe(replay=["kept = 1", "2"]))
        assert result.stdout == "False\n"
        assert [told.lost for told in open_bench.replaced] == [
            [f"step 1 and what follows: {live.NOT_WITH_INTERNET}"]
        ]
        await open_bench.run("t", "1", Recipe(replay=["kept = 1", "2"]))
        assert len(open_bench.replaced) == 1
        assert not sum("kept = 1" in code for code in service.ran)
    assert service.internet == [False, True]


async def test_with_the_users_word_all_is_run_again_in_order_with_internet_access_too(
    service: FaultyE2B,
) -> None:
    history = ["kept = [1]", "kept.append(2)"]
    async for bench in a_bench(service, sandbox_internet_access=True):
        told = await bench.sandboxes.restore("s", Recipe(replay=history))
        assert (told.restored, len(told.lost), told.agreement_needed) == ([], 1, True)
        await bench.run("s", "late = 3", Recipe(replay=history))
        history.append("late = 3")
        told = await bench.sandboxes.restore("s", Recipe(replay=history, agreed=True))
        assert (told.reason, told.restored, told.lost) == (lifecycle.AGREED, ["3 executions"], [])
        assert not told.agreement_needed
        result = await bench.run("s", "kept + [late]", Recipe(replay=history))
        assert result.stdout == "[1, 2, 3]\n"
        ran = len(service.ran)
        await bench.sandboxes.restore("s", Recipe(replay=history, agreed=True))
        assert len(service.ran) == ran  # there was nothing left to run


def done(exit_code: int) -> Any:
    """What E2B answers to a command that ended."""
    ended = {"exitCode": exit_code, "exited": True, "status": f"exit status {exit_code}"}
    frames = [{"event": {"start": {"pid": 1}}}, {"event": {"end": ended}}]
    body = b"".join(
        b"\0" + len(data).to_bytes(4, "big") + data
        for data in (json.dumps(frame).encode() for frame in frames)
    )
    return answer(200, body + b"\2\0\0\0\2{}", Content_Type="application/connect+json")


async def test_the_admins_packages_are_installed_in_a_sandbox_with_internet_access(
    service: FaultyE2B,
) -> None:
    wanted = ("statsmodels==0.14.4", "no-such-thing", "x; rm -rf /")
    async for bench in a_bench(service, sandbox_internet_access=True, sandbox_packages=wanted):
        service.fail("POST", "/process.Process/Start", done(0), done(1))
        assert (await bench.run("s", "6 * 7")).stdout == "42\n"
        assert service.count("POST /process.Process/Start") == 2
        (told,) = bench.replaced
        assert told.lost == [f"the package {name} could not be installed" for name in wanted[1:]]
        await bench.run("s", "1")
        assert len(bench.replaced) == 1
    async for bench in a_bench(service, sandbox_packages=wanted):
        await bench.run("s", "1")
        assert service.count("POST /process.Process/Start") == 2
        assert not bench.replaced
        assert (await bench.run("s", "%pip install statsmodels")).error_name == "OSError"

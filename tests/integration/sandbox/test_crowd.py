"""Many sessions at once keep apart; killing any part of the sandbox at any moment is survived.

`benchmarks/sandbox_crowd.py` and `sandbox_kills.py` do the same with 100 sessions and 50 kills.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from datalens_core.errors import SandboxLost, SandboxUnavailable
from datalens_core.models import ArtifactType
from datalens_core.sandbox.contract import DataFile, Recipe
from datalens_core.sandbox.endpoints import EmbeddedEndpoint
from datalens_core.sandbox.lifecycle import SessionSandboxes
from datalens_core.settings import Settings
from tests.integration.embedded.test_lifetime import alive, family, wait_until
from tests.integration.sandbox.conftest import Bench

pytestmark = pytest.mark.asyncio(loop_scope="module")
SESSIONS = 16
CODE = """
means = df.groupby("g", as_index=False)["x"].mean()
px.bar(means, x="g", y="x", title=f"Session {int(df['who'].iloc[0])}").show()
mine = globals().get("mine", 0) + int(df["who"].iloc[0])
print(mine)
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandboxes() -> AsyncIterator[tuple[SessionSandboxes, EmbeddedEndpoint]]:
    """With the usual time limit: sixteen at once on few processors wait for each other."""
    settings = Settings.offline()
    endpoint = EmbeddedEndpoint(settings)
    running = SessionSandboxes(settings, endpoint)
    yield running, endpoint
    await running.close()


async def test_sessions_at_once_see_their_own_data_and_state_twice(
    sandboxes: Any, tmp_path: Path
) -> None:
    for number in range(SESSIONS):
        rows = "\n".join(f"{number},{row % 5},{row}" for row in range(20_000))
        (tmp_path / f"{number}.csv").write_text(f"who,g,x\n{rows}\n")

    async def ask(number: int) -> None:
        file = DataFile(tmp_path / f"{number}.csv", "d.csv", "df = pd.read_csv('d.csv')")
        result = await Bench(*sandboxes).run(f"crowd-{number}", CODE, Recipe([file]))
        seen.append((number, result.stdout.strip(), charts_of(result)))

    for round_ in (1, 2):
        seen: list[tuple[int, str, list[str]]] = []
        await asyncio.gather(*(ask(number) for number in range(SESSIONS)))
        assert sorted(seen) == [
            (number, str(number * round_), [f"Session {number}"]) for number in range(SESSIONS)
        ]
    running, _ = sandboxes
    for number in range(SESSIONS):
        await running.kill(f"crowd-{number}")


def charts_of(result: Any) -> list[str]:
    return [a.metadata.title for a in result.artifacts if a.type is ArtifactType.CHART]


async def test_a_part_that_is_killed_at_any_moment_is_made_again(bench: Bench) -> None:
    chance = random.Random(5)
    history = ["import time; kept = 1"]
    seen: set[int] = set()
    for what in ("box", "box", "box", "box", "server", "box", "zygote"):
        await bench.run("killed", history[0], Recipe(replay=history))
        assert bench.endpoint.pid is not None
        parts = family(bench.endpoint.pid)
        seen |= parts
        bench.output.clear()
        code = "for n in range(20): print(n, flush=True); time.sleep(0.01)"
        running = asyncio.create_task(bench.run("killed", code, Recipe(replay=history)))
        await asyncio.sleep(chance.uniform(0, 0.15))
        victims = {
            "server": [bench.endpoint.pid],
            "zygote": children(bench.endpoint.pid, parts),
            "box": sorted(parts)[-2:],
        }[what]
        victim = chance.choice(victims)
        os.kill(victim, signal.SIGKILL)
        (outcome,) = await asyncio.gather(running, return_exceptions=True)
        assert not isinstance(outcome, BaseException) or isinstance(
            outcome, (SandboxLost, SandboxUnavailable)
        )
        heard = "".join(text for stream, text in bench.output if stream == "stdout")
        assert heard == "".join(f"{n}\n" for n in range(heard.count("\n")))
        # A killed process takes its time to die, and those that die with it take theirs.
        assert await asyncio.to_thread(ends, victim)
        await asyncio.sleep(0.3)
        answer = await bench.run("killed", "kept + 1", Recipe(replay=history))
        assert answer.stdout == "2\n"
    gone = seen - family(bench.endpoint.pid or 0)
    assert not alive(gone)


async def test_code_that_a_dying_sandbox_never_began_is_run_once_in_a_new_one(
    bench: Bench,
) -> None:
    history = ["runs = []"]
    said = await bench.run("unread", history[0] + "\nimport os; print(os.getpid())")
    box = process_called(int(said.stdout), bench.endpoint.pid or 0)
    os.kill(box, signal.SIGSTOP)
    code = "runs.append(1)\nlen(runs)"
    running = asyncio.create_task(bench.run("unread", code, Recipe(replay=history)))
    await asyncio.sleep(0.3)
    os.kill(box, signal.SIGKILL)
    assert (await running).stdout == "1\n"
    assert [told.restored for told in bench.replaced] == [["1 execution"]]


async def test_a_question_right_after_the_servers_death_is_answered(bench: Bench) -> None:
    await bench.run("instant", "kept = 1")
    for _ in range(3):
        assert bench.endpoint.pid is not None
        os.kill(bench.endpoint.pid, signal.SIGKILL)
        answer = await bench.run("instant", "kept + 1", Recipe(replay=["kept = 1"]))
        assert answer.stdout == "2\n"


def process_called(pid: int, server: int) -> int:
    """The process of a server that has this id in its own namespace."""
    (found,) = (
        one
        for one in family(server)
        for line in Path(f"/proc/{one}/status").read_text().splitlines()
        if line.startswith("NSpid:") and int(line.split()[-1]) == pid
    )
    return found


def ends(pid: int) -> bool:
    return wait_until(lambda: not alive({pid}))


def children(parent: int, pids: set[int]) -> list[int]:
    found = []
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except FileNotFoundError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == parent:
            found.append(pid)
    return found

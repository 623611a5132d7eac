"""Server, zygote or a child is killed at a random moment, 50 times: the next question works.

Every other one is asked at once, while the killed process still dies: it works too, or is said to
be lost, and then the one after it works.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import tempfile
import time
from pathlib import Path

from benchmarks.figures import summary
from benchmarks.processes import alive, family
from datalens_core import Settings
from datalens_core.errors import SandboxLost, SandboxUnavailable
from datalens_core.sandbox.contract import Recipe
from datalens_core.sandbox.endpoints import EmbeddedEndpoint
from datalens_core.sandbox.lifecycle import SessionSandboxes

KILLS = 50
SEED = 20
SETTLE_SECONDS = 0.3  # those that die with it
HISTORY = ["import time; kept = 1"]
CODE = "total = sum(range(200_000))\nfor n in range(20): print(n, flush=True); time.sleep(0.01)"


def measure() -> dict[str, object]:
    return asyncio.run(_measure())


async def _measure() -> dict[str, object]:
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.offline(data_dir=Path(folder))
        endpoint = EmbeddedEndpoint(settings)
        sandboxes = SessionSandboxes(settings, endpoint)
        back, lost, lost_at_once, killed = [], 0, 0, dict.fromkeys(("server", "zygote", "child"), 0)
        seen: set[int] = set()
        for number in range(KILLS):
            session = f"session-{number % 5}"
            await _ask(sandboxes, session, HISTORY[0], HISTORY)
            assert endpoint.pid is not None
            pids = family(endpoint.pid)
            seen |= pids
            what = chance.choice(list(killed))
            heard: list[str] = []
            running = asyncio.create_task(_ask(sandboxes, session, CODE, HISTORY, heard))
            await asyncio.sleep(chance.uniform(0, 0.3))
            victim = _kill(what, endpoint.pid, pids, chance)
            killed[what] += victim is not None
            outcome = (await asyncio.gather(running, return_exceptions=True))[0]
            if isinstance(outcome, (SandboxLost, SandboxUnavailable)):
                lost += 1
            elif isinstance(outcome, BaseException):
                raise outcome
            if heard != [f"{n}\n" for n in range(len(heard))]:
                raise RuntimeError(f"events are missing: {heard}")
            at_once = number % 2 == 1
            if not at_once:
                if victim is not None:
                    await asyncio.to_thread(_await_end, victim)
                await asyncio.sleep(SETTLE_SECONDS)
            began = time.perf_counter()
            try:
                answer = await _ask(sandboxes, session, "kept + 1", HISTORY)
            except (SandboxLost, SandboxUnavailable):
                if not at_once:
                    raise
                lost_at_once += 1
                answer = await _ask(sandboxes, session, "kept + 1", HISTORY)
            back.append(time.perf_counter() - began)
            if answer != "2\n":
                raise RuntimeError(f"the next question was answered {answer!r}")
        assert endpoint.pid is not None
        seen |= family(endpoint.pid)
        await sandboxes.close()
        await asyncio.sleep(0.5)
        left = alive(seen)
    if left:
        raise RuntimeError(f"{len(left)} processes are left")
    return {
        "killed": killed,
        "runs_lost": lost,
        "lost_at_once": lost_at_once,
        "next_question": summary(back),
        "orphans": 0,
    }


async def _ask(
    sandboxes: SessionSandboxes,
    session: str,
    code: str,
    replay: list[str],
    heard: list[str] | None = None,
) -> str:
    result = await sandboxes.execute(
        session,
        code,
        recipe=lambda: Recipe(replay=replay),
        on_output=lambda stream, text: None if heard is None else heard.append(text),
        on_replaced=lambda replacement: None,
    )
    if not result.success:
        raise RuntimeError(str(result.artifacts))
    return result.stdout


def _kill(what: str, server: int, pids: set[int], chance: random.Random) -> int | None:
    """Who was killed, if there was one: the zygote is the server's child, a box the zygote's."""
    parents = {pid: _parent(pid) for pid in alive(pids)}
    zygotes = {pid for pid, parent in parents.items() if parent == server}
    # Bubblewrap, if it is there, stands between the server and the zygote.
    inner = {pid for pid, parent in parents.items() if parent in zygotes}
    children = sorted(pid for pid, parent in parents.items() if parent in inner) or sorted(inner)
    wanted = {"server": [server], "zygote": sorted(zygotes), "child": children}[what]
    if not wanted:
        return None
    victim = chance.choice(wanted)
    try:
        os.kill(victim, signal.SIGKILL)
    except ProcessLookupError:
        return None
    return victim


def _await_end(pid: int) -> None:
    while alive({pid}):
        time.sleep(0.01)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0

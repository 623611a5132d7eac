"""What the agent itself costs: a model of no latency, and a sandbox that answers at once.

`question` is a whole question of two executions, in seconds. `worker` parts the time that an
agent's thread is busy by whose code it is (profiled, waiting left out): smolagents' share is named,
with what it brings along. `crowd` is the memory of questions that all wait for their model at once.
"""

from __future__ import annotations

import asyncio
import cProfile
import pstats
import resource
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import summary
from datalens_core.agents.reasoning import ReasoningAgent
from datalens_core.settings import Settings
from tests.unit.agents.scripted import ScriptedGateway, ScriptedRun, answers, plans, runs, worked

QUESTIONS = 60
CROWD = 50
BROUGHT_ALONG = ("smolagents", "jinja2", "rich")
_PAGE_MB = resource.getpagesize() / 2**20


def measure() -> dict[str, object]:
    took = asyncio.run(_questions())
    return {
        "question": summary(took),
        "worker": asyncio.run(_profiled()),
        "crowd": asyncio.run(_crowd()),
    }


def _script() -> ScriptedGateway:
    return ScriptedGateway(
        plans("Group.", "Draw."),
        runs("df.groupby('region')['revenue'].sum()"),
        runs("df.groupby('region')['revenue'].mean()"),
        answers("Europe leads with 52."),
    )


async def _ask(gateway: ScriptedGateway) -> None:
    run = ScriptedRun(lambda code: worked(code, "Europe 52.0"))
    await ReasoningAgent(gateway, Settings.offline()).run(run)


async def _questions() -> list[float]:
    took = []
    for number in range(QUESTIONS + 3):
        began = time.perf_counter()
        await _ask(_script())
        if number >= 3:  # the first ones import what acting needs
            took.append(time.perf_counter() - began)
    return took


# -- whose time it is ------------------------------------------------------------------------------


async def _profiled() -> dict[str, float]:
    profiles: list[cProfile.Profile] = []

    def begin(*_: Any) -> None:
        """Called by a thread that starts: from here on the profiler itself listens to it."""
        profile = cProfile.Profile()
        profiles.append(profile)
        profile.enable()

    threading.setprofile(begin)
    try:
        for _ in range(QUESTIONS):
            await _ask(_script())
    finally:
        threading.setprofile(None)
    return _shares(profiles)


def _shares(profiles: list[cProfile.Profile]) -> dict[str, float]:
    """Of the time in which agents' threads were busy, the part of each."""
    times: dict[str, float] = {}
    for profile in profiles:
        stats: Any = pstats.Stats(profile)
        names = {name for _, _, name in stats.stats}
        if "work" not in names:  # a thread of the loop's executor
            continue
        for (file, _, name), (_, _, own, _, callers) in stats.stats.items():
            if "acquire" in name:  # it waits for the loop
                continue
            owner = (
                _owner(file)
                or max(
                    ((_owner(caller[0]), spent[2]) for caller, spent in callers.items()),
                    key=lambda held: held[1],
                    default=("", 0.0),
                )[0]
            )
            times[owner or "python"] = times.get(owner or "python", 0.0) + own
    whole = sum(times.values())
    shares = {name: round(times.get(name, 0.0) / whole, 3) for name in BROUGHT_ALONG}
    return {
        "busy_ms_a_question_profiled": round(1_000 * whole / QUESTIONS, 2),
        **{f"share_of_{name}": share for name, share in shares.items()},
        # What is left is Python's own, called by smolagents but for what DataLens does there.
        "share_of_smolagents_and_what_it_calls": round(
            1 - times.get("datalens_core", 0.0) / whole, 3
        ),
    }


def _owner(file: str) -> str:
    parts = Path(file).parts
    return next((p for p in (*BROUGHT_ALONG, "datalens_core") if p in parts), "")


# -- many at once ----------------------------------------------------------------------------------


async def _crowd() -> dict[str, float]:
    before = _resident_mb()
    gateways = [ScriptedGateway(plans("One."), runs("df"), hang_at=2) for _ in range(CROWD)]
    tasks = [asyncio.ensure_future(_ask(gateway)) for gateway in gateways]
    await asyncio.gather(*(gateway.hanging.wait() for gateway in gateways))
    threads = sum(t.name == "datalens-agent" for t in threading.enumerate())
    memory = _resident_mb() - before
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {
        "runs": CROWD,
        "threads": threads,
        "memory_mb": round(memory, 1),
        "memory_mb_a_run": round(memory / CROWD, 2),
        "threads_left": sum(t.name == "datalens-agent" for t in threading.enumerate()),
    }


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_MB

"""100 sessions at once, each with data of its own, a group-by and a chart; then all of it again."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.figures import summary
from benchmarks.processes import alive, family, pss_mb
from datalens_core import Settings
from datalens_core.models import ArtifactType
from datalens_core.sandbox.contract import DataFile, Recipe
from datalens_core.sandbox.embedded.launch import WORK_PREFIX
from datalens_core.sandbox.endpoints import EmbeddedEndpoint
from datalens_core.sandbox.lifecycle import SessionSandboxes

SESSIONS = 100
ROWS = 40_000  # 1 MB
GOAL_MB = 4096
SETTLE_SECONDS = 0.5
CODE = """
means = df.groupby("g", as_index=False)["x"].mean()
fig = px.bar(means, x="g", y="x", title=f"Session {int(df['who'].iloc[0])}")
fig.show()
mine = globals().get("mine", 0) + int(df["who"].iloc[0])
print(mine)
"""


def measure() -> dict[str, object]:
    return asyncio.run(_measure())


async def _measure() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        await asyncio.to_thread(_write_data, Path(folder))
        before = left_overs()
        settings = Settings.offline(data_dir=Path(folder) / "data")
        endpoint = EmbeddedEndpoint(settings)
        sandboxes = SessionSandboxes(settings, endpoint)
        await sandboxes.warm()
        assert endpoint.pid is not None
        address = (await endpoint.start()).api_url
        peak, took = 0.0, []
        started: set[int] = set()
        for round_ in (1, 2):
            began = time.perf_counter()
            sessions = [
                asyncio.create_task(_session(sandboxes, Path(folder), number, round_))
                for number in range(SESSIONS)
            ]
            while not all(session.done() for session in sessions):
                pids = family(endpoint.pid)
                started |= pids
                peak = max(peak, await asyncio.to_thread(pss_mb, pids))
                await asyncio.wait(sessions, timeout=1)
            await asyncio.gather(*sessions)
            took.append(time.perf_counter() - began)
        await sandboxes.close()
        await asyncio.sleep(SETTLE_SECONDS)
        left = alive(started)
        more = left_overs() - before
        answers = _answers(str(address))
    if left or more or answers:
        raise RuntimeError(f"left: {len(left)} processes, {sorted(more)}, a server: {answers}")
    return {
        "sessions": SESSIONS,
        "left": {"processes": 0, "files": 0, "sockets": 0},
        "round": summary(took),
        "peak_pss_mb": round(peak),
        "goal_mb": GOAL_MB,
        "ratio": round(peak / GOAL_MB, 3),
    }


def left_overs() -> set[str]:
    """The work folders of sandboxes on this machine, and the sockets that this process holds."""
    held = {str(path) for path in Path(tempfile.gettempdir()).glob(f"{WORK_PREFIX}*")}
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            opened = os.readlink(descriptor)
        except FileNotFoundError:  # the one that lists them
            continue
        if opened.startswith("socket:"):
            held.add(opened)
    return held


def _answers(address: str) -> bool:
    """Whether anybody still listens there."""
    place = urlsplit(address)
    try:
        socket.create_connection((place.hostname, place.port), timeout=1).close()
    except OSError:
        return False
    return True


def _write_data(folder: Path) -> None:
    for number in range(SESSIONS):
        rows = (f"{number},{row % 7},{row * 1.37:.6f},text of {row}" for row in range(ROWS))
        text = "\n".join(("who,g,x,t", *rows))
        (folder / f"{number}.csv").write_text(text[:1_000_000].rsplit("\n", 1)[0])


async def _session(sandboxes: SessionSandboxes, folder: Path, number: int, round_: int) -> None:
    """Fails unless the session sees its own data and state, and no other's."""
    file = DataFile(folder / f"{number}.csv", "data.csv", "df = pd.read_csv('data.csv')")
    result = await sandboxes.execute(
        f"session-{number}",
        CODE,
        recipe=lambda: Recipe([file]),
        on_output=lambda stream, text: None,
        on_replaced=lambda replacement: None,
    )
    (chart,) = (a for a in result.artifacts if a.type is ArtifactType.CHART)
    if result.stdout != f"{number * round_}\n" or chart.metadata.title != f"Session {number}":
        raise RuntimeError(f"session {number} saw {result.stdout!r}, {chart.metadata.title!r}")

"""A sandbox in use, through the E2B SDK, against ipykernel and against pandas in this process."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from e2b_code_interpreter import E2B
from jupyter_client.manager import start_new_async_kernel

from benchmarks.figures import ratio, summary
from benchmarks.processes import family, pss_mb
from datalens_core import Settings
from datalens_core.sandbox.endpoints import EmbeddedEndpoint

RUNS = 50
LARGE_RUNS = 7
IDLE = 20
PLAIN = "1+1"
GOAL_PLAIN = 1.5
GOAL_IDLE_MB = 10.0
# 5 MB as JSON: plotly packs numbers, so that text is what makes a figure large.
FIGURE = """
import plotly.graph_objects as go
texts = [f"point {n} " + "x" * 110 for n in range(40_000)]
go.Figure(go.Scatter(x=list(range(40_000)), text=texts))
"""
FIGURE_MIME = "application/vnd.plotly.v1+json"


def measure() -> dict[str, object]:
    return asyncio.run(_measure())


async def _measure() -> dict[str, object]:
    with TemporaryDirectory() as folder:
        source = EmbeddedEndpoint(Settings.offline(data_dir=Path(folder)))
        endpoint = await source.start()
        sdk = E2B(
            api_key=endpoint.api_key, api_url=endpoint.api_url, sandbox_url=endpoint.sandbox_url
        )
        try:
            idle_mb = await _idle_mb(sdk, source)
            sandbox = await sdk.AsyncSandbox.create(timeout=600)
            plain = await _timed(RUNS, lambda: sandbox.run_code(PLAIN))
            figures = await _timed(LARGE_RUNS, lambda: sandbox.run_code(FIGURE))
            (shown,) = (await sandbox.run_code(FIGURE)).results
            loads, reads = await _load(sandbox)
            await sandbox.kill()
        finally:
            await source.close()
    kernel_plain, kernel_figures = await _ipykernel()
    return {
        "run_1_plus_1": summary(plain),
        "ipykernel_1_plus_1": summary(kernel_plain),
        "ratio": ratio(plain, kernel_plain),
        "goal": GOAL_PLAIN,
        "idle_pss_mb": round(idle_mb, 1),
        "idle_pss_goal_mb": GOAL_IDLE_MB,
        "csv_of_10_mb_to_df": summary(loads),
        "read_csv_in_this_process": summary(reads),
        "csv_ratio": ratio(loads, reads),
        "figure_mb": round(len(str(shown.extra[FIGURE_MIME])) / 1e6, 1),
        "figure_of_5_mb_back": summary(figures),
        "ipykernel_same_figure": summary(kernel_figures),
        "figure_ratio": ratio(figures, kernel_figures),
    }


async def _timed(runs: int, run: Callable[[], Awaitable[Any]]) -> list[float]:
    """Seconds of each run, after one that warms up."""
    took = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        await run()
        took.append(time.perf_counter() - began)
    return took[1:]


async def _idle_mb(sdk: Any, source: EmbeddedEndpoint) -> float:
    """What one more idle sandbox costs, of many."""
    assert source.pid is not None
    before = pss_mb(family(source.pid))
    sandboxes = [await sdk.AsyncSandbox.create(timeout=600) for _ in range(IDLE)]
    cost = (pss_mb(family(source.pid)) - before) / IDLE
    for sandbox in sandboxes:
        await sandbox.kill()
    return cost


async def _load(sandbox: Any) -> tuple[list[float], list[float]]:
    """10 MB of CSV, from here to a DataFrame there; the peer has them in memory already."""
    rows = 300_000
    frame = pd.DataFrame({"n": range(rows), "x": [n / 7 for n in range(rows)], "g": "group"})
    data = frame.to_csv(index=False).encode()[:10_000_000].rsplit(b"\n", 1)[0]
    reads = await _timed(LARGE_RUNS, lambda: asyncio.to_thread(pd.read_csv, io.BytesIO(data)))

    async def load() -> None:
        await sandbox.files.write("data.csv", io.BytesIO(data))
        shown = await sandbox.run_code("df = pd.read_csv('data.csv')\nlen(df)")
        if int(shown.text) != data.count(b"\n"):
            raise RuntimeError("the data did not arrive whole")

    return await _timed(LARGE_RUNS, load), reads


async def _ipykernel() -> tuple[list[float], list[float]]:
    manager, client = await start_new_async_kernel(kernel_name="python3")

    def run(code: str) -> Callable[[], Awaitable[Any]]:
        return lambda: client.execute_interactive(code, output_hook=lambda _: None)

    try:
        await run("import plotly.io; plotly.io.renderers.default = 'plotly_mimetype'")()
        return await _timed(RUNS, run(PLAIN)), await _timed(LARGE_RUNS, run(FIGURE))
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)

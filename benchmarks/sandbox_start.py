"""A sandbox with pandas and plotly usable, through the E2B SDK, against starting an ipykernel."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from e2b_code_interpreter import E2B
from jupyter_client.manager import start_new_async_kernel

from benchmarks.figures import ratio, summary
from datalens_core import Settings
from datalens_core.sandbox.endpoints import endpoint_for

SANDBOXES = 30
KERNELS = 3
GOAL = 0.02
GOAL_MEDIAN_MS, GOAL_P95_MS = 25.0, 60.0
CODE = "import pandas as pd, plotly.express as px\nlen(pd.DataFrame({'a': [1]}))"


def measure() -> dict[str, object]:
    return asyncio.run(_measure())


async def _measure() -> dict[str, object]:
    with TemporaryDirectory() as folder:
        source = endpoint_for(Settings.offline(data_dir=Path(folder)))
        began = time.perf_counter()
        endpoint = await source.start()
        boot = time.perf_counter() - began
        try:
            client = E2B(
                api_key=endpoint.api_key,
                api_url=endpoint.api_url,
                sandbox_url=endpoint.sandbox_url,
            )
            starts = []
            for _ in range(SANDBOXES + 1):
                began = time.perf_counter()
                sandbox = await client.AsyncSandbox.create(timeout=60)
                shown = await sandbox.run_code(CODE)
                starts.append(time.perf_counter() - began)
                if shown.text != "1":
                    raise RuntimeError("the sandbox did not answer")
                await sandbox.kill()
        finally:
            await source.close()
    kernels = [await _kernel() for _ in range(KERNELS)]
    return {
        "server_boot_once": summary([boot]),
        "create_and_first_run": summary(starts[1:]),
        "ipykernel_start_and_imports": summary(kernels),
        "ratio": ratio(starts[1:], kernels),
        "goal": GOAL,
        "goal_median_ms": GOAL_MEDIAN_MS,
        "goal_p95_ms": GOAL_P95_MS,
    }


async def _kernel() -> float:
    began = time.perf_counter()
    manager, client = await start_new_async_kernel(kernel_name="python3")
    try:
        await client.execute_interactive(CODE, output_hook=lambda _: None)
        return time.perf_counter() - began
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)

"""One whole question with a model of no latency, against its code in a plain ipykernel.

From asking to the terminal event: planning, acting, redaction, sandbox, checks, journal. The peer
runs the very same code in a kernel that has the data loaded and the libraries imported.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import plotly.data
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import start_new_async_kernel

from benchmarks.figures import ratio, summary
from datalens_core import Settings, Workbench
from datalens_core.llm.exchange import read_observations
from tests.support.openrouter import (
    RecordedRequest,
    ScriptedModel,
    Stream,
    final_answer,
    plan,
    reply,
    run_python,
)

RUNS = 15
GOAL = 2.0
CODE = """\
import pandas as pd
import plotly.express as px

result = df.groupby("continent", as_index=False)["lifeExp"].mean()
fig = px.bar(result, x="continent", y="lifeExp", title="Life expectancy by continent")
fig.show()
result
"""


def measure() -> dict[str, object]:
    return asyncio.run(_measure())


async def _measure() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "gapminder.csv"
        plotly.data.gapminder().to_csv(source, index=False)
        ours, first_event = await _ask(Path(folder), source)
        peer = await _ipykernel(source)
    return {
        "question": summary(ours),
        "first_event": summary(first_event),
        "ipykernel_same_code": summary(peer),
        "ratio": ratio(ours, peer),
        "goal": GOAL,
    }


def _script(request: RecordedRequest) -> Stream:
    if not request.tools:
        # Planning asks for a plan's fields; profiling gets something that it cannot use.
        asks_for_plan = "estimated_complexity" in request.body.decode()
        return plan(["Average by continent"]) if asks_for_plan else reply("no profile")
    if read_observations(request.text):
        return final_answer("Done.")
    return run_python(CODE)


async def _ask(folder: Path, source: Path) -> tuple[list[float], list[float]]:
    took, first = [], []
    async with ScriptedModel(_script) as model:
        settings = Settings.offline(data_dir=folder / "data", llm_base_url=model.base_url)
        async with Workbench(settings) as workbench:
            await workbench.warm()
            session = await workbench.create_session()
            await workbench.upload(session.id, source)
            for number in range(RUNS + 1):
                began = time.perf_counter()
                seen, executed = 0.0, False
                async for event in workbench.ask(session.id, f"life expectancy, {number}"):
                    seen = seen or time.perf_counter() - began
                    executed = executed or event.type == "execution.finished"
                    last = event.type
                if last != "run.completed" or not executed:
                    raise RuntimeError(f"the question ended with {last}")
                if number:  # the first one warms up
                    took.append(time.perf_counter() - began)
                    first.append(seen)
    return took, first


async def _ipykernel(source: Path) -> list[float]:
    manager, client = await start_new_async_kernel(kernel_name="python3")
    try:
        await _execute(client, f"import pandas as pd; df = pd.read_csv({str(source)!r})")
        await _execute(client, CODE)
        took = []
        for _ in range(RUNS):
            began = time.perf_counter()
            await _execute(client, CODE)
            took.append(time.perf_counter() - began)
        return took
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


async def _execute(client: AsyncKernelClient, code: str) -> None:
    answer = await client.execute_interactive(code, output_hook=lambda _: None)
    if answer["content"]["status"] != "ok":
        raise RuntimeError(answer["content"].get("evalue", "failed"))

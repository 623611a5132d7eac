"""One whole question with a model of no latency, against its code in a plain ipykernel.

From asking to the terminal event: planning, acting, redaction, sandbox, checks, journal. The peer
runs the very same code in a kernel that has the data loaded and the libraries imported.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
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
        ours, first_event, peer = await _in_turns(Path(folder), source)
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


async def _in_turns(folder: Path, source: Path) -> tuple[list[float], list[float], list[float]]:
    """A question, then the kernel, and so on: what else the machine does meets both alike."""
    took, first, peer = [], [], []
    async with ScriptedModel(_script) as model, _kernel(source) as client:
        settings = Settings.offline(data_dir=folder / "data", llm_base_url=model.base_url)
        async with Workbench(settings) as workbench:
            await workbench.warm()
            session = await workbench.create_session()
            await workbench.upload(session.id, source)
            for number in range(RUNS + 1):
                seen, ended = await _asked(workbench, session.id, f"life expectancy, {number}")
                began = time.perf_counter()
                await _execute(client, CODE)
                if number:  # the first ones warm up
                    peer.append(time.perf_counter() - began)
                    took.append(ended)
                    first.append(seen)
    return took, first, peer


async def _asked(workbench: Workbench, session_id: str, question: str) -> tuple[float, float]:
    """Seconds to the first event and to the last."""
    began = time.perf_counter()
    seen, executed, last = 0.0, False, ""
    async for event in workbench.ask(session_id, question):
        seen = seen or time.perf_counter() - began
        executed = executed or event.type == "execution.finished"
        last = event.type
    took = time.perf_counter() - began
    if last != "run.completed" or not executed:
        raise RuntimeError(f"the question ended with {last}")
    return seen, took


@asynccontextmanager
async def _kernel(source: Path) -> AsyncGenerator[AsyncKernelClient, None]:
    manager, client = await start_new_async_kernel(kernel_name="python3")
    try:
        await _execute(client, f"import pandas as pd; df = pd.read_csv({str(source)!r})")
        yield client
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


async def _execute(client: AsyncKernelClient, code: str) -> None:
    answer = await client.execute_interactive(code, output_hook=lambda _: None)
    if answer["content"]["status"] != "ok":
        raise RuntimeError(answer["content"].get("evalue", "failed"))

"""A session's sandbox over the official SDK and the embedded server."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from datalens_core.errors import OutOfMemory, SandboxLost
from datalens_core.models import Artifact, ArtifactType, ExecutionResult
from datalens_core.sandbox import live
from datalens_core.sandbox.contract import DataFile, Recipe
from datalens_core.sandbox.endpoints import EmbeddedEndpoint
from datalens_core.sandbox.lifecycle import SessionSandboxes
from datalens_core.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")


def only(result: ExecutionResult, kind: ArtifactType) -> Artifact:
    assert [artifact.type for artifact in result.artifacts] == [kind], result
    return result.artifacts[0]


def error_of(result: ExecutionResult) -> dict[str, Any]:
    assert not result.success
    content = only(result, ArtifactType.ERROR).content
    assert isinstance(content, dict)
    return content


def end_process(pid: int) -> None:
    """Kill it, and wait until its parent, this process, has noticed."""
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.02)


def ends_within(seconds: float, condition: Callable[[], bool]) -> bool:
    give_up = time.monotonic() + seconds
    while not condition() and time.monotonic() < give_up:
        time.sleep(0.1)
    return condition()


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


async def test_variables_stay_between_executions(bench: Any) -> None:
    await bench.run("stay", "x = 41")
    assert (await bench.run("stay", "x + 1")).stdout == "42\n"


async def test_a_new_session_starts_with_nothing_of_another(bench: Any) -> None:
    await bench.run("one", "secret = 7")
    error = error_of(await bench.run("two", "secret"))
    assert error["name"] == "NameError"


async def test_the_common_names_are_there_and_nothing_of_ours(bench: Any) -> None:
    result = await bench.run("names", "print([pd.__name__, np.__name__, px.__name__, go.__name__])")
    assert "pandas" in result.stdout
    listed = await bench.run("names", "print([n for n in dir() if 'datalens' in n])")
    assert listed.stdout == "[]\n"


async def test_output_arrives_while_the_code_runs(bench: Any) -> None:
    code = "import time\nprint('first', flush=True)\ntime.sleep(1)\nprint('last')"
    running = asyncio.create_task(bench.run("stream", code))
    await bench.spoke.wait()
    assert not running.done()
    assert bench.output[0] == ("stdout", "first\n")
    assert (await running).stdout == "first\nlast\n"


async def test_both_streams_are_kept_apart(bench: Any) -> None:
    result = await bench.run("streams", "import sys\nprint('out')\nprint('err', file=sys.stderr)")
    assert (result.stdout, result.stderr) == ("out\n", "err\n")


async def test_a_data_frame_is_a_table_that_json_can_hold(bench: Any) -> None:
    code = (
        "pd.DataFrame({'n': [1.5, None, float('inf')], 'o': [{1}, 'x', np.int64(4)],"
        " 't': pd.to_datetime(['2020-01-01', None, '2021-02-03'])})"
    )
    table = only(await bench.run("table", code), ArtifactType.TABLE).content
    assert table == {
        "columns": ["n", "o", "t"],
        "rows": [
            [1.5, "{1}", "2020-01-01T00:00:00"],
            [None, "x", None],
            [None, 4, "2021-02-03T00:00:00"],
        ],
        "row_count": 3,
    }
    json.dumps(table, allow_nan=False)


async def test_a_long_table_is_cut_and_says_so(bench: Any) -> None:
    result = await bench.run("long", "pd.DataFrame({'n': range(5000)})")
    table = only(result, ArtifactType.TABLE).content
    assert isinstance(table, dict)
    assert isinstance(table["rows"], list)
    assert (len(table["rows"]), table["row_count"]) == (1000, 5000)
    assert "first 1,000 of 5,000 rows" in result.stderr


async def test_a_grouped_series_keeps_its_groups(bench: Any) -> None:
    code = "pd.DataFrame({'g': ['a', 'b', 'a'], 'v': [1, 2, 3]}).groupby('g')['v'].sum()"
    table = only(await bench.run("series", code), ArtifactType.TABLE).content
    assert table == {"columns": ["g", "v"], "rows": [["a", 4], ["b", 2]], "row_count": 2}


async def test_a_plotly_figure_is_a_chart_with_its_title(bench: Any) -> None:
    result = await bench.run("chart", "px.bar(x=['a', 'b'], y=[3, 4], title='Sales by <b>x</b>')")
    chart = only(result, ArtifactType.CHART)
    assert isinstance(chart.content, dict)
    data: Any = chart.content["data"]
    assert data[0]["type"] == "bar"
    assert base64.b64decode(data[0]["y"]["bdata"]) == b"\x03\x04"
    assert chart.metadata.title == "Sales by  x"


async def test_a_chart_of_many_points_is_shown_with_fewer_and_says_so(bench: Any) -> None:
    result = await bench.run("many", "px.scatter(x=np.arange(500_000), y=np.random.rand(500_000))")
    chart = only(result, ArtifactType.CHART)
    assert 1_000_000 < len(json.dumps(chart.content)) < 5_500_000
    assert "[DataLens] The figure shows one in 2 of its 500,000 points" in result.stderr


async def test_a_large_histogram_is_counted_beforehand_and_says_so(bench: Any) -> None:
    result = await bench.run("counted", "px.histogram(x=np.random.randn(600_000), nbins=30)")
    chart: Any = only(result, ArtifactType.CHART).content
    assert sum(chart["data"][0]["y"]) == 600_000
    assert "[DataLens] The figure's 600,000 values were counted in bins" in result.stderr


async def test_a_figure_that_would_fetch_is_disarmed(bench: Any) -> None:
    code = (
        "fig = px.scatter_map(lat=[1], lon=[2])\n"
        "fig.update_layout(map_style='https://evil.example/style.json')\n"
        "fig.add_layout_image(source='https://evil.example/x.png')\n"
        "fig.show()"
    )
    result = await bench.run("fetch", code)
    assert "evil.example" not in result.model_dump_json(exclude={"code"})
    assert "Left out of the figure" in result.stderr


async def test_a_matplotlib_figure_is_an_image(bench: Any) -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    image: Any = only(await bench.run("image", code), ArtifactType.IMAGE).content
    assert image["mime"] == "image/png"
    assert base64.b64decode(image["data"]).startswith(b"\x89PNG")


async def test_html_and_scripts_are_never_shown(bench: Any) -> None:
    code = (
        "from IPython.display import HTML, Javascript, SVG, display\n"
        "display(HTML('<script>alert(1)</script>'), Javascript('alert(1)'))\n"
        "display(SVG('<svg onload=\"alert(1)\"/>'))"
    )
    result = await bench.run("html", code)
    assert result.success
    assert not result.artifacts
    assert "alert" not in result.stdout


# Feature: glassbox-analyst, Property 16's example: nothing of the machine in an error
async def test_an_error_names_no_path_of_this_machine(bench: Any) -> None:
    result = await bench.run("error", "import pandas as pd\npd.DataFrame({'a': [1]})['b']")
    error = error_of(result)
    assert error["name"] == "KeyError"
    assert "pandas/core" in error["traceback"]
    for place in (sys.prefix, sys.base_prefix, "site-packages", "/home/user"):
        assert place not in result.model_dump_json()


async def test_a_warning_names_no_path_while_it_is_shown_or_later(bench: Any) -> None:
    code = "import sys, warnings\nwarnings.warn_explicit('old', FutureWarning, pd.__file__, 3)"
    result = await bench.run("warning", code)
    for shown in ("".join(text for _, text in bench.output), result.stderr):
        assert "pandas/__init__.py:3: FutureWarning: old" in shown
        assert "site-packages" not in shown


async def test_code_over_its_time_ends_with_the_sentence_and_keeps_variables(bench: Any) -> None:
    result = await bench.run("slow", "kept = 5\nimport time\nwhile True: time.sleep(0.05)")
    error = error_of(result)
    assert error["name"] == "TimeoutError"
    assert error["value"].startswith("Execution exceeded 2 second timeout.")
    assert (await bench.run("slow", "kept")).stdout == "5\n"


async def test_code_that_will_not_stop_ends_all_the_same(bench: Any) -> None:
    stubborn = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    error = error_of(await bench.run("stubborn", stubborn))
    assert error["name"] == "TimeoutError"
    recipe = Recipe(replay=["y = 3"])
    assert (await bench.run("stubborn", "y", recipe)).stdout == "3\n"
    assert bench.replaced[0].restored == ["1 execution"]


async def test_too_much_memory_ends_with_the_sentence(bench: Any) -> None:
    error = error_of(await bench.run("memory", "np.ones(10**11)"))
    assert (error["name"], error["value"]) == ("MemoryError", OutOfMemory.default)


async def test_endless_output_is_cut_and_says_so(bench: Any) -> None:
    result = await bench.run("flood", "print('a' * 100_000_000)")
    assert len(result.stdout) <= 1_000_000
    assert "cut" in result.stderr or "truncated" in result.stderr


async def test_cancelling_interrupts_the_code_and_keeps_variables(bench: Any) -> None:
    code = "n = 1\nimport time\nprint('go', flush=True)\nwhile True: time.sleep(0.05)"
    running = asyncio.create_task(bench.run("cancel", code))
    await bench.spoke.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    started = time.monotonic()
    assert (await bench.run("cancel", "n")).stdout == "1\n"
    assert time.monotonic() - started < 1.5
    assert not bench.replaced


async def test_code_is_not_run_again_when_its_sandbox_dies(bench: Any) -> None:
    await bench.run("die", "runs = []")
    with pytest.raises(SandboxLost):
        await bench.run("die", "import os\nruns.append(1)\nos._exit(1)")
    recipe = Recipe(replay=["runs = []"])
    assert (await bench.run("die", "runs", recipe)).stdout == "[]\n"
    assert [r.restored for r in bench.replaced] == [["1 execution"]]


@pytest.mark.parametrize("name", ["SandboxDiedBefore", "SandboxDied", "ExecutionTimeout"])
async def test_code_cannot_say_that_its_sandbox_died(bench: Any, name: str) -> None:
    """Or it would be run a second time, as if it had never begun."""
    await bench.run("said", "runs = []")
    code = f"runs.append(1)\nclass {name}(Exception): pass\nraise {name}('no')"
    result = await bench.run("said", code)
    assert result.error_name == f"__main__.{name}"
    assert (await bench.run("said", "runs.pop(), runs")).stdout == "(1, [])\n"
    assert not bench.replaced


async def test_a_new_sandbox_gets_files_and_history_once_and_in_order(
    bench: Any, tmp_path: Path
) -> None:
    source = tmp_path / "n.csv"
    source.write_text("n\n1\n2\n")
    file = DataFile(source, "n.csv", "import pandas as pd\ndf = pd.read_csv('/home/user/n.csv')")
    recipe = Recipe(files=[file])
    assert (await bench.run("again", "total = int(df['n'].sum())", recipe)).success
    assert not bench.replaced
    with pytest.raises(SandboxLost):
        await bench.run("again", "import os\nos._exit(1)", recipe)
    history = ["total = int(df['n'].sum())", "total += 1", "1 / 0"]
    result = await bench.run("again", "total += 10\ntotal", Recipe([file], history))
    assert result.stdout == "14\n"
    (told,) = bench.replaced
    assert told.restored == ["n.csv", "2 executions"]
    assert told.lost == ["step 3, which failed this time (ZeroDivisionError)"]
    result = await bench.run("again", "total", Recipe([file], [*history, "total += 10\ntotal"]))
    assert result.stdout == "14\n"
    assert len(bench.replaced) == 1


async def test_restore_brings_a_session_back_before_its_next_question(bench: Any) -> None:
    told = await bench.sandboxes.restore("restored", Recipe(replay=["a = 2", "b = a * 3"]))
    assert told.restored == ["2 executions"]
    assert (await bench.run("restored", "b", Recipe(replay=["a = 2", "b = a * 3"]))).stdout == "6\n"


async def test_what_takes_long_to_run_again_waits_for_the_users_word(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "REPLAY_SECONDS", 0.5)
    history = Recipe(replay=["a = 2", "import time\ntime.sleep(1)", "b = a * 3"], steps=[1, 4, 5])
    told = await bench.sandboxes.restore("slow", history)
    assert (told.restored, told.agreement_needed) == (["1 execution"], True)
    assert told.lost == [f"step 4 and what follows: {live.TOO_LONG}"]
    told = await bench.sandboxes.restore("slow", replace(history, agreed=True))
    assert (told.restored, told.lost, told.agreement_needed) == (["3 executions"], [], False)
    assert (await bench.run("slow", "b", history)).stdout == "6\n"


async def test_a_deleted_session_leaves_no_sandbox(bench: Any) -> None:
    await bench.run("gone", "z = 1")
    await bench.sandboxes.kill("gone")
    assert bench.sandboxes.sandbox_id("gone") is None
    assert error_of(await bench.run("gone", "z"))["name"] == "NameError"


async def test_killing_a_session_ends_what_it_runs(bench: Any) -> None:
    code = "print('go', flush=True)\nimport time\nwhile True: time.sleep(0.05)"
    running = asyncio.create_task(bench.run("killed", code))
    await bench.spoke.wait()
    await bench.sandboxes.kill("killed")
    with pytest.raises(SandboxLost):
        await running


class Shared:
    """An endpoint that another owner closes."""

    def __init__(self, endpoint: EmbeddedEndpoint) -> None:
        self.start = endpoint.start

    async def close(self) -> None:
        """The other owner does."""


async def test_a_sandbox_nobody_uses_is_ended_and_comes_back_when_asked(bench: Any) -> None:
    settings = Settings.offline(sandbox_timeout_seconds=10)
    patient = SessionSandboxes(settings, Shared(bench.endpoint))
    idle = type(bench)(patient, bench.endpoint)
    await idle.run("idle", "w = 4")
    assert await asyncio.to_thread(ends_within, 20, lambda: patient.sandbox_id("idle") is None)
    assert (await idle.run("idle", "w", Recipe(replay=["w = 4"]))).stdout == "4\n"
    assert idle.replaced[0].reason == "It was not used for 10 seconds."
    await patient.close()


async def test_the_status_names_the_isolation(bench: Any) -> None:
    await bench.sandboxes.warm()
    status = bench.sandboxes.status()
    assert (status.backend, status.ready) == ("embedded", True)
    assert status.isolation in ("bubblewrap", "reduced")


async def test_the_server_knows_no_key_of_ours(bench: Any) -> None:
    await bench.sandboxes.warm()
    held = environment_of(bench.endpoint.pid)
    assert b"OPENROUTER" not in held
    assert b"E2B_API_KEY" not in held
    assert b"SUPABASE" not in held

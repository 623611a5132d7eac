"""A real kernel of a real server: cells that run in the sandbox, and questions asked in cells."""

from __future__ import annotations

import http.client
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from .conftest import TOKEN, Server

SHIPPED = Path(__file__).parents[3] / "jupyter-config" / "ipython" / "ipython_kernel_config.json"
PLOTLY = "application/vnd.plotly.v1+json"
ALLOWED = {
    PLOTLY,
    "application/vnd.datalens.table+json",
    "image/png",
    "image/jpeg",
    "text/plain",
}
SALES = b"region,revenue\nWest,10\nEast,20\nWest,30\n"


@dataclass
class Outputs:
    """What a cell left, as a front end keeps it."""

    status: str = ""
    error: str = ""
    stdout: str = ""
    stderr: str = ""
    bundles: list[dict[str, Any]] = field(default_factory=list)
    ever_shown: set[str] = field(default_factory=set)
    clear_next: bool = False

    def add(self, kind: str, content: dict[str, Any]) -> None:
        if kind == "clear_output":
            self.clear_next = True
            return
        if kind in ("stream", "display_data", "execute_result", "error") and self.clear_next:
            self.stdout, self.stderr, self.bundles, self.clear_next = "", "", [], False
        if kind == "stream" and content["name"] == "stdout":
            self.stdout += content["text"]
        elif kind == "stream":
            self.stderr += content["text"]
        elif kind in ("display_data", "execute_result"):
            self.bundles.append(content["data"])
            self.ever_shown |= set(content["data"])
        elif kind == "error":
            self.error = "\n".join(content["traceback"])


class Kernel:
    def __init__(self, client: BlockingKernelClient, id: str, server: Server) -> None:
        self._client, self._id, self._server = client, id, server

    def run(self, code: str, *, interrupt_on: str = "") -> Outputs:
        """Execute a cell to its end; interrupt it once `interrupt_on` was printed."""
        request = self._client.execute(code)
        outputs = Outputs()
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                message = self._client.get_iopub_msg(timeout=1)
            except Empty:
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                outputs.status = self._status_of(request)
                return outputs
            outputs.add(kind, content)
            if interrupt_on and interrupt_on in outputs.stdout:
                jupyter(self._server, "POST", f"/api/kernels/{self._id}/interrupt")
                interrupt_on = ""
        raise AssertionError(f"The cell did not end: {outputs}")

    def _status_of(self, request: str) -> str:
        """How a request ended; a slow start leaves replies to others before its own."""
        while True:
            reply = self._client.get_shell_msg(timeout=10)
            if reply["parent_header"].get("msg_id") == request:
                return str(reply["content"]["status"])


def jupyter(server: Server, method: str, path: str, body: Any = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"Authorization": f"token {TOKEN}"})
        content = connection.getresponse().read()
        return json.loads(content) if content else None
    finally:
        connection.close()


@pytest.fixture(scope="module")
def kernel(server: Server) -> Iterator[Kernel]:
    """A kernel as the server starts it, with the configuration that the wheel ships."""
    profile = server.home / ".ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    shutil.copy(SHIPPED, profile)
    started = jupyter(server, "POST", "/api/kernels", {"name": "python3"})
    runtime = Path(server.env["JUPYTER_RUNTIME_DIR"])
    client = BlockingKernelClient(connection_file=str(runtime / f"kernel-{started['id']}.json"))
    client.load_connection_file()
    client.hb_channel.time_to_dead = 60.0  # a kernel that a busy machine starts is not dead
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield Kernel(client, started["id"], server)
    finally:
        client.stop_channels()
        jupyter(server, "DELETE", f"/api/kernels/{started['id']}")


@pytest.fixture(scope="module")
def session(server: Server) -> str:
    return server.session_with("sales.csv", SALES)


@pytest.fixture(scope="module")
def chart_cell(server: Server, session: str) -> str:
    """The cell of an execution that drew a chart, as the front end inserts it."""
    body = {"session_id": session, "query": "average revenue by region as a bar chart"}
    held = server.call("POST", "/query", body).json()
    own = next(
        e for e in held["executions"] if "chart" in [a["type"] for a in e["result"]["artifacts"]]
    )
    return (
        f"%%datalens run --session {session} --step {own['step']} --sha256 {own['sha256']}\n"
        f"{own['code']}"
    )


def foreign(session: str, code: str) -> str:
    """A cell whose code the session did not produce."""
    return f"%%datalens run --session {session} --step 1 --sha256 {'0' * 64}\n{code}"


CLICK = """
from ipywidgets import Button
from ipywidgets.widgets.widget import _instances

[w for w in _instances.values() if isinstance(w, Button) and not w.disabled][-1].click()
"""


def confirmed(kernel: Kernel, session: str, code: str, *, interrupt_on: str = "") -> Outputs:
    """Run foreign code as a user does who was asked: by the button."""
    assert kernel.run(foreign(session, code)).error.startswith("Nothing was run")
    return kernel.run(CLICK, interrupt_on=interrupt_on)


class TestCellsOfTheSandbox:
    def test_an_inserted_cell_runs_from_the_first_moment_of_a_kernel(
        self, kernel: Kernel, chart_cell: str
    ) -> None:
        outputs = kernel.run(chart_cell)
        assert outputs.status == "ok", outputs
        charts = [b for b in outputs.bundles if PLOTLY in b]
        assert charts
        assert charts[0]["text/plain"].startswith("Chart")
        assert outputs.ever_shown <= ALLOWED

    def test_its_code_sees_the_sandbox_and_the_kernel_nothing_of_it(
        self, kernel: Kernel, server: Server, session: str
    ) -> None:
        look = f"import os\nprint(os.path.exists({str(server.root)!r}), 'mine' in globals())"
        kernel.run("mine = 1")
        assert kernel.run(look).stdout.strip() == "True True"
        there = confirmed(kernel, session, f"{look}\nonly_there = 1")
        assert there.stdout.strip() == "False False"
        assert "NameError" in kernel.run("only_there").error

    def test_variables_stay_from_cell_to_cell(self, kernel: Kernel, session: str) -> None:
        confirmed(kernel, session, "there = 20")
        assert confirmed(kernel, session, "print(there + 1)").stdout.strip() == "21"

    def test_changed_code_is_asked_about_and_not_run(self, kernel: Kernel, chart_cell: str) -> None:
        outputs = kernel.run(chart_cell + "\nprint('changed')")
        assert outputs.status == "error"
        assert "changed" not in outputs.stdout
        assert outputs.error.startswith("Nothing was run")
        assert "application/vnd.jupyter.widget-view+json" in outputs.ever_shown

    def test_no_option_of_a_cell_confirms_it(self, kernel: Kernel, session: str) -> None:
        first, _, code = foreign(session, "print('foreign')").partition("\n")
        outputs = kernel.run(f"{first} --confirm\n{code}")
        assert outputs.status == "error"
        assert "foreign" not in outputs.stdout

    def test_expressions_in_line_1_run_nowhere(
        self, kernel: Kernel, chart_cell: str, tmp_path: Path
    ) -> None:
        first, _, code = chart_cell.partition("\n")
        made = tmp_path / "evil"
        opening = f"{{open({str(made)!r}, 'w')}}"
        for evil in ("{print('local', 6 * 7)}", f"$(touch {made})", opening):
            outputs = kernel.run(f"{first} {evil}\n{code}")
            assert outputs.status == "error"
            assert "local 42" not in outputs.stdout
            assert not outputs.bundles
            assert not made.exists(), evil

    def test_without_the_magic_nothing_of_the_cell_runs(
        self, kernel: Kernel, chart_cell: str
    ) -> None:
        kernel.run(
            "_cells = get_ipython().magics_manager.magics['cell']; _kept = _cells.pop('datalens')"
        )
        outputs = kernel.run(chart_cell.split("\n")[0] + "\nprint('local')")
        kernel.run("_cells['datalens'] = _kept")
        assert outputs.stdout == ""
        assert "datalens" in outputs.stderr + outputs.error

    def test_an_error_shows_where(self, kernel: Kernel, session: str) -> None:
        outputs = confirmed(kernel, session, "x = 1\nx / 0")
        assert "ZeroDivisionError" in outputs.error

    def test_what_the_sandbox_shows_is_never_markup(self, kernel: Kernel, session: str) -> None:
        code = (
            "from IPython.display import HTML, Javascript, SVG, display\n"
            "display(HTML('<script>alert(1)</script>'), Javascript('alert(1)'))\n"
            "widget = 'application/vnd.jupyter.widget-view+json'\n"
            "display({'text/html': '<b>', widget: {}}, raw=True)"
        )
        outputs = confirmed(kernel, session, code)
        assert outputs.status == "ok", outputs
        assert outputs.ever_shown <= ALLOWED

    def test_stopping_the_kernel_stops_the_sandbox(
        self, kernel: Kernel, server: Server, session: str
    ) -> None:
        code = "print('begun', flush=True)\nwhile True: pass"
        confirmed(kernel, session, code, interrupt_on="begun")
        last = server.call("GET", f"/sessions/{session}").json()["runs"][-1]
        events = server.call("GET", f"/runs/{last['run_id']}/events").lines()
        assert events[-1]["type"] == "run.cancelled"

    def test_an_unknown_session_is_said(self, kernel: Kernel) -> None:
        outputs = kernel.run(foreign("00000000-0000-4000-8000-000000000000", "1"))
        assert "session does not exist" in outputs.error + outputs.stderr
        assert outputs.status == "error"


class TestQuestionsInCells:
    def test_without_data_it_says_how_to_send_some(self, kernel: Kernel) -> None:
        outputs = kernel.run("%%datalens\nhow many rows are there?")
        assert "%datalens upload df" in outputs.error + outputs.stderr

    def test_a_dataframe_is_sent_and_asked_about(self, kernel: Kernel) -> None:
        kernel.run(
            "import pandas as pd\n"
            "df = pd.DataFrame({'city': ['Rome', 'Oslo', 'Rome'], 'sold': [3, 4, 5]})"
        )
        sent = kernel.run("%datalens upload df")
        assert sent.status == "ok", sent
        assert "df.csv: 3 rows × 2 columns" in sent.stdout
        outputs = kernel.run("%%datalens\ntotal sold by city as a bar chart")
        assert outputs.status == "ok", outputs
        assert "application/vnd.jupyter.widget-view+json" in outputs.ever_shown
        left = set().union(*outputs.bundles)
        assert PLOTLY in left
        assert left <= ALLOWED
        assert "8" in outputs.bundles[0]["text/plain"]
        assert "Ran in the sandbox" in outputs.bundles[-1]["text/plain"]

    def test_a_table_of_the_sandbox_is_fetched_with_its_types(
        self, kernel: Kernel, session: str
    ) -> None:
        made = """
import numpy as np
import pandas as pd
made = pd.DataFrame({
    "n": [1, -2, 3],
    "x": [0.1 + 0.2, np.nan, 1e300],
    "text": ["", "NA", None],
    "said": ['a "quoted", one', "two\\nlines\\r", "{name}"],
    "yes": [True, False, True],
    "maybe": pd.array([1, None, 3], dtype="Int64"),
    "when": pd.to_datetime(["2024-01-02", None, "2024-03-04T05:06:07.891"], format="ISO8601"),
    "there": pd.to_datetime(["2024-03-31", "2024-10-27", "2024-12-01"]).tz_localize("Europe/Oslo"),
    "kind": pd.Categorical(["b", "a", "b"]),
})"""
        confirmed(kernel, session, made)
        kernel.run(made.replace("made =", "expected ="))
        fetched = kernel.run(f"%datalens fetch made --as back --session {session}")
        assert "back: 3 rows × 9 columns." in fetched.stdout, fetched
        told = kernel.run(
            "from pandas.testing import assert_frame_equal\n"
            "assert_frame_equal(back, expected); print('equal')"
        )
        assert told.stdout == "equal\n", told.error

    def test_what_is_no_table_is_not_fetched(self, kernel: Kernel, session: str) -> None:
        confirmed(kernel, session, "number = 5")
        for name in ("number", "nothing"):
            outputs = kernel.run(f"%datalens fetch {name} --session {session}")
            assert f"There is no table {name}" in outputs.error + outputs.stderr
        for line in ("fetch", "fetch df.head()", "fetch df --as 1x", "fetch {print('local')}"):
            outputs = kernel.run(f"%datalens {line}")
            assert outputs.status == "error"
            assert "local" not in outputs.stdout

    def test_only_dataframes_are_sent(self, kernel: Kernel) -> None:
        outputs = kernel.run("number = 5\n%datalens upload number")
        assert "not a DataFrame" in outputs.error + outputs.stderr
        outputs = kernel.run("%datalens nonsense")
        assert "%datalens upload" in outputs.error + outputs.stderr

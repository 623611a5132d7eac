"""Runs go on whatever the page does, and the page stays quick whatever the runs do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import plotly.data
import pytest
from playwright.sync_api import Page, expect

from tests.support.lab import Lab
from tests.support.model_thread import Script, model_that_answers
from tests.support.panel import ANSWER_MS, Panel

SLOW = """\
import time
import pandas as pd

for tick in range(60):
    print("tick", tick, flush=True)
    time.sleep(0.25)
len(df)
"""
TICKING = SLOW.replace("0.25", "0.1")
QUICK = "import pandas as pd\nprint('rows', len(df))\nlen(df)"


@pytest.fixture
def lab(lab_with_model: Lab, script: Script) -> Lab:
    script.codes |= {"slow": SLOW, "ticking": TICKING, "quick": QUICK}
    return lab_with_model


@pytest.fixture
def iris(tmp_path: Path) -> Path:
    path = tmp_path / "iris.csv"
    plotly.data.iris().to_csv(path, index=False)
    return path


def test_a_page_reloaded_in_mid_run_resumes(panel: Panel, iris: Path, script: Script) -> None:
    script.waits["ticking"] = resumed = threading.Event()
    panel.upload(iris)
    panel.ask("ticking")
    expect(panel.part("terminal").last).to_contain_text("tick 2", timeout=ANSWER_MS)
    panel.page.reload()
    panel.show()
    expect(panel.part("stop")).to_be_visible(timeout=ANSWER_MS)
    resumed.set()
    expect(panel.answer()).to_contain_text("Done.", timeout=ANSWER_MS)
    panel.answer().get_by_test_id("datalens-tab-logs").click()
    shown = panel.part("terminal").last.inner_text()
    for tick in (0, 1, 30, 59):
        assert shown.count(f"tick {tick}\n") == 1
    expect(panel.cells().filter(has_text="for tick in range(60)")).to_have_count(1)


def test_stop_ends_a_run_in_its_middle(panel: Panel, iris: Path) -> None:
    panel.upload(iris)
    panel.ask("slow")
    expect(panel.part("terminal").last).to_contain_text("tick 1", timeout=ANSWER_MS)
    began = time.monotonic()
    panel.part("stop").click()
    expect(panel.part("send")).to_be_visible(timeout=5_000)
    assert time.monotonic() - began < 5
    panel.ask("quick")
    expect(panel.answer()).to_contain_text("Done.", timeout=ANSWER_MS)


def test_eight_runs_in_one_page_and_seven_tabs_leave_lab_responsive(
    lab: Lab, open_page: Callable[[], Page], iris: Path
) -> None:
    panel = Panel.open(open_page(), lab)
    started = panel.page.evaluate(START_RUNS, [iris.read_text(), 8])
    assert len(started) == 8
    tabs = [panel, *(Panel.open(open_page(), lab) for _ in range(6))]
    panel.page.evaluate(FOLLOW_RUNS, started)
    for tab in tabs:
        assert tab.page.evaluate(STATUS_MILLISECONDS) < 2_000
    panel.page.wait_for_function("window.seen.size === 8", timeout=ANSWER_MS)
    panel.page.evaluate(STOP_RUNS, started)


START_RUNS = """async ([csv, count]) => {
  const settings = window.jupyterapp.serviceManager.serverSettings;
  const token = settings.token;
  const call = (path, init) => fetch(settings.baseUrl + 'datalens/api/' + path, {
    ...init, headers: {Authorization: 'token ' + token, ...(init.headers || {})}
  });
  const runs = [];
  for (let i = 0; i < count; i++) {
    const form = new FormData();
    form.append('file', new File([csv], 'iris.csv'));
    const upload = await (await call('upload', {method: 'POST', body: form})).json();
    const body = JSON.stringify({session_id: upload.session.id, query: 'slow'});
    const answer = await call('query', {
      method: 'POST', body,
      headers: {'Content-Type': 'application/json', Prefer: 'respond-async'}
    });
    runs.push((await answer.json()).run_id);
  }
  return runs;
}"""

FOLLOW_RUNS = """(runs) => {
  const settings = window.jupyterapp.serviceManager.serverSettings;
  const socket = new WebSocket(
    settings.wsUrl + 'datalens/api/events?token=' + settings.token);
  window.seen = new Set();
  socket.onopen = () => runs.forEach(run_id =>
    socket.send(JSON.stringify({op: 'subscribe', run_id, after: 0})));
  socket.onmessage = message => {
    const event = JSON.parse(message.data);
    if (event.type === 'execution.output') window.seen.add(event.run_id);
  };
}"""

STATUS_MILLISECONDS = """async () => {
  const settings = window.jupyterapp.serviceManager.serverSettings;
  const began = performance.now();
  await fetch(settings.baseUrl + 'api/status', {
    headers: {Authorization: 'token ' + settings.token}});
  return performance.now() - began;
}"""

STOP_RUNS = """async (runs) => {
  const settings = window.jupyterapp.serviceManager.serverSettings;
  for (const run of runs) {
    await fetch(settings.baseUrl + `datalens/api/runs/${run}/cancel`, {
      method: 'POST', headers: {Authorization: 'token ' + settings.token}});
  }
}"""


def test_a_server_killed_in_mid_run_shows_everything_up_to_then(
    tmp_path: Path, open_page: Callable[[], Page], iris: Path
) -> None:
    with model_that_answers({"slow": SLOW}) as model:
        lab = Lab(tmp_path, environment={"DATALENS_LLM_BASE_URL": model.base_url})
        lab.start()
        try:
            panel = Panel.open(open_page(), lab)
            panel.upload(iris)
            panel.ask("slow")
            expect(panel.part("terminal").last).to_contain_text("tick 3", timeout=ANSWER_MS)
            lab.kill()
            lab.start()
            again = Panel.open(open_page(), lab)
            again.reopen("slow")
            expect(again.part("panel")).to_contain_text("The server stopped during this run")
            again.answer().get_by_test_id("datalens-tab-logs").click()
            expect(again.part("terminal").last).to_contain_text("tick 3")
        finally:
            lab.stop()

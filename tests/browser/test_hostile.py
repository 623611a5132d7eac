"""Whatever data, model or sandbox send to the page is drawn or shown as text; nothing fetches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.lab import Lab
from tests.support.model_thread import model_that_answers
from tests.support.panel import ANSWER_MS, Panel

ELSEWHERE = "http://elsewhere.example"
SCRIPT = "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"
ANSWER = f"Look: ![chart]({ELSEWHERE}/a.png) [more]({ELSEWHERE}/b) {SCRIPT}"
CODE = f"""\
import pandas as pd
import plotly.graph_objects as go
from IPython.display import HTML, Javascript, SVG, display

figure = go.Figure(go.Scatter(x=[1, 2], y=[1, 2], text=[{SCRIPT!r}] * 2))
figure.update_layout(
    title={SCRIPT!r},
    images=[dict(source="{ELSEWHERE}/c.png", x=0, y=1, sizex=1, sizey=1)],
)
figure.show()
go.Figure(go.Scattermap(lat=[1], lon=[1])).update_layout(
    map=dict(style="{ELSEWHERE}/style.json")
).show()
display(HTML({SCRIPT!r}), Javascript("window.ran = 1"))
print({SCRIPT!r})
pd.DataFrame({{{SCRIPT!r}: [{SCRIPT!r}, "![x]({ELSEWHERE}/d.png)"]}})
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with model_that_answers({"attack": CODE}, ANSWER) as model:
        folder = tmp_path_factory.mktemp("lab")
        lab = Lab(folder, environment={"DATALENS_LLM_BASE_URL": model.base_url})
        lab.start()
        yield lab
        lab.stop()


def test_nothing_is_fetched_and_nothing_runs(panel: Panel, tmp_path: Path) -> None:
    """The page's own fixture fails the test for any request that leaves this machine."""
    source = tmp_path / "hostile.csv"
    source.write_text(f'"{SCRIPT}",b\n"{SCRIPT}",1\n"=cmd|x",2\n')
    panel.upload(source)
    panel.part("dataset").click()
    panel.ask("attack")
    expect(panel.answer()).to_contain_text("Look:", timeout=ANSWER_MS)
    expect(panel.part("chart").first).to_be_visible(timeout=ANSWER_MS)
    answer = panel.answer()
    for tab in ("code", "charts", "logs"):
        answer.get_by_test_id(f"datalens-tab-{tab}").click()
    expect(panel.cells().filter(has_text="%%datalens run")).to_have_count(1)
    panel.save()
    panel.page.wait_for_timeout(1_000)
    panel.page.reload()
    panel.show()
    expect(panel.answer()).to_contain_text("Look:", timeout=ANSWER_MS)
    assert panel.page.evaluate("window.ran") is None
    assert panel.page.locator(f"[src^='{ELSEWHERE}'], [href^='{ELSEWHERE}']").count() == 0
    assert panel.page.locator("[data-testid=datalens-panel] script").count() == 0

"""Whatever data, model or sandbox send to the page is drawn or shown as text; nothing fetches."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.lab import Lab
from tests.support.model_thread import Script
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
place = go.Scattermap(
    lat=[1], lon=[1], mode="markers+text", text=["a"], marker=dict(symbol="harbor")
)
tiles = dict(sourcetype="raster", source=["{ELSEWHERE}/{{z}}/{{x}}/{{y}}.png"])
go.Figure(place).update_layout(map=dict(style="{ELSEWHERE}/style.json", layers=[tiles])).show()
go.Figure(go.Choropleth(locations=["NOR"], z=[1])).update_geos(resolution=50).show()
# Tags that are whole only once plotly.js has joined their parts.
style = 'style="background-image:url({ELSEWHERE}/e.png);mask-image:url({ELSEWHERE}/f.png)"'
joined = go.Figure(
    go.Bar(x=[1, 2], y=[1, 2], customdata=[style] * 2, texttemplate="<i %{{customdata}}>x</i>")
)
joined.update_xaxes(tickprefix="<span " + style[:-1], ticksuffix='">x</span>')
joined.show()
display(HTML({SCRIPT!r}), Javascript("window.ran = 1"))
print({SCRIPT!r})
pd.DataFrame({{{SCRIPT!r}: [{SCRIPT!r}, "![x]({ELSEWHERE}/d.png)"]}})
"""


@pytest.fixture
def lab(lab_with_model: Lab, script: Script) -> Lab:
    script.codes["attack"] = CODE
    script.answers["attack"] = ANSWER
    return lab_with_model


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
    panel.clear_outputs()
    panel.command("notebook:run-all-cells", wait=False)  # drawn by Lab alone, not by the panel
    cell = panel.cells().filter(has_text="%%datalens run")
    expect(cell.locator(".js-plotly-plot")).to_have_count(4, timeout=ANSWER_MS)
    panel.page.wait_for_timeout(1_000)
    panel.save()
    panel.page.reload()
    panel.show()
    expect(panel.answer(0)).to_contain_text("Look:", timeout=ANSWER_MS)
    assert panel.page.evaluate("window.ran") is None
    assert panel.page.locator(f"[src^='{ELSEWHERE}'], [href^='{ELSEWHERE}']").count() == 0
    assert panel.page.locator("[data-testid=datalens-panel] script").count() == 0

"""axe-core finds nothing serious in what DataLens draws, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import plotly.data
import pytest
from playwright.sync_api import expect

from tests.support.lab import Lab
from tests.support.model_thread import Script
from tests.support.panel import ANSWER_MS, Panel

AXE = Path(__file__).parents[2] / "labextension" / "node_modules" / "axe-core" / "axe.min.js"
THEMES = ("JupyterLab Light", "JupyterLab Dark")
VIOLATIONS = """async selector => {
  const drawn = {include: [[selector]], exclude: [['.js-plotly-plot']]};
  const found = await axe.run(drawn, {resultTypes: ['violations']});
  return found.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v =>
    [v.id, v.impact, v.nodes.map(n => n.failureSummary + ' ' + n.html.slice(0, 200))]);
}"""


WRONG = "import pandas as pd\n\nprint({attempt})\ndf['lifeExpectancy'].mean()"
RIGHT = """\
import sys
import pandas as pd
import plotly.express as px

print("rows", len(df))
print("careful", file=sys.stderr)
px.scatter(df, x="year", y="lifeExp", title="Life expectancy").show()
df.groupby("continent", as_index=False)["lifeExp"].mean()
"""


@pytest.fixture
def lab(lab_with_model: Lab, script: Script) -> Lab:
    script.codes |= {
        "repair": [WRONG.format(attempt=1), RIGHT],
        "fail": [WRONG.format(attempt=n) for n in range(4)],
        "show the plan": RIGHT,
    }
    return lab_with_model


def violations(panel: Panel, part: str) -> list[Any]:
    found: list[Any] = panel.page.evaluate(VIOLATIONS, f"[data-testid=datalens-{part}]")
    return found


def states(panel: Panel) -> Iterator[tuple[str, str]]:
    """Shows each state of an answered question in turn: its name, and the part it is in."""
    dataset = panel.part("dataset")
    head = dataset.get_by_role("button", name="gapminder.csv")
    head.click()
    for name in ("How it was read", "Whole file", "Code that reads it"):
        dataset.get_by_role("button", name=name).click()
    expect(dataset.locator(".cm-editor")).to_be_visible()
    dataset.get_by_label("Type of year").select_option("text")
    expect(dataset.get_by_role("button", name="Read again")).to_be_visible()
    yield "data set open, changes wait", "panel"
    dataset.get_by_role("button", name="Undo").click()
    head.click()
    failed, repaired = panel.part("message-assistant").all()[-2:]
    failed.get_by_test_id("datalens-tab-code").click()
    for tab in ("code", "charts", "logs"):
        repaired.get_by_test_id(f"datalens-tab-{tab}").click()
        yield f"answered, {tab}", "panel"
    panel.part("status").get_by_role("button").first.click()
    expect(panel.part("models").get_by_role("option").first).to_be_visible()
    yield "models", "panel"
    panel.page.keyboard.press("Escape")
    panel.part("sessions").click()
    expect(panel.part("session-item").first).to_be_visible()
    yield "history", "panel"
    panel.page.keyboard.press("Escape")
    panel.command("datalens:workspace")
    for tab in ("code", "tables", "logs", "data"):
        panel.part(f"workspace-tab-{tab}").click()
        yield f"workspace, {tab}", "workspace"
    failed.get_by_test_id("datalens-tab-code").click()


def waiting(panel: Panel, held: Path) -> list[Any]:
    """What is found where the panel asks: for a plan's approval, about a name that is taken."""
    switch = panel.page.locator(".lm-Menu-item").filter(has_text="Show me each plan")
    more = panel.part("panel").get_by_role("button", name="More")
    more.click()
    switch.click()
    panel.ask("show the plan")
    expect(panel.part("plan-approval")).to_be_visible(timeout=ANSWER_MS)
    refused = held.with_name("photo.gif")
    refused.write_bytes(b"GIF89a")
    panel.part("upload-input").set_input_files([refused, held])
    asked = panel.part("panel").get_by_role("group", name="gapminder.csv is here already.")
    expect(asked).to_be_visible()
    expect(panel.part("error").filter(has_text="photo.gif")).to_be_visible()
    found = violations(panel, "panel")
    asked.get_by_role("button", name="Cancel").click()
    panel.part("error").get_by_role("button", name="Dismiss").click()
    panel.part("stop").click()
    expect(panel.part("plan-approval")).to_have_count(0)
    more.click()
    switch.click()
    return found


def test_nothing_serious_is_found_in_any_state(panel: Panel, tmp_path: Path) -> None:
    source = tmp_path / "gapminder.csv"
    plotly.data.gapminder().to_csv(source, index=False)
    panel.page.add_script_tag(path=AXE)
    # Lab's body has no height and hides what overflows it; axe would take all for unseen.
    panel.page.add_style_tag(content="body { height: 100vh }")
    found: dict[str, list[Any]] = {}
    for theme in THEMES:
        panel.use_theme(theme)
        found[f"{theme}: empty"] = violations(panel, "panel")
    panel.upload(source)
    for theme in THEMES:
        panel.use_theme(theme)
        found[f"{theme}: waiting"] = waiting(panel, source)
    panel.ask("fail")
    expect(panel.answer().get_by_test_id("datalens-error")).to_be_visible(timeout=ANSWER_MS)
    panel.ask("repair")
    expect(panel.answer()).to_contain_text("Done.", timeout=ANSWER_MS)
    for theme in reversed(THEMES):
        panel.use_theme(theme)
        expect(panel.part("chart").locator(".js-plotly-plot")).to_be_visible(timeout=ANSWER_MS)
        for state, part in states(panel):
            found[f"{theme}: {state}"] = violations(panel, part)
    assert {state: serious for state, serious in found.items() if serious} == {}

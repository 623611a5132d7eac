"""The workspace beside the notebook, at full size: everything that an answer rests on."""

from __future__ import annotations

import json
from pathlib import Path

import plotly.data
import pytest
from playwright.sync_api import Locator, expect

from tests.support.lab import Lab
from tests.support.model_thread import Script
from tests.support.panel import ANSWER_MS, Panel

WRONG = "import pandas as pd\n\nprint('first try')\ndf['tips'].mean()"
RIGHT = """\
import sys
import pandas as pd
import plotly.express as px

print("rows", len(df))
print("careful", file=sys.stderr)
px.histogram(df, x="tip", title="Tips").show()
px.scatter(df, x="total_bill", y="tip", title="Tips by bill").show()
df.groupby("day", as_index=False)["tip"].mean()
"""
COUNT = "import pandas as pd\nlen(df)"


@pytest.fixture
def lab(lab_with_model: Lab, script: Script) -> Lab:
    script.codes |= {"look at the tips": [WRONG, RIGHT], "count": COUNT}
    return lab_with_model


@pytest.fixture
def tips(tmp_path: Path) -> Path:
    path = tmp_path / "tips.csv"
    plotly.data.tips().to_csv(path, index=False)
    return path


def tabs(panel: Panel) -> Locator:
    return panel.part("workspace").get_by_role("tab")


def kept(panel: Panel, tab: str) -> bool:
    """Whether Lab has what it needs to restore the page as it is."""
    name = panel.notebook.removesuffix(".ipynb")
    held = panel.lab.get(f"lab/api/workspaces/{name}")["data"]
    workspace = "datalens-workspace:datalens-workspace"
    state = held.get(workspace, {}).get("data", {})
    return bool(
        state.get("run")
        and state["tab"] == tab
        and workspace in json.dumps(held["layout-restorer:data"]["main"])
    )


def test_it_shows_every_attempt_each_chart_the_logs_and_the_data_and_outlasts_a_reload(
    panel: Panel, tips: Path
) -> None:
    panel.upload(tips)
    panel.ask("look at the tips")
    expect(panel.answer()).to_contain_text("Done.", timeout=ANSWER_MS)
    panel.answer().get_by_role("button", name="Open workspace").click()
    workspace = panel.part("workspace")
    expect(tabs(panel).first).to_be_focused()
    expect(tabs(panel)).to_have_text(["Code", "Tips", "Tips by bill", "Tables 1", "Logs", "Data"])
    expect(panel.cells().first).to_be_visible()  # beside the notebook, not over it

    attempts = workspace.locator("article")
    expect(attempts).to_have_count(2)
    expect(attempts.nth(0)).to_contain_text("df['tips'].mean()")
    expect(attempts.nth(0)).to_contain_text("failed")
    expect(attempts.nth(1)).to_contain_text("px.scatter")
    expect(attempts.nth(1).get_by_role("textbox", name="Code")).not_to_be_editable()

    attempts.nth(1).get_by_role("button", name="Tips by bill").click()
    expect(tabs(panel).nth(2)).to_have_attribute("aria-selected", "true")
    expect(workspace.locator(".js-plotly-plot .xtitle")).to_have_text("total_bill")
    tabs(panel).nth(2).press("ArrowLeft")
    expect(workspace.locator(".js-plotly-plot .xtitle")).to_have_text("tip")
    workspace.get_by_role("button", name="Code").click()  # the code of each chart is at hand
    expect(attempts.nth(1)).to_contain_text("px.histogram")

    tabs(panel).get_by_text("Tables").click()
    expect(workspace.get_by_role("row")).to_have_count(5)
    tabs(panel).get_by_text("Data").click()
    expect(workspace.get_by_role("region", name="Columns")).to_contain_text("total_bill")
    tabs(panel).get_by_text("Logs").click()
    terminal = panel.part("workspace-terminal")
    expect(terminal).to_contain_text("first try")
    expect(terminal.locator(".dl-stderr").last).to_have_text("careful\n")
    workspace.get_by_role("searchbox").fill("ROWS")
    expect(terminal).to_have_text("Step 2rows 244\n")

    panel.ask("count")
    expect(panel.part("message-assistant")).to_have_count(2)
    expect(panel.answer()).to_contain_text("Done.", timeout=ANSWER_MS)
    expect(tabs(panel)).to_have_text(["Code", "Logs", "Data"])  # it follows what is asked
    picker = workspace.get_by_role("combobox", name="Question")
    picker.select_option(label="look at the tips")
    expect(terminal).to_contain_text("first try")

    panel.wait_until(lambda: kept(panel, "logs"))  # Lab keeps layouts in a while
    panel.page.reload()
    panel.show()
    expect(tabs(panel).get_by_text("Logs")).to_have_attribute(
        "aria-selected", "true", timeout=ANSWER_MS
    )
    expect(terminal).to_contain_text("first try")


def test_the_launcher_has_a_card_that_opens_the_panel(panel: Panel) -> None:
    panel.command("application:toggle-right-area")
    expect(panel.part("panel")).to_be_hidden()
    panel.command("launcher:create", wait=False)
    panel.page.locator(".jp-LauncherCard[title^='Ask questions of your data']").click()
    expect(panel.part("panel")).to_be_visible()

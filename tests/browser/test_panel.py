"""The panel as it is used: by hand, by keys alone, by ear; with what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.lab import Lab
from tests.support.model_thread import Script
from tests.support.panel import ANSWER_MS, Panel

SLOW = """\
import time
import pandas as pd

for tick in range(60):
    print("tick", tick, flush=True)
    time.sleep(0.25)
len(df)
"""
WRONG = "import pandas as pd\n\nprint({attempt})\ndf['amounts'].sum()"
DIES = """\
import os
import signal
import pandas as pd

print("before the end", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
COUNT = "import pandas as pd\n\nlen(df)"


@pytest.fixture
def lab(lab_with_model: Lab, script: Script) -> Lab:
    script.codes |= {
        "take your time": SLOW,
        "sum the wrong column": [WRONG.format(attempt=n) for n in range(4)],
        "die": DIES,
        "count the rows": COUNT,
    }
    script.answers["count the rows"] = "There are **3** rows."
    return lab_with_model


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("region,amount\nNorth,3\nSouth,5\nNorth,7\n")
    return path


def focused(panel: Panel) -> Locator:
    return panel.page.locator("*:focus")


def test_an_analysis_is_renamed_and_deleted_in_the_history(panel: Panel, orders: Path) -> None:
    panel.upload(orders)
    panel.ask("count the rows")
    expect(panel.answer()).to_contain_text("There are 3 rows.", timeout=ANSWER_MS)
    panel.part("sessions").click()
    here = panel.part("panel").locator(".dl-session[aria-current]")
    here.get_by_role("button", name="Rename").click()
    name = here.get_by_role("textbox", name="Name of this analysis")
    name.fill("Not this")
    name.press("Escape")
    expect(here).to_contain_text("count the rows")
    here.get_by_role("button", name="Rename").click()
    name.fill("Orders of May")
    name.press("Enter")
    expect(here.get_by_test_id("datalens-session-item")).to_be_focused()
    expect(panel.part("panel").get_by_role("heading", level=2)).to_have_text(
        "DataLens Orders of May"
    )

    search = panel.part("panel").get_by_role("searchbox", name="Find an analysis")
    search.fill("no such words")
    expect(panel.part("panel")).to_contain_text("No analysis holds all of these words.")
    search.fill("may orders.csv")  # of its name, and of its data set
    expect(panel.part("session-item")).to_have_count(1)
    expect(panel.part("panel").get_by_role("heading", name="Today")).to_be_visible()

    here.get_by_role("button", name="Delete").click()
    expect(here.get_by_role("button", name="Keep")).to_be_focused()
    panel.page.keyboard.press("Escape")
    here.get_by_role("button", name="Delete").click()
    here.get_by_role("button", name="Delete").click()
    expect(panel.part("session-item").filter(has_text="Orders of May")).to_have_count(0)
    expect(panel.part("panel").get_by_role("button", name="New analysis")).to_be_focused()
    panel.page.keyboard.press("Escape")
    expect(panel.part("panel").get_by_role("button", name="History")).to_be_focused()
    expect(panel.part("panel")).to_contain_text("Drop a CSV or Excel file here")


def test_an_upload_shows_how_far_it_is_and_can_be_cancelled(panel: Panel, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_text("a,b\n" + "1,2\n" * 1_500_000)
    network = panel.page.context.new_cdp_session(panel.page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": 400_000})
    panel.part("upload-input").set_input_files(large)
    upload = panel.part("panel").locator(".dl-uploading")
    expect(upload).to_contain_text("Sending large.csv: ")
    expect(upload.get_by_role("progressbar")).to_have_attribute("value", re.compile(r"0\.\d+"))
    upload.get_by_role("button", name="Cancel").click()
    expect(upload).to_have_count(0)
    expect(panel.part("dataset")).to_have_count(0)
    expect(panel.part("error")).to_have_count(0)
    network.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    panel.part("upload-input").set_input_files(large)
    expect(panel.part("dataset")).to_contain_text("1,500,000", timeout=ANSWER_MS)


def test_each_refused_file_is_refused_in_its_own_words(panel: Panel, tmp_path: Path) -> None:
    refused = {
        "photo.gif": "Unsupported file type. Please upload CSV or Excel files.",
        "huge.csv": "File size exceeds 100MB limit.",
        "broken.xlsx": "Unable to parse file. Please check file integrity.",
        "empty.csv": "File contains no data.",
    }
    for name, words in refused.items():
        path = tmp_path / name
        with path.open("wb") as file:
            file.write(b"" if name == "empty.csv" else b"GIF89a")
            if name == "huge.csv":
                file.truncate(101 * 2**20)
        panel.part("upload-input").set_input_files(path)
        error = panel.part("error")
        expect(error).to_have_count(1)
        expect(error).to_contain_text(words)
        expect(error).to_have_attribute("role", "alert")
        error.get_by_role("button", name="Dismiss").click()
        expect(error).to_have_count(0)
    expect(panel.part("panel")).to_contain_text("Drop a CSV or Excel file here")


def test_a_file_of_the_file_browser_is_opened_by_its_menu_and_by_dragging(
    lab: Lab, open_page: Callable[[], Page], orders: Path
) -> None:
    (lab.root / "menu.csv").write_bytes(orders.read_bytes())
    (lab.root / "dragged.csv").write_bytes(orders.read_bytes())
    panel = Panel.open(open_page(), lab)
    files = panel.page.locator(".jp-DirListing-item")
    opened = files.filter(has_text=panel.notebook)
    expect(opened).to_contain_class("jp-mod-selected")  # Lab's own doing, once it has opened it
    files.filter(has_text="menu.csv").click(button="right")
    panel.page.get_by_role("menuitem", name="Open in DataLens").click()
    expect(panel.part("dataset")).to_contain_text("menu.csv", timeout=ANSWER_MS)

    files.filter(has_text="dragged.csv").hover()
    panel.page.mouse.down()
    place = panel.part("dropzone").bounding_box()
    assert place is not None
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    panel.page.mouse.move(x - 20, y, steps=8)
    expect(panel.part("panel")).to_contain_text("Drop to add this file")
    panel.page.mouse.move(x, y, steps=2)
    panel.page.mouse.up()
    expect(panel.part("dataset")).to_have_count(2, timeout=ANSWER_MS)
    expect(panel.part("dataset").last).to_contain_text("dragged.csv")


def test_a_question_that_is_too_long_is_kept_until_it_is_shorter(
    panel: Panel, orders: Path
) -> None:
    panel.upload(orders)
    composer = panel.part("composer")
    composer.fill("why? " * 2_100)
    expect(panel.part("panel")).to_contain_text("10,499 of 10,000 characters")
    expect(panel.part("send")).to_be_disabled()
    composer.press("Enter")
    expect(panel.part("message-user")).to_have_count(0)
    composer.fill("count the rows")
    composer.press("Enter")
    expect(panel.answer()).to_contain_text("There are 3 rows.", timeout=ANSWER_MS)


def test_everything_can_be_done_and_heard_without_a_mouse(panel: Panel, orders: Path) -> None:
    page = panel.page
    page.emulate_media(reduced_motion="reduce")
    panel.upload(orders)
    composer = panel.part("composer")
    panel.page.locator(".jp-FileBrowser").get_by_role("button").first.focus()
    page.keyboard.press("Alt+Shift+D")
    expect(composer).to_be_focused()
    page.keyboard.type("take")
    page.keyboard.press("Shift+Enter")
    expect(composer).to_have_value("take\n")
    composer.fill("take your time")
    page.keyboard.press("Enter")
    announcer = panel.part("announcer")
    expect(announcer).to_have_text("Working on your question.")
    expect(panel.part("terminal").last).to_contain_text("tick 1", timeout=ANSWER_MS)
    assert page.evaluate(MOVING) == 0
    page.keyboard.press("Escape")
    expect(panel.part("send")).to_be_visible(timeout=5_000)
    expect(announcer).to_have_text("Stopped. What was done until then is kept.")
    expect(composer).to_be_focused()

    page.keyboard.type("count the rows")
    page.keyboard.press("Enter")
    expect(announcer).to_have_text("Answer: There are 3 rows.", timeout=ANSWER_MS)
    panel.part("panel").get_by_role("button", name="History").focus()
    seen: list[str] = []
    while (name := page.evaluate(FOCUSED)) is not None:
        seen.append(name)
        assert page.evaluate(RING) != "none", f"{name} shows no focus"
        page.keyboard.press("Tab")
        assert len(seen) < 60, seen
    order = ["History", "More", "orders.csv", "Plan", "Code", "In notebook", "Ask again"]
    places = [next(i for i, name in enumerate(seen) if name.startswith(o)) for o in order]
    assert places == sorted(places)
    assert seen.index("Your question") > places[-1]
    panel.answer().get_by_test_id("datalens-tab-code").focus()
    page.keyboard.press("ArrowRight")
    expect(panel.answer().get_by_test_id("datalens-tab-logs")).to_be_focused()
    expect(panel.part("terminal")).to_have_text("3")


MOVING = """() => document.querySelector('[data-testid=datalens-panel]')
  .getAnimations({subtree: true}).length"""

FOCUSED = """() => {
  const panel = document.querySelector('[data-testid=datalens-panel]');
  const node = document.activeElement;
  if (!panel.contains(node)) return null;
  return node.getAttribute('aria-label') || node.innerText || node.tagName;
}"""

RING = """() => {
  const node = document.activeElement;
  const box = node.closest('.dl-composer, .dl-code');
  return box ? getComputedStyle(box).borderStyle : getComputedStyle(node).outlineStyle;
}"""


def test_what_went_wrong_is_said_in_words_and_its_evidence_is_kept(
    panel: Panel, orders: Path
) -> None:
    panel.upload(orders)
    panel.ask("sum the wrong column")
    answer = panel.answer()
    expect(answer.get_by_test_id("datalens-error")).to_contain_text(
        "The code, its errors and your data are kept."
    )
    answer.get_by_test_id("datalens-tab-code").click()
    expect(answer.locator(".dl-repair")).to_have_count(3)
    expect(answer).to_contain_text("attempt 4 of 4")

    panel.ask("die")
    answer = panel.answer()
    expect(answer.get_by_test_id("datalens-error")).to_contain_text(
        "Your data and history are kept"
    )
    answer.get_by_test_id("datalens-tab-code").click()
    expect(answer).to_contain_text("did not finish")
    answer.get_by_test_id("datalens-tab-logs").click()
    expect(panel.part("terminal").last).to_contain_text("before the end")

    panel.ask("count the rows")
    expect(panel.answer()).to_contain_text("There are 3 rows.", timeout=ANSWER_MS)
    expect(panel.answer()).to_contain_text("The sandbox was replaced")
    expect(panel.answer()).to_contain_text("orders.csv")


def test_the_panel_is_open_at_start_where_the_settings_say_so(
    own_lab: Lab, open_page: Callable[[], Page]
) -> None:
    page = open_page()
    page.goto(f"{own_lab.url}lab?token={own_lab.token}")
    panel = page.get_by_test_id("datalens-panel")
    expect(panel).to_have_count(1, timeout=ANSWER_MS)
    expect(panel).not_to_be_visible()
    own_lab.settle("datalens-jupyter/panel", openAtStart=True)
    page.goto(f"{own_lab.url}lab/workspaces/other?token={own_lab.token}")
    expect(page.get_by_test_id("datalens-panel")).to_be_visible(timeout=ANSWER_MS)

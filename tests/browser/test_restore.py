"""An analysis that is opened again after its files were lost."""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.lab import Lab
from tests.support.panel import ANSWER_MS, Panel


def test_a_file_that_is_gone_is_asked_for_while_all_that_was_shown_is_there(
    own_lab: Lab, open_page: Callable[[], Page], tmp_path: Path
) -> None:
    sales = tmp_path / "sales.csv"
    sales.write_text("region,revenue\n" + "West,4\nSouth,2\n" * 9)
    panel = Panel.open(open_page(), own_lab)
    panel.upload(sales)
    panel.ask("total revenue by region")
    expect(panel.answer()).to_contain_text("36", timeout=ANSWER_MS)

    own_lab.kill()
    for folder in (own_lab.data_dir / "files").iterdir():
        shutil.rmtree(folder)
    own_lab.environment["DATALENS_MAX_SANDBOXES"] = "1"
    own_lab.start()
    panel.page.reload()
    panel.show()
    expect(panel.answer(0)).to_contain_text("36")
    gone = "Not everything is back: sales.csv, whose file is gone or was changed."
    expect(panel.part("error")).to_contain_text(gone, timeout=ANSWER_MS)
    panel.part("error").get_by_role("button", name="Dismiss").click()
    panel.part("dataset").get_by_role("button").first.click()
    panel.page.get_by_test_id("datalens-replace-input").set_input_files(sales)
    expect(panel.part("panel")).not_to_contain_text("Reading sales.csv", timeout=ANSWER_MS)
    panel.ask("average revenue by region")
    expect(panel.answer()).to_contain_text("4", timeout=ANSWER_MS)

    # Another session takes the sandbox's place: it is said at once, and asking brings it back.
    use_another_sandbox(own_lab)
    told = panel.page.get_by_text("The sandbox was put away: it was idle")
    expect(told).to_be_visible(timeout=ANSWER_MS)
    panel.ask("how many rows")
    expect(panel.answer()).to_contain_text("18", timeout=ANSWER_MS)
    expect(told).to_be_hidden()


def use_another_sandbox(lab: Lab) -> None:
    """Run code in a new session, as a notebook of the same user does."""

    def post(path: str, body: object) -> bytes:
        headers = {"Authorization": f"token {lab.token}", "Content-Type": "application/json"}
        url = f"{lab.url}datalens/api/{path}"
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())

    session_id = json.loads(post("sessions", {}))["id"]
    post(f"sessions/{session_id}/executions", {"code": "1", "confirmed": True})

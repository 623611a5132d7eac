"""A person drops a file on the panel, asks, and finds the analysis in the notebook for good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import plotly.data
import pytest
from playwright.sync_api import Page, expect

from tests.support.lab import Lab
from tests.support.panel import ANSWER_MS, Panel

QUESTION = "average life expectancy by continent"


@pytest.fixture
def gapminder(tmp_path: Path) -> Path:
    path = tmp_path / "gapminder.csv"
    plotly.data.gapminder().to_csv(path, index=False)
    return path


def ask_and_wait(panel: Panel, gapminder: Path) -> None:
    panel.upload(gapminder)
    panel.ask(QUESTION)
    expect(panel.answer()).to_contain_text("48.87", timeout=ANSWER_MS)  # Africa, by hand


def test_from_a_dropped_file_to_read_only_cells_that_last(
    own_lab: Lab, open_page: Callable[[], Page], gapminder: Path
) -> None:
    panel = Panel.open(open_page(), own_lab)
    expect(panel.part("status")).to_contain_text("Nothing leaves this machine")
    panel.drop(gapminder)
    expect(panel.part("dataset")).to_contain_text("1,704 rows")
    panel.ask(QUESTION)
    expect(panel.part("message-user")).to_contain_text(QUESTION)
    expect(panel.answer()).to_contain_text("48.87", timeout=ANSWER_MS)
    chart = panel.part("panel").locator(".js-plotly-plot")
    expect(chart.first).to_be_visible(timeout=ANSWER_MS)

    cells = panel.cells()
    code = cells.filter(has_text="%%datalens run")
    expect(code).to_have_count(1)
    expect(cells.filter(has_text=QUESTION).first).to_be_visible()
    expect(code.locator(".js-plotly-plot, img.plot-img").first).to_be_visible()

    def ours() -> list[dict[str, Any]]:
        held = panel.save()["cells"]
        assert isinstance(held, list)
        return [c for c in held if "datalens" in c["metadata"]]

    panel.wait_until(lambda: any("image/png" in str(c.get("outputs")) for c in ours()))
    markdown, executed = ours()
    for cell in (markdown, executed):
        metadata = cell["metadata"]
        assert (metadata["editable"], metadata["deletable"]) == (False, False)
        assert metadata["tags"] == ["datalens"]
    mark = executed["metadata"]["datalens"]
    assert set(mark) == {"version", "session_id", "run_id", "step", "sha256"}
    assert "trusted" not in str(executed["metadata"])

    code.click()
    panel.page.keyboard.press("Escape")
    panel.page.keyboard.press("d")
    panel.page.keyboard.press("d")
    expect(code).to_have_count(1)  # not deletable

    panel.page.reload()
    panel.show()
    expect(panel.answer()).to_contain_text("48.87", timeout=ANSWER_MS)
    own_lab.stop()
    own_lab.start()
    again = Panel.open(open_page(), own_lab, panel.notebook)
    expect(again.cells().filter(has_text="%%datalens run")).to_have_count(1)
    again.reopen(QUESTION)
    expect(again.answer()).to_contain_text("48.87", timeout=ANSWER_MS)
    expect(again.part("dataset")).to_contain_text("gapminder.csv")
    back = "Back in the sandbox: gapminder.csv, 1 execution."
    expect(again.part("panel")).to_contain_text(back, timeout=ANSWER_MS)
    again.ask("how many rows are there?")
    expect(again.answer()).to_contain_text("1,704", timeout=ANSWER_MS)


def test_a_saved_chart_is_interactive_after_a_reload(panel: Panel, gapminder: Path) -> None:
    ask_and_wait(panel, gapminder)
    expect(panel.cells().locator(".js-plotly-plot, img.plot-img").first).to_be_visible()
    panel.save()
    panel.page.reload()
    panel.page.wait_for_selector(".jp-NotebookPanel", timeout=ANSWER_MS)
    plot = panel.cells().locator(".js-plotly-plot .plot-container").first
    expect(plot).to_be_visible(timeout=ANSWER_MS)


def test_evidence_is_one_click_away(panel: Panel, gapminder: Path) -> None:
    ask_and_wait(panel, gapminder)
    answer = panel.answer()
    answer.get_by_test_id("datalens-tab-code").click()
    expect(answer).to_contain_text("groupby")
    answer.get_by_test_id("datalens-tab-logs").click()
    expect(panel.part("terminal").last).to_be_visible()
    answer.get_by_test_id("datalens-tab-charts").click()
    expect(panel.part("chart").first).to_be_visible()


def test_an_unsupported_file_is_refused_with_a_sentence(panel: Panel, tmp_path: Path) -> None:
    picture = tmp_path / "photo.gif"
    picture.write_bytes(b"GIF89a")
    panel.part("upload-input").set_input_files(picture)
    expect(panel.part("error")).to_contain_text("Please upload CSV or Excel files.")


def test_the_newest_answer_is_in_view_after_a_reload_however_late_charts_are_drawn(
    panel: Panel, gapminder: Path
) -> None:
    panel.upload(gapminder)
    for place, year in enumerate((1952, 1972, 1992, 2007)):
        panel.ask(f"{QUESTION} in {year}")
        expect(panel.part("message-assistant")).to_have_count(place + 1, timeout=ANSWER_MS)
        expect(panel.answer()).to_contain_text(f" in {year}", timeout=ANSWER_MS)
    panel.page.wait_for_timeout(1500)  # Lab writes what is open once nothing changes
    panel.page.reload()
    panel.show()
    expect(panel.part("chart").locator(".main-svg").first).to_be_attached(timeout=ANSWER_MS)
    panel.page.wait_for_timeout(1000)  # what is drawn late is drawn

    def is_at_the_top() -> bool:
        question = panel.part("message-user").last.bounding_box()
        shown = panel.page.locator(".dl-conversation").bounding_box()
        assert question
        assert shown
        return 0 <= question["y"] - shown["y"] < 60

    panel.wait_until(is_at_the_top, seconds=10)

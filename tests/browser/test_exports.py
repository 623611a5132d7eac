"""An analysis as a file: taken from the panel, looked at where there is no network."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pypdfium2
import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.panel import ANSWER_MS, Panel

QUESTION = "average revenue by region"
FOLDER = "http://127.0.0.1:9/"  # nothing listens there: pages of it are handed to the browser


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    path = tmp_path / "sales.csv"
    rows = [("West", 4300.5), ("South", 2950.25), ("Север", 3100), ("<b>x</b>", 10)]
    path.write_text("region,revenue\n" + "".join(f"{r},{v}\n" for r, v in rows * 5))
    return path


@pytest.fixture
def asked(panel: Panel, sales: Path) -> Panel:
    """A panel with an answer and its chart."""
    panel.upload(sales)
    panel.ask(QUESTION)
    expect(panel.answer().get_by_test_id("datalens-chart")).to_be_visible(timeout=ANSWER_MS)
    return panel


def exported(panel: Panel, format: str) -> Path:
    """What the panel's menu hands out."""
    names = {"ipynb": "notebook", "html": "web page", "pdf": "PDF"}
    with panel.page.expect_download() as download:
        panel.page.get_by_role("button", name="More", exact=True).click()
        panel.page.get_by_role("menuitem", name=f"Export as {names[format]}").click()
    path = panel.lab.folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_the_page_is_interactive_without_a_network(
    asked: Panel, open_page: Callable[[], Page]
) -> None:
    content = exported(asked, "html").read_bytes()
    page = open_page()
    page.route(f"{FOLDER}**", lambda route: route.fulfill(body=content, content_type="text/html"))
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{FOLDER}analysis.html")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    page.locator(".js-plotly-plot .point path").first.hover(force=True)
    expect(page.locator(".hoverlayer .hovertext")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Every number in the answer occurs")
    drawn = "document.querySelector('.js-plotly-plot')._fullLayout"
    assert page.evaluate(f"{drawn}.font.color === getComputedStyle(document.body).color")
    assert page.evaluate(f"{drawn}.plot_bgcolor") == "rgba(0, 0, 0, 0)"
    assert page.evaluate(f"{drawn}.xaxis.showgrid") is False
    assert page.locator("b").count() == 0
    assert said == []
    refused = "fetch('https://elsewhere.example').then(() => 'sent', () => 'refused')"
    assert page.evaluate(refused) == "refused"
    page.emulate_media(color_scheme="dark")
    themed = f"{drawn}.font.color === getComputedStyle(document.body).color"
    asked.wait_until(lambda: page.evaluate(themed))
    printed = pypdfium2.PdfDocument(page.pdf())
    words = "".join(sheet.get_textpage().get_text_range() for sheet in printed)
    paper = printed[0].render(scale=0.2).to_pil().convert("RGB")
    printed.close()
    assert "groupby" in words  # nothing of it is folded on paper
    assert "read_csv" in words
    assert max(paper.getcolors(1 << 20))[1] == (255, 255, 255)


def test_charts_without_a_picture_are_drawn_for_the_export(panel: Panel, sales: Path) -> None:
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.abort()

    panel.page.route("**/png?*", refuse)
    panel.upload(sales)
    panel.ask(QUESTION)
    expect(panel.answer().get_by_test_id("datalens-chart")).to_be_visible(timeout=ANSWER_MS)
    panel.wait_until(lambda: bool(refused))
    assert "image/png" not in exported(panel, "ipynb").read_text()
    panel.page.unroute("**/png?*")
    assert "image/png" in exported(panel, "ipynb").read_text()


def test_the_pdf_holds_the_picture_of_the_chart(asked: Panel) -> None:
    pdf = pypdfium2.PdfDocument(exported(asked, "pdf"))
    text = pdf[0].get_textpage().get_text_range()
    drawn = [o for o in pdf[0].get_objects(max_depth=4) if o.type == 3]
    pdf.close()
    assert QUESTION in text
    assert "has not been drawn" not in text
    assert len(drawn) == 1


def test_an_exported_notebook_is_whole_in_lab_and_goes_on_as_its_session(
    asked: Panel, open_page: Callable[[], Page]
) -> None:
    lab = asked.lab
    book = json.loads(exported(asked, "ipynb").read_text())
    (lab.root / "exported.ipynb").write_text(json.dumps(book))
    other = Panel.open(open_page(), lab, "exported.ipynb")
    other.cells().filter(has_text="%%datalens run").scroll_into_view_if_needed()
    expect(other.cells().locator(".js-plotly-plot .main-svg").first).to_be_attached()
    offer = other.part("continuation")
    expect(offer).to_contain_text("an analysis of yours in DataLens")
    offer.get_by_role("button", name="Continue it").click()
    expect(other.answer()).to_contain_text("West")
    expect(offer).to_have_count(0)

    book["metadata"]["datalens"]["session_id"] = str(uuid4())
    (lab.root / "foreign.ipynb").write_text(json.dumps(book))
    offer = Panel.open(open_page(), lab, "foreign.ipynb").part("continuation")
    expect(offer).to_contain_text("This analysis is not on this server.")
    offer.get_by_role("button", name="Dismiss").click()
    expect(offer).to_have_count(0)

"""A question that can be read in two ways: the answer says so, the other is one click away."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Route, expect

from tests.support.panel import ANSWER_MS, Panel


def test_the_other_reading_is_one_click_away_and_still_there_after_a_reload_at_once(
    panel: Panel, tmp_path: Path
) -> None:
    write_no_more_layout(panel)
    path = tmp_path / "prices.csv"
    path.write_text("shop,unit_price,total_price\nMill,3,9\nQuay,5,5\nMill,7,21\nPier,2,8\n")
    panel.upload(path)
    panel.ask("top 2 shops by price")
    other = panel.answer(0).get_by_role("group", name="Or did you mean").get_by_role("button")
    expect(other).to_contain_text("total_price", timeout=ANSWER_MS)
    panel.page.reload()
    other.click(timeout=ANSWER_MS)
    expect(panel.part("message-user").last).to_have_text("top 2 shops by total price")
    expect(panel.answer()).to_contain_text("30", timeout=ANSWER_MS)  # Mill, 9 and 21


def write_no_more_layout(panel: Panel) -> None:
    """As if the page were always reloaded before Lab has written its layout, where the panel is
    closed: it does so 750 ms after the last change."""
    workspace = f"lab/api/workspaces/{panel.notebook.removesuffix('.ipynb')}"
    panel.page.evaluate("window.jupyterapp.restored")
    panel.page.evaluate("window.jupyterapp.shell.collapseRight()")
    panel.wait_until(
        lambda: panel.lab.get(workspace)["data"]["layout-restorer:data"]["right"]["collapsed"]
    )

    def refuse(route: Route) -> None:
        if route.request.method == "PUT":
            route.abort()
        else:
            route.continue_()

    panel.page.route(f"**/{workspace}*", refuse)
    panel.show()

"""Take the pictures of the documentation: `python tests/browser/take_screenshots.py FOLDER`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import plotly.data
from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.lab import Lab
from tests.support.panel import ANSWER_MS, Panel

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


def main(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder) / "gapminder.csv"
        plotly.data.gapminder().to_csv(data, index=False)
        lab = Lab(Path(folder))
        lab.start()
        try:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1440, "height": 860})
            panel = Panel.open(page, lab)
            panel.upload(data)
            panel.ask("average life expectancy by continent")
            expect(panel.answer()).to_contain_text("48.87", timeout=ANSWER_MS)
            plot = panel.part("panel").locator(".js-plotly-plot").first
            expect(plot).to_be_visible(timeout=ANSWER_MS)
            for name, theme in THEMES.items():
                script = (
                    "t => window.jupyterapp.commands.execute('apputils:change-theme', {theme: t})"
                )
                page.evaluate(script, theme)
                page.wait_for_timeout(1500)
                panel.answer().scroll_into_view_if_needed()
                page.mouse.move(500, 400)  # nothing is pointed at
                page.screenshot(path=target / f"panel-{name}.png")
                card = panel.dataset(data.name)
                head = card.get_by_role("button", name=data.name)
                head.click()
                card.get_by_role("button", name="How it was read").click()
                card.get_by_role("button", name="Whole file").click()
                page.wait_for_timeout(300)
                panel.part("panel").screenshot(path=target / f"data-{name}.png")
                head.click()
        finally:
            lab.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

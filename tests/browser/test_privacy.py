"""What a person sees and decides of what is sent: policies, marks, requests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.lab import Lab
from tests.support.model_thread import Script, model_that_follows
from tests.support.panel import ANSWER_MS, Panel

STAFF = "worker,base_pay,mail\n" + "".join(
    f"Person {n},{50_123 + 1_111 * n},p{n}@corp.example\n" for n in range(8)
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server whose requests wait for their user."""
    with model_that_follows(Script()) as model:
        environment = {
            "DATALENS_LLM_BASE_URL": model.base_url,
            "DATALENS_PAUSE_BEFORE_SENDING": "true",
        }
        lab = Lab(tmp_path_factory.mktemp("lab_that_pauses"), environment=environment)
        lab.start()
        yield lab
        lab.stop()


def test_policies_marks_and_requests_are_decided_in_the_panel(panel: Panel, tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_text(STAFF)
    panel.upload(path)
    dataset = panel.part("dataset")
    expect(dataset).to_contain_text("staff.csv", timeout=ANSWER_MS)
    dataset.get_by_role("button", name="staff.csv").click()
    dataset.get_by_role("button", name="What may be sent").click()
    policies = panel.part("column-policies")
    expect(policies.get_by_label("mail")).to_have_value("tokenise")
    policies.get_by_label("base_pay").select_option("never")
    expect(policies.get_by_label("base_pay")).to_have_value("never")
    dataset.get_by_role("button", name="staff.csv").click()

    panel.ask("average base_pay by worker of Project Heron")
    review = panel.part("request-review")
    expect(review).to_contain_text("Request 1 to the model waits", timeout=ANSWER_MS)
    review.get_by_role("button", name="Look at it").click()
    requests = panel.page.locator(".jp-Dialog")
    expect(requests).to_contain_text("average <COLUMN_NAME_1> by worker")
    expect(requests).not_to_contain_text("corp.example")
    expect(requests).not_to_contain_text("base_pay")
    requests.get_by_role("button", name="Close").click()
    review.get_by_role("button", name="Do not send").click()
    expect(review).not_to_be_visible()

    panel.part("composer").fill("average base_pay by worker of Project Heron")
    panel.part("panel").get_by_role("button", name="More").click()
    panel.page.get_by_text("See exactly what is sent", exact=True).click()
    preview = panel.part("privacy-preview")
    expect(preview).to_contain_text("values are replaced before sending.")
    # All of it by keyboard: from the last button to the first thing in the dialog, and Enter there
    # belongs to what has the focus.
    expect(panel.page.get_by_role("button", name="Send", exact=True).last).to_be_focused()
    panel.page.keyboard.press("Tab")
    expect(preview.get_by_label("Something personal is left?")).to_be_focused()
    panel.page.keyboard.type("Person 3")
    panel.page.keyboard.press("Enter")
    expect(preview.locator("pre").nth(1)).to_contain_text("<MARKED_VALUE_1>")
    expect(preview.locator("pre").nth(1)).not_to_contain_text("Person 3")
    preview.get_by_role("button", name="<EMAIL_ADDRESS_1>").first.focus()
    panel.page.keyboard.press("Enter")
    expect(preview.locator("pre").nth(1)).to_contain_text("p0@corp.example")
    panel.page.add_script_tag(path=AXE)
    for theme in THEMES:
        panel.use_theme(theme)
        assert panel.page.evaluate(VIOLATIONS, "privacy-preview") == []
    panel.page.locator(".jp-Dialog").get_by_role("button", name="Send").click()
    expect(panel.part("composer")).to_have_value("")
    expect(review).to_contain_text("Request 1 to the model waits", timeout=ANSWER_MS)
    panel.page.reload()
    panel.show()
    expect(review).to_contain_text("Request 1 to the model waits", timeout=ANSWER_MS)
    review.get_by_role("button", name="Look at it").click()
    expect(requests).to_contain_text("p0@corp.example")
    expect(requests).not_to_contain_text("Person 3")
    expect(requests.get_by_role("button", name="Close")).to_be_focused()
    panel.page.keyboard.press("Escape")
    review.get_by_role("button", name="Do not send").click()
    expect(review).not_to_be_visible()


AXE = Path(__file__).parents[2] / "labextension" / "node_modules" / "axe-core" / "axe.min.js"
THEMES = ("JupyterLab Light", "JupyterLab Dark")
VIOLATIONS = """async part => {
  const found = await axe.run(`[data-testid=datalens-${part}]`, {resultTypes: ['violations']});
  return found.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v =>
    [v.id, v.nodes.map(n => n.failureSummary + ' ' + n.html.slice(0, 200))]);
}"""

"""What stands around an answer: the plan's approval, what was not verified, what it cost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.lab import Lab
from tests.support.model_thread import Script
from tests.support.panel import ANSWER_MS, Panel

COUNT = "import pandas as pd\n\nlen(df)"
TABLE = "import pandas as pd\n\ndf.groupby('region', as_index=False)['amount'].sum()"
WRONG = "import pandas as pd\n\nprint({attempt})\ndf['amounts'].sum()"


@pytest.fixture
def lab(lab_with_model: Lab, script: Script) -> Lab:
    script.codes |= {
        "count the rows": COUNT,
        "count them again": COUNT,
        "sum by region": [TABLE, COUNT, f"{COUNT} + 1", f"{COUNT} + 2"],
        "insist": [WRONG.format(attempt=1), COUNT],
        "insist on it": WRONG.format(attempt=1),
    }
    script.answers["count the rows"] = script.answers["count them again"] = "There are **3** rows."
    script.answers["sum by region"] = "North has **4711**."
    return lab_with_model


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("region,amount\nNorth,3\nSouth,5\nNorth,7\n")
    return path


def switch_approval(panel: Panel) -> None:
    panel.part("panel").get_by_role("button", name="More").click()
    panel.page.locator(".lm-Menu-item").filter(has_text="Show me each plan").click()


def test_a_plan_waits_for_its_approval_by_keys_alone(panel: Panel, orders: Path) -> None:
    panel.upload(orders)
    switch_approval(panel)
    plan = panel.part("plan-approval")
    try:
        panel.ask("count the rows")
        expect(plan).to_contain_text("Do what is asked: count the rows")
        expect(plan).to_be_focused()
        expect(panel.part("announcer")).to_have_text("The plan waits for your approval.")
        panel.page.keyboard.press("Enter")  # approves nothing
        panel.page.keyboard.press("Tab")
        panel.page.keyboard.press("Tab")
        expect(plan.get_by_role("button", name="Change the question")).to_be_focused()
        panel.page.keyboard.press("Enter")
        expect(panel.part("composer")).to_have_value("count the rows")
        expect(panel.part("composer")).to_be_focused()
        expect(panel.answer()).to_contain_text("You did not approve the plan, so no code ran.")
        expect(panel.part("tab-code")).to_have_count(0)

        panel.part("composer").fill("count them again")
        panel.page.keyboard.press("Enter")
        expect(plan).to_be_focused()
        panel.page.reload()  # it waits, whoever watches
        panel.show()
        plan.get_by_role("button", name="Change the steps").click()
        steps = plan.get_by_role("textbox", name="Steps of the plan")
        expect(steps).to_be_focused()
        steps.fill("")
        expect(plan.get_by_role("button", name="Approve")).to_be_disabled()
        steps.fill("Count the rows\n\nSay how many there are")
        plan.get_by_role("button", name="Approve").click()
        expect(panel.answer()).to_contain_text("There are 3 rows.", timeout=ANSWER_MS)
        changed = panel.answer().get_by_test_id("datalens-plan").locator("li")
        expect(changed).to_have_text([re.compile("Count the"), re.compile("Say how many")])
        expect(plan).to_have_count(0)
    finally:
        switch_approval(panel)


def test_what_was_not_verified_is_marked_and_what_it_cost_is_told(
    panel: Panel, orders: Path
) -> None:
    panel.upload(orders)
    panel.ask("sum by region")
    answer = panel.answer()
    expect(answer).to_contain_text("North has 4711.", timeout=ANSWER_MS)
    expect(answer.locator(".dl-unverified")).to_contain_text("Not verified.")
    expect(answer.locator(".dl-unverified")).to_contain_text("4711")
    expect(answer).to_contain_text("tokens · $")
    panel.part("status").get_by_role("button").last.click()
    dialog = panel.page.get_by_role("dialog")
    expect(dialog).to_contain_text("The last question: ")
    expect(dialog).to_contain_text("This session: ")
    panel.page.keyboard.press("Escape")


def test_the_model_that_is_chosen_answers_this_analysis_and_no_other(
    panel: Panel, orders: Path
) -> None:
    page, choices = panel.page, panel.part("models")
    answering = panel.part("status").get_by_role("button").first
    default = answering.inner_text()
    panel.upload(orders)
    answering.focus()
    page.keyboard.press("Enter")
    expect(choices.get_by_role("option")).to_have_text(
        [
            re.compile(re.escape(default)),
            "Scripted: LargeContext 400,000 tokens · $1.25 in, $10.00 out",
            "Scripted: SmallContext 32,768 tokens · free",
        ]
    )
    expect(choices.get_by_role("option", selected=True)).to_contain_text(default)
    expect(choices.get_by_role("listbox")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(choices).to_have_count(0)
    expect(answering).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(answering).to_have_text("scripted/small")
    expect(answering).to_be_focused()

    panel.part("panel").get_by_role("button", name="More").click()
    page.locator(".lm-Menu-item").filter(has_text="See exactly what is sent").click()
    expect(page.locator(".jp-Dialog")).to_contain_text("What is sent to scripted/small")
    page.locator(".jp-Dialog").get_by_role("button", name="Close").click()
    panel.ask("count the rows")
    expect(panel.answer()).to_contain_text("There are 3 rows.", timeout=ANSWER_MS)
    page.reload()
    panel.show()
    expect(answering).to_have_text("scripted/small")
    panel.part("sessions").click()
    panel.part("panel").get_by_role("button", name="New analysis").click()
    expect(answering).to_have_text(default)


def test_a_reopened_session_says_what_went_wrong_as_it_did_then(panel: Panel, orders: Path) -> None:
    panel.upload(orders)
    panel.ask("insist")
    panel.answer().get_by_test_id("datalens-tab-code").click()
    hint = panel.answer().locator(".dl-repair summary").inner_text()
    assert "amounts" in hint
    panel.ask("insist on it")
    notice = panel.answer().locator(".dl-notice").filter(has_text="failed before")
    expect(notice).to_have_count(1)
    expect(notice).to_contain_text("times)")
    panel.page.reload()
    panel.show()
    first = panel.answer(0)
    first.get_by_test_id("datalens-tab-code").click()
    expect(first.locator(".dl-repair summary")).to_have_text(hint)

"""A team's history in the panel: signing in, a sign-in that ends, signing out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.lab import Lab
from tests.support.panel import Panel
from tests.support.supabase_server import Supabase, running_supabase

SALES = "region,revenue\nWest,1\nSouth,2\nWest,3\n"
PASSWORD = "a-password-of-ann"


@pytest.fixture(scope="module")
def supabase() -> Iterator[Supabase]:
    # Tokens are refreshed a minute before their end, so these are after two seconds.
    with running_supabase(jwt_expiry=62) as supabase:
        yield supabase


@pytest.fixture
def team_lab(supabase: Supabase, tmp_path: Path) -> Iterator[Lab]:
    environment = {
        "SUPABASE_URL": supabase.url,
        "SUPABASE_ANON_KEY": supabase.anon_key,
        "RATE_LIMIT_UPLOADS_PER_HOUR": "1",
    }
    lab = Lab(tmp_path, environment=environment)
    lab.start()
    yield lab
    lab.stop()


def form_of(panel: Panel) -> Locator:
    form = panel.part("sign-in")
    expect(form).to_be_visible()
    expect(panel.part("composer")).to_be_hidden()
    return form


def test_a_team_member_signs_up_works_is_asked_again_and_signs_out(
    open_page: Callable[[], Page], team_lab: Lab, supabase: Supabase, tmp_path: Path
) -> None:
    panel = Panel.open(open_page(), team_lab)
    form = form_of(panel)
    expect(form).to_contain_text("Sign in to see yours")

    # By keys alone: a refusal is said in the form, and leaves the email.
    form.get_by_label("Email").focus()
    panel.page.keyboard.type("ann@example.com")
    panel.page.keyboard.press("Tab")
    panel.page.keyboard.type("not-her-password")
    panel.page.keyboard.press("Enter")
    expect(panel.part("error")).to_have_text(
        "That email and password do not fit together. Nothing was changed. Try again."
    )
    expect(form.get_by_label("Email")).to_have_value("ann@example.com")
    expect(form.get_by_label("Password")).to_have_value("")
    form.get_by_role("button", name="Make an account").click()
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_label("Password").press("Enter")
    expect(form).to_be_hidden()

    sales = tmp_path / "sales.csv"
    sales.write_text(SALES)
    panel.upload(sales)
    panel.ask("total revenue by region")
    expect(panel.answer()).to_contain_text("West")

    (tmp_path / "more.csv").write_text(SALES)
    panel.part("upload-input").set_input_files(tmp_path / "more.csv")
    expect(panel.part("error")).to_contain_text("The limit of 1 upload an hour is reached.")
    expect(panel.part("error")).to_contain_text(" min")  # when it may be tried again
    panel.part("error").get_by_role("button", name="Dismiss").click()

    supabase.database.sql("delete from auth.refresh_tokens; delete from auth.sessions")
    panel.page.wait_for_timeout(2_500)
    panel.ask("how many rows")
    expect(form_of(panel)).to_contain_text("Session expired. Please log in again.")
    expect(form.get_by_label("Email")).to_have_value("ann@example.com")
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Sign in", exact=True).click()
    expect(form).to_be_hidden()
    expect(panel.dataset("sales.csv")).to_be_visible()
    expect(panel.part("message-user").first).to_contain_text("total revenue by region")
    expect(panel.part("composer")).to_have_value("how many rows")  # nothing typed is lost
    panel.part("send").click()
    expect(panel.answer()).to_contain_text("3")

    # Another tab signs out while this one works: both ask, and one sign-in is enough for both.
    other = Panel.open(open_page(), team_lab)
    panel.ask("average revenue by region")
    expect(panel.part("message-assistant")).to_have_count(3)  # it was taken
    other.part("panel").get_by_role("button", name="More", exact=True).first.click()
    other.page.get_by_role("menuitem", name="Sign out").click()
    expect(form_of(other)).to_be_visible()
    expect(form_of(panel)).to_be_visible()
    expect(panel.dataset("sales.csv")).to_be_hidden()
    form_of(other).get_by_label("Email").fill("ann@example.com")
    form_of(other).get_by_label("Password").fill(PASSWORD)
    form_of(other).get_by_label("Password").press("Enter")
    expect(other.part("sign-in")).to_be_hidden()
    panel.page.evaluate("window.dispatchEvent(new Event('focus'))")  # as when it is looked at
    expect(panel.part("sign-in")).to_be_hidden()
    expect(panel.part("message-user").last).to_contain_text("average revenue by region")
    expect(panel.answer()).to_contain_text("West")

    panel.page.get_by_role("button", name="More").last.click()
    panel.page.get_by_role("menuitem", name="Sign out").click()
    expect(form_of(panel)).to_be_visible()
    expect(panel.dataset("sales.csv")).to_be_hidden()

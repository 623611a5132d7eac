"""Browser tests: a real JupyterLab, Debian's chromium, one page a test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect, sync_playwright

from tests.support.lab import Lab
from tests.support.model_thread import Script, model_that_follows
from tests.support.panel import Panel

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """With a profile, where what was compiled of Lab's code once is kept for all tests."""
    path = shutil.which("chromium")
    assert path is not None, "chromium is missing: run tests/browser/install-chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=path,
            viewport={"width": 1440, "height": 900},
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server without a model; each test works in a session and a notebook of its own."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.start()
    yield lab
    lab.stop()


@pytest.fixture(scope="session")
def script() -> Script:
    """What the model of `lab_with_model` writes and says; tests add their questions."""
    return Script()


@pytest.fixture(scope="session")
def lab_with_model(tmp_path_factory: pytest.TempPathFactory, script: Script) -> Iterator[Lab]:
    """The same with a scripted model over real HTTP; a module that wants it names it `lab`."""
    with model_that_follows(script) as model:
        folder = tmp_path_factory.mktemp("lab_with_model")
        lab = Lab(folder, environment={"DATALENS_LLM_BASE_URL": model.base_url})
        lab.start()
        yield lab
        lab.stop()


@pytest.fixture
def own_lab(tmp_path: Path) -> Iterator[Lab]:
    """A server of the test's own, to be killed and restarted."""
    lab = Lab(tmp_path)
    lab.start()
    yield lab
    lab.stop()


@pytest.fixture
def open_page(
    browser: BrowserContext, request: pytest.FixtureRequest
) -> Iterator[Callable[[], Page]]:
    """Opens pages; what each fetched from elsewhere fails the test that opened it."""
    elsewhere: list[str] = []
    pages: list[Page] = []

    def note(request: Request) -> None:
        here = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:")
        if not request.url.startswith(here):
            elsewhere.append(request.url)

    def opened() -> Page:
        pages.append(browser.new_page())
        return pages[-1]

    browser.on("request", note)
    yield opened
    if shots := os.environ.get("DATALENS_SCREENSHOTS"):
        for number, page in enumerate(pages):
            page.screenshot(path=f"{shots}/{request.node.name}-{number}.png")
    close(browser, pages)
    browser.remove_listener("request", note)
    assert elsewhere == []


def close(browser: BrowserContext, pages: list[Page]) -> None:
    """Close the pages of a test, and leave nothing of what they stored."""
    origins = {"{0.scheme}://{0.netloc}".format(urlsplit(page.url)) for page in pages}
    for page in pages:
        page.close()
    storage = browser.new_cdp_session(browser.pages[0])
    for origin in origins:
        kinds = "cookies,local_storage,indexeddb"
        storage.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": kinds})
    storage.detach()


@pytest.fixture
def panel(lab: Lab, open_page: Callable[[], Page]) -> Panel:
    """DataLens in a fresh workspace with an empty Python notebook open."""
    return Panel.open(open_page(), lab)

"""DataLens as a person uses it in JupyterLab, by the test ids of the contract."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.support.lab import Lab

ANSWER_MS = 60_000


@dataclass
class Panel:
    page: Page
    lab: Lab
    notebook: str

    @classmethod
    def open(cls, page: Page, lab: Lab, notebook: str | None = None) -> Panel:
        """Open Lab in a workspace of its own on a notebook (a new empty one by default)."""
        if notebook is None:
            notebook = f"{uuid4().hex[:8]}.ipynb"
            empty = {"cells": [], "metadata": {"kernelspec": KERNEL}, "nbformat": 4}
            (lab.root / notebook).write_text(json.dumps({**empty, "nbformat_minor": 5}))
        panel = cls(page, lab, notebook)
        workspace = notebook.removesuffix(".ipynb")
        page.goto(f"{lab.url}lab/workspaces/{workspace}/tree/{notebook}?token={lab.token}")
        page.wait_for_selector(".jp-NotebookPanel", timeout=ANSWER_MS)
        panel.show()
        return panel

    def show(self) -> None:
        """Show the panel, through the command that the palette and the launcher use."""
        registered = "window.jupyterapp?.commands.hasCommand('datalens:open')"
        self.page.wait_for_function(registered, timeout=ANSWER_MS)
        if not self.part("panel").is_visible():
            self.command("datalens:open")
        expect(self.part("panel")).to_be_visible(timeout=ANSWER_MS)

    def command(self, name: str, *, wait: bool = True) -> None:
        """Execute a command of Lab; do not wait for one that asks the user something."""
        script = "name => window.jupyterapp.commands.execute(name)"
        if not wait:
            script = "name => { void window.jupyterapp.commands.execute(name); }"
        self.page.evaluate(script, name)

    def use_theme(self, name: str) -> None:
        """Lab in another theme, drawn."""
        script = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
        self.page.evaluate(script, name)
        light = "true" if name.endswith("Light") else "false"
        expect(self.page.locator(f"body[data-jp-theme-light={light}]")).to_be_attached()

    def part(self, name: str) -> Locator:
        return self.page.get_by_test_id(f"datalens-{name}")

    def upload(self, path: Path) -> None:
        self.part("upload-input").set_input_files(path)
        expect(self.dataset(path.name)).to_be_visible(timeout=ANSWER_MS)

    def dataset(self, name: str) -> Locator:
        """The card of a data set."""
        return self.part("dataset").filter(has_text=name)

    def ask(self, question: str) -> None:
        composer = self.part("composer")
        box = composer.locator("textarea")
        (box if box.count() else composer).fill(question)
        self.part("send").click()

    def answer(self, place: int = -1) -> Locator:
        """The assistant's message, once the run has ended."""
        expect(self.part("send")).to_be_visible(timeout=ANSWER_MS)
        messages = self.part("message-assistant")
        return messages.last if place == -1 else messages.nth(place)

    def cells(self) -> Locator:
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")

    def clear_outputs(self) -> None:
        self.command("notebook:clear-all-cell-outputs")

    def wait_for_kernel(self) -> None:
        """Until the notebook's kernel is connected and idle; before, Lab would ask for one."""
        ready = """() => {
            const kernel = window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel;
            return kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
        }"""
        self.page.wait_for_function(ready, timeout=ANSWER_MS)

    def wait_until(self, holds: Callable[[], bool], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "it did not become true"
            self.page.wait_for_timeout(200)

    def drop(self, path: Path) -> None:
        """Drop a file from the desktop on the panel."""
        transfer = self.page.evaluate_handle(
            """([name, text]) => {
                const transfer = new DataTransfer();
                transfer.items.add(new File([text], name));
                return transfer;
            }""",
            [path.name, path.read_text()],
        )
        zone = self.part("dropzone")
        for kind in ("dragenter", "dragover", "drop"):
            zone.dispatch_event(kind, {"dataTransfer": transfer})
        expect(self.dataset(path.name)).to_be_visible(timeout=ANSWER_MS)

    def reopen(self, title: str) -> None:
        """Open a session from the history, if the panel does not show it already."""
        if not self.part("session-item").first.is_visible():
            self.part("sessions").click()
        self.part("session-item").filter(has_text=title).first.click()

    def save(self) -> dict[str, Any]:
        """Save the notebook as a person would, and read what is on disk."""
        dirty = self.page.locator(".jp-mod-dirty")

        def saved() -> bool:
            self.command("docmanager:save")
            return dirty.count() == 0

        self.wait_until(saved)  # pictures of charts may come after the first try
        held: dict[str, Any] = json.loads((self.lab.root / self.notebook).read_text())
        return held


KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}

"""What a cell of ours does when it is run: in the sandbox, after asking, or not at all."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.lab import Lab
from tests.support.model_thread import Script
from tests.support.panel import ANSWER_MS, KERNEL, Panel

WHERE = """\
import os
import pandas as pd

print("home", os.path.expanduser("~"), "canary", os.path.exists({canary!r}), "rows", len(df))
len(df)
"""


@pytest.fixture
def lab(lab_with_model: Lab, script: Script) -> Lab:
    canary = lab_with_model.folder / "canary"
    canary.write_text("only the host sees this")
    script.codes["where"] = WHERE.format(canary=str(canary))
    plain = lab_with_model.folder / "data" / "kernels" / "plain"
    plain.mkdir(parents=True, exist_ok=True)
    launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {
        "argv": [*launch, "--InteractiveShellApp.extra_extensions=[]"],
        "display_name": "Without DataLens",
        "language": "python",
    }
    (plain / "kernel.json").write_text(json.dumps(spec))
    return lab_with_model


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n" + "1,x\n" * 11)
    return path


@pytest.fixture
def inserted(panel: Panel, rows: Path) -> Panel:
    """A notebook that holds one run of ours."""
    panel.upload(rows)
    panel.ask("where")
    expect(panel.answer()).to_contain_text("Done.", timeout=ANSWER_MS)
    expect(panel.cells().filter(has_text="%%datalens run")).to_have_count(1)
    panel.save()
    return panel


def test_running_an_inserted_cell_runs_it_in_the_sandbox(inserted: Panel) -> None:
    cell = inserted.cells().filter(has_text="%%datalens run")
    inserted.clear_outputs()
    expect(cell.locator(".jp-OutputArea-output")).to_have_count(0)
    inserted.command("notebook:run-all-cells", wait=False)
    expect(cell).to_contain_text("home /home/user canary False rows 11", timeout=ANSWER_MS)


def test_restart_and_run_all_works_with_an_inserted_cell_first(inserted: Panel) -> None:
    saved = inserted.save()
    ours = [c for c in saved["cells"] if "datalens" in c["metadata"]]
    (inserted.lab.root / "first.ipynb").write_text(json.dumps(saved | {"cells": ours[1:]}))
    page = inserted.page
    page.goto(f"{inserted.lab.url}lab/workspaces/first/tree/first.ipynb")
    page.wait_for_selector(".jp-NotebookPanel", timeout=ANSWER_MS)
    panel = Panel(page, inserted.lab, "first.ipynb")
    panel.wait_for_kernel()
    panel.clear_outputs()
    panel.command("notebook:restart-run-all", wait=False)
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    expect(panel.cells().first).to_contain_text("canary False rows 11", timeout=ANSWER_MS)


def open_notebook(
    open_page: Callable[[], Page], lab: Lab, source: str, kernel: dict[str, str] = KERNEL
) -> Panel:
    name = f"crafted-{abs(hash(source)) % 10**8}-{kernel['name']}.ipynb"
    cell = {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "id": "one",
    }
    book = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (lab.root / name).write_text(json.dumps(book))
    panel = Panel.open(open_page(), lab, name)
    panel.wait_for_kernel()
    return panel


def source_of(panel: Panel) -> str:
    saved = panel.save()
    [cell] = [c for c in saved["cells"] if "%%datalens" in "".join(c["source"])]
    return "".join(cell["source"])


def test_changed_code_is_run_only_after_asking(
    inserted: Panel, open_page: Callable[[], Page]
) -> None:
    changed = source_of(inserted) + "\nprint('changed by hand')"
    panel = open_notebook(open_page, inserted.lab, changed)
    panel.command("notebook:run-all-cells", wait=False)
    cell = panel.cells().first
    button = cell.get_by_role("button", name="Run it in the sandbox")
    expect(button).to_be_visible(timeout=ANSWER_MS)
    expect(cell.locator(".jp-OutputArea").first).not_to_contain_text("canary False")
    button.click()
    expect(cell).to_contain_text("changed by hand\n", timeout=ANSWER_MS)


def test_nothing_runs_in_a_kernel_without_the_extension(
    inserted: Panel, open_page: Callable[[], Page], tmp_path: Path
) -> None:
    proof = tmp_path / "it-ran"
    source = source_of(inserted) + f"\nopen({str(proof)!r}, 'w')"
    plain = {"name": "plain", "display_name": "Without DataLens", "language": "python"}
    panel = open_notebook(open_page, inserted.lab, source, plain)
    panel.command("notebook:run-all-cells", wait=False)
    expect(panel.cells().first).to_contain_text("%%datalens` not found", timeout=ANSWER_MS)
    assert not proof.exists()


def test_expressions_in_the_first_line_are_not_evaluated(
    inserted: Panel, open_page: Callable[[], Page], tmp_path: Path
) -> None:
    proof = tmp_path / "it-ran"
    first, _, code = source_of(inserted).partition("\n")
    hostile = first.split(" --step")[0] + " --step {open(" + repr(str(proof)) + ", 'w')}"
    panel = open_notebook(open_page, inserted.lab, f"{hostile}\n{code}")
    panel.command("notebook:run-all-cells", wait=False)
    expect(panel.cells().first.locator(".jp-OutputArea-output")).to_be_visible(timeout=ANSWER_MS)
    assert not proof.exists()

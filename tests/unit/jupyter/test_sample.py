"""What `make lab` opens."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import nbformat

from datalens_jupyter.sample import DATA, NOTEBOOK, command, settings_folder, write_sample


def test_the_sample_is_a_real_data_set_and_a_valid_notebook(tmp_path: Path) -> None:
    write_sample(tmp_path)
    rows = list(csv.DictReader((tmp_path / DATA).open(encoding="utf-8")))
    assert len(rows) == 1704
    assert {"country", "continent", "year", "lifeExp"} <= set(rows[0])
    book = nbformat.read(tmp_path / NOTEBOOK, as_version=4)
    nbformat.validate(book)
    assert any(cell.source.startswith("%%datalens") for cell in book.cells)


def test_lab_shows_the_panel_and_asks_nothing(tmp_path: Path) -> None:
    write_sample(tmp_path)
    held = json.loads((settings_folder(tmp_path) / "overrides.json").read_text())
    assert held["datalens-jupyter:panel"] == {"openAtStart": True}
    assert held["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_what_the_user_changed_is_kept(tmp_path: Path) -> None:
    (tmp_path / NOTEBOOK).write_text("mine")
    (tmp_path / DATA).write_text("also mine")
    write_sample(tmp_path)
    assert (tmp_path / NOTEBOOK).read_text() == "mine"
    assert (tmp_path / DATA).read_text() == "also mine"


def test_lab_opens_at_the_notebook_and_gets_further_arguments(tmp_path: Path) -> None:
    line = command(tmp_path, ["--no-browser", "--port=9999"], root=False)
    assert f"--LabApp.default_url=/lab/tree/{NOTEBOOK}" in line
    assert line[-2:] == ["--no-browser", "--port=9999"]
    assert "--allow-root" not in line
    assert "--allow-root" in command(tmp_path, [], root=True)

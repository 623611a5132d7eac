"""`python -m datalens_jupyter.sample`: JupyterLab on a sample notebook and data set.

The folder is `~/datalens-sample` or `$DATALENS_SAMPLE_DIR`. A file that is there already is kept as
it is. Arguments go on to JupyterLab.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

DATA = "gapminder.csv"
NOTEBOOK = "Welcome.ipynb"

WELCOME = """\
# Ask questions of your data

This folder holds `gapminder.csv`: life expectancy, population and income of 142 countries, every \
five years from 1952 to 2007.

1. **DataLens** is open in the right sidebar.
2. Drag `gapminder.csv` from the file browser onto it.
3. Ask: *average lifeExp by continent as a bar chart*

You see the plan, the code and its output as they come. When the answer is there, you find it here \
in the notebook, with the chart and the code as read-only cells. The code runs in an isolated \
sandbox, not in your kernel."""

FROM_A_CELL = """\
## The same from a cell

Send a DataFrame of your kernel, then ask in a cell that starts with `%%datalens`."""

LOAD = """\
import pandas as pd

df = pd.read_csv("gapminder.csv")
%datalens upload df"""

ASK = """\
%%datalens
top 5 country by max gdpPercap"""

WITHOUT_A_KEY = """\
## With and without a model

Without a key DataLens works by rules: it counts, averages, ranks, compares and draws, and says \
so when it does not understand. Nothing leaves this machine. Set `OPENROUTER_API_KEY` before you \
start JupyterLab to have a model plan and write the code; personal data are replaced before \
anything is sent."""


# Lab's own question about news would lie over the first answer, and fetching them needs a network.
SETTINGS = {
    "datalens-jupyter:panel": {"openAtStart": True},
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}


def sample_folder() -> Path:
    chosen = os.environ.get("DATALENS_SAMPLE_DIR")
    return Path(chosen).expanduser() if chosen else Path.home() / "datalens-sample"


def write_sample(folder: Path) -> None:
    """Data, notebook and Lab's settings for it, unless they are there already."""
    settings = settings_folder(folder)
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    data, notebook = folder / DATA, folder / NOTEBOOK
    if not data.exists():
        import plotly.data

        plotly.data.gapminder().to_csv(data, index=False)
    if not notebook.exists():
        notebook.write_text(_welcome(), encoding="utf-8")


def settings_folder(folder: Path) -> Path:
    return folder / ".jupyterlab"


def command(folder: Path, arguments: Sequence[str], *, root: bool) -> list[str]:
    """JupyterLab in the folder, at the notebook."""
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{NOTEBOOK}",
        f"--LabApp.app_settings_dir={settings_folder(folder)}",
        *(["--allow-root"] if root else []),
        *arguments,
    ]


def _welcome() -> str:
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    book = new_notebook(
        cells=[
            new_markdown_cell(WELCOME, id="welcome"),
            new_markdown_cell(FROM_A_CELL, id="from-a-cell"),
            new_code_cell(LOAD, id="load"),
            new_code_cell(ASK, id="ask"),
            new_markdown_cell(WITHOUT_A_KEY, id="without-a-key"),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )
    text: str = nbformat.writes(book)
    return text + "\n"


def main(arguments: Sequence[str]) -> None:
    folder = sample_folder()
    write_sample(folder)
    os.chdir(folder)
    lab = command(folder, arguments, root=os.geteuid() == 0)
    os.execv(lab[0], lab)


if __name__ == "__main__":
    main(sys.argv[1:])

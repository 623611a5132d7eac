"""An exported notebook where no DataLens is: nothing runs by itself, all on its reader's word."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat

from datalens_core.datasets.loader import setup_code
from datalens_core.export import export_session
from datalens_core.models import Dataset, DatasetSchema, LoadPlan
from tests.support.analyses import analysis, execution, result

FILE = "Umsätze 'neu'.csv"
# IPython as it is without the extension; each cell's outcome is a line, as JSON.
KERNEL = """\
import json, sys

class Missing:
    def find_spec(name, path=None, target=None):
        if name == "datalens_jupyter":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing)
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(history_manager=None)
for source in json.load(sys.stdin):
    ran = shell.run_cell(source)
    error = ran.error_before_exec or ran.error_in_exec
    print("CELL " + json.dumps([type(error).__name__, repr(ran.result)]))
"""


def exported() -> list[str]:
    """The sources of its code cells, of two executions that build on each other."""
    dataset = Dataset(
        name=FILE,
        variable="df",
        size_bytes=1,
        sha256="0",
        plan=LoadPlan(format="csv", delimiter=";", numbers={"umsatz": ","}),
        dataset_schema=DatasetSchema(columns=[], row_count=3, sample_data=[]),
    )
    codes = ["total = df['umsatz'].sum()\ntotal", "px.bar(df, x='ort', y='umsatz').data[0].type"]
    source = analysis(executions=[execution(n, result("", []), c) for n, c in enumerate(codes, 1)])
    detail = source.detail.model_copy(update={"datasets": [dataset]})
    source = replace(source, detail=detail, setup=setup_code([dataset]))
    book = nbformat.reads(export_session(source, "ipynb").content.decode(), as_version=4)
    return [c.source for c in book.cells if c.cell_type == "code"]


def outcomes(cells: list[str], folder: Path) -> list[list[str]]:
    """The error and the value of each cell, run in `folder` beside the data."""
    (folder / FILE).write_text("ort;umsatz\nWest;1,5\nSüd;2,25\nWest;10\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", KERNEL],
        cwd=folder,
        input=json.dumps(cells),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    return [json.loads(line[5:]) for line in lines if line.startswith("CELL ")]


def test_it_runs_from_top_to_bottom_beside_its_data_once_its_reader_says_so(
    tmp_path: Path,
) -> None:
    cells = exported()
    cells[0] = cells[0].replace("RUN_HERE = False", "RUN_HERE = True")
    *_, total, drawn = outcomes(cells, tmp_path)
    assert total == ["NoneType", "np.float64(13.75)"]
    assert drawn == ["NoneType", "'bar'"]


def test_nothing_of_it_runs_unconfined_by_itself(tmp_path: Path) -> None:
    switch, setup, *codes = outcomes(exported(), tmp_path)
    assert switch[0] == "ModuleNotFoundError"
    assert setup == ["NoneType", "None"]
    assert [value for _, value in codes] == ["None", "None"]


def test_a_cell_that_failed_stops_none_below_it() -> None:
    source = analysis(executions=[execution(1, result("", [], success=False))])
    book = nbformat.reads(export_session(source, "ipynb").content.decode(), as_version=4)
    [cell] = [c for c in book.cells if c.source.startswith("%%datalens")]
    assert cell.metadata.tags == ["datalens", "raises-exception"]

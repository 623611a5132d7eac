"""The code that loads a data set in the sandbox: exactly its LoadPlan, hostile names as data."""

from __future__ import annotations

import keyword
from pathlib import Path

from datalens_core.datasets.files import sandbox_name
from datalens_core.datasets.inspect_source import read_arguments
from datalens_core.models import Dataset
from datalens_core.sandbox.client import HOME
from datalens_core.sandbox.contract import DataFile

LINE_LENGTH = 88


def loader_code(dataset: Dataset) -> str:
    """Python that reads the data set's file into its variable.

    Raises:
        ValueError: the variable is not a name that Python can assign to.
    """
    variable = dataset.variable
    if not variable.isidentifier() or keyword.iskeyword(variable):
        raise ValueError("The variable of a data set must be a Python name.")
    columns = dataset.dataset_schema.columns
    dates = [column.name for column in columns if column.dtype.startswith("datetime64")]
    plan = dataset.plan.model_dump()
    arguments = read_arguments(plan, len(columns), dates)
    reader = "read_csv" if dataset.plan.format == "csv" else "read_excel"
    written = [repr(f"{HOME}/{sandbox_name(dataset.name)}")]
    written += [f"{name}={value!r}" for name, value in arguments.items()]
    code = f"{variable} = pd.{reader}({', '.join(written)})"
    if len(code) > LINE_LENGTH:
        lines = "".join(f"    {argument},\n" for argument in written)
        code = f"{variable} = pd.{reader}(\n{lines})"
    if dataset.plan.format == "xlsx":  # Excel's headers may be numbers and dates
        code += f"\n{variable}.columns = {variable}.columns.map(str)"
    return f"import pandas as pd\n\n{code}\n"


def data_file(dataset: Dataset, path: Path) -> DataFile:
    """The data set as a sandbox's recipe takes it."""
    return DataFile(path=path, name=sandbox_name(dataset.name), loader=loader_code(dataset))

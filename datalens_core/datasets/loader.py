"""The code that loads a data set in the sandbox: exactly its LoadPlan, hostile names as data.

The sample that is shown is read by this code as well, with fewer rows: so sample and whole file
are read the same way by construction.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from datalens_core.datasets.files import sandbox_name
from datalens_core.datasets.reader.cells import CODES, CURRENCY, FOREIGN_DIGITS, PLAIN_DIGITS
from datalens_core.datasets.reader.columns import EXCEL_DAYS, FOREIGN_MARK, NEXT_DAY, UTC
from datalens_core.datasets.reader.line_forms import QUOTED_LINE
from datalens_core.models import Dataset, LoadPlan
from datalens_core.sandbox.bootstrap import COMMON_NAMES
from datalens_core.sandbox.client import HOME
from datalens_core.sandbox.contract import DataFile

LINE_LENGTH = 88
IMPORT = "import pandas as pd\n\n"

# Lines that are quoted as a whole hold delimited text.
QUOTED_LINES = """\
with open({source}, encoding={encoding!r}) as file:
    text = re.sub({pattern!r}, lambda line: line[1].replace('""', '"'), file.read())
text = io.StringIO(text)
"""
# A line whose words stand where others have gaps is a title.
FIXED_LINES = """\
cuts = {cuts!r}
with open({source}, encoding={encoding!r}) as file:
    rows = [
        [line.strip()]
        if any(line[cut - 1 : cut].strip() for cut in cuts[1:])
        else [line[start:end].strip() for start, end in zip(cuts, [*cuts[1:], None])]
        for line in file
    ]
text = io.StringIO()
csv.writer(text).writerows(row if any(row) else [] for row in rows)
text.seek(0)
"""
# A column is converted as a whole or not at all: no value is lost to a wrong guess.
DATES = """\
for name, written in {dates!r}.items():
    dates = pd.to_datetime({df}[name], format=written, errors='coerce'{utc})
    if dates.notna().sum() == {df}[name].notna().sum():
        {df}[name] = dates
"""
# 24:00 ends a day, as 0:00 begins the next one.
MIDNIGHTS = """\
for name, written in {dates!r}.items():
    next_day = pd.to_timedelta({df}[name].str.contains('[ T]24:00').eq(True).astype('int64'), 'D')
    dates = {df}[name].str.replace('(?<=[ T])24:00', '00:00', regex=True)
    dates = pd.to_datetime(dates, format=written, errors='coerce')
    if dates.notna().sum() == {df}[name].notna().sum():
        {df}[name] = dates + next_day
"""
EXCEL = """\
for name in {names!r}:
    days = pd.to_numeric({df}[name], errors='coerce')
    if days.notna().sum() == {df}[name].notna().sum():
        {df}[name] = pd.to_datetime(days, unit='D', origin='1899-12-30').dt.round('s')
"""
FOREIGN = """\
for name in {names!r}:
    {df}[name] = {df}[name].str.translate(str.maketrans({foreign!r}, {plain!r}))
"""
NUMBERS = r"""
for name, decimal in {numbers!r}.items():
    digits = {df}[name].str.replace({signs!r}, '', regex=True)
    digits = digits.str.replace('−', '-').str.replace(r'^\((.*)\)$', r'-\1', regex=True)
    digits = digits.str.replace(r'^(.*)-$', r'-\1', regex=True)
    digits = digits.str.replace('.' if decimal == ',' else ',', '').str.replace(decimal, '.')
    numbers = pd.to_numeric(digits, errors='coerce')
    if numbers.notna().sum() == {df}[name].notna().sum():
        {df}[name] = numbers
""".lstrip("\n")
# Values padded to one width, and words for missing ones among them.
PADDED = """\
for name in {padded!r}:
    {df}[name] = {df}[name].str.strip().replace({missing!r}, pd.NA)
"""
# Empty rows make floats of whole numbers; without them they are whole again.
DENSE = """\
{df} = {df}.dropna(how='all', ignore_index=True)
for name in {df}.select_dtypes('float64'):
    if {df}[name].notna().all() and (abs({df}[name]) < 2**53).all() and ({df}[name] % 1 == 0).all():
        {df}[name] = {df}[name].astype('int64')
"""
# In Python, \s is any space that groups digits.
SIGNS = rf"[\s%{CURRENCY}'’]|{CODES}|(?<![0-9A-Za-z])(?:US|A|C|NZ|R|HK)(?=\$)"


def loader_code(dataset: Dataset, *, beside: bool = False) -> str:
    """Python that reads the data set's file into its variable.

    Args:
        beside: the file is where the code runs, by the name that its user knows, and not in a
            sandbox's home.

    Raises:
        ValueError: the variable is not a name that Python can assign to.
    """
    width = len(dataset.dataset_schema.columns)
    source = repr(dataset.name) if beside else None
    return code_for(dataset.plan, dataset.name, dataset.variable, width=width, source=source)


def setup_code(datasets: Iterable[Dataset]) -> str:
    """What a session's code finds in its sandbox, for who runs it where the files lie."""
    loaders = [loader_code(dataset, beside=True) for dataset in datasets]
    return "\n".join([COMMON_NAMES.lstrip(), *(code.removeprefix(IMPORT) for code in loaders)])


def code_for(
    plan: LoadPlan,
    name: str,
    variable: str,
    *,
    width: int = 0,
    rows: int | None = None,
    source: str | None = None,
) -> str:
    """As `loader_code`; `rows` reads only so many records, `width` names columns of no header.

    `source` is what the file is read from, as code: by default its path in a sandbox's home.
    """
    if not variable.isidentifier() or keyword.iskeyword(variable):
        raise ValueError("The variable of a data set must be a Python name.")
    reader = "read_csv" if plan.format == "csv" else "read_excel"
    written = [source or repr(f"{HOME}/{sandbox_name(name)}")]
    imports, text = _delimited(plan, written[0])
    if text:
        written = ["text"]
    written += [f"{key}={value!r}" for key, value in _arguments(plan, width, rows).items()]
    code = f"{variable} = pd.{reader}({', '.join(written)})\n"
    if len(code) > LINE_LENGTH:
        lines = "".join(f"    {argument},\n" for argument in written)
        code = f"{variable} = pd.{reader}(\n{lines})\n"
    if plan.names is not None and plan.columns is not None:
        left = [name for name in plan.names if name not in set(plan.columns)]
        code += f"{variable} = {variable}.drop(columns={left!r})\n"
    if plan.drop_empty_rows:
        code += DENSE.format(df=variable)
    if plan.fill_down:
        code += f"{variable}[{plan.fill_down!r}] = {variable}[{plan.fill_down!r}].ffill()\n"
    return f"{IMPORT}{imports}{text}{code}{_conversions(plan, variable)}"


def _delimited(plan: LoadPlan, source: str) -> tuple[str, str]:
    """Code that makes delimited text of the file's lines, and what it imports; none if it is."""
    if plan.lines == "quoted":
        text = QUOTED_LINES.format(source=source, encoding=plan.encoding, pattern=QUOTED_LINE)
        return "import io\nimport re\n\n", text
    if plan.lines == "fixed":
        text = FIXED_LINES.format(source=source, encoding=plan.encoding, cuts=plan.cuts)
        return "import csv\nimport io\n\n", text
    return "", ""


def _arguments(plan: LoadPlan, width: int, rows: int | None) -> dict[str, Any]:
    """Keyword arguments of pandas' reader, without those that say what it does anyway."""
    arguments: dict[str, Any] = {}
    if plan.format == "csv":
        if plan.delimiter != ",":
            arguments["sep"] = plan.delimiter
        if not plan.quotechar:
            arguments["quoting"] = 3  # csv.QUOTE_NONE
        elif plan.quotechar != '"':
            arguments["quotechar"] = plan.quotechar
        if plan.escapechar:
            arguments["escapechar"] = plan.escapechar
        if plan.skip_initial_space:
            arguments["skipinitialspace"] = True
        if plan.line_end:  # pandas counts skipped lines wrong where CR alone ends them
            arguments["lineterminator"] = plan.line_end
        if plan.encoding != "utf-8" and plan.lines == "delimited":
            arguments["encoding"] = plan.encoding
    else:
        arguments["sheet_name"] = plan.sheet
        if plan.engine is not None:
            arguments["engine"] = plan.engine
    arguments |= _rows_and_columns(plan, width)
    if plan.na_values:
        arguments["na_values"] = plan.na_values
    if text := [*plan.text_columns, *plan.dates, *plan.numbers, *plan.padded]:
        arguments["dtype"] = dict.fromkeys(text, "str")
    read = [number for number in (plan.rows, rows) if number is not None]
    if read:
        arguments["nrows"] = min(read)
    if plan.format == "csv":
        arguments["index_col"] = False  # else a delimiter at the lines' ends makes an index
        arguments["on_bad_lines"] = "warn"
        arguments["low_memory"] = False
    return arguments


def _rows_and_columns(plan: LoadPlan, width: int) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    skipped = set(plan.skip_rows)
    names = plan.names
    if plan.header_row is None and names is None:
        names = [f"column_{number}" for number in range(1, width + 1)]
    if names is not None:
        arguments["header"] = None
        arguments["names"] = names
        if plan.header_row is not None:
            skipped.update(range(plan.header_row + plan.header_lines))
    elif plan.header_row is not None:
        skipped.update(range(plan.header_row))
    if skipped:
        arguments["skiprows"] = sorted(skipped)
    return arguments


def _conversions(plan: LoadPlan, variable: str) -> str:
    code = ""
    if plan.padded:
        missing = ["", *plan.na_values]
        code += PADDED.format(padded=plan.padded, missing=missing, df=variable)
    formats = {n: f for n, f in plan.dates.items() if f != EXCEL_DAYS}
    aware = {n: f.removesuffix(UTC) for n, f in formats.items() if f.endswith(UTC)}
    late = {n: f.removesuffix(NEXT_DAY) for n, f in formats.items() if f.endswith(NEXT_DAY)}
    plain = {n: f for n, f in formats.items() if n not in aware and n not in late}
    for dates, utc in ((plain, ""), (aware, ", utc=True")):
        if dates:
            code += DATES.format(dates=dates, df=variable, utc=utc)
    if late:
        code += MIDNIGHTS.format(dates=late, df=variable)
    numbers = dict(plan.numbers)
    if foreign := [n for n, mark in numbers.items() if mark == FOREIGN_MARK]:
        numbers.update(dict.fromkeys(foreign, "."))
        code += FOREIGN.format(
            names=foreign, df=variable, foreign=FOREIGN_DIGITS, plain=PLAIN_DIGITS
        )
    if numbers:
        code += NUMBERS.format(numbers=numbers, df=variable, signs=SIGNS)
    if days := [n for n, f in plan.dates.items() if f == EXCEL_DAYS]:
        code += EXCEL.format(names=days, df=variable)
    return code


def data_file(dataset: Dataset, path: Path) -> DataFile:
    """The data set as a sandbox's recipe takes it."""
    return DataFile(
        path=path,
        name=sandbox_name(dataset.name),
        loader=loader_code(dataset),
        sha256=dataset.sha256,
        title=dataset.name,
    )

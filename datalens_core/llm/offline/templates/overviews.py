"""What is in the data: columns, types, first rows, missing values, duplicates."""

from __future__ import annotations

from datalens_core.llm.offline.source import expression, variable
from datalens_core.llm.offline.templates.script import Script


def _chosen(script: Script) -> None:
    """Go on with the columns that the question names, if it names any."""
    names = [column.name for column in script.intent.columns]
    if names:
        script.add("part = DATA[NAMES]", NAMES=names)
        script.data = variable("part")


def describe(script: Script) -> None:
    _chosen(script)
    script.add(
        'print("Rows:", len(DATA), "Columns:", DATA.shape[1],'
        ' "Missing values:", DATA.isna().sum().sum())\n'
        'numbers = DATA.select_dtypes("number")'
    )
    cells = {
        "type": expression("DATA.dtypes.astype(str)", DATA=script.data),
        "missing": expression("DATA.isna().sum()", DATA=script.data),
        "different values": expression("DATA.nunique()", DATA=script.data),
    }
    cells |= {name: expression(f"numbers.{name}()") for name in ("mean", "min", "median", "max")}
    script.add("result = pd.DataFrame(CELLS)", CELLS=cells)
    script.add('result = result.reindex(DATA.columns).rename_axis("column").reset_index()')


def columns(script: Script) -> None:
    cells = {
        "column": expression("DATA.columns", DATA=script.data),
        "type": expression("[str(kind) for kind in DATA.dtypes]", DATA=script.data),
        "missing": expression("DATA.isna().sum().to_list()", DATA=script.data),
    }
    script.add("result = pd.DataFrame(CELLS)", CELLS=cells)


def head(script: Script) -> None:
    script.add("result = pd.DataFrame(DATA.head(N))", N=script.intent.limit or 5)


def missing(script: Script) -> None:
    _chosen(script)
    script.add(
        'missing = DATA.isna().sum()\nprint("Rows:", len(DATA), "Missing values:", missing.sum())'
    )
    cells = {
        "column": expression("missing.index"),
        "missing": expression("missing.to_list()"),
        "percent": expression("(100 * missing / len(DATA)).round(2).to_list()", DATA=script.data),
    }
    script.add("result = pd.DataFrame(CELLS)", CELLS=cells)
    script.add('result = result.sort_values("missing", ascending=False, ignore_index=True)')


def duplicates(script: Script) -> None:
    names = [column.name for column in script.intent.columns]
    if names:
        script.add("repeated = DATA.duplicated(subset=NAMES)", NAMES=names)
    else:
        script.add("repeated = DATA.duplicated()")
    script.add(
        'result = pd.DataFrame({"duplicate rows": [repeated.sum()], "rows": [len(repeated)]})'
    )

"""How values spread, and how columns go together."""

from __future__ import annotations

from datalens_core.llm.offline.source import expression
from datalens_core.llm.offline.templates.script import Script

_PAIRS = """
result = pd.DataFrame(pairs, columns=["column", "other column"])
result["correlation"] = [matrix.loc[one, other] for one, other in pairs]
result = result.sort_values("correlation", key=abs, ascending=False, ignore_index=True).round(4)
"""


def distribution(script: Script) -> None:
    intent = script.intent
    name = intent.columns[0].name
    if intent.groups:
        script.add(
            "result = DATA.groupby(KEY)[NAME].describe().reset_index()",
            KEY=intent.groups[0].column.name,
            NAME=name,
        )
        return
    script.add("result = pd.DataFrame([DATA[NAME].describe()])", NAME=name)


def correlation(script: Script) -> None:
    intent = script.intent
    names = [column.name for column in intent.columns]
    if intent.groups:
        _correlation_by_group(script, names, intent.groups[0].column.name)
    elif len(names) == 1:
        script.add(
            'matrix = DATA.select_dtypes("number").corr()\n'
            "pairs = [(NAME, other) for other in matrix.columns if other != NAME]",
            NAME=names[0],
        )
        script.add(_PAIRS)
    else:
        every = expression('DATA.select_dtypes("number").columns.to_list()', DATA=script.data)
        script.add(
            "matrix = DATA[NAMES].corr()\npairs = list(itertools.combinations(matrix.columns, 2))",
            NAMES=names or every,
        )
        script.add(_PAIRS)


def _correlation_by_group(script: Script, names: list[str], key: str) -> None:
    script.add(
        "pairs = [(key, part[ONE].corr(part[OTHER]), len(part))"
        " for key, part in DATA.groupby(KEY)]\n"
        'result = pd.DataFrame(pairs, columns=[KEY, "correlation", "rows"]).round(4)\n'
        'result = result.sort_values("correlation", ascending=False, ignore_index=True)',
        ONE=names[0],
        OTHER=names[1],
        KEY=key,
    )


def scatter(script: Script) -> None:
    one, other = (column.name for column in script.intent.columns)
    script.note_rows([one, other])
    script.add(
        "complete = DATA.dropna(subset=[ONE, OTHER])\n"
        "correlation = complete[ONE].corr(complete[OTHER])\n"
        'result = pd.DataFrame({"rows": [len(complete)], "correlation": [correlation]})',
        ONE=one,
        OTHER=other,
    )


def regression(script: Script) -> None:
    """Least squares of the second column on the first one."""
    x, y = (column.name for column in script.intent.columns)
    script.note_rows([x, y])
    script.add(
        "complete = DATA.dropna(subset=[X, Y])\n"
        "x = complete[X]\n"
        "y = complete[Y]\n"
        "slope = x.cov(y) / x.var()\n"
        "intercept = y.mean() - slope * x.mean()\n"
        "r_squared = x.corr(y) ** 2",
        X=x,
        Y=y,
    )
    script.add(
        "result = pd.DataFrame(CELLS)",
        CELLS={
            "slope": [expression("slope")],
            "intercept": [expression("intercept")],
            "R squared": [expression("r_squared")],
            "rows": [expression("len(complete)")],
        },
    )


def outliers(script: Script) -> None:
    """Values further than 1.5 interquartile ranges outside the quartiles (Tukey's fences)."""
    intent = script.intent
    measure = intent.measures[0].column if intent.measures else None
    if measure is None:
        _outliers_of_all(script)
        return
    if intent.groups:
        _outliers_by_group(script, measure.name, intent.groups[0].column.name)
        return
    script.add(
        "values = DATA[NAME]\n"
        "q1 = values.quantile(0.25)\n"
        "q3 = values.quantile(0.75)\n"
        "low = q1 - 1.5 * (q3 - q1)\n"
        "high = q3 + 1.5 * (q3 - q1)\n"
        "outliers = DATA[(values < low) | (values > high)]\n"
        'print("Outliers:", len(outliers), "of", values.count())\n'
        'print("Low fence:", round(low, 4))\n'
        'print("High fence:", round(high, 4))',
        NAME=measure.name,
    )
    script.add(
        "result = outliers[NAMES].sort_values(NAME, ascending=False, ignore_index=True)",
        NAMES=[column.name for column in intent.columns],
        NAME=measure.name,
    )


def _outliers_by_group(script: Script, name: str, key: str) -> None:
    script.add(
        "values = DATA[NAME]\n"
        "group = DATA[KEY]\n"
        "q1 = values.groupby(group).quantile(0.25)\n"
        "q3 = values.groupby(group).quantile(0.75)\n"
        "low = q1 - 1.5 * (q3 - q1)\n"
        "high = q3 + 1.5 * (q3 - q1)\n"
        "outside = (values < group.map(low)) | (values > group.map(high))",
        NAME=name,
        KEY=key,
    )
    script.add(
        "result = pd.DataFrame(CELLS)\n"
        "result = result.reset_index()\n"
        'result = result.sort_values("outliers", ascending=ASCENDING, ignore_index=True)',
        CELLS={
            "outliers": expression("outside.groupby(group).sum()"),
            "values": expression("values.groupby(group).count()"),
            "low fence": expression("low"),
            "high fence": expression("high"),
        },
        ASCENDING=script.intent.order == "asc",
    )


def _outliers_of_all(script: Script) -> None:
    script.add(
        "numbers = DATA[NAMES]\n"
        "q1 = numbers.quantile(0.25)\n"
        "q3 = numbers.quantile(0.75)\n"
        "low = q1 - 1.5 * (q3 - q1)\n"
        "high = q3 + 1.5 * (q3 - q1)\n"
        "outside = (numbers < low) | (numbers > high)",
        NAMES=[column.name for column in script.intent.columns],
    )
    script.add(
        "result = pd.DataFrame(CELLS)",
        CELLS={
            "outliers": expression("outside.sum()"),
            "low fence": expression("low"),
            "high fence": expression("high"),
        },
    )
    script.add(
        'result = result.rename_axis("column").reset_index()\n'
        'result = result.sort_values("outliers", ascending=False, ignore_index=True)'
    )

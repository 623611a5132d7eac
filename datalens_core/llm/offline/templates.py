"""From an intent to the pandas and plotly code that answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from datalens_core.llm.offline import charts
from datalens_core.llm.offline.intent import Filter, Group, Intent, Measure
from datalens_core.llm.offline.naming import COURSE, SHARE, group_name, measure_name
from datalens_core.llm.offline.schema_match import Column
from datalens_core.llm.offline.source import column, literal, literals, program
from datalens_core.llm.offline.terms import Bin

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_BINS: dict[Bin, str] = {
    "year": ".dt.year",
    "quarter": '.dt.to_period("Q").astype(str)',
    "month": '.dt.strftime("%Y-%m")',
    "week": '.dt.to_period("W").dt.start_time.dt.strftime("%Y-%m-%d")',
    "day": '.dt.strftime("%Y-%m-%d")',
    "weekday": f".dt.day_name().astype(pd.CategoricalDtype({literals(_WEEKDAYS)}, ordered=True))",
    "hour": ".dt.hour",
    "month_of_year": (
        f".dt.month_name().astype(pd.CategoricalDtype({literals(_MONTHS)}, ordered=True))"
    ),
}
_OPERATORS = {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}


@dataclass(frozen=True)
class Style:
    """How careful the code is; each attempt after a failure takes the next one."""

    coerce: bool = False
    """Turn measured columns into numbers, leaving out what is none."""
    chart: bool = True


ATTEMPTS = (Style(), Style(coerce=True), Style(coerce=True, chart=False))


def write_code(intent: Intent, attempt: int = 0) -> str:
    """The code for an intent; `attempt` counts the failures before it, each gives other code."""
    return _Writer(intent, ATTEMPTS[attempt]).write()


class _Writer:
    def __init__(self, intent: Intent, style: Style) -> None:
        self.intent = intent
        self.style = style
        self.lines: list[str] = []
        self.data = "data"

    def write(self) -> str:
        body: Callable[[], None] = getattr(self, f"_{self.intent.kind}")
        self._prepare()
        body()
        chart = charts.write_chart(self.intent, self.data) if self.style.chart else []
        imports = ["import pandas as pd"]
        if any("px." in line for line in chart):
            imports.append("import plotly.express as px")
        show = ["", *chart, "fig.show()"] if chart else [""]
        return program([*imports, "", *self.lines, *show, "result"])

    # -- the rows ------------------------------------------------------------------------------

    def _used(self) -> list[Column]:
        intent = self.intent
        used = [measure.column for measure in intent.measures if measure.column]
        used += [group.column for group in intent.groups]
        used += [held.column for held in intent.filters]
        return list(dict.fromkeys((*used, *intent.columns)))

    def _prepare(self) -> None:
        dates = [c for c in self._used() if c.kind == "date"]
        numbers = [c for c in self._used() if c.kind == "number"] if self.style.coerce else []
        if dates or numbers:
            self.lines.append(f"data = {self.intent.dataset}.copy()")
        elif not self.intent.filters:
            self.data = self.intent.dataset
        for held in dates:
            cell = column("data", held.name)
            self.lines.append(f'{cell} = pd.to_datetime({cell}, format="mixed", errors="coerce")')
        counted = [m.column for m in self.intent.measures if m.aggregate == "nunique"]
        for held in dates:
            if held in counted:  # days are counted, not moments
                cell = column("data", held.name)
                self.lines.append(f"{cell} = {cell}.dt.normalize()")
        for held in numbers:
            cell = column("data", held.name)
            self.lines.append(f'{cell} = pd.to_numeric({cell}, errors="coerce")')
        source = "data" if dates or numbers else self.intent.dataset
        for narrowing in self.intent.filters:
            self.lines.append(f"data = {source}[{_condition(source, narrowing)}]")
            source = "data"

    def _note_rows(self, columns: list[Column]) -> None:
        """Say how many rows went into the result; the answer repeats it."""
        if not columns:
            self.lines.append(f'print("Rows used:", len({self.data}))')
            return
        names = literals([held.name for held in columns])
        self.lines.append(f"complete = {self.data}.dropna(subset={names})")
        self.lines.append(
            f'print("Rows used:", len(complete), "of", len({self.data}), "with a value")'
        )

    # -- aggregates ----------------------------------------------------------------------------

    def _aggregate(self) -> None:
        intent = self.intent
        self._note_rows(list(dict.fromkeys(m.column for m in intent.measures if m.column)))
        if not intent.groups:
            cells = ", ".join(
                f"{literal(measure_name(m))}: [{self._scalar(m)}]" for m in intent.measures
            )
            self.lines.append(f"result = pd.DataFrame({{{cells}}})")
            return
        dated = [g.column.name for g in intent.groups if g.column.kind == "date"]
        if dated:
            self.lines.append(f"data = data.dropna(subset={literals(dated)})")
        keys = ", ".join(self._key(group) for group in intent.groups)
        self.lines.append(f"grouped = {self.data}.groupby([{keys}])")
        cells = ", ".join(
            f"{literal(measure_name(m, intent.groups))}: {_series(m)}" for m in intent.measures
        )
        self.lines.append(f"result = pd.DataFrame({{{cells}}}).reset_index()")
        self._order()

    def _scalar(self, measure: Measure) -> str:
        if measure.column is None or measure.aggregate == "count":
            return f"len({self.data})"
        return f"{column(self.data, measure.column.name)}.{measure.aggregate}()"

    def _key(self, group: Group) -> str:
        if group.bin is None:
            return literal(group.column.name)
        variable = group.bin
        cell = column("data", group.column.name)
        name = literal(group_name(group))
        self.lines.append(f"{variable} = {cell}{_BINS[group.bin]}.rename({name})")
        return variable

    def _order(self) -> None:
        intent = self.intent
        first = literal(measure_name(intent.measures[0], intent.groups))
        if intent.share:
            total = f"result[{first}].sum()"
            self.lines.append(
                f"result[{literal(SHARE)}] = (100 * result[{first}] / {total}).round(2)"
            )
        if intent.order and not (intent.share and intent.groups[0].column.temporal):
            ascending = intent.order == "asc"
            self.lines.append(
                f"result = result.sort_values({first}, ascending={ascending}, ignore_index=True)"
            )
        if intent.limit:
            self.lines.append(f"result = result.head({intent.limit})")
        if len(intent.groups) == 1 and intent.groups[0].column.temporal and not intent.extreme:
            self._note_course(first)

    def _note_course(self, name: str) -> None:
        """Say where a long series starts, ends and peaks; only its head reaches the answer."""
        self.lines.append("known = result.dropna()")
        self.lines.append("if len(known):")
        self.lines.append(f"    peak = known[{name}].idxmax()")
        self.lines.append("    course = known.loc[[known.index[0], known.index[-1], peak]]")
        self.lines.append(f'    print("{COURSE}", course.astype(str).to_numpy().tolist())')

    # -- other kinds ---------------------------------------------------------------------------

    def _rows(self) -> None:
        intent = self.intent
        names = literals([held.name for held in intent.columns])
        self.lines.append(f'print("Rows used:", len({self.data}))')
        rows = f"result = {self.data}[{names}]"
        if intent.measures and intent.measures[0].column:
            ranked = intent.measures[0].column.name
            take = "nlargest" if intent.order == "desc" else "nsmallest"
            self.lines.append(f"{rows}.{take}({intent.limit}, {literal(ranked)})")
        elif intent.limit:
            self.lines.append(f"{rows}.head({intent.limit})")
        else:
            self.lines.append(rows)

    def _unique(self) -> None:
        name = literal(self.intent.columns[0].name)
        self.lines.append(
            f"result = pd.DataFrame({{{name}: {self.data}[{name}].dropna().unique()}})"
        )
        self.lines.append(f"result = result.sort_values({name}, ignore_index=True)")

    def _distribution(self) -> None:
        intent = self.intent
        name = literal(intent.columns[0].name)
        if intent.groups:
            key = literal(intent.groups[0].column.name)
            self.lines.append(
                f"result = {self.data}.groupby({key})[{name}].describe().reset_index()"
            )
            return
        self.lines.append(f"result = pd.DataFrame([{self.data}[{name}].describe()])")

    def _describe(self) -> None:
        intent = self.intent
        frame = self.data
        if intent.columns:
            self.lines.append(f"part = {frame}[{literals([c.name for c in intent.columns])}]")
            frame = "part"
        self.lines.append(
            f'print("Rows:", len({frame}), "Columns:", {frame}.shape[1],'
            f' "Missing values:", {frame}.isna().sum().sum())'
        )
        self.lines.append(f'numbers = {frame}.select_dtypes("number")')
        self.lines.append("result = pd.DataFrame({")
        self.lines.append(f'    "type": {frame}.dtypes.astype(str),')
        self.lines.append(f'    "missing": {frame}.isna().sum(),')
        self.lines.append(f'    "different values": {frame}.nunique(),')
        for name in ("mean", "min", "median", "max"):
            self.lines.append(f'    "{name}": numbers.{name}(),')
        self.lines.append("}).reindex(" + frame + '.columns).rename_axis("column").reset_index()')

    def _columns(self) -> None:
        frame = self.data
        self.lines.append("result = pd.DataFrame({")
        self.lines.append(f'    "column": {frame}.columns,')
        self.lines.append(f'    "type": [str(kind) for kind in {frame}.dtypes],')
        self.lines.append(f'    "missing": {frame}.isna().sum().to_list(),')
        self.lines.append("})")

    def _head(self) -> None:
        self.lines.append(f"result = pd.DataFrame({self.data}.head({self.intent.limit or 5}))")

    def _missing(self) -> None:
        frame = self.data
        if self.intent.columns:
            names = literals([held.name for held in self.intent.columns])
            self.lines.append(f"part = {frame}[{names}]")
            frame = "part"
        self.lines.append(f"missing = {frame}.isna().sum()")
        self.lines.append(f'print("Rows:", len({frame}), "Missing values:", missing.sum())')
        self.lines.append("result = pd.DataFrame({")
        self.lines.append('    "column": missing.index,')
        self.lines.append('    "missing": missing.to_list(),')
        self.lines.append(f'    "percent": (100 * missing / len({frame})).round(2).to_list(),')
        self.lines.append("})")
        self.lines.append(
            'result = result.sort_values("missing", ascending=False, ignore_index=True)'
        )

    def _duplicates(self) -> None:
        self.lines.append(f"repeated = {self.data}.duplicated()")
        self.lines.append(
            'result = pd.DataFrame({"duplicate rows": [repeated.sum()], "rows": [len(repeated)]})'
        )

    def _correlation(self) -> None:
        if self.intent.columns:
            chosen = literals([held.name for held in self.intent.columns[:2]])
        else:
            chosen = f'{self.data}.select_dtypes("number").columns.to_list()'
        if len(self.intent.columns) == 1:
            self._correlation_with_one()
            return
        if len(self.intent.columns) > 2:
            chosen = literals([held.name for held in self.intent.columns])
        self.lines.append(f"columns = {chosen}")
        self.lines.append(f"matrix = {self.data}[columns].corr()")
        self.lines.append("pairs = [")
        self.lines.append("    (one, other, matrix.iloc[i, j])")
        self.lines.append("    for i, one in enumerate(columns)")
        self.lines.append("    for j, other in enumerate(columns)")
        self.lines.append("    if i < j")
        self.lines.append("]")
        self._pairs()

    def _correlation_with_one(self) -> None:
        name = literal(self.intent.columns[0].name)
        self.lines.append(f'numbers = {self.data}.select_dtypes("number")')
        self.lines.append(f"target = {name}")
        self.lines.append("pairs = [")
        self.lines.append("    (target, other, numbers[target].corr(numbers[other]))")
        self.lines.append("    for other in numbers.columns")
        self.lines.append("    if other != target")
        self.lines.append("]")
        self._pairs()

    def _pairs(self) -> None:
        self.lines.append(
            'result = pd.DataFrame(pairs, columns=["column", "other column", "correlation"])'
        )
        self.lines.append('order = result["correlation"].abs().sort_values(ascending=False).index')
        self.lines.append("result = result.loc[order].reset_index(drop=True).round(4)")

    def _scatter(self) -> None:
        first, second = (literal(held.name) for held in self.intent.columns)
        self.lines.append(f"complete = {self.data}.dropna(subset=[{first}, {second}])")
        self.lines.append(f"correlation = complete[{first}].corr(complete[{second}])")
        self.lines.append(
            'result = pd.DataFrame({"rows": [len(complete)], "correlation": [correlation]})'
        )


def _series(measure: Measure) -> str:
    if measure.column is None or measure.aggregate == "count":
        return "grouped.size()"
    return f"{column('grouped', measure.column.name)}.{measure.aggregate}()"


def _condition(frame: str, held: Filter) -> str:
    cell = column(frame, held.column.name)
    if held.column.kind == "date" and held.part in ("year", "month", "quarter", "latest"):
        cell += ".dt.year" if held.part == "latest" else f".dt.{held.part}"
    elif held.column.kind == "date" and held.operator == "eq":
        cell += ".dt.normalize()"
    elif held.column.boolean:
        cell += ".astype(str)"
    if held.part == "latest":
        return f"{cell} == {cell}.max()"
    moments = held.column.kind == "date" and held.part == "value"
    values = [
        f"pd.Timestamp({literal(value)})" if moments else literal(value) for value in held.values
    ]
    if held.operator == "starts":
        start = literal(str(held.values[0]).lower())
        return f"{cell}.astype(str).str.lower().str.startswith({start})"
    if held.operator == "between":
        return f"{cell}.between({values[0]}, {values[1]})"
    if held.operator in ("in", "not_in"):
        if len(values) == 1:
            return f"{cell} {'==' if held.operator == 'in' else '!='} {values[0]}"
        chosen = f"{cell}.isin([{', '.join(values)}])"
        return chosen if held.operator == "in" else f"~{chosen}"
    return f"{cell} {_OPERATORS[held.operator]} {values[0]}"

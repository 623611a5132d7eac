"""The answer in words. Every number in it stands in the observation it is made from."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from pydantic import JsonValue

from datalens_core.llm.exchange import Observation, TableView
from datalens_core.llm.offline.intent import Intent, Measure, NotUnderstood
from datalens_core.llm.offline.naming import (
    COURSE,
    SHARE,
    filters_words,
    group_name,
    measure_name,
)
from datalens_core.llm.offline.numbers import cell, key, number, percent
from datalens_core.llm.offline.schema_match import label_column

_ROWS_USED = re.compile(r"Rows used: (\d+) of (\d+) with a value")
_ALL = 6


@dataclass(frozen=True)
class Answer:
    text: str
    assumptions: tuple[str, ...] = ()


def answer(
    intent: Intent, observation: Observation, measures: frozenset[str] = frozenset()
) -> Answer:
    """What a successful execution says; `measures` are the columns whose range is worth telling."""
    return Answer(
        _Wording(intent, observation, measures).text(),
        (*intent.assumptions, *_left_out(observation)),
    )


def refusal(reason: NotUnderstood, suggestions: list[str]) -> Answer:
    """What was not understood, and what can be asked instead."""
    return Answer(_with_suggestions(reason.reason, suggestions))


def failure(observation: Observation, suggestions: list[str]) -> Answer:
    """The last attempt failed too: say so, with its error."""
    error = observation.error
    named = f" with {error.name}: {error.value[:200]}" if error else ""
    text = f"I could not compute this. The code stopped{named}."
    return Answer(_with_suggestions(text, suggestions))


def _with_suggestions(text: str, suggestions: list[str]) -> str:
    if not suggestions:
        return text
    asked = "\n".join(f"- {question}" for question in suggestions)
    return f"{text}\n\nI can answer, for example:\n{asked}"


def _left_out(observation: Observation) -> tuple[str, ...]:
    used = _ROWS_USED.search(observation.stdout)
    if used is None or used[1] == used[2]:
        return ()
    held, rows = number(int(used[1])), number(int(used[2]))
    return (f"Rows with missing values were left out: {held} of {rows} rows are used.",)


class _Wording:
    def __init__(self, intent: Intent, observation: Observation, measures: frozenset[str]) -> None:
        self.intent = intent
        self.measures = measures
        self.stdout = observation.stdout
        self.table = observation.tables[0] if observation.tables else None
        self.where = f" where {filters_words(intent.filters)}" if intent.filters else ""

    def text(self) -> str:
        table = self.table
        if table is None:
            return "The code ran, but it gave no table; its output is in the log."
        if table.row_count == 0:
            return f"No rows match{self.where}." if self.where else "There is nothing to show."
        wording = getattr(self, f"_{self.intent.kind}")
        try:
            text: str = wording(table)
        except (KeyError, IndexError, TypeError, ValueError, SyntaxError):
            # The table is not of the shape the template gives: say nothing about its numbers.
            return "The result is in the table."
        return text

    def _column(self, table: TableView, name: str) -> list[JsonValue]:
        at = {held: index for index, held in enumerate(table.columns)}[name]
        return [row[at] for row in table.rows]

    # -- aggregates ----------------------------------------------------------------------------

    def _aggregate(self, table: TableView) -> str:
        groups = self.intent.groups
        if not groups:
            return " ".join(self._single(table, measure) for measure in self.intent.measures)
        if self.intent.share:
            return self._share(table)
        if len(groups) == 2:
            return self._two_groups(table)
        return " ".join(self._one_group(table, measure) for measure in self.intent.measures)

    def _single(self, table: TableView, measure: Measure) -> str:
        value = self._column(table, measure_name(measure))[0]
        if "Rows used: 0 of 0 " in self.stdout:
            return f"No rows match{self.where}."
        if measure.aggregate == "count":
            rows = "is 1 row" if value == 1 else f"are {cell(value)} rows"
            return f"There {rows}{self.where}."
        if measure.aggregate == "nunique" and measure.column:
            return f"There are {cell(value)} different values of {measure.column.name}{self.where}."
        if value is None:
            return f"There is no value to compute the {measure_name(measure)} from{self.where}."
        return f"The {measure_name(measure)}{self.where} is {cell(value)}."

    def _one_group(self, table: TableView, measure: Measure) -> str:
        intent, group = self.intent, self.intent.groups[0]
        name = measure_name(measure, intent.groups)
        found = list(
            zip(self._column(table, group_name(group)), self._column(table, name), strict=True)
        )
        pairs = [(held, value) for held, value in found if _is_number(value)]
        whole = len(table.rows) == table.row_count
        if not pairs:
            return f"There are no numbers for the {name}{self.where}."
        if intent.extreme:
            return self._extreme(name, pairs)
        if group.column.temporal and group.bin not in ("weekday", "hour", "month_of_year"):
            return self._over_time(table, name)
        listed = ", ".join(f"{key(held)}: {cell(value)}" for held, value in pairs[:_ALL])
        start = f"The {name} by {group_name(group)}{self.where}"
        if whole and len(found) <= _ALL:
            return f"{start} is {listed}."
        if whole:
            high, low = _named(_top(pairs)), _named(_low(pairs))
            return f"{start} is highest for {high} and lowest for {low}."
        if intent.order == "desc":
            return f"{start} is highest for {_named(pairs[0])}, then {_list(pairs[1:3])}."
        return f"{start} is in the table."

    def _extreme(self, name: str, pairs: list[tuple[JsonValue, JsonValue]]) -> str:
        intent = self.intent
        word = "lowest" if intent.order == "asc" else "highest"
        ties = [pair for pair in pairs if pair[1] == pairs[0][1]]
        if len(ties) > 1 and (intent.limit or 1) == 1 and len(ties) <= _ALL:
            names = " and ".join(key(held) for held, _ in ties)
            return f"{names} share the {word} {name}{self.where}: {cell(pairs[0][1])}."
        first = f"{key(pairs[0][0])} has the {word} {name}{self.where}: {cell(pairs[0][1])}."
        rest = pairs[1 : intent.limit or 3][:9]
        return f"{first} Next: {_list(rest)}." if rest else first

    def _over_time(self, table: TableView, name: str) -> str:
        course = self._course()
        at = table.columns.index(name)
        time = table.columns.index(group_name(self.intent.groups[0]))
        if course is None:
            return f"The {name}{self.where} over time is in the table and the chart."
        (start, first), (end, last), (peak, highest) = (
            (row[time], number(float(row[at]))) for row in course
        )
        if start == end:
            return f"The {name}{self.where} is {first} in {start}, the only moment with a value."
        text = f"The {name}{self.where} went from {first} in {start} to {last} in {end}"
        leads = self.intent.measures[0] == self._measure_named(name)
        return f"{text}; it was highest in {peak} ({highest})." if leads else f"{text}."

    def _measure_named(self, name: str) -> Measure | None:
        named = {measure_name(m, self.intent.groups): m for m in self.intent.measures}
        return named.get(name)

    def _course(self) -> list[list[str]] | None:
        """First, last and highest row of a series, as the code printed them."""
        printed = re.search(rf"^{re.escape(COURSE)} (\[\[.*\]\])$", self.stdout, re.MULTILINE)
        if printed is None:
            return None
        rows = ast.literal_eval(printed[1])
        return [[str(value) for value in row] for row in rows] if len(rows) == 3 else None

    def _two_groups(self, table: TableView) -> str:
        intent = self.intent
        name = measure_name(intent.measures[0], intent.groups)
        values = self._column(table, name)
        keys = [self._column(table, group_name(group)) for group in intent.groups]
        cells = [
            (f"{key(one)} / {key(other)}", value)
            for one, other, value in zip(*keys, values, strict=True)
            if _is_number(value)
        ]
        by = " and ".join(group_name(group) for group in intent.groups)
        start = f"The {name} by {by}{self.where}"
        whole = len(table.rows) == table.row_count
        if not cells or not (whole or intent.order == "desc"):
            return f"{start} is in the table and the chart."
        top = max(cells, key=_size)
        text = f"{start} is highest for {top[0]}: {cell(top[1])}"
        if not whole:
            return f"{text}."
        low = min(cells, key=_size)
        return f"{text}, and lowest for {low[0]}: {cell(low[1])}."

    def _share(self, table: TableView) -> str:
        group = self.intent.groups[0]
        shares = self._column(table, SHARE)
        keys = self._column(table, group_name(group))
        what = measure_name(self.intent.measures[0], self.intent.groups)
        listed = ", ".join(
            f"{key(held)} {percent(float(value))}"
            for held, value in list(zip(keys, shares, strict=True))[:_ALL]
            if isinstance(value, int | float)
        )
        more = "; the others are in the table" if table.row_count > _ALL else ""
        return f"Share of the {what} by {group_name(group)}{self.where}: {listed}{more}."

    # -- other kinds ---------------------------------------------------------------------------

    def _rows(self, table: TableView) -> str:
        intent = self.intent
        measure = intent.measures[0] if intent.measures else None
        if measure and measure.column:
            word = "lowest" if intent.order == "asc" else "highest"
            value = self._column(table, measure.column.name)[0]
            whose = self._row_name(table, 0, but=measure.column.name)
            text = f"The {word} {measure.column.name}{self.where} is {cell(value)}"
            text += f" ({whose})." if whose else "."
            return text + (" The table shows the next ones." if table.row_count > 1 else "")
        if table.row_count == 1:
            wanted = [c.name for c in intent.columns if c.measure] or table.columns
            parts = [f"{name} is {cell(self._column(table, name)[0])}" for name in wanted]
            return f"One row matches{self.where}: {', '.join(parts)}."
        return f"The rows{self.where} are in the table: {number(table.row_count)} rows."

    def _row_name(self, table: TableView, row: int, but: str) -> str:
        label = label_column(self.intent.columns)
        times = [c for c in self.intent.columns if c.temporal]
        named = [c for c in (label, *times[:1]) if c and c.name != but]
        values = [self._column(table, column.name)[row] for column in named]
        return ", ".join(key(value) for value in values if value is not None)

    def _unique(self, table: TableView) -> str:
        name = self.intent.columns[0].name
        values = [key(value) for value in self._column(table, name)]
        count = number(table.row_count)
        shown = values[:20]
        more = " and more in the table" if table.row_count > len(shown) else ""
        return f"{name} has {count} different values{self.where}: {', '.join(shown)}{more}."

    def _distribution(self, table: TableView) -> str:
        name = self.intent.columns[0].name
        if not self.intent.groups:
            facts = {held: self._column(table, held)[0] for held in ("min", "max", "50%", "mean")}
            return (
                f"{name}{self.where} lies between {cell(facts['min'])} and {cell(facts['max'])};"
                f" the median is {cell(facts['50%'])} and the average {cell(facts['mean'])}."
            )
        keys = self._column(table, group_name(self.intent.groups[0]))
        medians = self._column(table, "50%")
        listed = ", ".join(
            f"{key(k)}: {cell(v)}" for k, v in list(zip(keys, medians, strict=True))[:_ALL]
        )
        return f"The median of {name}{self.where} is {listed}; the chart shows the spread."

    def _describe(self, table: TableView) -> str:
        counts = re.search(r"Rows: (\d+) Columns: (\d+) Missing values: (\d+)", self.stdout)
        size = ""
        if counts:
            rows, columns, missing = (number(int(text)) for text in counts.groups())
            size = f"The data{self.where} have {rows} rows and {columns} columns; "
            size += f"missing values: {missing}. "
        measures = self.measures
        facts = [
            f"{name} ranges from {cell(low)} to {cell(high)} (average {cell(mean)})"
            for name, low, high, mean in zip(
                self._column(table, "column"),
                self._column(table, "min"),
                self._column(table, "max"),
                self._column(table, "mean"),
                strict=True,
            )
            if name in measures and _is_number(low) and _is_number(high) and _is_number(mean)
        ]
        return size + (f"{'; '.join(facts[:3])}." if facts else "The table says more.")

    def _columns(self, table: TableView) -> str:
        names = [str(name) for name in self._column(table, "column")]
        return f"The columns are {', '.join(names[:30])}."

    def _head(self, _: TableView) -> str:
        return "These are the first rows."

    def _missing(self, table: TableView) -> str:
        found = [
            (name, count, share)
            for name, count, share in zip(
                self._column(table, "column"),
                self._column(table, "missing"),
                self._column(table, "percent"),
                strict=True,
            )
            if isinstance(count, int | float) and count > 0
        ]
        if not found:
            return f"No values are missing{self.where}."
        listed = ", ".join(
            f"{name} {cell(count)} ({percent(float(share))})"
            for name, count, share in found[:_ALL]
            if isinstance(share, int | float)
        )
        return f"Missing values{self.where}: {listed}."

    def _duplicates(self, table: TableView) -> str:
        count = self._column(table, "duplicate rows")[0]
        if count == 0:
            return "No row occurs twice."
        rows = "1 row repeats" if count == 1 else f"{cell(count)} rows repeat"
        return f"{rows} an earlier one."

    def _correlation(self, table: TableView) -> str:
        pairs = list(
            zip(
                self._column(table, "column"),
                self._column(table, "other column"),
                self._column(table, "correlation"),
                strict=True,
            )
        )
        one, other, value = pairs[0]
        if not isinstance(value, int | float):
            return "A correlation cannot be computed from these values."
        text = f"{one} and {other} correlate with {value:.2f} ({_strength(value)})"
        return f"{text}, the strongest of all pairs." if table.row_count > 1 else f"{text}."

    def _scatter(self, table: TableView) -> str:
        value = self._column(table, "correlation")[0]
        first, second = self.intent.columns
        rows = cell(self._column(table, "rows")[0])
        if not isinstance(value, int | float):
            return f"The chart shows {first.name} and {second.name} of {rows} rows."
        return (
            f"{first.name} and {second.name}{self.where} correlate with {value:.2f}"
            f" ({_strength(value)}), over {rows} rows."
        )


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _size(pair: tuple[object, JsonValue]) -> float:
    return float(pair[1]) if isinstance(pair[1], int | float) else 0.0


def _top(pairs: list[tuple[JsonValue, JsonValue]]) -> tuple[JsonValue, JsonValue]:
    return max(pairs, key=_size)


def _low(pairs: list[tuple[JsonValue, JsonValue]]) -> tuple[JsonValue, JsonValue]:
    return min(pairs, key=_size)


def _named(pair: tuple[JsonValue, JsonValue]) -> str:
    return f"{key(pair[0])} ({cell(pair[1])})"


def _list(pairs: list[tuple[JsonValue, JsonValue]]) -> str:
    return ", ".join(_named(pair) for pair in pairs)


def _strength(correlation: float) -> str:
    size = abs(correlation)
    if size < 0.1:
        return "no linear relation"
    word = "weak" if size < 0.4 else "moderate" if size < 0.7 else "strong"
    return f"{word}, {'positive' if correlation > 0 else 'negative'}"

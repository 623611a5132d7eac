"""What an answer may rest on: what executions gave, and what the question and the data say."""

from __future__ import annotations

import ast
import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeGuard

from pydantic import JsonValue

from datalens_core.agents import figures
from datalens_core.agents.dates import KnownDates
from datalens_core.agents.numbers import Interval, in_text
from datalens_core.agents.units import SCALES, SECONDS
from datalens_core.llm.exchange import TaskContext
from datalens_core.models import ArtifactType, ExecutionResult

_MAX_SCANNED = 200_000
_MAX_LABEL = 200
_MAX_DATED = 5_000
_YEARS = range(1900, 2101)
_TIMEDELTA = re.compile(r"(?:(\d+) days?,? )?\b(\d{1,3}):([0-5]\d):([0-5]\d(?:\.\d+)?)\b")
_LONG = re.compile(r"\b\d+ days?,? \d{1,2}:[0-5]\d:[0-5]\d(?:\.\d+)?\b")
_DAYS = re.compile(r"\b(\d+) days?\b")
_WORDS = re.compile(r"[a-z]{2,}", re.IGNORECASE)
_UNIT_NAMES = frozenset(name for name in SECONDS if len(name) > 1) - {"min"}  # a minimum, mostly
_CONVERTED = 0.1
_COMPARED = 12
_LINE = re.compile(r"^\S[^\n]{0,200}?[ \t]{2,}(-?\d{1,20}(?:\.\d{1,20})?)$", re.MULTILINE)
"""A label and its number, as pandas prints a series."""
_SET_BY = frozenset(
    {"between", "clip", "cut", "ewm", "ge", "gt", "le", "lt", "ne", "nlargest", "nsmallest", "qcut",
     "quantile", "rolling"}
)  # fmt: skip


class Known:
    """Numbers that were computed or given, signs aside."""

    def __init__(self, values: Iterable[float] = ()) -> None:
        self.values = sorted({abs(value) for value in values if math.isfinite(value)})

    def covers(self, readings: Iterable[Interval]) -> bool:
        """Whether one of the numbers is as stated, for any way to read that."""
        return any(self._has(low, high) for low, high in readings)

    def holds(self, value: float) -> bool:
        return self._has(value, value)

    def _has(self, low: float, high: float) -> bool:
        # A whisker more: binary floats do not hold half a unit of a decimal place exactly.
        whisker = max(abs(low), abs(high), 1e-300) * 1e-9
        at = bisect_left(self.values, low - whisker)
        return at < len(self.values) and self.values[at] <= high + whisker


class Evidence:
    """Numbers, dates and durations; and what the code was set to."""

    def __init__(self) -> None:
        self.dates = KnownDates()
        self.computed: list[float] = []
        """Of the executions alone, each once, counts of rows and points apart."""
        self.series: list[list[float]] = []
        """Numbers of one kind, few enough to be compared by eye: columns, traces, printed lists."""
        self.widths: set[int] = set()
        """Numbers of columns."""
        self.numbers = self.results = self.parameters = self._durations = Known()
        self._units: set[float] = set()
        self._scales: set[float] = set()
        """In what the outputs and the data say they count: millions, billions."""
        self._given: list[float] = []
        self._set: list[float] = []
        self._lasted: list[float] = []

    def lasts(self, value: float, readings: Sequence[Interval], seconds: float) -> bool:
        """Whether a duration is known, in this unit or in one that the outputs or data name."""
        lasting = [(low * seconds, high * seconds) for low, high in readings]
        if self._durations.covers(lasting):
            return True
        near = value * seconds * _CONVERTED
        lasting = [
            (max(low, value * seconds - near), min(high, value * seconds + near))
            for low, high in lasting
        ]
        return any(
            self.numbers.covers((low / unit, high / unit) for low, high in lasting)
            for unit in self._units
        )

    def counts_in(self, readings: Sequence[Interval]) -> bool:
        """Whether an amount is known in thousands, millions or billions that are named as such."""
        return any(
            self.numbers.covers((low / scale, high / scale) for low, high in readings)
            for scale in self._scales
        )

    # -- learning --------------------------------------------------------------------------------

    def give(self, *values: float | int | None) -> None:
        self._given += [float(value) for value in values if value is not None]

    def tell(self, text: str) -> None:
        """What may be said without computing it."""
        self._given += self._read(text)

    def mention(self, value: JsonValue) -> None:
        """Something of the data: its dates may be said, its numbers are not results."""
        if isinstance(value, str):
            self.dates.add(value[:_MAX_LABEL])

    def compute(self, result: ExecutionResult) -> None:
        printed = _ends(result.stdout)
        self.computed += self._read(printed)
        self._compare([float(number) for number in _LINE.findall(printed)])
        charts = 0
        labels: list[str] = []
        for artifact in result.artifacts:
            if artifact.type is ArtifactType.TABLE:
                values = self._table(artifact.content)
            elif artifact.type is ArtifactType.CHART:
                charts += 1
                for trace in figures.traces(artifact.content):
                    self.give(figures.point_count(trace))
                    for axis in ("x", "y", "values"):
                        self._compare(figures.array(trace.get(axis)))
                values = figures.values(artifact.content)
            else:
                continue
            for value in values:
                if isinstance(value, str):
                    labels.append(value[:_MAX_LABEL])
                elif _is_number(value):
                    self.computed.append(float(value))
        for place, label in enumerate(labels):
            self.computed += self._label(label, dated=place < _MAX_DATED)
        if charts:
            self.give(charts)
        if result.success:
            self._code(result.code)

    def _table(self, content: JsonValue) -> Iterator[JsonValue]:
        if not isinstance(content, dict):
            return
        columns, rows, count = (content.get(key) for key in ("columns", "rows", "row_count"))
        if isinstance(count, int):
            self.give(count)
        if isinstance(columns, list):
            self.widths.add(len(columns))
            yield from columns
        if isinstance(rows, list):
            self.give(len(rows))
            held = [row for row in rows if isinstance(row, list)]
            if len(held) <= _COMPARED:
                for column in zip(*held, strict=False):
                    self._compare(column)
            for row in held:
                yield from row

    def _compare(self, column: Sequence[object]) -> None:
        if len(column) <= _COMPARED:
            numbers = [abs(float(n)) for n in column if _is_number(n)]
            self.series.append([n for n in numbers if math.isfinite(n)])

    def mention_code(self, code: str) -> None:
        """The years that code names."""
        self.dates.add(code)
        self.dates.years |= {int(n) for n in _numbers_of(_parsed(code)) if n in _YEARS}

    def settled(self) -> Evidence:
        """Once everything was learned."""
        self.computed = list(dict.fromkeys(map(abs, self.computed)))
        self.numbers = Known((*self._given, *self.computed))
        self.results = Known(self.computed)
        self.parameters = Known(self._set)
        self._durations = Known(self._lasted)
        return self

    def _read(self, text: str) -> Iterator[float]:
        words = _WORDS.findall(text.casefold())
        self._units |= {SECONDS[word] for word in words if word in _UNIT_NAMES}
        self._scales |= {scale for word in words for scale in SCALES.get(word, ())}
        for days, hours, minutes, rest in _TIMEDELTA.findall(text):
            clock = 3_600 * int(hours) + 60 * int(minutes) + float(rest)
            self._lasted.append(int(days or 0) * SECONDS["day"] + clock)
        self._lasted += [int(days) * SECONDS["day"] for days in _DAYS.findall(text)]
        return in_text(self.dates.add(_LONG.sub(" ", text)))

    def _label(self, text: str, *, dated: bool = True) -> Iterator[float]:
        """Numbers in a label: "Store 45", and "gdp_2007" as a person would say it."""
        if not any(map(str.isdigit, text)):
            if dated:
                self._read(text)
            return
        yield from self._read(text) if dated else in_text(text)
        yield from in_text("".join(c if c.isdigit() or c in ".,-" else " " for c in text))

    def label(self, text: str) -> None:
        self._given += self._label(text[:_MAX_LABEL])

    def _code(self, code: str) -> None:
        self.mention_code(code)
        self._set += _set_in(_parsed(code))


def evidence_of(task: TaskContext, results: Sequence[ExecutionResult]) -> Evidence:
    """Failed executions count too where they printed something before they failed."""
    evidence = Evidence()
    evidence.tell(task.question)
    for past in task.history:
        evidence.mention(past.question)
        evidence.mention_code(past.code)
    for dataset in task.datasets:
        schema = dataset.dataset_schema
        evidence.give(schema.row_count)
        evidence.widths.add(len(schema.columns))
        evidence.label(dataset.name)
        for column in schema.columns:
            evidence.label(column.name)
            for value in (column.min_value, column.max_value, *column.sample_values):
                evidence.mention(value)
        for known in dataset.whole_file:
            evidence.give(known.null_count, known.unique_count)
            for value in (known.lowest, known.highest):
                evidence.mention(value)
                if isinstance(value, int | float):
                    evidence.give(value)
    for result in results:
        evidence.compute(result)
    return evidence.settled()


def _numbers_of(nodes: Iterable[ast.AST]) -> Iterator[float]:
    for node in nodes:
        if isinstance(node, ast.Constant) and _is_number(node.value):
            yield float(node.value)


def _parsed(code: str) -> list[ast.AST]:
    try:
        return list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _set_in(nodes: Iterable[ast.AST]) -> Iterator[float]:
    """The numbers that a rule is set to: compared with, reckoned with, the width of a window."""
    for node in nodes:
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            held: list[ast.AST] = []
            if name in _SET_BY:
                held = [*node.args, *(k.value for k in node.keywords)]
        elif isinstance(node, ast.Compare | ast.BinOp):
            held = list(ast.iter_child_nodes(node))
        else:
            continue
        yield from _numbers_of(held)
        for inner in held:
            if isinstance(inner, ast.UnaryOp | ast.List | ast.Tuple):
                yield from _numbers_of(ast.iter_child_nodes(inner))


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _ends(text: str) -> str:
    if len(text) <= _MAX_SCANNED:
        return text
    half = _MAX_SCANNED // 2
    return f"{text[:half]}\n{text[-half:]}"

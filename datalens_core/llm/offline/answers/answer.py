"""What is answered: a result in words, a refusal with its reason, a failure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from datalens_core.llm.exchange import Observation
from datalens_core.llm.offline.answers import (
    aggregates,
    courses,
    overviews,
    relations,
    rows,
    shares,
)
from datalens_core.llm.offline.answers.result import Result
from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.intent import Intent, NotUnderstood
from datalens_core.llm.offline.naming import group_words, having_words, where_words
from datalens_core.llm.offline.numbers import number
from datalens_core.llm.offline.templates.charts import most_shown
from datalens_core.llm.offline.terms import Kind

_SHOWN = 3
_ROWS_USED = re.compile(r"Rows used: (\d+) of (\d+) with a value")

_WORDINGS: dict[Kind, Callable[[Result], str]] = {
    "aggregate": aggregates.aggregate,
    "columns": overviews.columns,
    "correlation": relations.correlation,
    "describe": overviews.describe,
    "distribution": relations.distribution,
    "duplicates": overviews.duplicates,
    "growth": courses.growth,
    "head": overviews.head,
    "missing": overviews.missing,
    "outliers": relations.outliers,
    "proportion": shares.proportion,
    "regression": relations.regression,
    "rows": rows.rows,
    "scatter": relations.scatter,
    "unique": rows.unique,
}
_EMPTY_SAYS = frozenset({"outliers", "missing"})


@dataclass(frozen=True)
class Answer:
    text: str
    assumptions: tuple[str, ...] = ()


def answer(intent: Intent, observation: Observation, columns: Sequence[Column] = ()) -> Answer:
    """What a successful execution says; `columns` are those of the data."""
    return Answer(
        _text(intent, observation, columns),
        (*intent.assumptions, *_left_out(observation), *_not_drawn(intent, observation)),
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


def _text(intent: Intent, observation: Observation, columns: Sequence[Column]) -> str:
    if not observation.tables:
        return "The code ran, but it gave no table; its output is in the log."
    sides = {group.column for group in intent.groups}  # each of them is told by its name
    told = [h for h in intent.filters if not (h.operator == "in" and h.column in sides)]
    one_time = sum(column.temporal for column in columns) < 2
    where = where_words(told, short=one_time)
    result = Result(intent, observation.tables[0], observation.stdout, where, columns)
    if result.table.row_count == 0 and intent.having:
        words = having_words(intent.having)
        return f"There is no {group_words(intent.groups[0])} whose {words}{where}."
    if result.table.row_count == 0 and intent.kind not in _EMPTY_SAYS:
        return f"No rows match{where}." if where else "There is nothing to show."
    try:
        return _WORDINGS[intent.kind](result)
    except (KeyError, IndexError, TypeError, ValueError, SyntaxError):
        # The table is not of the shape the template gives: say nothing about its numbers.
        return "The result is in the table."


def _with_suggestions(text: str, suggestions: list[str]) -> str:
    if not suggestions:
        return text
    asked = "\n".join(f"- {question}" for question in suggestions[:_SHOWN])
    return f"{text}\n\nI can answer, for example:\n{asked}"


def _not_drawn(intent: Intent, observation: Observation) -> tuple[str, ...]:
    rows = observation.tables[0].row_count if observation.tables else 0
    most = most_shown(intent)
    if most is None or rows <= most or not observation.charts:
        return ()
    return (f"The chart shows the first {most} of {number(rows)}.",)


def _left_out(observation: Observation) -> tuple[str, ...]:
    used = _ROWS_USED.search(observation.stdout)
    if used is None or used[1] == used[2]:
        return ()
    held, rows = number(int(used[1])), number(int(used[2]))
    return (f"Rows with missing values were left out: {held} of {rows} rows are used.",)

"""Questions over data that dependencies ship, and what each of them is read as.

`questions.tsv` holds data set, question and reading; "refused" is a reading too. The readings were
recorded from the analyst and reviewed one by one, so they guard against change; they are no
measure of how often it is right.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from datalens_core.llm.exchange import DatasetContext
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Filter, Intent, NotUnderstood

with (Path(__file__).parent / "questions.tsv").open(encoding="utf-8", newline="") as _lines:
    QUESTIONS = [tuple(row.values()) for row in csv.DictReader(_lines, delimiter="\t")]


@pytest.mark.parametrize(("data", "question", "meaning"), QUESTIONS)
def test_a_question_is_read_as_what_it_means(
    data: str,
    question: str,
    meaning: str,
    dataset: Callable[[str], DatasetContext],
    lookups_of: Callable[..., dict[tuple[str, str], list[str]]],
) -> None:
    asked: list[tuple[str, str]] = []
    reading = read_question(question, dataset(data))
    while reading.lookups and len(asked) < 8:
        asked.append((reading.lookups[0].columns[0], reading.lookups[0].text))
        reading = read_question(question, dataset(data), lookups_of(data, asked))
    assert _notation(reading.outcome) == meaning


def test_the_questions_cover_every_kind() -> None:
    kinds = {meaning.split(" ")[0] for _, _, meaning in QUESTIONS}
    assert kinds == {
        *("aggregate", "columns", "correlation", "describe", "distribution", "duplicates"),
        *("head", "missing", "outliers", "proportion", "refused"),
        *("rows", "scatter", "unique"),
    }


def _notation(outcome: Intent | NotUnderstood) -> str:
    """An intent on one line."""
    if isinstance(outcome, NotUnderstood):
        return "refused"
    parts: list[str] = [outcome.kind]
    for measure in outcome.measures:
        parts.append(f"{measure.aggregate}({measure.column.name if measure.column else ''})")
    if outcome.columns:
        parts.append(f"[{', '.join(column.name for column in outcome.columns)}]")
    if outcome.groups:
        names = [g.column.name + (f":{g.bin}" if g.bin else "") for g in outcome.groups]
        parts.append(f"by {', '.join(names)}")
    parts += [_filter(held) for held in outcome.filters]
    parts += [outcome.order] if outcome.order else []
    parts += [f"limit {outcome.limit}"] if outcome.limit else []
    parts += [outcome.chart] if outcome.chart else []
    parts += ["share"] if outcome.share else []
    return " ; ".join(parts)


def _filter(held: Filter) -> str:
    part = f".{held.part}" if held.part != "value" else ""
    values = " | ".join(str(value) for value in held.values)
    return f"where {held.column.name}{part} {held.operator} {values}"

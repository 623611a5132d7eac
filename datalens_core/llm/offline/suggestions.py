"""Questions that the rules can answer of a data set, built from its schema."""

from __future__ import annotations

from collections.abc import Iterator

from datalens_core.llm.exchange import DatasetContext
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Intent
from datalens_core.llm.offline.lexicon.names import ADDITIVE, STOCKS
from datalens_core.llm.offline.schema_match import Column, columns_of
from datalens_core.models import DatasetSchema

_ENOUGH = 3


def suggest_questions(schema: DatasetSchema) -> list[str]:
    """At most three questions of this schema, each checked to be one that the rules understand."""
    dataset = DatasetContext(name="data", variable="df", dataset_schema=schema)
    found: list[str] = []
    for question in _candidates(columns_of(schema)):
        reading = read_question(question, dataset)
        if isinstance(reading.outcome, Intent) and not reading.lookups and question not in found:
            found.append(question)
        if len(found) == _ENOUGH:
            break
    return found


def _candidates(columns: list[Column]) -> Iterator[str]:
    measures = [column for column in columns if column.measure]
    categories = [c for c in columns if c.kind in ("category", "flag") and not c.identifier]
    categories.sort(key=_distinct)
    times = [column for column in columns if column.temporal]
    if measures and categories:
        what = f"{_calculation(measures[0])} {_name(measures[0])}"
        yield f"What is the {what} by {_name(categories[0])}?"
    if measures and times:
        yield f"How did the {_calculation(measures[-1])} {_name(measures[-1])} change over time?"
    if len(measures) > 1:
        yield f"Show {_name(measures[0])} vs {_name(measures[1])}"
    if categories:
        yield f"How many rows are there for each {_name(categories[-1])}?"
    if measures:
        yield f"What is the distribution of {_name(measures[0])}?"
    yield "Which columns have missing values?"
    yield "Describe the data"
    yield "How many rows are there?"


def _distinct(column: Column) -> float:
    """Columns whose sampled values repeat are better to group by."""
    return len(column.values)


def _calculation(column: Column) -> str:
    additive = ADDITIVE.intersection(column.words)
    return "total" if additive and not STOCKS.intersection(column.words) else "average"


def _name(column: Column) -> str:
    """A name as it can be typed; in quotes when it is more than plain words."""
    plain = column.name.replace("_", "").isalnum() and column.name.isascii()
    return column.name if plain else f'"{column.name[:80]}"'

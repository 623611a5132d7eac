"""Questions worth asking that the rules can answer of a data set, built from its schema.

Five rows are known. A column is worth grouping by where values repeat among them; one whose values
never do names the rows, and is asked for as the row with the most of something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from datalens_core.llm.exchange import DatasetContext
from datalens_core.llm.offline.columns import Column, columns_of
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Intent
from datalens_core.llm.offline.lexicon.names import ADDITIVE, STOCKS
from datalens_core.models import ColumnInfo, DatasetSchema

_GENERAL = ("Which columns have missing values?", "Describe the data", "How many rows are there?")
_FEWEST, _MOST = 3, 5
_LONG_NAME, _LONG_VALUE = 80, 40
# What is no quantity though it is a number, and whose values are people or moments, not kinds.
_COUNTERS = frozenset(
    ["year", "yr", "month", "week", "day", "hour", "minute", "rank", "no", "nr", "number"]
)
_NAMES = frozenset(["name", "title", "first", "last", "surname"])
_MOMENTS = frozenset(["time", "date", "hour", "month", "day", "when"])
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?(\.\d+)?( ?[AaPp][Mm])?")
_PERSONAL = re.compile(r"\S+@\S+|\+?[\d\s().\-/]{7,20}|(?:https?://|www\.)\S+")


@dataclass(frozen=True)
class _Candidate:
    """A question, and the columns that it must be understood to be about."""

    text: str
    about: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Roles:
    """Columns by what they are good for in a question."""

    measures: list[Column]
    groups: list[Column]
    labels: list[Column]
    times: list[Column]
    missing: bool


def suggest_questions(schema: DatasetSchema) -> list[str]:
    """Three to five questions of this schema, each checked to be understood as it is meant."""
    dataset = DatasetContext(name="data", variable="df", dataset_schema=schema)
    roles = _roles(schema)
    times = frozenset(c.name for c in columns_of(schema) if c.temporal)
    found: list[str] = []
    for candidate in _candidates(roles):
        if len(found) < _MOST and candidate.text not in found:
            found += [candidate.text] if _is_understood(candidate, dataset, times) else []
    for text in (
        "Which columns have missing values?",
        "Describe the data",
        "How many rows are there?",
    ):
        if len(found) < _FEWEST and text not in found:
            found.append(text)
    return found


def _is_understood(candidate: _Candidate, dataset: DatasetContext, times: frozenset[str]) -> bool:
    reading = read_question(candidate.text, dataset)
    intent = reading.outcome
    if not isinstance(intent, Intent) or reading.lookups or intent.filters:
        return False
    used = {m.column.name for m in intent.measures if m.column}
    used |= {g.column.name for g in intent.groups} | {c.name for c in intent.columns}
    return candidate.about <= used and used - candidate.about <= times


def _candidates(roles: _Roles) -> Iterator[_Candidate]:
    measures, groups, times = roles.measures, roles.groups, roles.times
    if measures and groups:
        text = f"What is the {_calculated(measures[0])} by {_name(groups[0])}?"
        yield _about(text, measures[0], groups[0])
    if measures and times:
        measure = measures[1 % len(measures)]
        yield _about(f"How did the {_calculated(measure)} change over time?", measure)
    if measures and roles.labels:
        text = f"Which {_name(roles.labels[0])} has the highest {_name(measures[0])}?"
        yield _about(text, measures[0], roles.labels[0])
    if roles.missing:
        yield _Candidate("Which columns have missing values?")
    if len(measures) > 1:
        pair = measures[:2]
        yield _about(f"Show {_name(pair[0])} vs {_name(pair[1])}", *pair)
    kinds = [g for g in groups if g.kind == "category" and not _MOMENTS & g.senses]
    if kinds:
        counted = kinds[min(1, len(kinds) - 1)]
        yield _about(f"How many rows are there for each {_name(counted)}?", counted)
    if measures:
        yield _about(f"What is the distribution of {_name(measures[-1])}?", measures[-1])


def _about(text: str, *columns: Column) -> _Candidate:
    return _Candidate(text, frozenset(column.name for column in columns))


def _roles(schema: DatasetSchema) -> _Roles:
    """The columns that can be named in a question; those that vary in the first rows come first."""
    sampled = len(schema.sample_data)
    whole = schema.row_count <= sampled
    held = list(zip(columns_of(schema), schema.columns, strict=True))
    held = [(column, info) for column, info in held if _can_be_typed(column.name)]
    measures = [(c, i) for c, i in held if c.measure and i.unique_count > (1 if whole else 0)]
    measures = [(c, i) for c, i in measures if not _COUNTERS & c.senses]
    named = [(c, i) for c, i in held if c.kind in ("category", "flag") and _names_things(c, i)]
    groups = [(c, i) for c, i in named if c.kind == "flag" or _repeats(i, sampled)]
    groups = [(c, i) for c, i in groups if not _NAMES & c.senses]
    if whole:
        groups = [(c, i) for c, i in groups if i.unique_count > 1]
    labels = [c for c, i in named if c.kind == "category" and not _repeats(i, sampled)]
    labels = [c for c in labels if len(_NAMES & c.senses) < 2]
    return _Roles(
        measures=_varying_first(measures),
        groups=_varying_first(groups),
        labels=labels,
        times=[c for c, _ in held if c.temporal],
        missing=any(i.null_count for i in schema.columns),
    )


def _varying_first(columns: list[tuple[Column, ColumnInfo]]) -> list[Column]:
    return [column for column, _ in sorted(columns, key=lambda held: held[1].unique_count < 2)]


def _repeats(info: ColumnInfo, sampled: int) -> bool:
    """Whether a value comes twice among the rows that were looked at."""
    return 0 < info.unique_count < sampled - info.null_count


def _names_things(column: Column, info: ColumnInfo) -> bool:
    """Words of a kind: no ids, times of day, addresses, phone numbers or prose."""
    texts = [str(v).strip() for v in info.sample_values if v is not None]
    if column.identifier or not texts or max(map(len, texts)) > _LONG_VALUE:
        return False
    return not any(_CLOCK.fullmatch(text) or _PERSONAL.fullmatch(text) for text in texts)


def _can_be_typed(name: str) -> bool:
    return name.isprintable() and '"' not in name and len(name) <= _LONG_NAME


def _calculated(column: Column) -> str:
    """A measure with its calculation; a name that says «total» itself is not totalled again."""
    additive = ADDITIVE & column.senses and not STOCKS & column.senses
    total = additive and "total" not in column.senses
    return f"{'total' if total else 'average'} {_name(column)}"


def _name(column: Column) -> str:
    """A name as it can be typed; in quotes when it is more than plain words."""
    plain = column.name.replace("_", "").isalnum() and column.name.isascii()
    return column.name if plain else f'"{column.name}"'

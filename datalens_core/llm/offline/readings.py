"""The other readings of a question, each as a question that is read that way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from datalens_core.llm.exchange import DatasetContext
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Choice, Intent
from datalens_core.llm.offline.labels import in_sentence
from datalens_core.llm.offline.naming import AGGREGATE_WORDS
from datalens_core.llm.offline.value_finder import Lookups
from datalens_core.models import Alternative

_MOST = 4


def other_readings(
    intent: Intent,
    question: str,
    dataset: DatasetContext,
    lookups: Lookups,
    before: Sequence[str] = (),
) -> list[Alternative]:
    """Questions for what this one could have meant too.

    Each was read again: it is understood, means something else, and leaves the choice open no
    more.
    """
    found: list[Alternative] = []
    for choice in intent.choices:
        for label, queries in _spelled(choice, question):
            for query in queries:
                outcome = read_question(query, dataset, lookups, (*before, question))
                if outcome.lookups or not isinstance(outcome.outcome, Intent):
                    continue
                if choice not in outcome.outcome.choices and _differ(intent, outcome.outcome):
                    found.append(Alternative(label=label, query=query))
                    break
    return found[:_MOST]


def _spelled(choice: Choice, question: str) -> Iterator[tuple[str, list[str]]]:
    """What a choice may also mean, and how that may be asked for, the plainest way first."""
    words = r"\s+".join(map(re.escape, choice.text.split()))
    places = list(re.finditer(rf"(?<!\w){words}(?!\w)", question, re.IGNORECASE))
    if len(places) != 1:
        return
    start, end = places[0].span()

    def asked(text: str) -> str:
        return question[:start] + text + question[end:]

    for column in choice.columns:
        spellings = (in_sentence(column.label), column.name, f'"{column.name}"')
        yield f"{choice.text}: {column.name}", [asked(text) for text in spellings]
    for other in choice.words:
        yield f"{choice.text}: {other}", [asked(other)]
    for calculation in choice.calculations:
        word = AGGREGATE_WORDS[calculation]
        yield f"{word} {choice.text}", [asked(f"{word} {question[start:end]}")]


def _differ(one: Intent, other: Intent) -> bool:
    return replace(one, assumptions=(), choices=()) != replace(other, assumptions=(), choices=())

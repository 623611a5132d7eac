"""Words for a row of the data: its file's name, its key, what businesses and people are called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.labels import split_name
from datalens_core.llm.offline.lexicon import things
from datalens_core.llm.offline.lexicon.names import NUMBERINGS
from datalens_core.llm.offline.pieces import RowsPiece
from datalens_core.llm.offline.tokens import same


def row_noun(text: str, columns: Sequence[Column], dataset_name: str) -> RowsPiece | None:
    """A word for the rows, with what was assumed where only its meaning says so."""
    word = text.lower()
    if any(same(word, noun) for noun in _named(columns, dataset_name)):
        return RowsPiece(text)
    if (word in things.DEALS and not _keyed(columns)) or (
        word in things.PEOPLE and _persons(columns)
    ):
        return RowsPiece(text, note=f"“{text}” was read as the rows of the data.")
    return None


def _named(columns: Sequence[Column], dataset_name: str) -> frozenset[str]:
    stem = re.sub(r"\.\w+$", "", dataset_name)
    words = frozenset(word for word in split_name(stem) if len(word) > 2)
    first = columns[0] if columns else None
    counted = first and first.identifier and _is_key(first.words)
    keyed = frozenset(first.words[:1]) if first and counted else frozenset()
    return things.ROW_NOUNS | words | keyed


def _is_key(words: Sequence[str]) -> bool:
    """Whether a name is a thing alone, or a thing with "id" or "number" behind it."""
    return len(words) == 1 or (len(words) == 2 and words[1] in ("id", *NUMBERINGS))


def _keyed(columns: Sequence[Column]) -> bool:
    """Whether a later column numbers the deals: each may then stand on several rows."""
    return any(column.identifier and things.DEALS & column.senses for column in columns[1:])


def _persons(columns: Sequence[Column]) -> bool:
    words = frozenset(word for column in columns for word in column.senses)
    return bool(things.OF_A_PERSON & words) and not things.OF_SEVERAL & words

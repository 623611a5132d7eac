"""Phrases that name a value: among the sampled ones, or among those that a look-up found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.lexicon.names import PLACES, VALUE_SYNONYMS
from datalens_core.llm.offline.lexicon.quantities import WEEKDAYS
from datalens_core.llm.offline.pieces import ValuePiece
from datalens_core.llm.offline.schema_match import STARTS, fit_value

Lookups = Mapping[tuple[str, str], Sequence[str]]
"""What find_values answered, by column and text."""

_SURE = 0.95


def search_texts(text: str) -> tuple[str, ...]:
    """What `find_values` is asked for: "American" may stand as USA or United States."""
    lower = text.lower()
    same = next((group[:1] for group in VALUE_SYNONYMS if lower in group), None)
    places = next((group[:2] for group in PLACES if lower in group), ())
    if same or places:
        return same or tuple(dict.fromkeys((lower, *places)))
    return (text[:3],) if lower in WEEKDAYS else (text,)


def looked_up(text: str, lookups: Lookups) -> bool:
    return any(asked in search_texts(text) for _, asked in lookups)


def find_value(
    text: str, columns: Sequence[Column], lookups: Lookups, *, exact: bool
) -> ValuePiece | None:
    """The values that a text fits best. Unless they were looked up, `exact` takes no likeness."""
    best: tuple[float, Column, tuple[str, ...]] | None = None
    for column in columns:
        asked = search_texts(text)
        found = [value for one in asked for value in lookups.get((column.name, one), ())]
        fits = {value: fit_value(text, value) for value in (*column.values, *found)}
        score = max(fits.values(), default=0.0)
        wanted = _SURE if exact and not found else 0.6
        if score < wanted or (best and score <= best[0]):
            continue
        best = score, column, tuple(v for v, fit in fits.items() if fit >= score - 0.001)
    return _piece(text, *best) if best else None


def _piece(text: str, score: float, column: Column, values: tuple[str, ...]) -> ValuePiece:
    if score == STARTS and len(values) > 1:
        note = f"“{text}” was read as every {column.name} that starts with it."
        return ValuePiece(text, column, (text,), "starts", note=note)
    if score >= _SURE:
        return ValuePiece(text, column, values)
    read = ", ".join(values[:4]) + (f" and {len(values) - 4} more" if values[4:] else "")
    note = f"“{text}” was read as {column.name}: {read}."
    return ValuePiece(text, column, values, "resembling", note=note)

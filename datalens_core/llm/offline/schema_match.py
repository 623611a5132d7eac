"""How well a phrase fits a column or a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from datalens_core.llm.offline.columns import CONNECTORS, Column
from datalens_core.llm.offline.labels import split_name
from datalens_core.llm.offline.lexicon.foreign import translated
from datalens_core.llm.offline.lexicon.names import (
    ABBREVIATIONS,
    ADJECTIVE_ENDS,
    PLACES,
    SYNONYMS,
    VALUE_SYNONYMS,
)
from datalens_core.llm.offline.lexicon.quantities import WEEKDAYS
from datalens_core.llm.offline.tokens import forms, same
from datalens_core.llm.offline.typing_errors import mistyped

_AGENT_ENDS = frozenset({"r", "er", "rs", "ers", "ed", "d", "ing"})
_INITIALS = 3
_FUZZY_RATIO = 0.84
_FUZZY_LENGTH = 5
STARTS = 0.9
"""How well a value fits a phrase that it starts with."""


@dataclass(frozen=True)
class Match:
    """How a phrase fits a column; `full` means that no word of the name is left out."""

    column: Column
    score: float
    full: bool
    literal: bool
    """The words stand in the name itself: no synonym, no correction of a typing error."""


@lru_cache(maxsize=4096)
def fit_word(typed: str, word: str) -> float:
    """How well one typed word stands for one word of a name: 0 to 1."""
    if typed == word:
        return 1.0
    if same(typed, word):
        return 0.98
    written_out = ABBREVIATIONS.get(word)
    if written_out and any(same(typed, part) for part in written_out.split()):
        return 0.95
    if ABBREVIATIONS.get(typed) == word:
        return 0.95
    meaning = translated(word)
    if meaning and typed != word:
        fit = max(fit_word(typed, part) for part in meaning.split())
        if fit:
            return 0.9 * fit
    if any(
        not forms(typed).isdisjoint(group) and not forms(word).isdisjoint(group)
        for group in SYNONYMS
    ):
        return 0.8
    if any(
        not forms(word).isdisjoint(group) and any(mistyped(typed, other) for other in group)
        for group in SYNONYMS
    ):
        return 0.7
    if len(word) >= 4 and word.endswith("e") and typed in (f"{word[:-1]}ing", f"{word[:-1]}al"):
        return 0.78  # the "closing" price of close
    if len(word) >= 4 and typed.startswith(word) and len(typed) - len(word) <= 5:
        return 0.78 if typed[len(word) :] in ("ed", "ing", "er", "ers", "al", "ity", "ly") else 0.0
    if len(typed) >= 4 and word.startswith(typed) and word[len(typed) :] in _AGENT_ENDS:
        return 0.78  # "smoke" of smoker, "return" of returned
    return 0.7 if _alike(typed, word) else 0.0


def _alike(typed: str, word: str) -> bool:
    """Whether one is the other with a typing error."""
    if min(len(typed), len(word)) < _FUZZY_LENGTH or typed[0] != word[0]:
        return False
    swapped = sorted(typed) == sorted(word)
    return swapped or SequenceMatcher(None, typed, word).ratio() >= _FUZZY_RATIO


def match_column(phrase: Sequence[str], column: Column) -> Match | None:
    """How a phrase (lower-case words, connectors left in) names a column; None when it does not."""
    if len(phrase) == 1 and phrase[0] == column.name.lower():
        return Match(column, 1.01, full=True, literal=True)
    phrase = [part for word in phrase for part in (split_name(word) if "_" in word else [word])]
    content = [word for word in phrase if word not in CONNECTORS]
    if not content:
        return None
    joined = "".join(content)
    name_joined = "".join(column.words)
    if joined == name_joined or (len(joined) > 3 and same(joined, name_joined)):
        return Match(column, 1.0, full=True, literal=True)
    initials = "".join(word[0] for word in column.words)
    if len(content) == 1 and len(initials) >= _INITIALS and fit_word(content[0], initials) >= 0.8:
        return Match(column, 0.95, full=True, literal=False)  # also the mileage of mpg
    part = any(same(joined, word) for word in column.words)  # "employees" is no typing error
    if len(content) == 1 and len(column.words) > 1 and not part and _alike(joined, name_joined):
        return Match(column, 0.7, full=True, literal=False)
    fits: list[float] = []
    free = list(column.words)
    covered: set[str] = set()
    for typed in content:
        best = max(free, key=lambda word: fit_word(typed, word), default="")
        fit = fit_word(typed, best) if best else 0.0
        if fit == 0.0 and covered and _second_half(typed, covered):
            fits.append(0.95)  # the "capita" of "percap", whose "per" is a connector
            continue
        if fit == 0.0:
            return None
        fits.append(fit)
        covered.add(best)
        free.remove(best)
    required = set(column.required)
    full = required <= covered
    share = len(required & covered) / len(required)
    mean = sum(fits) / len(fits)
    # A lone modifier ("total" of total_bill) is weaker than the noun at the end.
    head = 0.05 if column.required[-1] in covered else 0.0
    return Match(column, mean * (0.5 + 0.45 * share + head), full=full, literal=min(fits) >= 0.95)


def _second_half(typed: str, covered: set[str]) -> bool:
    return any(typed in ABBREVIATIONS.get(word, "").split() for word in covered)


def fit_value(text: str, value: str) -> float:
    """How well a phrase names a value: 1 for the value itself, less for what resembles it."""
    typed, held = text.strip().lower(), value.strip().lower()
    if typed == held:
        return 1.0
    if same(typed, held) and len(held) >= 3:
        return 0.95
    if any(typed in group and held in group for group in VALUE_SYNONYMS):
        return 0.95
    if any(typed in group and held in group for group in PLACES):
        return 0.93
    if typed in WEEKDAYS and len(held) >= 3 and typed.startswith(held):
        return 0.95
    if len(held) >= 4 and typed.startswith(held) and typed[len(held) :] in ADJECTIVE_ENDS:
        return 0.92
    words = re.findall(r"[^\W_]+", held)
    typed_words = re.findall(r"[^\W_]+", typed)
    if typed_words and len(typed) >= 3 and _starts(words, typed_words):
        return STARTS
    if len(held) >= 3 and typed in (held + "y", held + held[-1] + "y"):
        return 0.92
    if min(len(typed), len(held)) >= 4 and typed[0] == held[0]:
        ratio = SequenceMatcher(None, typed, held).ratio()
        if ratio >= _FUZZY_RATIO:
            return 0.8 * ratio
    return 0.0


def _starts(words: Sequence[str], part: Sequence[str]) -> bool:
    return len(words) > len(part) and list(words[: len(part)]) == list(part)

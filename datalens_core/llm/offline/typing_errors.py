"""Words of the lexicon with a typing error in them, told from words that only resemble them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import pairwise

from datalens_core.llm.offline.lexicon import phrases, things
from datalens_core.llm.offline.lexicon.passed_over import SOFT_NOUNS, STOPWORDS
from datalens_core.llm.offline.lexicon.quantities import MONTHS, NUMBER_WORDS, SCALES, WEEKDAYS
from datalens_core.llm.offline.lexicon.refusals import REFUSAL_FORMS

_TABLES = (
    *(phrases.AGGREGATES, phrases.SUPERLATIVES, phrases.SUPERLATIVE_ADJECTIVES, phrases.INTENTS),
    *(phrases.COMMON, phrases.CHARTS, phrases.CHANGES, phrases.BINS, phrases.QUANTILES),
    *(phrases.COMPARISONS, phrases.NEGATIONS, phrases.GROUPERS, REFUSAL_FORMS),
)
_ENDINGS = frozenset("drsy")
"""Without these a word is another form of it: large, larger."""
_VOWELS = frozenset("aeiou")
_SHORTEST = 5
_LONG, _LONGER = 7, 10
"""From this length on one letter may be any other; from the second on two may be."""
_RATIO = 0.88


@lru_cache(maxsize=2048)
def meant_by(typed: str) -> str | None:
    """The word of the lexicon that a lower-case word is with a typing error; None if it is none."""
    if typed in _every_word():
        return None
    found = [word for word in _meaningful() if mistyped(typed, word)]
    return found[0] if found else None


def mistyped(typed: str, word: str) -> bool:
    """Whether `typed` is `word` with a slip that makes no other word of it.

    A short word loses a letter, swaps or doubles one, or has one vowel for another: "count" is not
    meant by "county", nor "share" by "shape".
    """
    short = len(typed) < _SHORTEST
    if len(word) < _SHORTEST or typed[:1] != word[:1] or (short and word not in phrases.AGGREGATES):
        return False
    if len(typed) >= _LONGER and len(word) >= _LONGER:
        return SequenceMatcher(None, typed, word).ratio() >= _RATIO
    if len(typed) == len(word):
        return _replaced(typed, word)
    if len(typed) == len(word) - 1:
        if word[:-1] == typed and word[-1] in _ENDINGS:
            return False
        return typed in _without_a_letter(word)
    if len(typed) == len(word) + 1:
        doubled = any(a == b for a, b in pairwise(typed))
        return (doubled or len(word) >= _LONG) and word in _without_a_letter(typed)
    return False


def _replaced(typed: str, word: str) -> bool:
    at = [n for n, (a, b) in enumerate(zip(typed, word, strict=True)) if a != b]
    if len(at) == 2:
        first, second = at
        return second == first + 1 and typed[first] == word[second] and typed[second] == word[first]
    if len(at) != 1:
        return False
    vowels = {typed[at[0]], word[at[0]]} <= _VOWELS
    return len(word) >= _LONG or (vowels and len(word) > _SHORTEST)


def _without_a_letter(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


@cache
def _meaningful() -> tuple[str, ...]:
    """The words that say what is asked, in the order of their tables."""
    every = (word for table in _TABLES for text in table for word in text.split())
    return tuple(word for word in dict.fromkeys(every) if word not in STOPWORDS)


@cache
def _every_word() -> frozenset[str]:
    passed = STOPWORDS | SOFT_NOUNS | things.ROW_NOUNS | phrases.VERSUS | phrases.CONNECTIVES
    named = {*MONTHS, *NUMBER_WORDS, *SCALES, *WEEKDAYS, *phrases.MEASURED, *phrases.QUANTIFIERS}
    return passed | named | frozenset(_meaningful())

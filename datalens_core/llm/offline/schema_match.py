"""Columns as a question may name them: words of a name, kinds, and how well a phrase fits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from datalens_core.llm.offline.lexicon.names import (
    ABBREVIATIONS,
    ADJECTIVE_ENDS,
    IDENTIFIERS,
    LABELS,
    SYNONYMS,
    UNITS,
    VALUE_SYNONYMS,
)
from datalens_core.llm.offline.lexicon.quantities import WEEKDAYS
from datalens_core.llm.offline.tokens import forms, same
from datalens_core.models import ColumnInfo, DatasetSchema

Kind = Literal["number", "category", "flag", "date", "year"]
CONNECTORS = frozenset({"of", "per", "in", "the", "for", "at"})

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+|\d+")
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([T ]\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([T ]\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}"
    r"|[A-Za-z]{3,9} \d{1,2},? \d{4}"
)
# Numbers that go up by one and are measured all the same.
_MEASURED = frozenset(
    {"day", "week", "month", "hour", "minute", "time", "step", "round", "age", "size", "rank"}
)
_FLAGS = frozenset({"yes", "no", "true", "false", "y", "n"})
# Words of a name that an axis shows otherwise than written out in lower case.
_LABEL_WORDS = {"gdp": "GDP", "id": "ID", "usd": "USD", "eur": "EUR", "in": "in", "iso": "ISO"}
# What each answer's yes is.
_YES = {"no": "yes", "n": "y", "false": "true"}
_FUZZY_RATIO = 0.84
_FUZZY_LENGTH = 5
SAMPLED = 5
STARTS = 0.9
"""How well a value fits a phrase that it starts with."""


@dataclass(frozen=True)
class Column:
    """A column of the data, and what rules can tell of it from five rows."""

    name: str
    kind: Kind
    words: tuple[str, ...]
    distinct: int = 0
    """Different values among the sampled rows."""
    integer: bool = False
    identifier: bool = False
    boolean: bool = False
    values: tuple[str, ...] = ()
    """Values seen in the sample, of columns that hold text."""

    @property
    def measure(self) -> bool:
        return self.kind == "number" and not self.identifier

    @property
    def temporal(self) -> bool:
        return self.kind in ("date", "year")

    @property
    def positive(self) -> str | None:
        """The value of a yes/no column that says yes, as the data write it."""
        if self.kind != "flag":
            return None
        if self.boolean:
            return "True"
        for value in self.values:
            said = _YES.get(value.lower(), value)
            return said.upper() if value.isupper() else said.title() if value.istitle() else said
        return None

    @property
    def groupable(self) -> bool:
        return self.kind in ("category", "flag", "year") or (self.kind == "number" and self.integer)

    @property
    def label(self) -> str:
        """The name as a person would write it on an axis."""
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_ ]*", self.name) or self.name.isupper():
            return self.name
        words = [_LABEL_WORDS.get(word) or ABBREVIATIONS.get(word, word) for word in self.words]
        text = " ".join(words)
        return text[:1].upper() + text[1:]

    @property
    def required(self) -> tuple[str, ...]:
        """The words a full mention has; units at the end may be left out."""
        words = list(self.words)
        while len(words) > 1 and words[-1] in UNITS:
            words.pop()
        kept = tuple(word for word in words if word not in CONNECTORS)
        return kept or tuple(words)


@dataclass(frozen=True)
class Match:
    """How a phrase fits a column; `full` means that no word of the name is left out."""

    column: Column
    score: float
    full: bool
    literal: bool
    """The words stand in the name itself: no synonym, no correction of a typing error."""


def split_name(name: str) -> tuple[str, ...]:
    """The words of a name: camelCase, snake_case, digits; lower case."""
    words = tuple(word.lower() for word in _WORDS.findall(name))
    return words or (name.lower(),)


def columns_of(schema: DatasetSchema) -> list[Column]:
    columns = [_column(info) for info in schema.columns]
    if columns and _counts_rows(columns[0], schema.columns[0].sample_values):
        columns[0] = replace(columns[0], identifier=True)
    return columns


def _counts_rows(first: Column, values: Sequence[object]) -> bool:
    """Whether a first column only numbers the rows: ticket 1, 2, 3, 4, 5."""
    whole = [value for value in values if isinstance(value, int)]
    word = len(first.words) == 1 and len(first.name) > 2 and first.name.lower() not in _MEASURED
    return (
        word
        and first.kind == "number"
        and len(whole) == len(values) == SAMPLED
        and whole == list(range(whole[0], whole[0] + SAMPLED))
    )


def _column(info: ColumnInfo) -> Column:
    words = split_name(info.name)
    values = [value for value in info.sample_values if value is not None]
    numeric = info.dtype.lower().startswith(("int", "uint", "float", "double", "decimal"))
    integer = numeric and all(_whole(value) for value in values)
    texts = tuple(str(value) for value in values) if not numeric else ()
    identifier = bool(IDENTIFIERS.intersection(words)) and not ({"count"} & set(words))
    kind: Kind = "category"
    boolean = info.dtype.lower().startswith("bool")
    if numeric:
        kind = "year" if _is_year(words, values) else "number"
    elif info.dtype.lower().startswith(("datetime", "date", "timestamp")):
        kind, texts = "date", ()
    elif boolean or (texts and all(text.lower() in _FLAGS for text in texts)):
        kind = "flag"
    elif texts and all(_DATE.fullmatch(text.strip()) for text in texts):
        kind = "date"
    return Column(
        name=info.name,
        kind=kind,
        words=words,
        distinct=info.unique_count,
        integer=integer,
        identifier=identifier,
        boolean=boolean,
        values=tuple(dict.fromkeys(texts)) if kind in ("category", "flag") else (),
    )


def _whole(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _is_year(words: Sequence[str], values: Iterable[object]) -> bool:
    held = [value for value in values if isinstance(value, int | float)]
    named = bool({"year", "yr", "years"}.intersection(words))
    return named and bool(held) and all(_whole(v) and 1000 <= v <= 2200 for v in held)


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
    if any(
        not forms(typed).isdisjoint(group) and not forms(word).isdisjoint(group)
        for group in SYNONYMS
    ):
        return 0.8
    if len(word) >= 4 and typed.startswith(word) and len(typed) - len(word) <= 5:
        return 0.78 if typed[len(word) :] in ("ed", "ing", "er", "ers", "al", "ity") else 0.0
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
    if len(content) == 1 and len(initials) >= 3 and content[0] == initials:
        return Match(column, 0.95, full=True, literal=False)
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


def label_column(columns: Sequence[Column]) -> Column | None:
    """The column that names a row: a title, a name, or the first text that never repeats."""
    texts = [c for c in columns if c.kind == "category"]
    for wanted in LABELS:
        for column in texts:
            if wanted in column.words:
                return column
    return next((column for column in texts if column.distinct >= SAMPLED), None)


def fit_value(text: str, value: str) -> float:
    """How well a phrase names a value: 1 for the value itself, less for what resembles it."""
    typed, held = text.strip().lower(), value.strip().lower()
    if typed == held:
        return 1.0
    if same(typed, held) and len(held) >= 3:
        return 0.95
    if any(typed in group and held in group for group in VALUE_SYNONYMS):
        return 0.95
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

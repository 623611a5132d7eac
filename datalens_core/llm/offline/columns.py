"""The columns of a data set: what rules can tell of each from its name and five rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from datalens_core.llm.offline.labels import split_name, without_unit, written_out
from datalens_core.llm.offline.lexicon.foreign import translated
from datalens_core.llm.offline.lexicon.names import (
    ABBREVIATIONS,
    IDENTIFIERS,
    LABELS,
    NUMBERINGS,
    UNITS,
)
from datalens_core.llm.offline.lexicon.quantities import LARGE
from datalens_core.models import ColumnInfo, DatasetSchema

Kind = Literal["number", "category", "flag", "date", "year"]
CONNECTORS = frozenset({"of", "per", "in", "the", "for", "at"})
SAMPLED = 5
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([T ]\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([T ]\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}"
    r"|[A-Za-z]{3,9} \d{1,2},? \d{4}"
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]\.?)?")
# A time other than midnight; what follows a sign is a time zone.
_TIME = re.compile(r"(?<![-+\d:.])(?=[:0.]*[1-9])\d{1,2}:\d{2}")
# Numbers that go up by one and are measured all the same.
_MEASURED = frozenset(
    {"day", "week", "month", "hour", "minute", "time", "step", "round", "age", "size", "rank"}
)
_FLAGS = frozenset({"yes", "no", "true", "false", "y", "n"})
# What each answer's yes is.
_YES = {"no": "yes", "n": "y", "false": "true"}


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
    binary: bool = False
    """Numbers that are 0 or 1."""
    timed: bool = False
    """Whether it tells the time of the day: dates with a time, or text like 18:30."""
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
        """The name as a person would write it in a title, without its unit."""
        return written_out(without_unit(self.name)[0] if self.kind == "number" else self.name)

    @property
    def unit(self) -> str:
        """What its numbers are measured in, if its name says that."""
        return without_unit(self.name)[1] if self.kind == "number" else ""

    @property
    def scale(self) -> float:
        """What its numbers count in, if its name says that: 1e9 of "GDP (billions)"."""
        return max((LARGE.get(word, 1.0) for word in self.words), default=1.0)

    @property
    def senses(self) -> frozenset[str]:
        """Its words, and what abbreviations and foreign words among them stand for."""
        spelt = (translated(w) or ABBREVIATIONS.get(w, w) for w in self.words)
        return frozenset((*self.words, *(word for text in spelt for word in text.split())))

    @property
    def required(self) -> tuple[str, ...]:
        """The words a full mention has; units at the end may be left out."""
        words = list(self.words)
        while len(words) > 1 and words[-1] in UNITS:
            words.pop()
        kept = tuple(word for word in words if word not in CONNECTORS)
        return kept or tuple(words)


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
    numbered = integer and len(words) > 1 and words[-1] in NUMBERINGS
    identifier = (bool(IDENTIFIERS.intersection(words)) and not ({"count"} & set(words))) or (
        numbered and len(set(values)) == len(values)
    )
    kind: Kind = "category"
    boolean = info.dtype.lower().startswith("bool")
    timed = _timed(texts)
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
        binary=numeric and bool(values) and all(value in (0, 1) for value in values),
        timed=timed,
        values=tuple(dict.fromkeys(texts)) if kind in ("category", "flag") else (),
    )


def _timed(texts: Sequence[str]) -> bool:
    clock = bool(texts) and all(_CLOCK.fullmatch(text.strip()) for text in texts)
    dated = bool(texts) and all(_DATE.fullmatch(text.strip()) for text in texts)
    return clock or (dated and any(_TIME.search(text) for text in texts))


def _whole(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _is_year(words: Sequence[str], values: Iterable[object]) -> bool:
    held = [value for value in values if isinstance(value, int | float)]
    named = any((translated(word) or word) in ("year", "yr", "years") for word in words)
    return named and bool(held) and all(_whole(v) and 1000 <= v <= 2200 for v in held)


def label_column(columns: Sequence[Column]) -> Column | None:
    """The column that names a row: a title, a name, or the first text that never repeats."""
    texts = [c for c in columns if c.kind == "category"]
    for wanted in LABELS:
        for column in texts:
            if wanted in column.senses:
                return column
    return next((column for column in texts if column.distinct >= SAMPLED), None)

"""What a session protects beyond what detection finds: columns by policy, and marked values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from datalens_core.models import ColumnPolicy
from datalens_core.privacy.json_text import Scalar
from datalens_core.privacy.kept_marks import KeptMarks
from datalens_core.privacy.known_values import KnownValues, is_telling
from datalens_core.privacy.rules import PERSONAL_VALUE
from datalens_core.privacy.spans import Span
from datalens_core.privacy.written_numbers import written_numbers

COLUMN_NAME = "COLUMN_NAME"
MARKED_VALUE = "MARKED_VALUE"
"""What the user marked: the report tells of it apart, so that it is known that there were marks."""
POLICIES: tuple[ColumnPolicy, ...] = ("send", "tokenise", "statistics", "never")
"""From the loosest to the strictest."""

MERGED = ("_x", "_y")
"""What pandas adds to names that both tables have."""
MIN_NAME = 3
"""A shorter name is a part of too many others."""

OWN_CHANNELS = frozenset({"prompt", "tools", "response_format"})
"""Texts that we wrote ourselves: a column may be called like a word of them."""


def strictest(policies: Iterable[ColumnPolicy]) -> ColumnPolicy:
    return max(policies, key=POLICIES.index, default="send")


@dataclass(frozen=True)
class Protection:
    """The policies of a session's columns, and what its user marked. Immutable."""

    policies: Mapping[str, ColumnPolicy] = field(default_factory=dict)
    """By column name; where data sets share a name, the strictest of them."""
    values: Mapping[str, Sequence[KnownValues]] = field(default_factory=dict, repr=False)
    """What protected columns hold, in each data set that has one of the name. Those of which not
    all is known are taken to hold any number."""
    personal: tuple[str, ...] = field(default=(), repr=False)
    not_personal: tuple[str, ...] = field(default=(), repr=False)
    kept: KeptMarks | None = field(default=None, repr=False)
    """What was marked as personal before the server was started."""
    schema_only: bool = False
    withheld: bool = False
    """Whether the sandbox, which is elsewhere, does not hold the `never` columns at all."""

    @cached_property
    def _known(self) -> list[KnownValues]:
        """All that is known, of any column."""
        return [known for held in self.values.values() for known in held]

    @cached_property
    def _tokenised(self) -> list[KnownValues]:
        """Of columns whose values the user may mark as not personal, one by one."""
        return [
            known
            for name, held in self.values.items()
            if self.policies.get(name) == "tokenise"
            for known in held
        ]

    @cached_property
    def _marked(self) -> KnownValues:
        """Whoever marks two letters or one digit means them, wherever they stand alone."""
        return KnownValues(self.personal, min_text=1, min_digits=1)

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.policies), default=0)

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        hidden = sorted((n for n, p in self.policies.items() if p == "never"), key=len)
        patterns = [_name_pattern(name) for name in reversed(hidden) if name.strip()]
        return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None

    @cached_property
    def _canonical(self) -> dict[str, str]:
        return {_plain(n): n for n, p in self.policies.items() if p == "never"}

    def allows(self, value: str) -> bool:
        """Whether the user marked a value as not personal."""
        said = value.strip().casefold()
        return any(said == mark.strip().casefold() for mark in self.not_personal)

    def is_protected(self, column: str) -> bool:
        return self.policies.get(self._source(column), "send") != "send"

    def _source(self, column: str) -> str:
        """The column that one of a table is: where two were merged, `pay_x` is a `pay`."""
        if column not in self.policies and column.endswith(MERGED):
            return column[:-2]
        return column

    def holds_number(self, column: str, written: str) -> bool:
        """Whether a number may be a value of a protected column."""
        held = self.values.get(self._source(column), ())
        return not held or any(not known.complete or known.holds_number(written) for known in held)

    def may_hold_other_texts(self, column: str) -> bool:
        """Whether not all texts of a protected column are known."""
        return any(known.may_hold_other_texts for known in self.values.get(column, ()))

    def hides_name(self, text: str) -> str | None:
        """The column that a text names, if not even its name may be known."""
        if self.policies.get(text) == "never":  # others may be written alike
            return text
        return self._canonical.get(_plain(text))

    def withholds(self, value: str, *, is_name: bool) -> bool:
        """Whether code that holds this would take to the sandbox what must not get there."""
        if not self.withheld:
            return False
        if is_name:
            return self.policies.get(value) == "never"
        holders = [
            self.policies.get(name)
            for name, held in self.values.items()
            if any(known.holds_text(value) or known.holds_number(value) for known in held)
        ]
        return bool(holders) and set(holders) == {"never"}

    def hides(self, cell: Scalar) -> bool:
        """Whether a cell may not go out as it is.

        In a protected column a text is held back whatever it is, a number if it is one of the
        column's values: a mean is nobody's. Elsewhere it must be recognised by itself.
        """
        if not cell.is_cell:
            return False
        if self.marks(cell):
            return True
        policy = self.policies.get(self._source(cell.column or ""))
        if policy == "tokenise" and self.allows(cell.value):
            return False
        if cell.column is not None and self.is_protected(cell.column):
            is_number = not cell.is_string and cell.value not in ("true", "false")
            return not is_number or self.holds_number(cell.column, cell.value)
        if cell.is_string or policy is not None:
            return False
        return is_telling(cell.value) and any(
            known.holds_number(cell.value) for known in self._known
        )

    def marks(self, cell: Scalar) -> bool:
        """Whether a number that stands alone is one that the user marked."""
        if cell.is_string or not (self.personal or self.kept):
            return False
        kept = self.kept.find(cell.value) if self.kept is not None else ()
        return self._marked.holds_number(cell.value) or any(True for _ in kept)

    def find(self, text: str) -> Iterator[Span]:
        """Names and values in a text that is not ours."""
        if self._names is not None:
            for name in self._names.finditer(text):
                if not self._is_another_column(text, *name.span()):
                    yield Span(*name.span(), COLUMN_NAME)
        numbers = list(written_numbers(text)) if self._known or self.personal else []
        for known in self._known:
            for place in known.find(text, numbers):
                if not (known in self._tokenised and self.allows(text[place.start : place.end])):
                    yield Span(place.start, place.end, PERSONAL_VALUE)
        for start, end, _ in self._marked.find(text, numbers):
            yield Span(start, end, MARKED_VALUE)
        for start, end in self.kept.find(text) if self.kept is not None else ():
            yield Span(start, end, MARKED_VALUE)

    def _is_another_column(self, text: str, start: int, end: int) -> bool:
        """Whether a hidden name is met within that of a column whose name may be known."""
        # A word that is longer than any name need not be read to its end.
        while start and end - start <= self._longest and _in_name(text[start - 1]):
            start -= 1
        while end < len(text) and end - start <= self._longest and _in_name(text[end]):
            end += 1
        return self.policies.get(text[start:end], "never") != "never"


NOTHING = Protection()


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def _name_pattern(name: str) -> str:
    """The name as a question may write it: in any case, with spaces or hyphens in place of _."""
    words = [re.escape(word) for word in re.split(r"[\W_]+", name) if word]
    if not words:
        return re.escape(name)
    written = r"[\W_]{0,2}".join(words)
    if len(name) < 2:  # a letter means a column only where it is quoted
        return rf"(?<=['\"`]){written}(?=['\"`])"
    if len(name) < MIN_NAME:
        return rf"(?<!\w){written}(?!\w)"
    # Also in what is derived from it: merged tables have pay_x and pay_y, summaries mean_pay.
    return rf"(?<![^\W_]){written}(?![^\W_])"


def _in_name(character: str) -> bool:
    return character.isalnum() or character == "_"

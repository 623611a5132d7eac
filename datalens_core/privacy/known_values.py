"""The values that protected columns hold, found again wherever they are written."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import NamedTuple

from pydantic import JsonValue

from datalens_core.privacy.disguises import Disguises
from datalens_core.privacy.written_numbers import WrittenNumber, written_numbers

_WORD = re.compile(r"[^\W_]+")  # what code makes of names is glued with underscores
NUMBER = re.compile(
    r"(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?(?!\w|\.\d)"
)
MIN_TEXT = 3
"""A shorter text is a code or an abbreviation that means other things elsewhere."""
_GLUED_TO_DIGITS = 6
"""Characters of a text that is known though a digit follows it: `name + str(number)`."""
MIN_DIGITS = 4
"""A number of fewer digits cannot be told from a count."""
_SAME = 1e-9


class Place(NamedTuple):
    start: int
    end: int
    is_number: bool


class KnownValues:
    """Looks values up in a text: in time that hardly depends on how many there are."""

    def __init__(
        self,
        values: Iterable[JsonValue] = (),
        *,
        complete: bool = True,
        min_text: int = MIN_TEXT,
        min_digits: int = MIN_DIGITS,
    ) -> None:
        """
        Args:
            complete: whether these are all; if not, any number may be one of them.
            min_text, min_digits: how long a value must be to be known outside of its column.
        """
        self.complete = complete
        self._min_text, self._min_digits = min_text, min_digits
        self._texts: dict[str, dict[tuple[int, int], set[str]]] = {}
        self._whole: set[str] = set()
        numbers: set[float] = set()
        for value in values:
            number = as_number(value)
            if number is not None:
                numbers.add(number)
            if isinstance(value, bool):
                self._whole.add(str(value).lower())
            elif isinstance(value, str):
                self._add(value.strip())
        self._numbers = sorted(numbers)

    @cached_property
    def _disguises(self) -> Disguises:
        whole = (number for number in self._numbers if number.is_integer())
        return Disguises((*self._whole, *(f"{abs(number):.0f}" for number in whole)))

    def _add(self, value: str) -> None:
        folded = _lower(value)
        self._whole.add(folded)
        word = _WORD.search(folded)
        if word is None or len(folded) < self._min_text or as_number(folded) is not None:
            return
        place = (word.start(), len(folded))
        self._texts.setdefault(word.group(), {}).setdefault(place, set()).add(folded)

    def without(self, other: KnownValues) -> KnownValues:
        """These, but for those that the other one knows as well."""
        numbers = set(other._numbers)
        return KnownValues(
            (*(self._whole - other._whole), *(n for n in self._numbers if n not in numbers)),
            complete=self.complete,
        )

    @property
    def may_hold_other_texts(self) -> bool:
        """Whether there are texts that are not known, as far as the known ones tell."""
        return not self.complete and bool(self._texts)

    def holds_text(self, text: str) -> bool:
        """Whether a cell is one of the values, whatever its case."""
        return _lower(text.strip()) in self._whole

    def holds_number(self, written: str) -> bool:
        """Whether a number, as it is displayed, may be one of the values, rounded or not."""
        try:
            shown = Decimal(written.replace(",", ""))
        except InvalidOperation:
            return False
        exponent = shown.as_tuple().exponent
        if not isinstance(exponent, int):  # NaN and infinity
            return False
        value = float(shown)
        slack = max(0.5 * 10.0 ** min(exponent, 0) * (1 + _SAME), abs(value) * _SAME)
        at = bisect_left(self._numbers, value - slack)
        return at < len(self._numbers) and self._numbers[at] <= value + slack

    def find(self, text: str, numbers: Iterable[WrittenNumber] | None = None) -> Iterator[Place]:
        """Where values stand in a text as words of their own, or disguised; short ones are passed
        over.

        Args:
            numbers: those of the text, where they are known already.
        """
        folded = _lower(text)
        for word in _WORD.finditer(folded) if self._texts else ():
            for (before, length), values in self._texts.get(word.group(), {}).items():
                start = word.start() - before
                end = start + length
                if start >= 0 and folded[start:end] in values and _stands_alone(folded, start, end):
                    yield Place(start, end, False)
        for start, end in self._disguises.find(text):
            yield Place(start, end, False)
        if not self._numbers:
            return
        for number in written_numbers(text) if numbers is None else numbers:
            if any(
                is_telling(r, self._min_digits) and self.holds_number(r) for r in number.readings
            ):
                yield Place(number.start, number.end, True)


def is_telling(written: str, min_digits: int = MIN_DIGITS) -> bool:
    """Whether a number has digits enough to be recognised without a column's name beside it."""
    mantissa = re.split("[eE]", written)[0]
    whole, _, fraction = mantissa.lstrip("-").replace(",", "").partition(".")
    return len((whole + fraction.rstrip("0")).lstrip("0")) >= min_digits


def as_number(value: JsonValue) -> float | None:
    """A number, or a text that is nothing else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        return float(value.strip().replace(",", ""))
    return None


def _lower(text: str) -> str:
    """In lower case, if that keeps every character in its place."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


def _stands_alone(text: str, start: int, end: int) -> bool:
    long = end - start >= _GLUED_TO_DIGITS
    return not (
        _goes_on(text[start], text[start - 1 : start], long)
        or _goes_on(text[end - 1], text[end : end + 1], long)
    )


def _goes_on(edge: str, beyond: str, long: bool) -> bool:
    """Whether a word that has this character at its edge may be a part of a longer one."""
    return (
        edge.isalnum() and beyond.isalnum() and not (long and edge.isalpha() and beyond.isdigit())
    )

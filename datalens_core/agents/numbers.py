"""Numbers in prose and in outputs: which are stated, and whether one may stand for another."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_SCALES = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "millions": 1e6, "mn": 1e6, "m": 1e6,
    "billion": 1e9, "billions": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12,
}  # fmt: skip
_SPACES = " \u00a0\u2009\u202f"
_DATE = re.compile(
    r"\b\d{4}-\d{1,2}(?:-\d{1,2})?(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\b|"
    r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{1,2}:\d{2}(?::\d{2})?\b"
)
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<sign>[-−+])?(?P<digits>\d{{1,3}}(?:[,{_SPACES}'’]\d{{3}})+(?:\.\d+)?"
    r"|\d{1,3}(?:\.\d{3})+,\d+|\d+(?:[.,]\d+)?|\.\d+)(?P<exponent>[eE][-+]?\d{1,3})?"
    rf"(?:[{_SPACES}]?(?P<percent>%|percent\b|per cent\b)"
    rf"|[{_SPACES}]?(?P<scale>thousand|millions?|billions?|trillion|mn|bn|tn)\b|(?P<short>[kKmMbB])\b)?"
    r"(?!\w)"
)
_HEDGE = re.compile(
    r"(?:about|around|approximately|approx\.?|roughly|nearly|almost|over|under|some|circa|"
    r"more than|less than|just (?:over|under)|~|≈)\s*[$€£]?\s*$",
    re.IGNORECASE,
)
_ORDINAL_BEFORE = re.compile(
    r"(?:\b(?:top|bottom|first|last|step|steps|number|no\.|rank|chart|table|figure|question)\s*"
    r"|#\s?)$",
    re.IGNORECASE,
)
_LIST_MARKER_BEFORE = re.compile(r"\n[ \t]*$")
_WINDOW = 24
_MAX_ZEROS = 300
_OUTPUT_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")


@dataclass(frozen=True)
class Stated:
    """A number of an answer: its text, and (value, tolerance) for each way to read it."""

    text: str
    readings: tuple[tuple[float, float], ...]
    percent: bool = False
    integer: bool = False
    hedged: bool = False
    ordinal: bool = False


def stated(text: str) -> list[Stated]:
    """The numbers that a text states; dates, times and parts of names are none."""
    text = _DATE.sub(lambda match: " " * len(match.group()), text)
    return [_read(match, text) for match in _NUMBER.finditer(text)]


def _read(match: re.Match[str], text: str) -> Stated:
    digits = match["digits"]
    value, decimals = _value(digits)
    exponent = float(f"1{match['exponent']}") if match["exponent"] else 1.0
    # A window, not all that stands before: texts are long, and numbers in them many.
    before = text[max(0, match.start() - _WINDOW) : match.start()]
    before = before if match.start() > _WINDOW else f"\n{before}"
    after = text[match.end() : match.end() + 1]
    hedged = _HEDGE.search(before) is not None
    unit = 10.0**-decimals
    if hedged and decimals == 0:  # "about 1,200" is any number that rounds to it in hundreds
        plain = re.sub(r"\D", "", digits)
        unit = 10.0 ** min(len(plain) - len(plain.rstrip("0")), _MAX_ZEROS)
    scales = [_SCALES[match["scale"].casefold()]] if match["scale"] else [1.0]
    if match["short"]:  # 5 m may be millions or metres
        scales.append(_SCALES[match["short"].casefold()])
    integer = decimals == 0 and exponent == 1.0 and scales[0] == 1.0
    ordinal = integer and (
        _ORDINAL_BEFORE.search(before) is not None
        or (_LIST_MARKER_BEFORE.search(before) is not None and after in (".", ")"))
    )
    return Stated(
        text=match.group().strip(),
        readings=tuple((value * s * exponent, 0.5 * unit * s * exponent) for s in scales),
        percent=match["percent"] is not None,
        integer=integer,
        hedged=hedged,
        ordinal=ordinal,
    )


def _value(digits: str) -> tuple[float, int]:
    """The value of a written number and its decimals: 1,234.5 and 1.234,5 and 1 234 and 12,5."""
    plain = re.sub(rf"[{_SPACES}'’]", "", digits)
    if "," in plain and "." in plain:
        decimal_comma = plain.rindex(",") > plain.rindex(".")
        plain = (
            plain.replace(".", "").replace(",", ".") if decimal_comma else plain.replace(",", "")
        )
    elif re.fullmatch(r"\d{1,3}(?:,\d{3})+", plain):
        plain = plain.replace(",", "")
    else:
        plain = plain.replace(",", ".")
    return float(plain), len(plain.partition(".")[2])


class Known:
    """Numbers that were computed or given, to be asked whether they cover a stated one."""

    def __init__(self, values: Iterable[float]) -> None:
        self._sorted = sorted({abs(value) for value in values if math.isfinite(value)})

    def covers(self, number: Stated) -> bool:
        """Whether a known value, rounded as the text rounds, reads as stated; signs aside."""
        for value, slack in number.readings:
            if self._near(abs(value), slack):
                return True
            if number.percent and self._near(abs(value) / 100, slack / 100):
                return True
        return False

    def _near(self, value: float, slack: float) -> bool:
        # A whisker more: binary floats do not hold 0.5 units of a decimal place exactly.
        slack = slack + max(abs(value), 1e-300) * 1e-9
        at = bisect_left(self._sorted, value - slack)
        return at < len(self._sorted) and self._sorted[at] <= value + slack


def in_text(text: str) -> Iterator[float]:
    """The numbers in an output, read as Python and pandas write them."""
    for found in _OUTPUT_NUMBER.finditer(text):
        try:
            yield float(found.group().replace(",", ""))
        except ValueError:  # a lone sign or comma that looked like a number
            continue
    for number in stated(text):
        yield from (value for value, _ in number.readings)  # "50k" is 50,000 too

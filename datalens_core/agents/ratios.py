"""Comparisons in words: half of it, twice as much, a third, 3 times the mean, 4 out of 5."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORDS = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10,
}  # fmt: skip
_NTHS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6,
    "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
}  # fmt: skip
_TIMES = {
    "twice": 2, "double": 2, "doubled": 2, "doubles": 2, "triple": 3, "tripled": 3, "triples": 3,
    "quadruple": 4, "quadrupled": 4, "halved": 0.5, "halves": 0.5,
}  # fmt: skip
_COUNT = "|".join(_WORDS)
_THAN = (
    r"(?=\s+(?:as|the|that|those|its|their|what|more|higher|larger|bigger|greater|longer|faster)\b)"
)
_RATIO = re.compile(
    rf"\b(?:(?P<count>{_COUNT})[ -])?(?P<nth>half|third|quarter|fourth|fifth|sixth|seventh|eighth"
    r"|ninth|tenth)s?(?=\s+(?:of\s+(?!(?:the\s+)?(?:fiscal\s+)?(?:year\b|\d{4}))|as\b))"
    rf"|\b(?P<half>half)(?=\s+(?:the|that|its|their)\b)|\bby\s+(?P<by>half|a third|a quarter)\b"
    rf"|\b(?P<verb>doubled|tripled|quadrupled|halved)\b|\b(?P<times>twice|double|triple|quadruple)"
    rf"{_THAN}|\b(?P<word>{_COUNT})\s+times{_THAN}"
    rf"|(?<![\w.,-])(?P<number>\d+(?:\.\d+)?)(?:\s+times{_THAN}|[x×](?!\w)|-?\s?fold\b)"
    rf"|(?<![\w.,])(?P<few>{_COUNT}|\d+)\s+(?:in|(?P<out>out\s+of))\s+(?P<many>two|three|four|five"
    r"|six|seven|eight|nine|ten|\d+)\b(?![.,]\d)|(?<![\w.,/])(?P<over>\d{1,3})/(?P<under>\d{1,3})(?![\w/])"
    r"|(?<![\w.,:])(?P<left>\d{1,3}(?:\.\d+)?):(?P<right>\d{1,3}(?:\.\d+)?)(?![\w:])",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"(?:about|around|approximately|roughly|nearly|almost|just (?:over|under)|more than|over"
    r"|less than|under|close to|~|≈)\s*$",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\b(?:first|second|third|fourth|other|latter|last|next|each|per)\s*$", re.I)
_ROUND, _HEDGED = 0.05, 0.15
_POINTS = 1.5
_MOST = 100
_WINDOW = 16


@dataclass(frozen=True)
class Ratio:
    """One amount in terms of another; `slack` is a part of it."""

    text: str
    values: tuple[float, ...]
    slack: float
    counts: tuple[float, float] | None = None
    """The two numbers, where both are written."""

    def reads(self, ratio: float) -> bool:
        return any(abs(ratio - value) <= self.slack * value for value in self.values)

    def is_percent(self, percent: float) -> bool:
        return any(abs(percent - 100 * value) <= _POINTS for value in self.values)

    def among(self, numbers: Sequence[float]) -> bool:
        """Whether two of these numbers are in this ratio."""
        return any(self.reads(abs(a / b)) for a in numbers for b in numbers if b and a != b)


def read_ratios(text: str) -> tuple[list[Ratio], str]:
    """The comparisons of a text, and the text without them."""
    found: list[Ratio] = []

    def blank(match: re.Match[str]) -> str:
        before = text[max(0, match.start() - _WINDOW) : match.start()]
        if (match["nth"] or match["half"]) and not match["count"] and _ORDINAL.search(before):
            return match.group()
        counts = _counts(match)
        if counts is None or not counts[1] or not _is_part(match, counts):
            return match.group()
        ratio = counts[0] / counts[1]
        values = (ratio, 1 - ratio, 1 + ratio) if match["by"] else (ratio,)
        written = match["few"] or match["over"] or match["left"]
        slack = _HEDGED if _HEDGE.search(before) else _ROUND
        found.append(Ratio(match.group(), values, slack, counts if written else None))
        return " " * len(match.group())

    return found, _RATIO.sub(blank, text)


def _is_part(match: re.Match[str], counts: tuple[float, float]) -> bool:
    """Whether "7 in 10" says a part; "7 in 2010" does not, nor does "12 in 10"."""
    few, many = counts
    return not match["few"] or (few <= many and (match["out"] is not None or many <= _MOST))


def _counts(match: re.Match[str]) -> tuple[float, float] | None:
    held = {name: value.casefold() for name, value in match.groupdict().items() if value}
    if "nth" in held:
        if held["nth"] != "half" and "count" not in held:
            return None  # "the third of them" is an ordinal
        return _number(held.get("count", "one")), _NTHS[held["nth"]]
    if "half" in held:
        return 1, 2
    if "by" in held:
        return 1, _NTHS[held["by"].split()[-1]]
    if "verb" in held or "times" in held:
        return _TIMES[held.get("verb") or held["times"]], 1
    if "word" in held or "number" in held:
        return _number(held.get("word") or held["number"]), 1
    for few, many in (("few", "many"), ("over", "under"), ("left", "right")):
        if few in held:
            return _number(held[few]), _number(held[many])
    return None


def _number(text: str) -> float:
    return float(_WORDS.get(text, 0) or text)

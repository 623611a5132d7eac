"""Dates and times in prose and in outputs: which are stated, and which are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTHS = (
    "jan(?:uary|uar)?", "feb(?:ruary|ruar)?", "mar(?:ch)?|märz", "apr(?:il)?", "may|mai",
    "june?|juni", "july?|juli", "aug(?:ust)?", "sept?(?:ember)?", "o[ck]t(?:ober)?",
    "nov(?:ember)?", "de[cz](?:ember)?",
)  # fmt: skip
_MONTH = "|".join(_MONTHS)
_MONTH_NUMBERS = [re.compile(f"(?:{names})", re.IGNORECASE) for names in _MONTHS]
_DAY = r"\d{1,2}(?:st|nd|rd|th|\.)?"
_YEAR = r"(?:19|20|21)\d{2}"
_DATES = re.compile(
    r"\b(?P<iso>(?P<iy>\d{4})[-/](?P<im>\d{1,2})(?:[-/](?P<id>\d{1,2}))?"
    r"(?:[T ](?P<ih>\d{1,2}):(?P<imin>\d{2})(?::\d{2}(?:\.\d+)?)?)?)(?![\d-])"
    rf"|\b(?P<first>\d{{1,2}})[./](?P<second>\d{{1,2}})[./](?P<ny>\d{{4}}|\d{{2}})\b"
    rf"|\b(?P<mname>{_MONTH})\b\.?(?:\s+(?P<md>{_DAY})(?![\d.,]*\d{{2}}))?(?:,?\s+(?P<my>{_YEAR})\b)?"
    rf"|\b(?P<dd>{_DAY})\s+(?:of\s+)?(?P<dname>{_MONTH})\b\.?(?:,?\s+(?P<dy>{_YEAR})\b)?"
    rf"|\b(?P<span>{_YEAR})[/–-](?P<to>{_YEAR}|\d{{2}})\b(?![\d-])"
    r"|\b(?P<decade>\d{3}0)s\b"
    r"|\b(?P<h>\d{1,2}):(?P<min>\d{2})(?::\d{2})?(?:\s?(?P<half>[ap])\.?m\b\.?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Moment:
    """As much of a date or a time of day as is written; 0 years, months or days are unknown."""

    text: str = ""
    year: int = 0
    month: int = 0
    day: int = 0
    clock: tuple[int, int] | None = None
    decade: bool = False

    @property
    def is_date(self) -> bool:
        return bool(self.year or (self.month and self.day))


def read_dates(text: str) -> tuple[list[list[Moment]], str]:
    """The dates and times of a text, each in all its readings, and the text without them.

    The name of a month alone is found too, and stays in the text.
    """
    found: list[list[Moment]] = []

    def blank(match: re.Match[str]) -> str:
        readings = [m for m in _readings(match) if m.month <= 12 and m.day <= 31]
        if readings:
            found.append(readings)
        whole = any(m.is_date or m.clock for m in readings)
        return " " * len(match.group()) if whole else match.group()

    return found, _DATES.sub(blank, text)


def _readings(match: re.Match[str]) -> Iterator[Moment]:
    held = match.groupdict()
    text = match.group().strip()
    if held["iso"]:
        clock = (int(held["ih"]), int(held["imin"])) if held["ih"] else None
        year, month, day = int(held["iy"]), int(held["im"]), int(held["id"] or 0)
        if not held["id"] and month > 12:  # 2023-24 is two years
            yield Moment(text, year)
        elif month:
            yield Moment(text, year, month, day, clock)
    elif held["first"]:
        first, second, year = int(held["first"]), int(held["second"]), _year(held["ny"])
        yield Moment(text, year, second, first)
        yield Moment(text, year, first, second)
    elif held["mname"] or held["dname"]:
        month = _month_number(held["mname"] or held["dname"])
        day = int(re.sub(r"\D", "", held["md"] or held["dd"] or "0"))
        yield Moment(text, int(held["my"] or held["dy"] or 0), month, day)
    elif held["span"]:
        yield Moment(text, int(held["span"]))
    elif held["decade"]:
        yield Moment(text, int(held["decade"]), decade=True)
    elif held["h"]:
        hour = int(held["h"])
        yield Moment(text, clock=(hour, int(held["min"])))
        if (held["half"] or "").casefold() == "p":
            yield Moment(text, clock=(hour + 12, int(held["min"])))


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month_number(name: str) -> int:
    return next(n for n, names in enumerate(_MONTH_NUMBERS, 1) if names.fullmatch(name))


class KnownDates:
    """Dates that were computed or given, to be asked whether they hold a stated one."""

    def __init__(self) -> None:
        self._dates: set[tuple[int, int, int]] = set()
        self.clocks: set[tuple[int, int]] = set()
        self.years: set[int] = set()
        self.months: set[int] = set()

    def add(self, text: str) -> str:
        """Learn a text's dates; the text without them."""
        found, rest = read_dates(text)
        for moment in (m for readings in found for m in readings):
            self._dates.add((moment.year, moment.month, moment.day))
            self.years.add(moment.year)
            self.months.add(moment.month)
            if moment.clock:
                self.clocks.add(moment.clock)
        return rest

    def has(self, moment: Moment) -> bool:
        """Whether a known date, as exact as the stated one or more, is the same."""
        if moment.decade:
            return any(moment.year <= year < moment.year + 10 for year in self.years)
        if moment.clock and moment.clock not in self.clocks:
            return False
        return not moment.is_date or any(
            (not moment.year or year == moment.year)
            and (not moment.month or month == moment.month)
            and (not moment.day or day == moment.day)
            for year, month, day in self._dates
        )

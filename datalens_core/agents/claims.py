"""What an answer claims in numbers: amounts, comparisons, dates; and which of it has no ground."""

from __future__ import annotations

from dataclasses import dataclass

from datalens_core.agents.dates import Moment, read_dates
from datalens_core.agents.evidence import Evidence
from datalens_core.agents.numbers import Stated, stated
from datalens_core.agents.ratios import Ratio, read_ratios

_YEARS = range(1900, 2101)
_MAX_COMPARED = 12


@dataclass(frozen=True)
class Claims:
    numbers: list[Stated]
    ratios: list[Ratio]
    dates: list[list[Moment]]
    """Each in all its readings."""

    def __bool__(self) -> bool:
        return bool(self.numbers or self.ratios or self.dates)


def read_claims(answer: str) -> Claims:
    moments, rest = read_dates(answer)
    ratios, rest = read_ratios(rest)
    dates = [readings for readings in moments if any(m.is_date or m.clock for m in readings)]
    return Claims(stated(rest), ratios, dates)


def unfounded(claims: Claims, evidence: Evidence) -> list[str]:
    """The texts of what was neither computed nor given."""
    dates = [r[0].text for r in claims.dates if not any(_is_dated(m, evidence) for m in r)]
    amounts = [number.value for number in claims.numbers if not number.is_label]
    ratios = [r.text for r in claims.ratios if not _is_compared(r, amounts, evidence)]
    return dates + ratios + [n.text for n in claims.numbers if not _is_known(n, evidence)]


def _is_known(number: Stated, evidence: Evidence) -> bool:
    if number.is_width and number.value in evidence.widths:
        return True
    if number.is_label or evidence.numbers.covers(number.readings):
        return True
    if number.is_scaled and evidence.counts_in(number.readings):
        return True
    if number.is_integer and number.value in _YEARS and number.value in evidence.dates.years:
        return True
    if number.is_parameter and evidence.parameters.covers(number.readings):
        return True
    if not number.seconds:
        return False
    return evidence.lasts(number.value, number.readings, number.seconds) or (
        bool(number.parts) and all(evidence.results.covers(p.readings) for p in number.parts)
    )


def _is_compared(ratio: Ratio, stated_amounts: list[float], evidence: Evidence) -> bool:
    """The ratio was computed, or can be seen from two amounts of the answer or of a result."""
    if ratio.counts and all(evidence.numbers.holds(count) for count in ratio.counts):
        return True
    if any(evidence.parameters.holds(value) for value in ratio.values):
        return True
    if any(ratio.reads(value) or ratio.is_percent(value) for value in evidence.computed):
        return True
    return any(ratio.among(series) for series in (stated_amounts[:_MAX_COMPARED], *evidence.series))


def _is_dated(moment: Moment, evidence: Evidence) -> bool:
    """The date is known, or each of its parts is."""
    dates, numbers = evidence.dates, evidence.results
    if dates.has(moment):
        return True
    if moment.decade or (moment.clock and moment.is_date):
        return False
    if moment.clock:
        hour, minute = moment.clock
        return minute == 0 and numbers.holds(hour)
    return (
        (not moment.year or moment.year in dates.years or numbers.holds(moment.year))
        and (not moment.month or moment.month in dates.months or numbers.holds(moment.month))
        and (not moment.day or numbers.holds(moment.day))
    )

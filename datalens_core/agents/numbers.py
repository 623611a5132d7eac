"""Numbers in prose and in outputs: which are stated, and what each may stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from datalens_core.agents.units import (
    CURRENCIES,
    GLUED,
    LETTERS,
    PARTS,
    SCALES,
    SECONDS,
    any_of,
)

_SPACES = " \u00a0\u2009\u202f"
_CODES = "|".join(rf"(?<=\b{code})" for code in CURRENCIES)
_NUMBER = re.compile(
    rf"(?:(?<![\w.,])|{_CODES})(?P<sign>[-−+])?"
    rf"(?P<digits>\d{{1,3}}(?:[{_SPACES}'’]\d{{3}})+(?:[.,]\d+)?|\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?"
    r"|\d{1,3}(?:\.\d{3})+,\d+"
    r"|\d{1,3}(?:\.\d{3}){2,}|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)"
    r"(?P<exponent>[eE][-+]?\d{1,3})?"
    rf"(?:(?P<nth>(?:st|nd|rd|th)\b)|[{_SPACES}]?(?P<part>{any_of(PARTS)})"
    rf"|[-{_SPACES}]?(?P<scale>{any_of(SCALES)})|(?P<letter>[kmb]\b)"
    rf"|[-{_SPACES}]?(?P<time>{any_of(SECONDS)})|(?:{any_of(GLUED)}))?(?!\w)",
    re.IGNORECASE,
)
_MONEY = r"\s*(?:US|A|C)?[$€£¥₹]?\s*$"
_HEDGES = {
    "about": r"about|around|approximately|approx\.?|roughly|some|circa|ca\.?|c\.|~|≈|close to|etwa"
    r"|rund|ungefähr|environ|unos|unas|cerca de",
    "over": r"over|more than|at least|above|exceed\w*|upwards of|just over|>|≥|>=|über"
    r"|mehr als|mindestens|plus de|más de|oltre",
    "under": r"under|less than|fewer than|at most|up to|below|no more than|just under|<|≤|<=|unter"
    r"|weniger als|höchstens|moins de|menos de|meno di",
    "nearly": r"nearly|almost|fast|knapp|presque|casi|quasi",
}
_HEDGED = {
    kind: re.compile(rf"(?:^|[^\w])(?:{words}){_MONEY}", re.IGNORECASE)
    for kind, words in _HEDGES.items()
}
_ORDINAL_BEFORE = re.compile(
    r"(?:\b(?:top|bottom|first|last|step|number|no\.|rank(?:ed)?|chart|table|figure|question)"
    r"[\s-]*|#\s?)$",
    re.IGNORECASE,
)
_LIST_MARKER_BEFORE = re.compile(r"\n[ \t]*$")
_NAME_BEFORE = re.compile(r"[A-Z0-9]-$")  # COVID-19, A-12
_RANGE = re.compile(
    r"\s*(?:(?P<span>-|–|—|to|bis|à)|and|or|und|oder|et|ou|a|y|e|o)\s*[$€£¥₹]?\s*\Z"
)
_BETWEEN = re.compile(r"\b(?:between|zwischen|entre)\s*[$€£¥₹]?\s*$", re.IGNORECASE)
_WIDEST = 1.5
_PROBABLE = 0.1
_TOGETHER = re.compile(rf"[,{_SPACES}]*(?:and[{_SPACES}])?\Z")
_COLUMNS_AFTER = re.compile(r"\s+(?:columns?|fields?|variables?)\b", re.IGNORECASE)
_SUM_BEFORE = re.compile(r"\b(?:add|sum|total)\w* (?:up )?to\s*$", re.IGNORECASE)
_PARAMETER_BEFORE = re.compile(
    r"(?:\b(?:above|below|over|under|than|least|most|exceed\w*|within|beyond|outside|every|[zp]"
    r"|(?:threshold|limit|cut-?off|level|window)(?: (?:of|at|is|was))?)|[<>≤≥=±])\s*[$€£]?\s*$",
    re.IGNORECASE,
)
_PARAMETER_AFTER = re.compile(
    r"[\s-]*(?:(?:day|week|month|quarter|year|hour|minute|period|point)s?\b[\s-]*"
    r"(?:rolling|moving|window|average|mean|bins?)|(?:×|x|\*|times)\s*(?:the\s+)?(?:IQR|inter)"
    r"|%?\s*(?:confidence|significance)|standard dev|sigma|σ|(?:th|st|nd|rd)? ?percentile"
    r"|or (?:more|fewer|less|higher|lower|above|below)|bins|groups|clusters|decimals?|nearest)",
    re.IGNORECASE,
)
_WINDOW = 24
_MAX_ZEROS = 300
_OUTPUT_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")

Interval = tuple[float, float]


@dataclass(frozen=True)
class Stated:
    """A number of an answer: its text, and from where to where for each way to read it."""

    text: str
    readings: tuple[Interval, ...]
    value: float = 0.0
    is_integer: bool = False
    is_label: bool = False
    """A rank, an item of a list, a step of the plan, or part of a name: nothing is computed."""
    is_parameter: bool = False
    """What a rule that the answer describes was set to, as "above 1.5" or "a 7-day average"."""
    is_width: bool = False
    """A number of columns."""
    is_scaled: bool = False
    """Written with a word such as "billion"."""
    seconds: float = 0.0
    """The unit, of a duration."""
    parts: tuple[Stated, ...] = ()
    """The numbers of "1 h 30 min"; the readings are in seconds then."""


def stated(text: str) -> list[Stated]:
    """The numbers that a text states; parts of names are none."""
    matches = list(_NUMBER.finditer(text))
    numbers = [_read(match, text) for match in matches]
    for place in range(len(matches) - 2, -1, -1):
        one, two = matches[place], matches[place + 1]
        between = _RANGE.match(text[one.end() : two.start()][:_WINDOW])
        if between is None:
            continue
        if not one["scale"]:  # "2 to 3 million" is about millions twice
            numbers[place] = _as_in(numbers[place], two)
        if between["span"] or _BETWEEN.search(text[max(0, one.start() - _WINDOW) : one.start()]):
            numbers[place : place + 2] = _bounds(*numbers[place : place + 2])
    return _durations(numbers, matches, text)


def _read(match: re.Match[str], text: str) -> Stated:
    # A window, not all that stands around: texts are long, and numbers in them many.
    before = text[max(0, match.start() - _WINDOW) : match.start()]
    before = before if match.start() > _WINDOW else f"\n{before}"
    after = text[match.end() : match.end() + _WINDOW]
    digits, exponent = match["digits"], float(f"1{match['exponent'] or ''}")
    hedge = next((kind for kind, found in _HEDGED.items() if found.search(before)), "")
    if not hedge and after.startswith("+"):
        hedge = "over"
    readings = [
        (low * scale * exponent, high * scale * exponent)
        for scale in _scales(match)
        for low, high in (_interval(*written, digits, hedge) for written in _values(digits))
    ]
    if match["part"]:
        whole = PARTS[match["part"].casefold()]
        readings += [(low / whole, high / whole) for low, high in readings]
        if whole == 100.0 and _SUM_BEFORE.search(before):
            readings.append((100.0, 100.0))
    value, decimals = _values(digits)[0]
    is_integer = decimals == 0 and not any((match["exponent"], match["scale"], match["part"]))
    marked = match["nth"] is not None or _ORDINAL_BEFORE.search(before) is not None
    in_list = _LIST_MARKER_BEFORE.search(before) is not None and after[:1] in (".", ")")
    is_name = _NAME_BEFORE.search(before) is not None and not match["sign"]
    return Stated(
        text=match.group().strip(),
        readings=tuple(readings),
        value=value,
        is_integer=is_integer,
        is_label=is_integer and (marked or in_list or is_name),
        is_parameter=bool(
            _PARAMETER_BEFORE.search(before) or _PARAMETER_AFTER.match(_tail(match, text))
        ),
        is_width=is_integer and _COLUMNS_AFTER.match(after) is not None,
        is_scaled=bool(match["scale"] or match["letter"]),
        seconds=SECONDS.get((match["time"] or "").casefold(), 0.0),
    )


def _tail(match: re.Match[str], text: str) -> str:
    """What stands behind the digits, the unit included."""
    end = match.end("exponent") if match["exponent"] else match.end("digits")
    return text[end : end + _WINDOW]


def _scales(match: re.Match[str]) -> tuple[float, ...]:
    if match["scale"]:
        return SCALES[match["scale"].casefold()]
    return LETTERS[match["letter"].casefold()] if match["letter"] else (1.0,)


def _values(digits: str) -> list[tuple[float, int]]:
    """The values of a written number, each with its decimals: 1,234.5 and 1.234,5 and 12,5.

    1.234 is a little more than one, and in many languages a little more than a thousand.
    """
    plain = re.sub(rf"[{_SPACES}'’]", "", digits)
    if "," in plain and "." in plain:
        decimal_comma = plain.rindex(",") > plain.rindex(".")
        written = [
            plain.replace(".", "").replace(",", ".") if decimal_comma else plain.replace(",", "")
        ]
    elif plain.count(",") > 1 or plain.count(".") > 1:
        written = [re.sub("[,.]", "", plain)]
    elif re.fullmatch(r"\d{1,3},\d{3}", plain):
        written = [plain.replace(",", ""), plain.replace(",", ".")]
    elif re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", plain):
        written = [plain, plain.replace(".", "")]
    else:
        written = [plain.replace(",", ".")]
    return [(float(text), len(text.partition(".")[2])) for text in written]


def _interval(value: float, decimals: int, digits: str, hedge: str) -> Interval:
    """What reads as this number: "about 1,200" in hundreds, "over 50" up to the next ten."""
    unit = 10.0**-decimals
    if hedge and decimals == 0:
        plain = re.sub(r"\D", "", digits)
        unit = 10.0 ** min(len(plain) - len(plain.rstrip("0")), _MAX_ZEROS)
    match hedge:
        case "over":
            return value, value + min(unit, value / 2)
        case "under":  # of a probability, all the way to zero
            return (0.0 if value <= _PROBABLE else value - min(unit, value / 2)), value
        case "nearly":
            return value - min(unit, value / 10), value
        case "about":
            slack = max(min(unit / 2, value / 10), 0.5 * 10.0**-decimals)
            return value - slack, value + slack
    return value - unit / 2, value + unit / 2


def _as_in(number: Stated, following: re.Match[str]) -> Stated:
    """The first number of a range whose unit stands behind the second."""
    scales = _scales(following)
    readings = [(low * s, high * s) for s in scales for low, high in number.readings if s != 1.0]
    if following["part"]:
        whole = PARTS[following["part"].casefold()]
        readings += [(low / whole, high / whole) for low, high in number.readings]
    seconds = number.seconds or SECONDS.get((following["time"] or "").casefold(), 0.0)
    return replace(number, readings=(*number.readings, *readings), seconds=seconds)


def _bounds(one: Stated, two: Stated) -> tuple[Stated, Stated]:
    """The ends of a range that is not too wide: something lies in between."""
    spans = tuple(
        (low, high)
        for (low, _), (_, high) in zip(one.readings[::-1], two.readings[::-1], strict=False)
        if low <= high <= low * _WIDEST
    )
    return (
        replace(one, readings=(*one.readings, *spans)),
        replace(two, readings=(*two.readings, *spans)),
    )


def _durations(numbers: list[Stated], matches: list[re.Match[str]], text: str) -> list[Stated]:
    """The numbers with "1 h 30 min" as one of them."""
    groups: list[list[Stated]] = [[number] for number in numbers[:1]]
    for (one, two), number in zip(pairwise(matches), numbers[1:], strict=True):
        last = groups[-1][-1]
        if last.seconds >= SECONDS["h"] and (two["letter"] or "") == "m":
            number = replace(number, seconds=SECONDS["min"])
        together = _TOGETHER.match(text[one.end() : two.start()][:_WINDOW])
        if together and number.seconds and last.seconds > number.seconds:
            groups[-1].append(number)
        else:
            groups.append([number])
    return [_joined(group) for group in groups]


def _joined(group: list[Stated]) -> Stated:
    if len(group) == 1:
        return group[0]
    total = sum(number.value * number.seconds for number in group)
    slack = group[-1].seconds / 2
    return Stated(
        text=" ".join(number.text for number in group),
        readings=((total - slack, total + slack),),
        value=total,
        seconds=1.0,
        parts=tuple(group),
    )


def in_text(text: str) -> Iterator[float]:
    """The numbers in an output, read as Python and pandas write them."""
    for found in _OUTPUT_NUMBER.finditer(text):
        try:
            yield float(found.group().replace(",", ""))
        except ValueError:  # a lone sign or comma that looked like a number
            continue
    for match in _NUMBER.finditer(text):  # "50k" is 50,000 too
        for scale in _scales(match):
            yield from (value * scale for value, _ in _values(match["digits"]))

"""What a cell's text is: a number and how it is written, a date and in which order, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
GROUP_OF_THREE = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
"""What is a thousand and some in one country, and one and some in the other."""
YEAR = re.compile(r"(1[5-9]|20|21)\d{2}")
KEPT_AS_TEXT = re.compile(r"0\d+|\d{16,}|\+\d{8,}")
"""Codes of digits, long ids, telephone numbers."""
_TELEPHONE = re.compile(r"\+\d(?=(?: ?\d){8,})\d*(?: \d+)+")
POWER_OR_CODE = re.compile(r"\d+[eE]\d+")
CURRENCY = "$€£¥₹₽₩₺฿₫₴₦"
CODES = (
    "USD|EUR|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|HUF|AUD|CAD|NZD|BRL|ZAR|MXN|TRY|RUB|RON|BGN"
    "|ISK|UAH|ILS|AED|SAR|KRW|THB|SGD|HKD|TWD|IDR|MYR|PHP|VND|EGP|NGN|KES|ARS|CLP|COP|PEN|RSD|KZT"
    r"|Kč|kr\.?|zł|Rs\.?|TL|Ft|lei|руб\.?|грн\.?|лв\.?|元|円|원|บาท"
)
_AFFIX = rf"(?:[{CURRENCY}]|(?:US|A|C|NZ|R|HK)\$|{CODES})"
_SIGN = r"[+\-−]?"
SPACES = " \u00a0\u2007\u2009\u202f"
# Digits and marks that Python reads and pandas does not: Arabic, Persian and full-width ones.
FOREIGN_DIGITS = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９٫٬．，％"
PLAIN_DIGITS = "012345678901234567890123456789.'.,%"
_PLAIN = str.maketrans(FOREIGN_DIGITS, PLAIN_DIGITS)
_AMOUNT = re.compile(
    rf"(?P<open>\()?{_SIGN}(?:(?P<before>{_AFFIX})[{SPACES}]?)?{_SIGN}"
    rf"(?P<digits>\d[\d.,'’{SPACES}]*|[.,]\d+)"
    rf"(?:[{SPACES}]?(?P<percent>%)|[{SPACES}]?(?P<after>{_AFFIX}))?(?(open)\))[-−]?"
)
# How digits may be grouped: by decimal point or decimal comma.
_BY = f"'’{SPACES}"
_POINT = re.compile(
    rf"\d{{1,3}}(?:(?P<by>[,{_BY}])\d{{3}}(?:(?P=by)\d{{3}})*)?(?:\.\d*)?|\d*\.\d+|\d+"
)
_COMMA = re.compile(
    rf"\d{{1,3}}(?:(?P<by>[.{_BY}])\d{{3}}(?:(?P=by)\d{{3}})*)?(?:,\d*)?|\d*,\d+|\d+"
)
# India groups by two above the thousands.
_LAKH = re.compile(r"\d{1,2}(,\d{2})+,\d{3}(\.\d*)?")

# Years 1300 to 1499 are of the Persian or the Islamic calendar in any file that people have, those
# from 2440 to 2600 of the Buddhist one.
_FOREIGN_YEAR = r"(?:1[34]\d{2}|24[4-9]\d|25\d{2})"
_FOREIGN_DATE = re.compile(
    rf"(?:{_FOREIGN_YEAR}([./-])\d{{1,2}}\1\d{{1,2}}"
    rf"|\d{{1,2}}([./-])\d{{1,2}}\2{_FOREIGN_YEAR})(?!\d).*"
)
ISO_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_DAY = re.compile(
    r"(?P<a>\d{1,4})(?P<sep>[./-])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{4}|\d{1,2})"
    r"(?P<time>[ T]\d{1,2}:\d{2}(:\d{2})?(?P<half> ?[AaPp][Mm])?)?",
    re.ASCII,
)
END_OF_DAY = re.compile(r".*[ T]24:00(:00)?")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_FULL = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_NAMED = tuple(
    (re.compile(pattern, re.IGNORECASE | re.ASCII), format)
    for pattern, format in (
        (rf"\d{{1,2}}([ -])({_MONTHS})\1\d{{4}}", "%d{0}%b{0}%Y"),
        (rf"\d{{1,2}}([ -])({_MONTHS})\1\d{{2}}", "%d{0}%b{0}%y"),
        (rf"({_MONTHS}) \d{{1,2}}, \d{{4}}", "%b %d, %Y"),
        (rf"({_FULL}) \d{{1,2}}, \d{{4}}", "%B %d, %Y"),
        (rf"\d{{1,2}} ({_FULL}) \d{{4}}", "%d %B %Y"),
        (rf"({_DAYS}), \d{{1,2}} ({_MONTHS}) \d{{4}}", "%a, %d %b %Y"),
        (r"\d{4}年\d{1,2}月\d{1,2}日", "%Y年%m月%d日"),
        (r"\d{4}년 \d{1,2}월 \d{1,2}일", "%Y년 %m월 %d일"),
        (r"\d{4}\. \d{1,2}\. \d{1,2}\.", "%Y. %m. %d."),
    )
)
_CLOCK = re.compile(
    r" \d{1,2}:\d{2}(?P<seconds>:\d{2})?(?P<half> ?[ap]m)?", re.IGNORECASE | re.ASCII
)
_IN_UTC = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,9})? UTC", re.ASCII)
_COMPACT = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")

# What pandas takes for missing by itself, and what people write besides.
# fmt: off
PANDAS_MISSING = frozenset((
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
))
ALWAYS_MISSING = frozenset((
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/D", "#NV", "Not Available",
    "not available", "NOT AVAILABLE", "N.A.", "n.a.", "(null)", "\\N", "[null]", "<null>",
    "NaT", "nil",
))
MISSING_AMONG_VALUES = frozenset((
    "-", "--", "---", "–", "—", ".", "..", "...", ":", "?", "*", "x", "X", "na", "missing",
    "Missing", "MISSING", "unknown", "Unknown", "none", "n.d.", "n/d", "k.A.", "keine Angabe",
    "NONE", "Null", "NAN", "Nan", "not reported", "Not reported", "no data", "No data", "*****",
))
"""Missing where the rest of the column is numbers or dates; words of their own elsewhere."""
# fmt: on


def plain_digits(text: str) -> str:
    """The text with digits from 0 to 9 alone."""
    return text if text.isascii() else text.translate(_PLAIN)


def is_missing_word(text: str) -> bool:
    """Whether the text may stand for a value that is not there."""
    return text in PANDAS_MISSING or text in ALWAYS_MISSING or text in MISSING_AMONG_VALUES


@dataclass(frozen=True)
class Amount:
    """How one number is written. `decimal` is "" where the text leaves it open.

    `foreign` digits are not ASCII's, `plain` is what pandas reads by itself.
    """

    decimal: str
    thousands: str
    percent: bool
    plain: bool
    foreign: bool = False
    currency: str = ""


def amount_of(text: str) -> Amount | None:
    """How a number is written, None if it is none; "1,234" leaves the decimal mark open."""
    text = text.strip()
    if (plain := plain_digits(text)) != text:
        amount = amount_of(plain)
        if amount is None:
            return None
        decimal = "." if "٫" in text else amount.decimal
        return replace(amount, decimal=decimal, plain=False, foreign=True)
    if _TELEPHONE.fullmatch(text):
        return None
    if PLAIN_NUMBER.fullmatch(text):
        decimal = "." if "." in text and not GROUP_OF_THREE.fullmatch(text) else ""
        return Amount(decimal, "", percent=False, plain=True)
    found = _AMOUNT.fullmatch(text) if len(text) < 60 else None
    if found is None:
        return None
    digits = found["digits"].rstrip(SPACES)
    percent, currency = found["percent"] is not None, found["before"] or found["after"] or ""
    point, comma = _POINT.fullmatch(digits), _COMMA.fullmatch(digits)
    if point is None and comma is None:
        lakh = Amount(".", ",", percent, plain=False, currency=currency)
        return lakh if _LAKH.fullmatch(digits) else None
    if point is not None and comma is not None:
        # Digits alone, one group ("1,234", "1.234") or spaces for groups.
        space = next((c for c in digits if c in _BY), "")
        return Amount("", space, percent, plain=False, currency=currency)
    mark, match = (".", point) if point is not None else (",", comma)
    assert match is not None
    written = mark if mark in digits else ""
    return Amount(written or mark, match["by"] or "", percent, plain=False, currency=currency)


_WORDY_DATE = re.compile(r"\d{1,2}\.?[ -](de )?[^\W\d]{3,12}\.?[ -](de )?\d{4}", re.IGNORECASE)


def is_wordy_date(text: str) -> bool:
    """Whether it looks like a date whose month is a word, in whatever language."""
    return _WORDY_DATE.fullmatch(text) is not None


_WITH_UNIT = re.compile(
    r"[<>≤≥~≈±]? ?[+\-−]?\d[\d.,]* ?(?P<unit>[^\W\d_]{1,5}[²³23]?(?:/[^\W\d_]{1,4}[²³23]?)?|°[CF]?)"
)


def unit_of(text: str) -> str:
    """The unit behind a number, "" where there is none."""
    found = _WITH_UNIT.fullmatch(text)
    return found["unit"] if found else ""


def is_excel_day(value: Any) -> bool:
    """Whether it may be how Excel counts a day of 1954 to 2064."""
    text = str(value)
    whole = text.removesuffix(".0") if isinstance(value, float) else text
    return re.fullmatch(r"[2-5]\d{4}([.,]\d+)?", whole, re.ASCII) is not None


def date_formats(text: str) -> list[str]:
    """The formats by which a text is a date; several where day and month could be swapped.

    A date of ISO 8601 is one of year, month and day besides, as those of one digit beside it are.
    """
    text = text.strip()
    if len(text) > 40:
        return []
    if is_of_another_calendar(text):
        return []
    found = _DAY.fullmatch(text)
    if ISO_DATE.fullmatch(text):
        return ["ISO8601", *(_numeric_formats(found) if found else [])]
    if found:
        return _numeric_formats(found)
    day, clock = _without_clock(text)
    parted = "-" if "-" in day else " "
    # May is short for itself.
    if named := [f.format(parted) + clock for p, f in _NAMED if p.fullmatch(day)]:
        return named
    if found := _IN_UTC.fullmatch(text):
        return [f"%Y-%m-%d %H:%M:%S{'.%f' if found[1] else ''} %Z"]
    return ["%Y%m%d"] if _COMPACT.fullmatch(text) else []


def is_of_another_calendar(text: str) -> bool:
    """Whether it is a date of a year that the Gregorian calendar has not in people's files."""
    return _FOREIGN_DATE.fullmatch(text) is not None


_MONTH_OF_YEAR = tuple(
    (re.compile(rf"({names}){parted}{year}", re.IGNORECASE | re.ASCII), f"{name}{parted}{format}")
    for names, name in ((_MONTHS, "%b"), (_FULL, "%B"))
    for parted in (" ", "-")
    for year, format in ((r"\d{4}", "%Y"), (r"\d{2}", "%y"))
)


def month_formats(text: str) -> list[str]:
    """The formats by which a text is a month of a year, named in English."""
    return [format for pattern, format in _MONTH_OF_YEAR if pattern.fullmatch(text.strip())]


def _without_clock(text: str) -> tuple[str, str]:
    """A text without the time of day at its end, and the format of that."""
    found = _CLOCK.search(text)
    if found is None or found.end() < len(text):
        return text, ""
    half = found["half"] or ""
    clock = (" %I" if half else " %H") + ":%M" + (":%S" if found["seconds"] else "")
    clock += (" " if half.startswith(" ") else "") + ("%p" if half else "")
    return text[: found.start()], clock


def _numeric_formats(found: re.Match[str]) -> list[str]:
    first, second, last, sep = found["a"], found["b"], found["c"], found["sep"]
    clock = ""
    if time := found["time"]:
        clock = time[0] + _without_clock(f" {time[1:]}")[1][1:]
    if len(first) == 4:
        if len(last) == 4:
            return []
        return [f"%Y{sep}%m{sep}%d{clock}"] if 1 <= int(second) <= 12 and int(last) <= 31 else []
    if len(first) > 2 or len(last) == 1:
        return []
    year = "%Y" if len(last) == 4 else "%y"
    one, two = int(first), int(second)
    formats = []
    if 1 <= one <= 31 and 1 <= two <= 12:
        formats.append(f"%d{sep}%m{sep}{year}{clock}")
    if 1 <= one <= 12 and 1 <= two <= 31:
        formats.append(f"%m{sep}%d{sep}{year}{clock}")
    return formats


def is_year(value: Any) -> bool:
    """Whether it may name a year."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return YEAR.fullmatch(text.strip()) is not None


def kind_of(value: Any) -> str:
    """number, date, text or empty, for telling headers from data."""
    if value is None or value == "":
        return "empty"
    if isinstance(value, bool):
        return "text"
    if isinstance(value, (int, float)):
        return "number"
    if not isinstance(value, str):
        return "date"
    text = value.strip()
    if not text or is_missing_word(text):
        return "empty"
    if amount_of(text) is not None:
        return "number"
    return "date" if date_formats(text) else "text"

"""What stands behind a written number and changes what it says, in the languages of answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

THOUSAND, MILLION, BILLION, TRILLION = 1e3, 1e6, 1e9, 1e12

SCALES: Mapping[str, tuple[float, ...]] = {
    **dict.fromkeys(
        ("thousand", "thousands", "tausend", "tsd", "mille", "mila", "duizend"),
        (THOUSAND,),
    ),
    "mil": (THOUSAND, MILLION),  # thousand in Spanish, short for a million in English
    **dict.fromkeys(
        ("million", "millions", "mn", "mio", "millionen", "millón", "millones", "milione",
         "milioni", "milhão", "milhões", "miljoen"),
        (MILLION,),
    ),
    **dict.fromkeys(
        ("billion", "billions", "bn", "mrd", "milliarde", "milliarden", "milliard", "milliards",
         "mil millones", "miliardo", "miliardi", "bilhão", "bilhões", "miljard"),
        (BILLION,),
    ),
    **dict.fromkeys(("trillion", "trillions", "tn", "billionen", "billones"), (TRILLION,)),
    "lakh": (1e5,), "lakhs": (1e5,), "crore": (1e7,), "crores": (1e7,),
}  # fmt: skip

LETTERS: Mapping[str, tuple[float, ...]] = {
    "k": (THOUSAND,), "m": (MILLION, 1.0), "b": (BILLION, 1.0),  # 5 m may be metres
}  # fmt: skip

PARTS: Mapping[str, float] = {
    **dict.fromkeys(
        ("%", "percent", "per cent", "percentage points", "percentage point", "pp", "pct",
         "prozent", "prozentpunkte", "pour cent", "por ciento", "por cento", "per cento",
         "procent"),
        100.0,
    ),
    "‰": 1_000.0, "basis points": 10_000.0, "basis point": 10_000.0, "bps": 10_000.0,
}  # fmt: skip

_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
SECONDS: Mapping[str, float] = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), _MINUTE),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), _HOUR),
    **dict.fromkeys(("d", "day", "days"), _DAY),
    **dict.fromkeys(("week", "weeks"), 7 * _DAY),
    **dict.fromkeys(("month", "months"), 365.25 * _DAY / 12),
    **dict.fromkeys(("yr", "yrs", "year", "years"), 365.25 * _DAY),
}
"""Of a unit of time; a month and a year have their mean length."""

GLUED = (
    "kg", "g", "mg", "t", "lb", "lbs", "oz", "km", "cm", "mm", "mi", "ft", "in", "l", "ml", "kwh",
    "mw", "gw", "kw", "kb", "mb", "gb", "tb", "mph", "kph", "hz", "pts", "eur", "usd", "gbp", "chf",
    "am", "pm",
)  # fmt: skip
"""Other units that may be written without a space; any other letters make a name, such as 3D."""

CURRENCIES = ("USD", "EUR", "GBP", "CHF", "JPY", "INR", "CNY", "CAD", "AUD", "BRL", "SEK", "NOK")
"""Codes that may stand before a number without a space."""


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longest first; none may go on in a letter."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word) + (r"\b" if word[-1].isalnum() else "") for word in ordered)

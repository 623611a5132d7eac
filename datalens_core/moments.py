"""Moments as people write them."""

from __future__ import annotations

import re

_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[T ](?P<time>\d{2}:\d{2})(?P<seconds>:\d{2})(?P<part>\.\d+)?"
    r"(?P<zone>Z|[+-]\d{2}:\d{2})?"
)


def as_written(text: str) -> str:
    """2024-03-01 18:30 of 2024-03-01T18:30:00.000, 2024-03-01 of midnight; other text as it is."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return text
    part = (found["part"] or "").rstrip("0").rstrip(".")
    zone = found["zone"] if found["zone"] not in (None, "Z", "+00:00") else ""
    seconds = "" if found["seconds"] == ":00" and not part else found["seconds"] + part
    midnight = found["time"] == "00:00" and not (seconds or zone)
    return found["day"] if midnight else f"{found['day']} {found['time']}{seconds}{zone}"

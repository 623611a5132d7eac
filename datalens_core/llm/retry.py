"""The retry policy: the only place where a failed model call is tried again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from datalens_core.llm.failures import (
    MAX_RETRY_AFTER_SECONDS,
    OUTAGE_KINDS,
    OUTAGE_STATUSES,
    Failure,
)

RATE_LIMIT_WAITS = (1.0, 2.0, 4.0, 8.0)
SERVER_WAITS = (1.0, 2.0)


class Retries:
    """The waits of one call, in seconds: 1, 2, 4, 8 after a 429, at most two for server faults.

    Never after part of an answer arrived, and never for what a second try cannot mend.
    """

    def __init__(self) -> None:
        self._rate_limits = 0
        self._faults = 0

    @property
    def made(self) -> int:
        return self._rate_limits + self._faults

    def wait_after(self, failure: Failure) -> float | None:
        """Seconds to wait before the next try, or None to give up."""
        asked = failure.retry_after
        if failure.begun or (asked is not None and asked > MAX_RETRY_AFTER_SECONDS):
            return None
        if failure.status == 429:
            scheduled = _nth(RATE_LIMIT_WAITS, self._rate_limits)
            self._rate_limits += 1
        elif failure.status in OUTAGE_STATUSES or failure.kind in OUTAGE_KINDS:
            scheduled = _nth(SERVER_WAITS, self._faults)
            self._faults += 1
        else:
            return None
        return scheduled if scheduled is None or not asked else asked


def _nth(waits: tuple[float, ...], index: int) -> float | None:
    return waits[index] if index < len(waits) else None


def parse_retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Seconds of a Retry-After header (RFC 9110: seconds or an HTTP date), None if unusable."""
    if header is None:
        return None
    text = header.strip()
    # isdecimal alone lets through digits of other scripts, which float() would take too.
    if text.isascii() and text.replace(".", "", 1).isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:  # not a date either: the schedule stands
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())

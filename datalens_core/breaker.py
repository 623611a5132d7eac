"""A circuit breaker: a service that fails again and again is left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable

FAILURES = 3
REST_SECONDS = 30.0


class CircuitBreaker:
    """Opens after `failures` in a row; after `rest_seconds` one more try decides."""

    def __init__(
        self,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = failures
        self._rest = rest_seconds
        self._clock = clock
        self._failed = 0
        self._until = 0.0
        self._trying = False

    def wait_seconds(self) -> float:
        """How long nobody may ask; 0 if it may be tried."""
        return max(0.0, self._until - self._clock())

    def begin(self) -> float:
        """Ask for a try: 0 grants it, else the seconds to wait. Tell its outcome afterwards.

        Once it has rested, one try goes ahead; nobody else gets any until its outcome is known.
        """
        wait = self.wait_seconds()
        if wait == 0.0 and self._failed >= self._most:
            if self._trying:
                return self._rest
            self._trying = True
        return wait

    def succeeded(self) -> None:
        self._failed = 0
        self._until = 0.0
        self._trying = False

    def failed(self) -> None:
        self._failed += 1
        self._trying = False
        if self._failed >= self._most:
            self._until = self._clock() + self._rest

    def gave_up(self) -> None:
        """The try ended without an outcome: somebody else may have it."""
        self._trying = False

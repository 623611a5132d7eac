"""A service that fails again and again is left alone, then tried once."""

from __future__ import annotations

from datalens_core.sandbox.breaker import CircuitBreaker


def test_it_opens_after_failures_in_a_row_and_lets_one_try_decide() -> None:
    now = [100.0]
    breaker = CircuitBreaker(failures=3, rest_seconds=30, clock=lambda: now[0])
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    breaker.failed()
    assert breaker.wait_seconds() == 0
    breaker.failed()
    assert breaker.wait_seconds() == 30
    now[0] += 31
    assert breaker.wait_seconds() == 0
    breaker.failed()
    assert breaker.wait_seconds() == 30
    breaker.succeeded()
    assert breaker.wait_seconds() == 0

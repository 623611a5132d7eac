"""A service that fails again and again is left alone, then tried once."""

from __future__ import annotations

from datalens_core.breaker import CircuitBreaker


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


def test_after_its_rest_one_try_goes_ahead_of_the_others() -> None:
    now = [0.0]
    breaker = CircuitBreaker(failures=2, rest_seconds=30, clock=lambda: now[0])
    for _ in range(2):
        assert breaker.begin() == 0
        breaker.failed()
    assert breaker.begin() == 30
    now[0] = 29
    assert breaker.begin() == 1
    now[0] = 31
    assert breaker.begin() == 0, "half open: one try"
    assert breaker.begin() > 0, "and no second one beside it"
    breaker.gave_up()
    assert breaker.begin() == 0, "a try that was cancelled is free again"
    breaker.failed()
    assert breaker.begin() == 30
    now[0] = 62
    assert breaker.begin() == 0
    breaker.succeeded()
    assert breaker.begin() == breaker.begin() == 0

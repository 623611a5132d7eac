"""A user may do so much in a window; others, and this program itself, are not held back by it."""

from __future__ import annotations

import pytest

from datalens_core import Settings
from datalens_core.errors import RateLimited
from datalens_core.ratelimits import Counted, RateLimits


def limits(**amounts: int) -> RateLimits:
    return RateLimits(Settings.offline(**{f"rate_limit_{k}": v for k, v in amounts.items()}))


async def test_one_too_many_is_refused_with_the_limit_in_force_and_the_time_to_wait() -> None:
    uploads = limits(uploads_per_hour=2)
    for _ in range(2):
        await uploads.count(Counted.UPLOADS, "ada")
    with pytest.raises(RateLimited) as refused:
        await uploads.count(Counted.UPLOADS, "ada")
    assert refused.value.message.startswith("The limit of 2 uploads an hour is reached.")
    assert 3590 <= int(str(refused.value.details["retry_after"])) <= 3600
    await uploads.count(Counted.UPLOADS, "bob")


async def test_asking_whether_there_may_be_more_counts_nothing() -> None:
    executions = limits(executions_per_hour=1)
    for _ in range(3):
        await executions.check(Counted.EXECUTIONS, "ada")
    await executions.count(Counted.EXECUTIONS, "ada")
    with pytest.raises(RateLimited):
        await executions.check(Counted.EXECUTIONS, "ada")


async def test_kinds_do_not_count_for_each_other() -> None:
    both = limits(requests_per_minute=1, uploads_per_hour=1)
    await both.count(Counted.REQUESTS, "ada")
    await both.count(Counted.UPLOADS, "ada")
    with pytest.raises(RateLimited) as refused:
        await both.count(Counted.REQUESTS, "ada")
    assert int(str(refused.value.details["retry_after"])) <= 60


async def test_without_a_limit_or_a_user_nothing_counts() -> None:
    none = limits(uploads_per_hour=0)
    one = limits(uploads_per_hour=1)
    for _ in range(20):
        await none.count(Counted.UPLOADS, "ada")
        await one.count(Counted.UPLOADS, None)

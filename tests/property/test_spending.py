"""What is used is summed up exactly, and nothing is begun beyond a limit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalens_core import Settings
from datalens_core.errors import BudgetReached
from datalens_core.llm.spending import Budget, Spending
from datalens_core.models import ModelUsage

EXAMPLES = settings(max_examples=200, deadline=None)
CALLS = st.builds(
    ModelUsage,
    calls=st.just(1),
    prompt_tokens=st.integers(0, 10_000),
    completion_tokens=st.integers(0, 10_000),
    cost=st.none() | st.integers(0, 1_000).map(lambda cents: cents / 64),
    estimated=st.booleans(),
)
LIMITS = st.fixed_dictionaries(
    {},
    optional={
        "max_cost_per_run": st.integers(1, 2_000).map(lambda cents: cents / 64),
        "max_cost_per_session": st.integers(1, 2_000).map(lambda cents: cents / 64),
        "max_tokens_per_run": st.integers(1, 50_000),
        "max_tokens_per_session": st.integers(1, 50_000),
    },
)


def within(session: ModelUsage) -> Spending:
    """A run of a session that has used this much."""
    spending = Spending(lambda: session + spending.run)
    return spending


@EXAMPLES
@given(st.lists(CALLS, max_size=12))
def test_a_sum_is_that_of_its_calls(calls: list[ModelUsage]) -> None:
    total = sum(calls, ModelUsage())
    reported = [c.cost for c in calls if c.cost is not None]
    assert total.calls == len(calls)
    assert total.tokens == sum(c.prompt_tokens + c.completion_tokens for c in calls)
    assert total.cost == (sum(reported) if reported else None)
    assert total.estimated == any(c.estimated for c in calls)


@EXAMPLES
@given(st.lists(st.lists(CALLS, max_size=6), max_size=4), LIMITS)
def test_no_call_begins_where_a_limit_is_reached_and_every_other_one_does(
    runs: list[list[ModelUsage]], limits: dict[str, float]
) -> None:
    budget = Budget(Settings(**limits))
    session = ModelUsage()
    for calls in runs:
        spending = within(session)
        for call in calls:
            held = {
                "max_cost_per_run": spending.run.cost,
                "max_cost_per_session": spending.session.cost,
                "max_tokens_per_run": spending.run.tokens,
                "max_tokens_per_session": spending.session.tokens,
            }
            reached = {name for name in limits if (held[name] or 0) >= limits[name]}
            if reached:
                with pytest.raises(BudgetReached) as caught:
                    budget.check(spending)
                assert caught.value.details["limit"] in reached
                break
            budget.check(spending)
            spending.add(call)
        session = spending.session

"""What the command line says of a run."""

from __future__ import annotations

import pytest

from datalens_core.models import ModelUsage
from datalens_core.terminal import VALUES_WIDTH, first_values, what_was_used


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        (ModelUsage(calls=1, prompt_tokens=7), "Used 7 tokens in 1 call."),
        (ModelUsage(calls=2, models=["offline rules, no AI model"]),
         "Answered by offline rules, no AI model."),
        (ModelUsage(calls=1, prompt_tokens=7, models=["m"]),
         "Answered by m. Used 7 tokens in 1 call."),
        (ModelUsage(calls=3, prompt_tokens=1_200, completion_tokens=34, cost=0.0123),
         "Used 1,234 tokens in 3 calls, 0.0123 US dollars."),
        (ModelUsage(calls=2, prompt_tokens=9, estimated=True), "Used about 9 tokens in 2 calls."),
    ],
)  # fmt: skip
def test_what_a_run_used_is_said_in_plain_words(usage: ModelUsage, said: str) -> None:
    assert what_was_used(usage) == said


def test_first_values_are_read_and_not_cut_unmarked() -> None:
    dates = ["2023-01-05T00:00:00", None, "2023-01-09T14:30:00"]
    assert first_values(dates) == "2023-01-05, –, 2023-01-09 14:30"
    long = first_values(["a" * 50, "b" * 50])
    assert len(long) == VALUES_WIDTH
    assert long.endswith("b…")

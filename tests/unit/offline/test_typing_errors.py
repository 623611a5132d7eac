"""A word with a slip in it is read as the word it was meant to be, and that is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from datalens_core.llm.exchange import DatasetContext
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Intent, NotUnderstood
from datalens_core.llm.offline.typing_errors import meant_by

Dataset = Callable[[str], DatasetContext]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("averge", "average"),
        ("totl", "total"),
        ("toatl", "total"),
        ("avarage", "average"),
        ("maxium", "maximum"),
        ("medain", "median"),
        ("maximmum", "maximum"),
        ("distrbution", "distribution"),
    ],
)
def test_a_slip_of_the_keys_is_seen(typed: str, meant: str) -> None:
    assert meant_by(typed) == meant


@pytest.mark.parametrize("word", ["county", "shape", "large", "medium", "average", "cost", "moth"])
def test_a_word_of_its_own_is_no_slip(word: str) -> None:
    assert meant_by(word) is None


def test_what_was_corrected_is_said(dataset: Dataset) -> None:
    outcome = read_question("averge gratuty by day", dataset("plotly/tips")).outcome
    assert isinstance(outcome, Intent)
    assert outcome.assumptions == (
        "“averge” was read as “average”.",
        "“gratuty” was read as tip.",
    )


def test_a_word_that_only_resembles_one_is_not_understood(dataset: Dataset) -> None:
    outcome = read_question("average tip by county", dataset("plotly/tips")).outcome
    assert isinstance(outcome, NotUnderstood)

"""The model's examples are the offline analyst's own code, over a table of their own."""

from __future__ import annotations

import ast

import pytest

from datalens_core.agents.code_checks import check_code
from datalens_core.agents.examples import PLACE, QUESTIONS, act_prompt, example_code
from datalens_core.agents.prompts import prompt


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_example_is_code_that_the_rules_of_the_prompt_allow(question: str) -> None:
    code = example_code(question)
    check = check_code(code, {"df": ["order_date", "region", "product", "units", "revenue"]})
    assert check.uses_data_library
    assert check.unknown_columns == ()
    assert check.foreign_imports == ()
    assert isinstance(ast.parse(code).body[-1], ast.Expr), "it ends with the result"


def test_the_prompt_holds_every_example_and_no_place_for_one() -> None:
    assert PLACE in prompt("act")
    shown = act_prompt()
    assert PLACE not in shown
    for question in QUESTIONS:
        assert question in shown
        assert example_code(question) in shown
    assert shown.count("```python") == len(QUESTIONS)


def test_a_question_that_is_not_understood_is_no_example() -> None:
    with pytest.raises(ValueError, match="weather"):
        example_code("what is the weather in Paris?")

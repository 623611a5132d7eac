"""The reasoning agent under any scripted model: plan, code, errors and repairs keep their order."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datalens_core.agents.claims import read_claims, unfounded
from datalens_core.agents.code_checks import check_code
from datalens_core.agents.evidence import Evidence, Known
from datalens_core.agents.numbers import stated
from datalens_core.agents.reasoning import ReasoningAgent
from datalens_core.errors import DataLensError, UnknownToken
from datalens_core.llm.exchange import ModelReply
from datalens_core.models import ExecutionResult
from datalens_core.settings import Settings
from tests.unit.agents.scripted import (
    COLUMNS,
    ScriptedGateway,
    ScriptedRun,
    answers,
    failed,
    plans,
    runs,
    says,
    worked,
)

RETRIES = 3
FRAMES = {"df": list(COLUMNS)}

CODE = st.one_of(
    st.sampled_from([f"df['{column}'].sum()" for column in COLUMNS]),
    st.sampled_from(["df['regoin']", "df['revnue'].mean()", "df.nope()", "df['x']; df['y']"]),
    st.sampled_from(["print(1)", "import os", "!ls", "%%bash\nls", "df.groupby(", "", "\0"]),
    st.integers(0, 50).map(lambda n: f"df.head({n})"),
    st.integers(0, 50).map(lambda n: f"df['wrong_{n}']"),
    st.text(max_size=30),
)
TEXT = st.one_of(st.just(""), st.just("Cannot be answered."), st.text(max_size=40))
CALL = st.one_of(
    CODE.map(lambda code: ("run_python", {"code": code})),
    st.just(("get_schema", {})),
    st.tuples(st.just("find_values"), st.dictionaries(st.sampled_from(["column", "text"]), TEXT)),
    st.tuples(st.just("final_answer"), st.fixed_dictionaries({"answer": TEXT})),
    st.tuples(st.text(max_size=8), st.dictionaries(st.text(max_size=5), st.integers())),
)
TURN = st.one_of(
    CODE.map(runs),
    TEXT.map(answers),
    st.builds(
        lambda text, calls, reason: says(text, *calls, finish_reason=reason),
        TEXT,
        st.lists(CALL, max_size=3),
        st.sampled_from(["", "length"]),
    ),
    st.just(UnknownToken()),
)
PLAN = st.one_of(
    st.lists(st.text(max_size=20), max_size=4).map(lambda steps: plans(*steps)),
    st.text(max_size=60).map(says),
)


def sandbox(code: str) -> ExecutionResult:
    """Python's own verdict on syntax, and a frame that has the known columns only."""
    check = check_code(code, FRAMES)
    if check.syntax_error:
        return failed(code, "SyntaxError", check.syntax_error[0])
    used = re.findall(r"df\['(\w+)'\]", code)
    for name in used:
        if name not in COLUMNS:
            return failed(code, "KeyError", repr(name))
    if ".nope" in code:
        return failed(code, "AttributeError", "'DataFrame' object has no attribute 'nope'")
    return worked(code, "42")


def play(plan: Sequence[ModelReply], turns: Sequence[Any]) -> ScriptedRun:
    """A whole question; whatever the model does, it ends with an answer or one of our errors."""
    run = ScriptedRun(sandbox)

    async def question() -> None:
        endless = [answers("That is all.")] * 60  # a model that gives in at last
        gateway = ScriptedGateway(*plan, *turns, *endless)
        try:
            await ReasoningAgent(gateway, Settings.offline(max_retry_attempts=RETRIES)).run(run)
        except DataLensError:
            assert run.of("answer.final") == []
        else:
            assert len(run.of("answer.final")) == 1

    asyncio.run(asyncio.wait_for(question(), 20))
    return run


any_model = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
scripts = {"plan": st.lists(PLAN, min_size=1, max_size=2), "turns": st.lists(TURN, max_size=10)}


# Feature: glassbox-analyst, Property 3: For any natural language query submitted, the Reasoning
# Agent should generate an execution plan with at least one step before generating code.
@any_model
@given(**scripts)
def test_a_plan_with_a_step_comes_before_any_code(plan: list[Any], turns: list[Any]) -> None:
    run = play(plan, turns)
    (created,) = run.of("plan.created")
    assert len(created.plan.steps) >= 1
    if "code.generated" in run.kinds:
        assert run.kinds.index("plan.created") < run.kinds.index("code.generated")


# Feature: glassbox-analyst, Property 4: For any code generated for data analysis, the code should
# import and use pandas for data manipulation and/or plotly for visualizations.
@any_model
@given(**scripts)
def test_all_code_that_can_run_uses_pandas_or_plotly(plan: list[Any], turns: list[Any]) -> None:
    known: frozenset[str] = frozenset()
    for execution in play(plan, turns).executions:
        check = check_code(execution.code, FRAMES, known)
        if check.syntax_error:  # it is shown, and Python refuses it
            assert execution.result is not None
            assert not execution.result.success
        else:
            assert check.uses_data_library
        known |= check.assigned


# Feature: glassbox-analyst, Property 6: For any execution error returned from the sandbox, the
# Reasoning Agent should generate corrected code that differs from the original and addresses the
# specific error message.
@any_model
@given(**scripts)
def test_corrected_code_differs_and_its_error_was_explained(
    plan: list[Any], turns: list[Any]
) -> None:
    run = play(plan, turns)
    by_id = {execution.id: execution for execution in run.executions}
    explained = {event.execution_id: event.analysis for event in run.of("error.analyzed")}
    for execution in run.executions:
        assert execution.result is not None
        assert (execution.id in explained) == (not execution.result.success)
        if execution.retries is not None:
            original = by_id[execution.retries]
            assert original.result is not None
            assert not original.result.success
            assert execution.code != original.code
            assert explained[original.id].hint


# Feature: glassbox-analyst, Property 7: For any corrected code generated after an error, the
# system should re-execute the code in the E2B Sandbox automatically.
@any_model
@given(
    wrong=st.lists(
        st.integers(0, 50).map(lambda n: f"df['wrong_{n}']"), max_size=RETRIES, unique=True
    ),
    column=st.sampled_from(list(COLUMNS)),
)
def test_corrected_code_is_run_again_by_itself(wrong: list[str], column: str) -> None:
    right = f"df['{column}'].sum()"
    run = play([plans("One.")], [*map(runs, wrong), runs(right), answers("Done.")])
    assert [execution.code for execution in run.executions] == [*wrong, right]
    assert [execution.attempt for execution in run.executions] == list(range(1, len(wrong) + 2))
    failures = [None, *(execution.id for execution in run.executions)]
    assert [execution.retries for execution in run.executions] == failures[: len(wrong) + 1]
    assert run.answer.text == "Done."


@any_model
@given(**scripts)
def test_attempts_stay_within_the_bound(plan: list[Any], turns: list[Any]) -> None:
    for execution in play(plan, turns).executions:
        assert 1 <= execution.attempt <= RETRIES + 1


@settings(max_examples=200, deadline=None)
@given(
    value=st.floats(-1e9, 1e9, allow_nan=False).filter(lambda v: abs(v) > 1e-3),
    decimals=st.integers(0, 4),
    separator=st.sampled_from(["", ","]),
)
def test_a_computed_number_is_recognised_however_it_is_rounded(
    value: float, decimals: int, separator: str
) -> None:
    text = f"It is {value:{separator}.{decimals}f}."
    (number,) = stated(text)
    assert Known([value]).covers(number.readings)


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="0123456789.,:/%kMhx eE-+'\n €", max_size=40))
def test_reading_numbers_survives_any_text(text: str) -> None:
    evidence = Evidence()
    evidence.tell(text)
    unfounded(read_claims(text), evidence.settled())

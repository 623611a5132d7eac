"""Where in its plan a question is: moved by what ran and what that gave, seen by everybody."""

from __future__ import annotations

from typing import Any

import pytest

from datalens_core.agents.code_checks import check_code
from datalens_core.agents.planning import read_plan
from datalens_core.agents.reasoning import ReasoningAgent
from datalens_core.agents.routing import EMPTY, Router
from datalens_core.models import ExecutionPlan, ExecutionResult, StepOutput
from datalens_core.settings import Settings
from tests.unit.agents.scripted import (
    ScriptedGateway,
    ScriptedRun,
    answers,
    bar_chart,
    failed,
    runs,
    says,
    table,
    worked,
)

FULL = table(["region", "revenue"], [["Europe", 52.0]])


def plan(*outputs: StepOutput) -> ExecutionPlan:
    return ExecutionPlan(
        steps=[f"Step {n}." for n, _ in enumerate(outputs, 1)],
        estimated_complexity="low",
        required_libraries=["pandas"],
        outputs=list(outputs) if any(outputs) else [],
    )


def after(router: Router, code: str, *artifacts: Any, stdout: str = "") -> str:
    return router.after(check_code(code, {"df": []}), worked(code, stdout, *artifacts))


def test_code_that_gives_what_several_steps_are_to_give_does_them_all() -> None:
    router = Router(plan("table", "table", "chart", "text"))
    assert after(router, "df", FULL, bar_chart(["a"], [1])) == ""
    assert router.done == 3


def test_without_known_outputs_each_execution_is_one_step() -> None:
    router = Router(plan("", "", ""))
    after(router, "df", FULL)
    assert router.done == 1
    after(router, "df.head()", FULL)
    assert router.done == 2


def test_the_last_step_is_done_with_the_answer_only() -> None:
    router = Router(plan("", ""))
    for code in ("df", "df.head()", "df.tail()"):
        after(router, code)
    assert router.done == 1


@pytest.mark.parametrize(
    ("code", "done"),
    [
        ("# Step 2\ndf", 2),
        ("# Steps 1-3\ndf", 3),
        ("#step 1 and 2\ndf", 2),
        ("# Step 9\ndf", 1),
        ("# step by step\ndf", 1),
        ("df['# Step 3']", 1),
    ],
)
def test_code_says_which_step_it_is(code: str, done: int) -> None:
    router = Router(plan("", "", "", ""))
    after(router, code, FULL)
    assert router.done == done


def test_going_back_to_a_step_undoes_the_later_ones() -> None:
    router = Router(plan("", "", "", ""))
    after(router, "# Step 3\ndf", FULL)
    router.failed(check_code("# Step 2\ndf['x']", {}))
    assert router.done == 1
    after(router, "# Step 2\ndf", FULL)
    assert router.done == 2


def test_a_step_that_was_to_draw_and_did_not_is_not_done() -> None:
    router = Router(plan("chart", "text"))
    assert "Step 1 of the plan is to give a chart" in after(router, "df", FULL)
    assert router.done == 0
    assert after(router, "px.bar(df)", bar_chart(["a"], [1])) == ""
    assert router.done == 1


@pytest.mark.parametrize("empty", [table(["region"], []), bar_chart([], [])])
def test_an_empty_result_is_to_be_mended(empty: Any) -> None:
    router = Router(plan("table", "text"))
    assert after(router, "df", empty) == EMPTY
    assert router.done == 0


async def test_the_user_sees_the_plan_move_and_the_model_what_is_lacking() -> None:
    asked = says(
        '{"steps": ["Group.", "Draw.", "Say."], "outputs": ["table", "chart", "text"],'
        ' "estimated_complexity": "low", "required_libraries": []}'
    )
    codes = ["df.groupby('region').sum()", "# Step 2\ndf.sum()", "# Step 1\ndf['nope']", "df.max()"]
    gateway = ScriptedGateway(asked, *map(runs, codes), answers("Done."))

    def outcome(code: str) -> ExecutionResult:
        if "nope" in code:
            return failed(code, "KeyError", "'nope'")
        return worked(code, "", FULL, *([bar_chart(["a"], [1])] if "max" in code else []))

    run = ScriptedRun(outcome)
    await ReasoningAgent(gateway, Settings.offline()).run(run)
    assert [event.done for event in run.of("plan.updated")] == [1, 0, 2, 3]
    assert [seen.notes for seen in gateway.observations] == [
        [],
        ["Step 2 of the plan is to give a chart, and this code showed none."],
        [],
        [],
    ]


@pytest.mark.parametrize(
    ("text", "outputs"),
    [
        ('{"steps": ["A", "B"], "outputs": ["table", "chart"]}', ["table", "chart"]),
        ('{"steps": ["A", "B"], "outputs": ["table", "movie"]}', ["table", ""]),
        ('{"steps": ["A", "B"], "outputs": ["table"]}', []),
        ('{"steps": ["A", ""], "outputs": ["table", "chart"]}', []),
        ('{"steps": ["A"], "outputs": "table"}', [""]),
        ('{"steps": [{"step": "A", "output": "chart"}]}', ["chart"]),
    ],
)
def test_outputs_are_read_with_their_steps_or_not_at_all(text: str, outputs: list[str]) -> None:
    read = read_plan(text)
    assert read is not None
    assert read.outputs == outputs

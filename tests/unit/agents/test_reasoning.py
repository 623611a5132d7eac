"""What the reasoning agent does with a question, driven by scripted replies and results."""

from __future__ import annotations

import pytest

from datalens_core.agents.reasoning import NO_PLAN, ReasoningAgent
from datalens_core.errors import (
    AnalysisFailed,
    ExecutionTimedOut,
    ModelError,
    ModelUnavailable,
    OutOfMemory,
    SandboxLost,
    UnknownToken,
)
from datalens_core.llm.exchange import PastRun, read_context
from datalens_core.models import ColumnFigures, ExecutionResult
from datalens_core.settings import Settings
from tests.unit.agents.scripted import (
    ScriptedGateway,
    ScriptedRun,
    answers,
    bar_chart,
    failed,
    plans,
    runs,
    sales_task,
    says,
    worked,
)

GOOD = "df.groupby('region')['revenue'].sum()"
WRONG = "df.groupby('regoin')['revenue'].sum()"


def agent(gateway: ScriptedGateway, retries: int = 3) -> ReasoningAgent:
    return ReasoningAgent(gateway, Settings.offline(max_retry_attempts=retries))


def misspelt(code: str) -> ExecutionResult:
    """A sandbox in which only the right column name works."""
    if "regoin" in code:
        traceback = "KeyError Traceback\nCell In[2], line 1\n----> 1 df.groupby('regoin')"
        return failed(code, "KeyError", "'regoin'", traceback)
    return worked(code, "Europe 52.0")


async def test_a_question_becomes_a_plan_then_code_then_an_answer() -> None:
    gateway = ScriptedGateway(plans("Sum by region."), runs(GOOD), answers("Europe leads."))
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert run.kinds == [
        "plan.created",
        "code.generated",
        "execution.started",
        "execution.finished",
        "plan.updated",
        "answer.final",
    ]
    assert run.of("code.generated")[0].code == GOOD
    assert run.answer.text == "Europe leads."


async def test_the_plan_is_asked_for_without_tools_and_the_code_with_the_four_tools() -> None:
    gateway = ScriptedGateway(plans("One."), runs(GOOD), answers("Done."))
    await agent(gateway).run(ScriptedRun())
    planning, acting = gateway.requests[:2]
    assert (planning.purpose, planning.tools) == ("plan", ())
    assert planning.response_format is not None
    names = [tool["function"]["name"] for tool in acting.tools]
    assert names == ["run_python", "get_schema", "find_values", "final_answer"]
    context = read_context(acting.messages[1].content)
    assert context is not None
    assert context.plan is not None
    assert context.plan.steps == ["One."]


async def test_results_go_back_to_the_model_as_answers_to_its_calls() -> None:
    gateway = ScriptedGateway(plans("One."), runs(GOOD), answers("Europe has 52."))
    await agent(gateway).run(ScriptedRun(misspelt))
    call, result = gateway.requests[-1].messages[-2:]
    assert (call.role, call.tool_calls[0].name) == ("assistant", "run_python")
    assert (result.role, result.tool_call_id) == ("tool", call.tool_calls[0].id)
    assert gateway.observations[0].stdout == "Europe 52.0"


async def test_a_wrong_column_is_explained_repaired_and_run_again() -> None:
    gateway = ScriptedGateway(plans("Sum."), runs(WRONG), runs(GOOD), answers("Europe: 52."))
    run = ScriptedRun(misspelt)
    await agent(gateway).run(run)
    first, second = run.executions
    assert (first.attempt, first.retries) == (1, None)
    assert (second.attempt, second.retries) == (2, first.id)
    (analyzed,) = run.of("error.analyzed")
    assert analyzed.execution_id == first.id
    assert analyzed.analysis.error_type == "KeyError"
    assert analyzed.analysis.suggestions == ["region"]
    assert analyzed.analysis.line == 1
    error = gateway.observations[0].error
    assert error is not None
    assert "Did you mean 'region'?" in error.hint


@pytest.mark.parametrize("retries", [0, 1, 3])
async def test_a_step_gets_its_retries_and_no_more(retries: int) -> None:
    codes = [runs(f"df['wrong_{n}']") for n in range(retries + 1)]
    run = ScriptedRun(lambda code: failed(code, "KeyError", "'wrong'"))
    with pytest.raises(AnalysisFailed) as caught:
        await agent(ScriptedGateway(plans("One."), *codes), retries).run(run)
    assert [e.attempt for e in run.executions] == list(range(1, retries + 2))
    assert caught.value.details["attempts"] == retries + 1
    assert caught.value.details["last_error"] == "KeyError"
    assert run.of("error.analyzed")[-1].analysis.recoverable is False


async def test_each_step_has_retries_of_its_own() -> None:
    script = [runs("df['a']"), runs("df['revenue']"), runs("df['b']"), runs("df['units']")]
    gateway = ScriptedGateway(plans("One.", "Two."), *script, answers("Done."))
    run = ScriptedRun(
        lambda code: worked(code) if "revenue" in code or "units" in code
        else failed(code, "KeyError", "'x'")
    )  # fmt: skip
    await agent(gateway, retries=1).run(run)
    assert [e.attempt for e in run.executions] == [1, 2, 1, 2]


async def test_the_plan_advances_with_each_step_and_is_done_with_the_answer() -> None:
    gateway = ScriptedGateway(
        plans("One.", "Two.", "Three."), runs("df"), runs("df.head()"), answers("Done.")
    )
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert [event.done for event in run.of("plan.updated")] == [1, 2, 3]


async def test_garbage_for_a_plan_is_asked_again_once() -> None:
    gateway = ScriptedGateway(says("Sure!"), plans("Sum."), runs(GOOD), answers("Done."))
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert run.of("plan.created")[0].plan.steps == ["Sum."]
    assert run.of("notice") == []


async def test_without_a_plan_the_question_is_the_plan_and_the_user_is_told() -> None:
    gateway = ScriptedGateway(says("Sure!"), says("{}"), runs(GOOD), answers("Done."))
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert run.of("plan.created")[0].plan.steps == [run.task.question]
    assert [notice.text for notice in run.of("notice")] == [NO_PLAN]


async def test_failed_code_sent_again_is_not_run_again() -> None:
    again = WRONG + "  # once more"
    gateway = ScriptedGateway(plans("Sum."), runs(WRONG), runs(again), runs(GOOD), answers("Ok."))
    run = ScriptedRun(misspelt)
    await agent(gateway).run(run)
    assert [e.code for e in run.executions] == [WRONG, GOOD]
    error = gateway.observations[1].error
    assert error is not None
    assert error.name == "RepeatedCode"
    assert "Change the approach" in error.hint


async def test_the_same_wrong_code_for_ever_ends_the_run() -> None:
    gateway = ScriptedGateway(plans("Sum."), *[runs(WRONG)] * 20)
    run = ScriptedRun(misspelt)
    with pytest.raises(AnalysisFailed):
        await agent(gateway).run(run)
    assert len(run.executions) == 1


async def test_code_without_pandas_or_plotly_is_not_run() -> None:
    gateway = ScriptedGateway(plans("One."), runs("print(1 + 1)"), runs(GOOD), answers("Done."))
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert [e.code for e in run.executions] == [GOOD]
    assert "neither pandas nor plotly" in run.of("notice")[0].text


async def test_results_of_earlier_code_count_as_data() -> None:
    past = PastRun(question="Before?", code="earlier = df.head()")
    task = sales_task().model_copy(update={"history": [past]})
    gateway = ScriptedGateway(
        plans("One."), runs("total = df.sum()"), runs("total * 2"), runs("earlier"), answers("Ok.")
    )
    run = ScriptedRun(task=task)
    await agent(gateway).run(run)
    assert len(run.executions) == 3


async def test_code_that_does_not_parse_is_shown_and_counts_as_an_attempt() -> None:
    broken = "df.groupby('region'"
    gateway = ScriptedGateway(plans("One."), runs(broken), runs(GOOD), answers("Done."))
    run = ScriptedRun(
        lambda code: failed(code, "SyntaxError", "'(' was never closed")
        if code == broken else worked(code)
    )  # fmt: skip
    await agent(gateway).run(run)
    assert run.of("code.generated")[0].code == broken
    assert [e.attempt for e in run.executions] == [1, 2]
    assert run.of("error.analyzed")[0].analysis.line == 1


@pytest.mark.parametrize("code", ["!ls /", "%pip install evil", "%%bash\nls", "x = !ls"])
async def test_shell_commands_and_magics_are_not_run(code: str) -> None:
    gateway = ScriptedGateway(plans("One."), runs(code), runs(GOOD), answers("Done."))
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert [e.code for e in run.executions] == [GOOD]


async def test_a_fence_around_code_is_taken_off() -> None:
    gateway = ScriptedGateway(plans("One."), runs(f"```python\n{GOOD}\n```"), answers("Done."))
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert run.executions[0].code == GOOD


@pytest.mark.parametrize(
    ("error", "raised"), [("TimeoutError", ExecutionTimedOut), ("MemoryError", OutOfMemory)]
)
async def test_the_limits_of_the_sandbox_go_to_the_user(
    error: str, raised: type[Exception]
) -> None:
    gateway = ScriptedGateway(plans("One."), runs(GOOD))
    run = ScriptedRun(lambda code: failed(code, error, ""))
    with pytest.raises(raised):
        await agent(gateway).run(run)
    assert run.of("error.analyzed")[0].analysis.recoverable is False


async def test_a_number_that_was_not_computed_is_sent_back_once() -> None:
    gateway = ScriptedGateway(
        plans("Sum."), runs(GOOD), answers("Europe: 61."), answers("Europe: 52.")
    )
    run = ScriptedRun(misspelt)
    await agent(gateway).run(run)
    assert run.answer.text == "Europe: 52."
    assert all(check.passed for check in run.answer.checks)
    error = gateway.observations[-1].error
    assert error is not None
    assert "61" in error.value


async def test_a_number_that_stays_unverified_is_kept_and_marked() -> None:
    gateway = ScriptedGateway(plans("S."), runs(GOOD), answers("It is 61."), answers("It is 61."))
    run = ScriptedRun(misspelt)
    await agent(gateway).run(run)
    assert run.answer.text == "It is 61."
    assert [(c.name, c.passed) for c in run.answer.checks] == [("numbers", False)]


async def test_if_the_repair_of_an_answer_cannot_be_had_the_answer_is_kept_and_marked() -> None:
    gateway = ScriptedGateway(plans("S."), runs(GOOD), answers("It is 61."), ModelUnavailable())
    run = ScriptedRun(misspelt)
    await agent(gateway).run(run)
    assert [check.passed for check in run.answer.checks] == [False]


async def test_an_empty_chart_is_noticed() -> None:
    gateway = ScriptedGateway(plans("Draw."), runs(GOOD), *[answers("See the chart.")] * 2)
    run = ScriptedRun(lambda code: worked(code, "", bar_chart([], [])))
    await agent(gateway).run(run)
    assert [(c.name, c.passed) for c in run.answer.checks] == [("charts", False)]


async def test_words_after_a_result_are_the_answer() -> None:
    gateway = ScriptedGateway(plans("One."), runs(GOOD), says("Europe has 52."))
    run = ScriptedRun(misspelt)
    await agent(gateway).run(run)
    assert run.answer.text == "Europe has 52."


async def test_words_before_any_result_are_nudged_once() -> None:
    gateway = ScriptedGateway(plans("One."), says("I will look."), runs(GOOD), answers("Done."))
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert "Nothing has been computed" in gateway.requests[2].messages[-1].content
    assert run.answer.text == "Done."


async def test_words_that_invent_a_number_without_computing_are_no_answer() -> None:
    gateway = ScriptedGateway(plans("One."), *[says("The total is 77.")] * 2)
    with pytest.raises(ModelError):
        await agent(gateway).run(ScriptedRun())


async def test_not_answerable_is_a_valid_end() -> None:
    gateway = ScriptedGateway(plans("One."), says("This cannot be answered: no prices here."))
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert "cannot be answered" in run.answer.text
    assert run.answer.checks == []


async def test_a_question_back_is_a_valid_end() -> None:
    back = "Do you mean the price of one unit, or of the whole order?"
    for reply in (says(back), answers(back)):
        run = ScriptedRun()
        await agent(ScriptedGateway(plans("One."), reply)).run(run)
        assert run.answer.text == back
        assert run.executions == []


async def test_rows_that_were_left_out_are_asked_for_once_and_then_marked() -> None:
    task = sales_task()
    figures = [ColumnFigures(name="revenue", dtype="float64", null_count=7)]
    dataset = task.datasets[0].model_copy(update={"whole_file": figures})
    code = "df.dropna(subset=['revenue'])"
    gateway = ScriptedGateway(plans("One."), runs(code), *[answers("Europe leads.")] * 2)
    run = ScriptedRun(task=task.model_copy(update={"datasets": [dataset]}))
    await agent(gateway).run(run)
    error = gateway.observations[-1].error
    assert error is not None
    assert "revenue (7)" in error.value
    assert [(c.name, c.passed) for c in run.answer.checks] == [("rows", False)]


async def test_what_is_odd_about_code_is_said_before_it_runs() -> None:
    code = "import os, pandas\ndf.groupby('regoin').size()"
    gateway = ScriptedGateway(plans("One."), runs(code), answers("Done."))
    run = ScriptedRun()
    await agent(gateway).run(run)
    kinds = run.kinds
    assert kinds.index("notice") < kinds.index("code.generated")
    assert [notice.text for notice in run.of("notice")] == [
        "There is no column 'regoin'. Did you mean 'region'?",
        "The code uses what an analysis does not need: os. It runs in the sandbox.",
    ]


async def test_other_readings_come_with_the_answer_and_what_is_none_is_left_out() -> None:
    good = {"label": "price: total_price", "query": "total price by region"}
    wrong = [{"label": ""}, "price", {"label": "x" * 500, "query": "y"}, {"label": "a", "query": 5}]
    held = {"answer": "Done.", "assumptions": [], "alternatives": [good, *wrong]}
    gateway = ScriptedGateway(plans("One."), runs(GOOD), says("", ("final_answer", held)))
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert [a.model_dump() for a in run.answer.alternatives] == [good]


async def test_an_answer_beside_code_waits_for_the_result() -> None:
    both = says(
        "",
        ("run_python", {"code": GOOD}),
        ("final_answer", {"answer": "Asia leads.", "assumptions": []}),
    )
    gateway = ScriptedGateway(plans("One."), both, answers("Europe: 52."))
    run = ScriptedRun(misspelt)
    await agent(gateway).run(run)
    assert run.answer.text == "Europe: 52."


async def test_two_calls_at_once_run_one_after_the_other() -> None:
    both = says("", ("run_python", {"code": "df"}), ("run_python", {"code": "df.tail()"}))
    gateway = ScriptedGateway(plans("One."), both, answers("Done."))
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert [e.code for e in run.executions] == ["df", "df.tail()"]


async def test_calls_written_before_a_failure_was_seen_are_dropped() -> None:
    both = says("", ("run_python", {"code": WRONG}), ("run_python", {"code": "df.tail()"}))
    gateway = ScriptedGateway(plans("One."), both, runs(GOOD), answers("Done."))
    run = ScriptedRun(misspelt)
    await agent(gateway).run(run)
    assert [e.code for e in run.executions] == [WRONG, GOOD]


async def test_a_reply_that_was_cut_off_is_not_run() -> None:
    cut = says("", ("run_python", {"code": "df.drop"}), finish_reason="length")
    gateway = ScriptedGateway(plans("One."), cut, runs(GOOD), answers("Done."))
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert [e.code for e in run.executions] == [GOOD]


@pytest.mark.parametrize(
    "call",
    [("rm_rf", {}), ("run_python", {}), ("run_python", {"source": "df"}), ("find_values", {})],
)
async def test_a_call_that_cannot_be_made_is_explained(call: tuple[str, dict[str, str]]) -> None:
    gateway = ScriptedGateway(plans("One."), says("", call), runs(GOOD), answers("Done."))
    run = ScriptedRun()
    await agent(gateway).run(run)
    error = gateway.observations[0].error
    assert error is not None
    assert error.name == "InvalidToolCall"


async def test_schema_and_values_can_be_looked_up() -> None:
    gateway = ScriptedGateway(
        plans("One."),
        says("", ("get_schema", {})),
        says("", ("find_values", {"column": "region", "text": "eur"})),
        says("", ("find_values", {"column": "regoin", "text": "eur"})),
        answers("Done."),
    )
    run = ScriptedRun(values=["Europe", "Asia"])
    await agent(gateway).run(run)
    schema, values, unknown = gateway.observations
    assert '"sold_on"' in schema.stdout
    assert values.stdout == '["Europe"]'
    assert unknown.error is not None
    assert "region" in unknown.error.hint
    assert run.looked_up == [("df", "region", "eur")]


async def test_an_unknown_placeholder_is_the_models_to_repair() -> None:
    gateway = ScriptedGateway(plans("One."), UnknownToken(), runs(GOOD), answers("Done."))
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert "placeholder" in gateway.requests[2].messages[-1].content


async def test_a_model_that_never_ends_is_stopped() -> None:
    calls = [runs(f"df.head({n})") for n in range(100)]
    run = ScriptedRun()
    with pytest.raises(AnalysisFailed):
        await agent(ScriptedGateway(plans("One."), *calls)).run(run)
    assert len(run.executions) == 30


async def test_the_models_own_error_ends_the_run_as_it_is() -> None:
    gateway = ScriptedGateway(plans("One."), runs(GOOD), ModelUnavailable())
    with pytest.raises(ModelUnavailable):
        await agent(gateway).run(ScriptedRun())


async def test_a_lost_sandbox_ends_the_run_as_it_is() -> None:
    def lost(code: str) -> ExecutionResult:
        raise SandboxLost()

    gateway = ScriptedGateway(plans("One."), runs(GOOD))
    with pytest.raises(SandboxLost):
        await agent(gateway).run(ScriptedRun(lost))
    assert len(gateway.requests) == 2


async def test_assumptions_reach_the_user() -> None:
    gateway = ScriptedGateway(plans("One."), runs(GOOD), answers("Done.", "Took revenue.", ""))
    run = ScriptedRun()
    await agent(gateway).run(run)
    assert run.answer.assumptions == ["Took revenue."]

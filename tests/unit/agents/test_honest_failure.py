"""Giving up: what was tried, what went wrong and what the user could do, in plain words."""

from __future__ import annotations

import builtins
import re

import pytest

from datalens_core.agents.reasoning import ReasoningAgent
from datalens_core.errors import AnalysisFailed
from datalens_core.settings import Settings
from tests.unit.agents.scripted import ScriptedGateway, ScriptedRun, failed, plans, runs, says

CLASS_OR_CODE = re.compile(
    r"\w+(?:Error|Exception|Warning|Interrupt|Iteration)\b|\w+\.\w+\(|\bpd\."
)
ERRORS = sorted(
    name
    for name, held in vars(builtins).items()
    if isinstance(held, type)
    and issubclass(held, Exception)
    and name not in ("TimeoutError", "MemoryError")  # these have sentences of their own
)


async def given_up(*outcomes: tuple[str, str]) -> tuple[AnalysisFailed, ScriptedRun]:
    left = list(outcomes)
    script = [runs(f"df.head({n})") for n in range(len(outcomes))]
    run = ScriptedRun(lambda code: failed(code, *left.pop(0)))
    agent = ReasoningAgent(
        ScriptedGateway(plans("One."), *script),
        Settings.offline(max_retry_attempts=len(outcomes) - 1),
    )
    with pytest.raises(AnalysisFailed) as caught:
        await agent.run(run)
    return caught.value, run


@pytest.mark.parametrize("name", [*ERRORS, "pandas.errors.MergeError", "NeverHeardOfError"])
async def test_no_class_and_no_function_is_named_to_the_user(name: str) -> None:
    error, run = await given_up((name, "some value"), (name, "another"))
    hints = [event.analysis.hint for event in run.of("error.analyzed")]
    notices = [event.text for event in run.of("notice")]
    for text in (error.message, *hints, *notices):
        assert not CLASS_OR_CODE.search(text), text


async def test_it_says_what_was_tried_and_what_can_be_done() -> None:
    error, _ = await given_up(("KeyError", "'regoin'"), ("TypeError", "x"), ("KeyError", "'regio'"))
    assert error.message == (
        "The analysis did not succeed. It was tried 3 times. The last problem: There is no column "
        "'regio'. Did you mean 'region'? Before that: Values of different kinds were mixed, such "
        "as text where numbers are needed. There is no column 'regoin'. Did you mean 'region'? "
        "Name the columns as they stand in the data, or ask a simpler question. The code, its "
        "errors and your data are kept."
    )
    assert error.details == {"last_error": "KeyError", "attempts": 3, "executions": 3}


async def test_a_model_whose_code_cannot_be_used_is_said_too() -> None:
    gateway = ScriptedGateway(plans("One."), *[runs("print(1)")] * 4)
    with pytest.raises(AnalysisFailed) as caught:
        await ReasoningAgent(gateway, Settings.offline()).run(ScriptedRun())
    assert "The last problem: The code uses neither pandas nor plotly." in caught.value.message


async def test_the_same_error_again_asks_for_another_way() -> None:
    gateway = ScriptedGateway(
        plans("One."), runs("df['a']"), runs("df['b']"), runs("df['c']"), says("Cannot answer.")
    )
    outcomes = iter([("TypeError", "x"), ("TypeError", "x"), ("ValueError", "y")])
    run = ScriptedRun(lambda code: failed(code, *next(outcomes)))
    await ReasoningAgent(gateway, Settings.offline()).run(run)
    notes = [seen.notes for seen in gateway.observations]
    assert [bool(note) for note in notes] == [False, True, False]
    assert "another way" in notes[1][0]


async def test_the_error_packet_holds_what_a_repair_needs() -> None:
    code = "df['revenue'] + df['region']"
    gateway = ScriptedGateway(plans("One."), runs(code), says("Cannot answer."))
    trace = "Cell In[2], line 1\n----> 1"
    run = ScriptedRun(lambda code: failed(code, "TypeError", "unsupported", trace))
    await ReasoningAgent(gateway, Settings.offline()).run(run)
    error = gateway.observations[0].error
    assert error is not None
    assert (error.name, error.line) == ("TypeError", 1)
    assert "pd.to_numeric" in error.hint
    assert error.frames["df"]["revenue"] == "float64"
    assert error.frames["df"]["region"] == "str"

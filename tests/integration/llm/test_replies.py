"""The same request in another run of the session costs nothing; nobody else gets its reply."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from datalens_core import DataLensError, Settings
from datalens_core.errors import ModelError
from datalens_core.events import LlmUsage
from datalens_core.llm.exchange import (
    CallScope,
    ModelReply,
    ModelRequest,
    Observation,
    PromptMessage,
    ToolCall,
    write_observation,
)
from datalens_core.llm.gateway import Gateway
from datalens_core.llm.replies import KEPT_SECONDS
from datalens_core.privacy.session import PrivacySessions
from tests.integration.llm.calling import ASKED, Caller
from tests.support.openrouter import ScriptedModel, Stream, final_answer, reply, run_python

EMAIL = "ann@corp.example"
ABOUT_ANN = ModelRequest("act", (PromptMessage("user", f"what did {EMAIL} buy?"),))


def repair(code: str) -> ModelRequest:
    """The request after this code failed."""
    seen = write_observation(Observation(success=False, stderr="KeyError"))
    call = ToolCall("c", "run_python", {"code": code})
    return ModelRequest(
        "act",
        (
            *ASKED.messages,
            PromptMessage("assistant", tool_calls=(call,), content=""),
            PromptMessage("tool", seen, channel="output", tool_call_id="c"),
        ),
    )


class Session:
    """One session's runs on one gateway, all in one vault."""

    def __init__(self, endpoint: ScriptedModel, **fields: object) -> None:
        self.caller = Caller(endpoint, **fields)
        self.vaults = PrivacySessions()

    def run(self, session: str = "s", model: str | None = None) -> CallScope:
        privacy = self.vaults.of(session)
        return CallScope(session, privacy, self.caller.events.append, model=model)

    async def ask(self, scope: CallScope, request: ModelRequest = ASKED) -> ModelReply:
        return await self.caller.gateway.complete(request, scope)

    @property
    def usage(self) -> list[LlmUsage]:
        return [e for e in self.caller.events if isinstance(e, LlmUsage)]


async def test_another_run_of_the_session_gets_the_kept_reply_for_nothing() -> None:
    async with ScriptedModel(
        [final_answer(f"It was 7. {EMAIL} bought <EMAIL_ADDRESS_1>.")]
    ) as model:
        session = Session(model, max_cost_per_run=0.0001)
        first = await session.ask(session.run(), ABOUT_ANN)
        pieces: list[str] = []
        second = await session.caller.gateway.complete(ABOUT_ANN, session.run(), pieces.append)
        await session.caller.gateway.close()
        assert len(model.requests) == 1
    assert second.tool_calls == first.tool_calls
    assert "".join(pieces).startswith("It was 7.")
    told = session.usage[1]
    assert (told.cached, told.cost, told.prompt_tokens, told.completion_tokens) == (True, 0, 0, 0)
    assert (told.run.calls, told.run.cached, told.run.cost) == (1, 1, 0)
    assert told.model == session.usage[0].model


async def test_within_a_run_the_same_request_is_asked_again() -> None:
    async with ScriptedModel([reply("one"), reply("two"), reply("three")]) as model:
        session = Session(model)
        run = session.run()
        assert [(await session.ask(run)).text for _ in range(3)] == ["one", "two", "three"]
        await session.caller.gateway.close()


@pytest.mark.parametrize(("other", "model"), [("another session", None), ("s", "another/model")])
async def test_neither_another_session_nor_another_model_gets_it(
    other: str, model: str | None
) -> None:
    async with ScriptedModel([reply("mine"), reply("theirs")]) as endpoint:
        session = Session(endpoint)
        await session.ask(session.run())
        assert (await session.ask(session.run(other, model))).text == "theirs"
        await session.caller.gateway.close()


async def test_a_new_vault_gets_nothing_of_an_old_one() -> None:
    """Its tokens mean other values: a kept reply would be restored with somebody else's."""
    async with ScriptedModel([reply("<EMAIL_ADDRESS_1>"), reply("new")]) as model:
        session = Session(model)
        assert (await session.ask(session.run(), ABOUT_ANN)).text == EMAIL
        session.vaults.drop("s")
        other = ModelRequest("act", (PromptMessage("user", "what did bob@corp.example buy?"),))
        assert (await session.ask(session.run(), other)).text == "new"
        await session.caller.gateway.close()
        assert model.requests[0].text == model.requests[1].text


async def test_it_is_kept_for_five_minutes() -> None:
    async with ScriptedModel([reply("old"), reply("new")]) as model:
        session = Session(model)
        await session.ask(session.run())
        session.caller.now += KEPT_SECONDS - 1
        assert (await session.ask(session.run())).text == "old"
        session.caller.now += 2
        assert (await session.ask(session.run())).text == "new"
        await session.caller.gateway.close()


@pytest.mark.parametrize(
    "useless",
    [
        reply("half", finish_reason="length"),
        reply("held back", finish_reason="content_filter"),
        reply(calls=[("run_python", '{"code": "x')]),
        run_python("x = '<EMAIL_ADDRESS_99>'"),
        reply("broken").cut(2),
        reply("so much " * 30_000),
    ],
)
async def test_what_was_of_no_use_is_not_kept(useless: Stream) -> None:
    async with ScriptedModel([useless, reply("good")]) as model:
        session = Session(model)
        with suppress(DataLensError):
            await session.ask(session.run())
        assert (await session.ask(session.run())).text == "good"
        await session.caller.gateway.close()


async def test_a_run_whose_code_failed_leaves_nothing_to_fail_with_again() -> None:
    bad = run_python("df['wrong']")
    script = [bad, run_python("df['right']"), run_python("df['left']"), run_python("df['other']")]
    async with ScriptedModel(script) as model:
        session = Session(model)
        failing = session.run()
        await session.ask(failing)
        await session.ask(failing, repair("df['wrong']"))
        again = session.run()
        first = await session.ask(again)
        assert first.tool_calls[0].arguments["code"] == "df['left']", "asked for another way"
        repaired = await session.ask(again, repair("df['wrong']"))
        assert repaired.tool_calls[0].arguments["code"] == "df['other']"
        await session.caller.gateway.close()
        assert len(model.requests) == 4


async def test_a_run_that_fails_with_a_kept_reply_drops_it_too() -> None:
    async with ScriptedModel([reply("old"), reply("a repair"), reply("new")]) as model:
        session = Session(model)
        await session.ask(session.run())
        failing = session.run()
        assert (await session.ask(failing)).text == "old"
        await session.ask(failing, repair("df['wrong']"))
        assert (await session.ask(session.run())).text == "new"
        await session.caller.gateway.close()


async def test_a_reply_is_found_by_every_byte_of_its_request() -> None:
    async with ScriptedModel([reply("a"), reply("b")]) as model:
        session = Session(model)
        await session.ask(session.run())
        asked = replace(ASKED, messages=(PromptMessage("user", "total by region "),))
        assert (await session.ask(session.run(), asked)).text == "b"
        await session.caller.gateway.close()


async def test_offline_rules_are_asked_each_time() -> None:
    events: list[object] = []
    gateway = Gateway(Settings.offline())
    vault = PrivacySessions().of("s")
    for _ in range(2):
        await gateway.complete(ASKED, CallScope("s", vault, events.append))
    await gateway.close()
    assert [e.cached for e in events if isinstance(e, LlmUsage)] == [False, False]


async def test_a_failed_call_is_not_kept_as_one() -> None:
    async with ScriptedModel([reply("x").cut(1), reply("ok")]) as model:
        session = Session(model)
        with pytest.raises(ModelError):
            await session.ask(session.run())
        assert (await session.ask(session.run())).text == "ok"
        await session.caller.gateway.close()

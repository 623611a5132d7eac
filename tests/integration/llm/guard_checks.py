"""What each guard of the gateway holds off, checked over real HTTP; see test_guards.py."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx2
import pytest
import trustme
from pydantic import SecretStr

from datalens_core import DataLensError, Settings
from datalens_core.breaker import FAILURES
from datalens_core.errors import BudgetReached, InvalidRequest, ModelError
from datalens_core.events import LlmUsage
from datalens_core.llm import (
    answer_stream,
    connection,
    gateway,
)
from datalens_core.llm.exchange import CallScope, ModelRequest, PromptMessage
from datalens_core.privacy.session import PrivacySessions
from tests.integration.llm.calling import ASKED, KEY, Caller
from tests.support.openrouter import ScriptedModel, Stream, event, final_answer, reply, status
from tests.support.proxy import Proxy

EMAIL = "ann@corp.example"
SPELLED = " ".join(KEY)
KEYED = {"openrouter_api_key": SecretStr(KEY)}


async def refused(
    script: list[Stream], **fields: Any
) -> tuple[DataLensError, Caller, ScriptedModel]:
    async with ScriptedModel(script) as model:
        caller = Caller(model, **fields)
        with pytest.raises(DataLensError) as caught:
            await caller.ask()
        return caught.value, caller, model


async def an_echoed_key_is_not_shown(_: pytest.MonkeyPatch) -> None:
    said = f"Bad key {KEY[:20]}…, header Bearer abc.def.ghi"
    error, _, _ = await refused([status(400, said)], **KEYED)
    assert KEY[:20] not in json.dumps(error.body())
    assert "abc.def" not in json.dumps(error.body())


async def a_key_that_code_found_is_not_sent(_: pytest.MonkeyPatch) -> None:
    asked = ModelRequest("act", (PromptMessage("tool", f"printed {KEY}", channel="output"),))
    async with ScriptedModel([reply("ok")]) as model:
        await Caller(model, **KEYED).ask(asked)
        assert KEY not in model.requests[0].text


async def a_spelled_key_is_not_sent(_: pytest.MonkeyPatch) -> None:
    asked = ModelRequest("act", (PromptMessage("tool", SPELLED, channel="output"),))
    async with ScriptedModel([reply("ok")]) as model:
        await Caller(model, **KEYED).ask(asked)
        assert SPELLED not in model.requests[0].text


async def told(text: str, size: int) -> str:
    """What is shown of an answer while it comes in pieces of so many bytes."""
    pieces: list[str] = []
    async with ScriptedModel([final_answer(text).split(size)]) as model:
        caller = Caller(model, **KEYED)
        asked = ModelRequest("act", (PromptMessage("user", f"who is {EMAIL}?"),))
        await caller.gateway.complete(asked, caller.scope, pieces.append)
        await caller.gateway.close()
    return "".join(pieces)


async def a_key_is_not_shown_piece_by_piece(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answer_stream, "_PIECE_SECONDS", 0.0)
    shown = await told(f"It is {SPELLED} and more.", 40)
    assert "7 f 3 a" not in shown


async def a_value_is_not_shown_as_half_a_token(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answer_stream, "_PIECE_SECONDS", 0.0)
    shown = await told("It is <EMAIL_ADDRESS_1> and more.", 9)
    assert "<" not in shown
    assert EMAIL in shown


async def a_cut_stream_is_no_answer(_: pytest.MonkeyPatch) -> None:
    error, _, _ = await refused([reply("half of this").cut(2)])
    assert error.code == "MODEL_UNAVAILABLE"


async def an_endless_reply_is_stopped(_: pytest.MonkeyPatch) -> None:
    chunk = event({"choices": [{"delta": {"content": "x" * 2**20}}]})
    error, _, _ = await refused([Stream((chunk,) * 12)])
    assert "had no end" in error.message


async def an_endless_error_is_not_read(_: pytest.MonkeyPatch) -> None:
    flood = Stream((b"x" * 2**20,) * 16, status=400, headers={"Content-Type": "text/html"})
    async with ScriptedModel([flood]) as model:
        with pytest.raises(ModelError):
            await Caller(model).ask()
        with suppress(TimeoutError):
            await asyncio.wait_for(model.dropped.wait(), 1)
        assert model.dropped.is_set()


async def nothing_packed_is_unpacked(_: pytest.MonkeyPatch) -> None:
    headers = {"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}
    packed = Stream((gzip.compress(b"".join(reply("ok").pieces)),), headers=headers)
    await refused([packed] * 9)


async def calls_are_bounded(_: pytest.MonkeyPatch) -> None:
    _, caller, model = await refused([status(429)] * 20)
    assert len(model.requests) == 5
    assert caller.waits == [1, 2, 4, 8]


async def a_long_wait_is_not_waited(_: pytest.MonkeyPatch) -> None:
    _, caller, _ = await refused([status(429, headers={"Retry-After": "3600"})] * 9)
    assert caller.waits == []


async def what_was_begun_is_not_begun_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(connection, "_SILENCE_SECONDS", 0.2)
    silent = replace(reply("half of this").cut(2), hang=True)
    _, _, model = await refused([silent, reply("another half")])
    assert len(model.requests) == 1


async def a_redirect_is_not_followed(_: pytest.MonkeyPatch) -> None:
    async with ScriptedModel([reply("mine")]) as elsewhere:
        moved = status(307, headers={"Location": f"{elsewhere.base_url}/chat/completions"})
        async with ScriptedModel([moved]) as model:
            with pytest.raises(ModelError):
                await Caller(model).ask()
        assert elsewhere.requests == []


async def a_proxy_sees_nothing_of_this_machine(patch: pytest.MonkeyPatch) -> None:
    async with ScriptedModel([reply("ok")]) as model, Proxy(model.port) as proxy:
        patch.setenv("HTTP_PROXY", proxy.url)
        patch.delenv("NO_PROXY", raising=False)
        patch.delenv("no_proxy", raising=False)
        await Caller(model).ask()
        assert proxy.asked == []


async def an_unknown_authority_is_refused(_: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    async with ScriptedModel([reply("ok")], tls=context) as model:
        with pytest.raises(DataLensError):
            await Caller(model).ask()


async def openrouter_is_asked_to_keep_nothing(_: pytest.MonkeyPatch) -> None:
    bodies: list[dict[str, Any]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        bodies.append(json.loads(request.content))
        return httpx2.Response(200, content=b"".join(reply("ok").pieces))

    own = gateway.Gateway(Settings(**KEYED), transport=httpx2.MockTransport(answer))
    await own.complete(ASKED, CallScope("s", PrivacySessions().of("s"), lambda _: None))
    await own.close()
    provider = bodies[0].get("provider", {})
    assert (provider.get("zdr"), provider.get("data_collection")) == (True, "deny")


async def no_value_leaves(_: pytest.MonkeyPatch) -> None:
    async with ScriptedModel([reply("ok")]) as model:
        await Caller(model).ask(ModelRequest("act", (PromptMessage("user", f"is {EMAIL} in?"),)))
        assert EMAIL not in model.requests[0].text


async def a_limit_is_kept_to(_: pytest.MonkeyPatch) -> None:
    async with ScriptedModel([reply("ok")] * 2) as model:
        caller = Caller(model, max_tokens_per_run=10)
        await caller.gateway.complete(ASKED, caller.scope)
        with pytest.raises(BudgetReached):
            await caller.ask()


async def what_broke_off_is_counted(_: pytest.MonkeyPatch) -> None:
    _, caller, _ = await refused([reply("half of this").cut(2)])
    assert [e for e in caller.events if isinstance(e, LlmUsage)]


async def asked_twice(first: str, second: str, vaults: tuple[int, int], *, runs: int) -> list[str]:
    """What two sessions get for one request, each in the vault of that number."""
    held = [PrivacySessions().of("s") for _ in range(2)]
    async with ScriptedModel([reply("one"), reply("two")]) as model:
        caller = Caller(model)
        one = CallScope(first, held[vaults[0]], lambda _: None)
        two = one if runs == 1 else CallScope(second, held[vaults[1]], lambda _: None)
        got = [(await caller.gateway.complete(ASKED, scope)).text for scope in (one, two)]
        await caller.gateway.close()
    return got


async def a_reply_is_for_its_session(_: pytest.MonkeyPatch) -> None:
    assert await asked_twice("a", "b", (0, 0), runs=2) == ["one", "two"]


async def a_reply_is_for_its_vault(_: pytest.MonkeyPatch) -> None:
    assert await asked_twice("a", "a", (0, 1), runs=2) == ["one", "two"]


async def a_run_is_never_given_its_own_reply(_: pytest.MonkeyPatch) -> None:
    assert await asked_twice("a", "a", (0, 0), runs=1) == ["one", "two"]


async def code_that_failed_is_not_kept(_: pytest.MonkeyPatch) -> None:
    failed = PromptMessage("tool", '<observation>\n{"success":false}\n</observation>', "output")
    vault = PrivacySessions().of("s")
    async with ScriptedModel([reply("bad"), reply("repair"), reply("new")]) as model:
        caller = Caller(model)
        run, again = (CallScope("s", vault, lambda _: None) for _ in range(2))
        await caller.gateway.complete(ASKED, run)
        await caller.gateway.complete(replace(ASKED, messages=(*ASKED.messages, failed)), run)
        assert (await caller.gateway.complete(ASKED, again)).text == "new"
        await caller.gateway.close()


async def a_model_that_fails_rests(_: pytest.MonkeyPatch) -> None:
    async with ScriptedModel([status(503)] * 30) as model:
        caller = Caller(model)
        for _ in range(FAILURES + 2):
            with pytest.raises(ModelError):
                await caller.gateway.complete(ASKED, caller.scope)
        await caller.gateway.close()
        assert len(model.requests) == 3 * FAILURES


async def half_a_call_is_not_completed(_: pytest.MonkeyPatch) -> None:
    await refused([reply(calls=[("run_python", '{"code": "df.drop(df')])])


async def the_administrators_list_holds(_: pytest.MonkeyPatch) -> None:
    own = gateway.Gateway(Settings(llm_base_url="http://127.0.0.1:9/v1", models=("cheap",)))
    with pytest.raises(InvalidRequest):
        own.check_model("dear")

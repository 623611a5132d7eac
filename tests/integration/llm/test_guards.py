"""Each guard of the gateway, and what it holds off: without it, its check fails.

docs/developing.md lists the same guards for the reader. What privacy guards is in
tests/unit/privacy/test_guards.py.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
import trustme
from pydantic import SecretStr
from pydantic_core import from_json

from datalens_core import DataLensError, Settings
from datalens_core.breaker import FAILURES, CircuitBreaker
from datalens_core.errors import BudgetReached, InvalidRequest, ModelError
from datalens_core.events import LlmUsage
from datalens_core.llm import (
    answer_stream,
    connection,
    endpoint,
    error_bodies,
    gateway,
    inbound,
    openrouter,
    replies,
    retry,
    sending,
    streaming,
)
from datalens_core.llm.catalogue import Catalogue
from datalens_core.llm.exchange import CallScope, ModelRequest, PromptMessage
from datalens_core.llm.outbound import Outbound
from datalens_core.llm.secrets import SecretScrubber
from datalens_core.llm.spending import Budget
from datalens_core.privacy.session import PrivacySessions
from tests.integration.llm.calling import ASKED, KEY, Caller
from tests.support.openrouter import ScriptedModel, Stream, event, final_answer, reply, status
from tests.support.proxy import Proxy

EMAIL = "ann@corp.example"
SPELLED = " ".join(KEY)
KEYED = {"openrouter_api_key": SecretStr(KEY)}


class Guard(NamedTuple):
    name: str
    """As docs/developing.md words it."""
    owner: Any
    attribute: str
    without: Any
    """What stands in its place when it is removed."""
    check: Callable[[pytest.MonkeyPatch], Awaitable[None]]


async def refused(
    script: list[Stream], **fields: Any
) -> tuple[DataLensError, Caller, ScriptedModel]:
    async with ScriptedModel(script) as model:
        caller = Caller(model, **fields)
        with pytest.raises(DataLensError) as caught:
            await caller.ask()
        return caught.value, caller, model


# -- checks ----------------------------------------------------------------------------------------


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


# -- what stands in their place --------------------------------------------------------------------


def as_it_is(_: object, text: str) -> str:
    return text


async def nothing(*_: object) -> None:
    return None


def unredacted(request: ModelRequest, *_: object) -> Outbound:
    messages = [{"role": m.role, "content": m.content} for m in request.messages]
    return Outbound({"messages": messages}, (), {})


def following(*args: Any) -> httpx2.AsyncClient:
    client = connection.http_client(*args)
    client.follow_redirects = True
    return client


def trusting(_: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def found(own: bool, vault: bool) -> Callable[..., Any]:
    """`Replies.find` without one of its two questions."""

    def find(self: replies.Replies, body: Mapping[str, Any], scope: CallScope) -> Any:
        kept = self._kept.get(replies._key(body, scope))
        if kept is None or (vault and kept.vault() is not scope.privacy):
            return None
        return None if own and scope.spending in kept.runs else kept.reply

    return find


def key_of_body(body: Mapping[str, Any], _: CallScope) -> str:
    return json.dumps(body, sort_keys=True)


GUARDS = [
    Guard("A key, parts of it and what looks like one are taken out of errors",
          SecretScrubber, "scrub", as_it_is, an_echoed_key_is_not_shown),
    Guard("A key that code found is not sent", SecretScrubber, "exact", as_it_is,
          a_key_that_code_found_is_not_sent),
    Guard("A key is known when it is spelled", SecretScrubber, "_places", lambda *_: (),
          a_spelled_key_is_not_sent),
    Guard("The end of a growing answer waits until it is no key", SecretScrubber, "settled",
          as_it_is, a_key_is_not_shown_piece_by_piece),
    Guard("A growing answer is shown at whole words and tokens", answer_stream, "_whole_words",
          str, a_value_is_not_shown_as_half_a_token),
    Guard("A stream without an end is no answer", streaming, "_checked", lambda reply: reply,
          a_cut_stream_is_no_answer),
    Guard("A reply may have 8 MB", streaming, "MAX_REPLY_BYTES", 2**40,
          an_endless_reply_is_stopped),
    Guard("Of an error 64 KB are read", error_bodies, "MAX_ERROR_BYTES", 2**40,
          an_endless_error_is_not_read),
    Guard("Nothing that comes packed is unpacked", connection, "bounded", nothing,
          nothing_packed_is_unpacked),
    Guard("Tries are counted", retry.Retries, "wait_after",
          lambda _, failure: 1.0 if failure.status == 429 else None, calls_are_bounded),
    Guard("A long Retry-After is not waited for", retry, "MAX_RETRY_AFTER_SECONDS", 10**6,
          a_long_wait_is_not_waited),
    Guard("What was begun is not tried again", sending._Attempt, "begun", False,
          what_was_begun_is_not_begun_again),
    Guard("No redirect is followed", endpoint, "http_client", following,
          a_redirect_is_not_followed),
    Guard("A proxy sees nothing of what is meant for this machine", connection, "is_local",
          lambda _: False, a_proxy_sees_nothing_of_this_machine),
    Guard("Certificates are checked", connection, "_trusted", trusting,
          an_unknown_authority_is_refused),
    Guard("OpenRouter's privacy fields are in every request", openrouter, "extra_body",
          lambda *_: {}, openrouter_is_asked_to_keep_nothing),
    Guard("Every request goes through the choke point", gateway, "redacted", unredacted,
          no_value_leaves),
    Guard("Limits are checked before each call", Budget, "check", lambda *_: None,
          a_limit_is_kept_to),
    Guard("What was written before it broke off is counted", sending._Attempt, "record",
          lambda *_: None, what_broke_off_is_counted),
    Guard("A kept reply is for its session", replies, "_key", key_of_body,
          a_reply_is_for_its_session),
    Guard("A kept reply is for its vault", replies.Replies, "find", found(own=True, vault=False),
          a_reply_is_for_its_vault),
    Guard("A run is never given a reply that it has", replies.Replies, "find",
          found(own=False, vault=True), a_run_is_never_given_its_own_reply),
    Guard("A run whose code failed leaves no reply", replies.Replies, "forget", lambda *_: None,
          code_that_failed_is_not_kept),
    Guard("A model that keeps failing rests", CircuitBreaker, "begin", lambda _: 0.0,
          a_model_that_fails_rests),
    Guard("Half a call is not completed", inbound, "parse_arguments",
          lambda text: from_json(text, allow_partial="trailing-strings"),
          half_a_call_is_not_completed),
    Guard("Only what an administrator allows can be chosen", Catalogue, "check", lambda *_: None,
          the_administrators_list_holds),
]  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
async def test_without_a_guard_its_check_fails(
    guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    await guard.check(monkeypatch)
    monkeypatch.setattr(guard.owner, guard.attribute, guard.without)
    with pytest.raises((AssertionError, pytest.fail.Exception, DataLensError)):
        await guard.check(monkeypatch)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_each_guard_is_in_the_documentation(guard: Guard) -> None:
    page = Path(__file__).parents[3] / "docs" / "developing.md"
    assert f"- {guard.name}" in page.read_text(encoding="utf-8")

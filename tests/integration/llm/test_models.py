"""Which models can be chosen, what they cost, and who answers when one is chosen."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from datalens_core import Settings
from datalens_core.errors import InvalidRequest, ModelError, ServiceMisconfigured
from datalens_core.llm.catalogue import KEPT_SECONDS
from datalens_core.llm.exchange import CallScope, ModelRequest, PromptMessage
from datalens_core.llm.gateway import Gateway
from datalens_core.privacy.session import PrivacySessions
from tests.integration.llm.calling import ASKED, KEY, Caller
from tests.support.openrouter import RecordedRequest, ScriptedModel, Stream, reply, status

OPENROUTER = {
    "data": [
        {"id": "anthropic/claude-sonnet-4.5", "name": "Anthropic: Claude Sonnet 4.5",
         "context_length": 1_000_000, "pricing": {"prompt": "0.000003", "completion": "0.000015"}},
        {"id": "some/unknown", "name": "Unknown", "pricing": {"prompt": "0", "completion": "0"}},
        {"id": "openai/gpt-5-mini", "name": "OpenAI: GPT-5 Mini", "context_length": 400_000,
         "pricing": {"prompt": "0.00000025", "completion": "0.000002"}},
        {"id": "openrouter/auto", "pricing": {"prompt": "-1", "completion": "-1"}},
    ]
}  # fmt: skip
VLLM = {"object": "list", "data": [{"id": "qwen3", "object": "model", "max_model_len": 32_768}]}
OLLAMA = {"object": "list", "data": [{"id": "qwen3:8b"}, {"id": "nomic-embed-text:latest"}]}
LLAMA_CPP = {"data": [{"id": "/models/q.gguf", "meta": {"n_ctx_train": 131_072, "n_ctx": 4096}}]}
NONSENSE = {"data": [7, {"id": 7.5}, {"name": "nameless"}, {"id": "a b\n"}, {"id": ""}, None,
                     {"id": "x", "name": 3, "pricing": "free", "context_length": "l"}]}  # fmt: skip


def listing(models: Any) -> Any:
    """A script: this list at GET models, and an answer to whatever else is asked."""

    def script(request: RecordedRequest) -> Stream:
        if request.method == "GET":
            assert request.path == "/v1/models"
            assert request.body == b""
            return status(200, models)
        return reply("ok")

    return script


class Router:
    """OpenRouter's address, answered in process: its host decides which fields are sent."""

    def __init__(self, answer: httpx2.Response | None = None, **fields: Any) -> None:
        self.seen: list[httpx2.Request] = []
        self._answer = answer
        settings = Settings(openrouter_api_key=SecretStr(KEY), **fields)
        self.gateway = Gateway(settings, transport=httpx2.MockTransport(self._respond))
        self.scope = CallScope("s", PrivacySessions().of("s"), lambda _: None)

    def _respond(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(request)
        if request.method == "GET":
            return httpx2.Response(200, json=OPENROUTER)
        if self._answer is not None:
            return self._answer
        return httpx2.Response(200, content=b"".join(reply("ok").pieces))

    async def sent(self, request: ModelRequest = ASKED, model: str | None = None) -> dict[str, Any]:
        await self.gateway.complete(request, replace(self.scope, model=model))
        held = json.loads(self.seen[-1].content)
        assert isinstance(held, dict)
        return held


# -- the list --------------------------------------------------------------------------------------


async def test_openrouters_list_is_curated_and_has_prices_per_million_tokens() -> None:
    router = Router()
    found = await router.gateway.models()
    await router.gateway.close()
    assert [m.id for m in found.models] == ["anthropic/claude-sonnet-4.5", "openai/gpt-5-mini"]
    first = found.models[0]
    assert (first.prompt_price, first.completion_price) == (3.0, 15.0)
    assert first.context_length == 1_000_000
    assert found.default == "anthropic/claude-sonnet-4.5"
    assert str(router.seen[0].url) == "https://openrouter.ai/api/v1/models"


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (VLLM, [("m", None), ("qwen3", 32_768)]),
        (OLLAMA, [("m", None), ("qwen3:8b", None)]),
        (LLAMA_CPP, [("m", None), ("/models/q.gguf", 4096)]),
        (NONSENSE, [("m", None), ("x", None)]),
        ([{"id": "bare"}], [("m", None), ("bare", None)]),
        ("[]", [("m", None)]),
    ],
)
async def test_another_endpoint_offers_what_it_lists(
    listed: Any, expected: list[tuple[str, int | None]]
) -> None:
    async with ScriptedModel(listing(listed)) as model:
        caller = Caller(model, model="m")
        found = await caller.gateway.models()
        await caller.gateway.close()
        assert "authorization" not in model.requests[0].headers
    assert [(m.id, m.context_length) for m in found.models] == expected
    assert not any(m.prompt_price for m in found.models)


async def test_the_list_is_asked_for_once_an_hour() -> None:
    async with ScriptedModel(listing(VLLM)) as model:
        caller = Caller(model)
        for later, requests in ((0, 1), (KEPT_SECONDS - 1, 1), (2, 2)):
            caller.now += later
            await caller.gateway.models()
            assert len(model.requests) == requests
        await caller.gateway.close()


async def test_a_list_that_cannot_be_had_is_said_and_asked_for_again() -> None:
    script = [status(401), status(200, "<html>"), status(500), status(200, VLLM)]
    async with ScriptedModel(script) as model:
        caller = Caller(model, openrouter_api_key=SecretStr(KEY))
        with pytest.raises(ServiceMisconfigured):
            await caller.gateway.models()
        with pytest.raises(ModelError, match="not an answer"):
            await caller.gateway.models()
        with pytest.raises(ModelError):
            await caller.gateway.models()
        assert (await caller.gateway.models()).models[-1].id == "qwen3"
        await caller.gateway.close()


async def test_offline_there_is_none_to_choose() -> None:
    gateway = Gateway(Settings.offline())
    found = await gateway.models()
    assert (found.offline, found.models) == (True, [])
    with pytest.raises(InvalidRequest, match="offline rules"):
        gateway.check_model("some/model")


async def test_a_list_without_end_is_not_read_to_its_end() -> None:
    flood = Stream((b"[" + b" " * 2**20,) * 64, headers={"Content-Type": "application/json"})
    async with ScriptedModel([flood]) as model:
        caller = Caller(model)
        with pytest.raises(ModelError, match="had no end"):
            await caller.gateway.models()
        await caller.gateway.close()


# -- choosing --------------------------------------------------------------------------------------


async def test_a_run_is_answered_by_the_model_that_was_chosen_for_it() -> None:
    router = Router()
    profile = ModelRequest("profile", (PromptMessage("user", "what is it?"),))
    assert (await router.sent())["model"] == "anthropic/claude-sonnet-4.5"
    assert (await router.sent(model="openai/gpt-5-mini"))["model"] == "openai/gpt-5-mini"
    assert (await router.sent(profile, "openai/gpt-5"))["model"] == "openai/gpt-4o-mini"
    chosen = replace(router.scope, model="openai/gpt-5-mini")
    assert router.gateway.preview(ASKED, chosen).model == "openai/gpt-5-mini"
    await router.gateway.close()


@pytest.mark.parametrize(
    ("allowed", "chosen", "fits"),
    [
        ((), "any/model", True),
        ((), "x\nHost: evil", False),
        ((), "m" * 201, False),
        (("a/b", "c/d"), "c/d", True),
        (("a/b", "c/d"), "anthropic/claude-sonnet-4.5", True),
        (("a/b", "c/d"), "e/f", False),
    ],
)
async def test_an_administrators_list_is_what_can_be_chosen(
    allowed: tuple[str, ...], chosen: str, fits: bool
) -> None:
    router = Router(models=allowed)
    if fits:
        router.gateway.check_model(chosen)
    else:
        with pytest.raises(InvalidRequest, match="cannot be chosen"):
            router.gateway.check_model(chosen)
    if allowed:
        offered = [m.id for m in (await router.gateway.models()).models]
        assert offered == ["anthropic/claude-sonnet-4.5", *allowed]
    await router.gateway.close()


# -- fallbacks -------------------------------------------------------------------------------------


async def test_fallbacks_are_openrouters_and_under_the_same_privacy_fields() -> None:
    router = Router(fallback_models=("openai/gpt-5-mini", "some/other"))
    sent = await router.sent()
    assert sent["models"] == ["anthropic/claude-sonnet-4.5", "openai/gpt-5-mini", "some/other"]
    assert sent["provider"] == {"data_collection": "deny", "zdr": True, "require_parameters": True}
    sent = await router.sent(model="some/other")
    assert sent["models"] == ["some/other", "openai/gpt-5-mini"]
    await router.gateway.close()


async def test_without_fallbacks_there_is_no_list_and_elsewhere_there_never_is() -> None:
    router = Router()
    assert "models" not in await router.sent()
    await router.gateway.close()
    async with ScriptedModel([reply("ok")]) as model:
        await Caller(model, fallback_models=("a/b",)).ask()
        assert not {"models", "provider"} & model.requests[0].json.keys()


@pytest.mark.parametrize("code", [404, 503])
async def test_when_no_provider_keeps_to_the_filters_they_are_named_and_not_relaxed(
    code: int,
) -> None:
    said = {"error": {"code": code, "message": "No endpoints found matching your data policy"}}
    router = Router(httpx2.Response(code, json=said), fallback_models=("a/b",))
    with pytest.raises(ModelError, match="zero data retention"):
        await router.sent()
    bodies = [json.loads(request.content) for request in router.seen]
    assert all(b["provider"]["zdr"] and b["provider"]["data_collection"] == "deny" for b in bodies)
    await router.gateway.close()

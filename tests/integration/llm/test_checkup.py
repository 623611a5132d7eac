"""What `datalens doctor` says of the model: plain words, a way out, and never the key."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import httpx2
import pytest
import trustme
from pydantic import SecretStr

from datalens_core import Settings
from datalens_core.llm.checkup import Verdict, checkup
from tests.integration.llm.calling import KEY
from tests.support.openrouter import ScriptedModel, Stream, status

LISTED = status(200, {"data": [{"id": "qwen3:latest"}, {"id": "llama3"}]})


async def said(script: list[Stream], **fields: Any) -> list[Verdict]:
    async with ScriptedModel(script) as model:
        settings = Settings(llm_base_url=model.base_url, **{"model": "llama3"} | fields)
        verdicts = await checkup(settings)
        assert all(request.body == b"" for request in model.requests)
        return verdicts


@pytest.mark.parametrize("chosen", ["llama3", "qwen3", "qwen3:latest"])
async def test_a_model_that_is_listed_is_fine(chosen: str) -> None:
    [verdict] = await said([LISTED], model=chosen)
    assert verdict.state == "ok"
    assert verdict.text.startswith(f"{chosen} through 127.0.0.1:")


@pytest.mark.parametrize(
    ("answer", "fields", "text", "remedy"),
    [
        (LISTED, {"model": "gpt-9"}, "does not know the model gpt-9", "such as llama3, qwen3"),
        (status(401), {}, "wants a key", "Set OPENROUTER_API_KEY"),
        (status(401, {"error": f"bad key {KEY}"}), {"openrouter_api_key": SecretStr(KEY)},
         "refuses the key", "Make a new key"),
        (status(403), {"openrouter_api_key": SecretStr(KEY)}, "refuses the key", "new key"),
        (status(503), {}, "not available right now", "Try again"),
        (status(200, "<html>A printer</html>"), {}, "is no model's endpoint", "end with /v1"),
        (status(302, headers={"Location": "/login"}), {}, "is no model's endpoint", "/v1"),
        (status(407), {}, "proxy does not let", "Correct HTTPS_PROXY"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_with_a_way_out(
    answer: Stream, fields: dict[str, Any], text: str, remedy: str
) -> None:
    [verdict] = await said([answer], **fields)
    assert verdict.state == "problem"
    assert text in verdict.text
    assert remedy in verdict.remedy
    assert KEY not in repr(verdict)


async def test_an_endpoint_that_lists_nothing_may_work_all_the_same() -> None:
    for answer in (status(404), status(200, {"data": []})):
        [verdict] = await said([answer])
        assert verdict.state in ("note", "ok")


async def test_a_server_that_does_not_run_is_to_be_started() -> None:
    async with ScriptedModel() as model:
        gone = model.base_url
    [verdict] = await checkup(Settings(llm_base_url=gone.replace("//", "//ann:pa55@")))
    assert verdict.text == f"Nothing answers at {gone.split('/')[2]}."
    assert "Start the model's server" in verdict.remedy


async def test_certificates_are_told_apart(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    async with ScriptedModel([LISTED], tls=context) as model:
        [untrusted] = await checkup(Settings(llm_base_url=model.base_url))
        missing = tmp_path / "nowhere.pem"
        [unreadable] = await checkup(Settings(llm_base_url=model.base_url, ca_bundle=missing))
    assert "not trusted" in untrusted.text
    assert "DATALENS_CA_BUNDLE" in untrusted.remedy
    assert "cannot be read" in unreadable.text


async def test_limits_and_fallbacks_without_effect_are_named() -> None:
    fields = {"max_cost_per_run": 0.5, "fallback_models": ("a/b",)}
    verdicts = await said([LISTED], **fields)
    assert [v.state for v in verdicts] == ["ok", "note", "note"]
    assert "DATALENS_MAX_TOKENS_PER_RUN" in verdicts[1].remedy


async def test_without_a_key_it_says_how_to_get_a_model() -> None:
    [verdict] = await checkup(Settings.offline())
    assert (verdict.state, verdict.text) == ("note", "Offline rules, no AI model.")


# -- OpenRouter ------------------------------------------------------------------------------------


async def router(key: httpx2.Response, **fields: Any) -> Verdict:
    def answer(request: httpx2.Request) -> httpx2.Response:
        assert request.headers["authorization"] == f"Bearer {KEY}"
        if request.url.path == "/api/v1/key":
            return key
        models = ["anthropic/claude-sonnet-4.5", "openai/gpt-4o-mini"]
        return httpx2.Response(200, json={"data": [{"id": model} for model in models]})

    own = Settings(openrouter_api_key=SecretStr(KEY), **fields)
    return (await checkup(own, httpx2.MockTransport(answer)))[0]


@pytest.mark.parametrize(
    ("code", "account", "fields", "text"),
    [
        (200, {"data": {"limit_remaining": None}}, {}, "sonnet-4.5 through OpenRouter."),
        (200, {"data": {"limit_remaining": 3.5}}, {"model": "openai/gpt-4o-mini:nitro"},
         "openai/gpt-4o-mini:nitro through OpenRouter."),
        (200, {"data": {"limit_remaining": 0}}, {}, "limit at OpenRouter is used up"),
        (401, {"error": {"message": f"No auth: {KEY}"}}, {}, "OpenRouter refuses the key."),
        (200, {}, {"fallback_models": ("some/typo",)}, "does not know the model some/typo"),
        (200, {}, {"profiling_model": "some/typo"}, "does not know the model some/typo"),
    ],
)  # fmt: skip
async def test_openrouter_is_asked_about_its_key(
    code: int, account: Any, fields: dict[str, Any], text: str
) -> None:
    verdict = await router(httpx2.Response(code, json=account), **fields)
    assert text in verdict.text
    assert KEY not in repr(verdict)

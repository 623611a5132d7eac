"""Where nothing may leave this machine, no model elsewhere hears a word, not even a greeting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from datalens_core import DataLensError, Settings
from datalens_core.errors import LocalOnly
from datalens_core.llm.checkup import checkup
from datalens_core.llm.exchange import CallScope
from datalens_core.llm.gateway import Gateway
from datalens_core.privacy.session import PrivacySessions
from tests.integration.llm.calling import ASKED, KEY
from tests.support.openrouter import ScriptedModel, reply, status
from tests.support.proxy import Proxy

LISTED = status(200, {"data": [{"id": "some/model"}]})


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    """Every name that is not this machine ends here, as it would at its own server."""
    async with (
        ScriptedModel(lambda asked: LISTED if asked.method == "GET" else reply("ok")) as model,
        Proxy(model.port) as proxy,
    ):
        for name in ("HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield proxy


@asynccontextmanager
async def gateway(address: str, *, local_only: bool) -> AsyncIterator[Gateway]:
    settings = Settings(
        llm_base_url=address, openrouter_api_key=SecretStr(KEY), local_only=local_only
    )
    gateway = Gateway(settings)
    yield gateway
    await gateway.close()


def scope(*, local_only: bool = False) -> CallScope:
    return CallScope("s", PrivacySessions().of("s"), lambda _: None, local_only=lambda: local_only)


@pytest.mark.parametrize(
    "host",
    ["model.test", "localhost.model.test", "127.0.0.1.nip.io", "chat.localhost", "0.0.0.0",
     "2130706433", "127.1", "127.0.0.1@model.test", "[::]", "localhost."],
)  # fmt: skip
async def test_nothing_is_said_to_a_model_that_only_looks_local(host: str, proxy: Proxy) -> None:
    address = f"http://{host}/v1"
    async with gateway(address, local_only=True) as gate:
        assert not gate.is_local
        with pytest.raises(LocalOnly, match="the model is elsewhere"):
            await gate.complete(ASKED, scope())
        with pytest.raises(LocalOnly):
            await gate.models()
    settings = Settings(llm_base_url=address, openrouter_api_key=SecretStr(KEY), local_only=True)
    [verdict] = await checkup(settings)
    assert (verdict.state, "the model is elsewhere" in verdict.text) == ("problem", True)
    assert proxy.asked == []


async def test_a_project_that_asks_for_it_is_heard_as_well(proxy: Proxy) -> None:
    async with gateway("http://model.test/v1", local_only=False) as gate:
        with pytest.raises(LocalOnly):
            await gate.complete(ASKED, scope(local_only=True))
        assert proxy.asked == []
        assert (await gate.complete(ASKED, scope())).text == "ok"
        assert proxy.asked, "without it the same request would have gone"


async def test_a_model_on_this_machine_answers_and_no_proxy_hears_of_it(proxy: Proxy) -> None:
    async with (
        ScriptedModel([reply("here")]) as model,
        gateway(model.base_url, local_only=True) as gate,
    ):
        assert gate.is_local
        assert (await gate.complete(ASKED, scope(local_only=True))).text == "here"
    assert proxy.asked == []


async def test_a_model_here_that_points_elsewhere_is_not_followed(proxy: Proxy) -> None:
    moved = status(307, headers={"Location": "http://model.test/v1/chat/completions"})
    async with (
        ScriptedModel([moved]) as model,
        gateway(model.base_url, local_only=True) as gate,
    ):
        with pytest.raises(DataLensError):
            await gate.complete(ASKED, scope())
    assert proxy.asked == []

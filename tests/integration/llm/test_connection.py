"""Private certificate authorities and proxies, with a real TLS server and a real proxy."""

from __future__ import annotations

import base64
import json
import ssl
from pathlib import Path

import pytest
import trustme
from pydantic import SecretStr

from datalens_core import DataLensError, Settings
from datalens_core.errors import ModelUnavailable, ServiceMisconfigured
from datalens_core.llm.exchange import CallScope
from datalens_core.llm.gateway import Gateway
from datalens_core.privacy.session import PrivacySessions
from tests.integration.llm.calling import ASKED, KEY
from tests.support.openrouter import ScriptedModel, reply
from tests.support.proxy import Proxy

ELSEWHERE = "model.corp.test"
"""Resolved by nobody: only a proxy gets there."""

NO_NAME = "127.1"
"""This machine, in a spelling that is not known as such: proxies are asked for it."""


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)


class Authority:
    """A certificate authority that no machine trusts, its file, and a server's context."""

    def __init__(self, folder: Path, *names: str) -> None:
        made = trustme.CA()
        self.file = folder / f"{len(list(folder.iterdir()))}.pem"
        made.cert_pem.write_to_path(self.file)
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.issue_cert(*names).configure_cert(self.server)


async def asked(base_url: str, ca_bundle: Path | None = None) -> str:
    waits: list[float] = []

    async def no_wait(seconds: float) -> None:
        waits.append(seconds)

    settings = Settings(
        llm_base_url=base_url, ca_bundle=ca_bundle, openrouter_api_key=SecretStr(KEY)
    )
    gateway = Gateway(settings, sleep=no_wait)
    scope = CallScope("s", PrivacySessions().of("s"), lambda _: None)
    try:
        return (await gateway.complete(ASKED, scope)).text
    except ServiceMisconfigured:
        assert waits == [], "what is wrong with the set-up is not tried again"
        raise
    finally:
        await gateway.close()


# -- certificates ----------------------------------------------------------------------------------


async def test_a_private_authority_is_not_trusted_and_nothing_is_sent(tmp_path: Path) -> None:
    async with ScriptedModel([reply("ok")], tls=Authority(tmp_path, "127.0.0.1").server) as model:
        with pytest.raises(ServiceMisconfigured, match="is not trusted"):
            await asked(model.base_url)
        assert model.requests == []


async def test_it_is_trusted_by_setting_or_by_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path, "127.0.0.1")
    async with ScriptedModel([reply("ok")] * 2, tls=authority.server) as model:
        assert await asked(model.base_url, authority.file) == "ok"
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        assert await asked(model.base_url) == "ok"


async def test_the_setting_adds_to_what_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (Authority(tmp_path, "127.0.0.1") for _ in range(2))
    monkeypatch.setenv("SSL_CERT_FILE", str(first.file))
    for authority in (first, second):
        async with ScriptedModel([reply("ok")], tls=authority.server) as model:
            assert await asked(model.base_url, second.file) == "ok"


async def test_a_certificate_for_another_name_is_not_trusted(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "another.test")
    async with ScriptedModel([reply("ok")], tls=authority.server) as model:
        with pytest.raises(ServiceMisconfigured, match="not trusted"):
            await asked(model.base_url, authority.file)
        assert model.requests == []


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_bundle_that_cannot_be_read_is_said_without_its_path(
    tmp_path: Path, content: str | None
) -> None:
    bundle = tmp_path / "authorities.pem"
    if content is not None:
        bundle.write_text(content)
    with pytest.raises(ServiceMisconfigured, match="cannot be read") as caught:
        await asked("https://127.0.0.1:9/v1", bundle)
    assert str(tmp_path) not in json.dumps(caught.value.body())


# -- proxies ---------------------------------------------------------------------------------------


async def test_a_model_elsewhere_is_asked_through_the_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path, ELSEWHERE)
    async with (
        ScriptedModel([reply("ok")], tls=authority.server) as model,
        Proxy(model.port) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert await asked(f"https://{ELSEWHERE}/v1", authority.file) == "ok"
        assert proxy.asked == [f"CONNECT {ELSEWHERE}:443 HTTP/1.1"]
        assert model.requests[0].headers["host"] == ELSEWHERE
        assert KEY.encode() not in proxy.seen, "the proxy sees what is encrypted only"
        assert b"total by region" not in proxy.seen


async def test_http_goes_through_its_own_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with ScriptedModel([reply("ok")]) as model, Proxy(model.port) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert await asked(f"http://{ELSEWHERE}/v1") == "ok"
        assert proxy.asked == [f"POST http://{ELSEWHERE}/v1/chat/completions HTTP/1.1"]


async def test_no_proxy_is_kept_to(monkeypatch: pytest.MonkeyPatch) -> None:
    async with ScriptedModel([reply("ok")] * 2) as model, Proxy(model.port) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        address = f"http://{NO_NAME}:{model.port}/v1"
        await asked(address)
        assert len(proxy.asked) == 1
        monkeypatch.setenv("NO_PROXY", f"example.test,{NO_NAME}")
        await asked(address)
        assert len(proxy.asked) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_what_is_meant_for_this_machine_never_goes_to_a_proxy(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ScriptedModel([reply("ok")]) as model, Proxy(model.port) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert await asked(f"http://{host}:{model.port}/v1") == "ok"
        assert proxy.asked == []


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_wants_a_password_gets_it_or_is_named(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path, ELSEWHERE)
    tls = authority.server if scheme == "https" else None
    credentials = base64.b64encode(b"ann:pa55word").decode()
    async with (
        ScriptedModel([reply("ok")], tls=tls) as model,
        Proxy(model.port, credentials) as proxy,
    ):
        address = f"{scheme}://{ELSEWHERE}/v1"
        monkeypatch.setenv(f"{scheme.upper()}_PROXY", proxy.url.replace("//", "//ann:wr0ng@"))
        with pytest.raises(DataLensError, match="proxy does not let") as caught:
            await asked(address, authority.file)
        assert "wr0ng" not in json.dumps(caught.value.body())
        monkeypatch.setenv(f"{scheme.upper()}_PROXY", proxy.url.replace("//", "//ann:pa55word@"))
        assert await asked(address, authority.file) == "ok"


async def test_a_proxy_that_is_not_there_is_an_endpoint_that_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Proxy(9) as proxy:
        gone = proxy.url
    monkeypatch.setenv("HTTP_PROXY", gone)
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await asked(f"http://{ELSEWHERE}/v1")

"""Signing in to a real auth API: tokens are checked, kept apart, refreshed once, and end."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import threading
import time
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest

from datalens_core.errors import (
    AuthenticationRequired,
    ServiceMisconfigured,
    SessionExpired,
    SignInRefused,
    StoreUnavailable,
)
from datalens_core.settings import Settings
from datalens_core.supabase.accounts import Accounts
from datalens_core.supabase.connection import Connection
from datalens_core.supabase.tokens import TokenFiles, checked
from tests.support.proxy import Proxy
from tests.support.supabase_server import Supabase

PASSWORD = "a-password-nobody-has"
numbers = count()


class Server:
    """A server's side of signing in, with a clock that is moved by hand."""

    def __init__(self, supabase: Supabase, folder: Path) -> None:
        self.ahead = 0.0
        self.connection = Connection(supabase.url, supabase.anon_key)
        self.folder = folder
        self.accounts = Accounts(self.connection, folder, clock=lambda: time.time() + self.ahead)


@pytest.fixture
async def server(supabase: Supabase, tmp_path: Path) -> AsyncIterator[Server]:
    server = Server(supabase, tmp_path / "signin")
    yield server
    await server.connection.close()


@pytest.fixture
async def email(server: Server) -> str:
    """Of somebody who has just signed up as `ann`."""
    email = f"ann{next(numbers)}@example.com"
    assert await server.accounts.sign_up("ann", email, PASSWORD)
    return email


def revoke(supabase: Supabase) -> None:
    supabase.database.sql("delete from auth.refresh_tokens; delete from auth.sessions")


async def test_tokens_are_kept_for_the_next_start_in_a_file_of_the_users_alone(
    server: Server, supabase: Supabase, email: str
) -> None:
    [name] = [n for n in os.listdir(server.folder) if n.endswith(".json")]
    assert stat.S_IMODE(os.stat(server.folder / name).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(server.folder).st_mode) == 0o700
    again = Server(supabase, server.folder)
    assert again.accounts.user_of("ann") == server.accounts.user_of("ann")
    held = again.accounts.account("ann")
    assert held is not None
    assert held.email == email


async def test_signing_out_leaves_nothing_and_signing_in_brings_the_user_back(
    server: Server, email: str
) -> None:
    user = server.accounts.user_of("ann")
    await server.accounts.sign_out("ann")
    with pytest.raises(AuthenticationRequired):
        server.accounts.user_of("ann")
    assert not any(name.endswith(".json") for name in os.listdir(server.folder))
    await server.accounts.sign_in("ann", email, PASSWORD)
    assert server.accounts.user_of("ann") == user


async def test_a_wrong_password_and_an_unknown_email_are_refused_alike(
    server: Server, email: str
) -> None:
    said = set()
    for address, password in ((email, "wrong-one"), ("nobody@example.com", PASSWORD)):
        with pytest.raises(SignInRefused) as refused:
            await server.accounts.sign_in("bob", address, password)
        said.add(refused.value.message)
        assert password not in str(refused.value)
    assert said == {SignInRefused.default}
    with pytest.raises(AuthenticationRequired):
        server.accounts.user_of("bob")


async def test_an_account_that_exists_is_said_so(server: Server, email: str) -> None:
    with pytest.raises(SignInRefused, match="Sign in instead"):
        await server.accounts.sign_up("bob", email, "another-password")


async def test_a_token_is_refreshed_before_its_end_and_once_for_all_who_wait(
    server: Server, email: str
) -> None:
    user = server.accounts.user_of("ann")
    first = await server.accounts.token(user)
    assert await server.accounts.token(user) == first
    server.ahead = 3_560  # a minute before its end
    await asyncio.sleep(1.1)  # tokens of one second are the same
    fresh = await asyncio.gather(*(server.accounts.token(user) for _ in range(5)))
    assert len(set(fresh)) == 1
    assert fresh[0] != first


async def test_servers_that_share_the_files_refresh_once(
    server: Server, supabase: Supabase, email: str
) -> None:
    user = server.accounts.user_of("ann")
    first = await server.accounts.token(user)
    other = Server(supabase, server.folder)
    await asyncio.sleep(1.1)
    one, two = await asyncio.gather(
        server.accounts.renewed(user, first), other.accounts.renewed(user, first)
    )
    assert one == two != first
    await other.connection.close()


async def test_signing_in_and_out_at_one_server_holds_for_the_others_of_the_same_files(
    server: Server, supabase: Supabase, email: str
) -> None:
    other = Server(supabase, server.folder)
    user = other.accounts.user_of("ann")
    await server.accounts.sign_out("ann")
    with pytest.raises(AuthenticationRequired):
        other.accounts.user_of("ann")
    assert other.accounts.users() == []
    await server.accounts.sign_in("ann", email, PASSWORD)
    assert other.accounts.user_of("ann") == user
    await other.connection.close()


async def test_who_signs_in_in_ones_place_is_not_taken_for_one(
    server: Server, supabase: Supabase, email: str
) -> None:
    ann = server.accounts.user_of("ann")
    other = Server(supabase, server.folder)
    assert await other.accounts.sign_up("ann", f"not-{email}", PASSWORD)  # at the same Lab
    server.ahead = 4_000  # by memory alone, it would refresh and find a good token in the file
    with pytest.raises(AuthenticationRequired):
        await server.accounts.token(ann)
    server.ahead = 0
    assert await server.accounts.token(other.accounts.user_of("ann"))
    await other.connection.close()


async def test_signing_out_while_a_token_is_on_its_way_stays_signed_out(
    supabase: Supabase, tmp_path: Path
) -> None:
    async with Proxy(urlsplit(supabase.url).port or 0) as line:
        connection = Connection(line.url, supabase.anon_key)
        accounts = Accounts(connection, tmp_path)
        await accounts.sign_up("ann", f"late{next(numbers)}@example.com", PASSWORD)
        user = accounts.user_of("ann")
        held = await accounts.token(user)
        await asyncio.sleep(1.1)  # tokens of one second are the same
        line.flowing.clear()
        refreshing = asyncio.create_task(accounts.renewed(user, held))
        await asyncio.sleep(0.1)
        leaving = asyncio.create_task(accounts.sign_out("ann"))
        await asyncio.sleep(0.1)
        with pytest.raises(AuthenticationRequired):
            accounts.user_of("ann")  # at once
        line.flowing.set()
        with pytest.raises(AuthenticationRequired):
            await refreshing
        await leaving
        assert not [name for name in os.listdir(tmp_path) if name.endswith(".json")]
        assert accounts.users() == []
        await connection.close()


async def test_a_sign_in_that_was_ended_elsewhere_expires_and_another_one_goes_on(
    server: Server, supabase: Supabase, email: str
) -> None:
    user = server.accounts.user_of("ann")
    revoke(supabase)
    server.ahead = 4_000
    with pytest.raises(SessionExpired, match=r"Session expired\. Please log in again\."):
        await server.accounts.token(user)
    with pytest.raises(SessionExpired):
        server.accounts.user_of("ann")
    server.ahead = 0
    await server.accounts.sign_in("ann", email, PASSWORD)
    assert server.accounts.user_of("ann") == user
    assert await server.accounts.token(user)


async def test_an_auth_api_that_is_down_is_no_expiry(
    server: Server, supabase: Supabase, email: str, tmp_path: Path
) -> None:
    user = server.accounts.user_of("ann")
    gone = Connection("http://127.0.0.1:9", supabase.anon_key)
    [path] = server.folder.glob("*.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"issuer": gone.issuer}))
    cut_off = Accounts(gone, server.folder, clock=lambda: time.time() + 4_000)
    with pytest.raises(StoreUnavailable):
        await cut_off.token(user)
    assert cut_off.user_of("ann") == user
    await gone.close()


ISSUER = "https://team.example/auth/v1"
CLAIMS = {"sub": "u", "aud": "authenticated", "iss": ISSUER, "exp": 4_000_000_000}


def token(**changed: Any) -> str:
    claims = {k: v for k, v in (CLAIMS | changed).items() if v is not None}
    return jwt.encode(claims, "a-key-that-is-long-enough-for-tests", algorithm="HS256")


def test_a_token_of_this_issuer_for_those_who_are_signed_in_is_taken() -> None:
    assert checked("ann", token(), "r", ISSUER).user_id == "u"


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "anon"},
        {"aud": None},
        {"iss": "https://evil.example/auth/v1"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_of_another_audience_issuer_or_time_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(SessionExpired):
        checked("ann", token(**changed), "r", ISSUER)


def test_what_is_no_token_is_refused() -> None:
    with pytest.raises(SessionExpired):
        checked("ann", "not.a.token", "r", ISSUER)


def test_tokens_of_one_supabase_are_never_shown_to_another(tmp_path: Path) -> None:
    TokenFiles(tmp_path, ISSUER).write(checked("ann", token(), "r", ISSUER))
    elsewhere = TokenFiles(tmp_path, "https://evil.example/auth/v1")
    assert elsewhere.read("ann") is None
    assert list(elsewhere.all()) == []
    accounts = Accounts(Connection("https://evil.example", "k"), tmp_path)
    with pytest.raises(AuthenticationRequired):
        accounts.user_of("ann")


def test_a_file_that_was_cut_counts_as_signed_out(tmp_path: Path) -> None:
    files = TokenFiles(tmp_path, ISSUER)
    files.write(checked("ann", token(), "r", ISSUER))
    [path] = tmp_path.glob("*.json")
    path.write_text(path.read_text()[:40])
    assert files.read("ann") is None
    assert list(files.all()) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"supabase_url": "https://team.example"},
        {"supabase_anon_key": "k"},
        {"supabase_url": "http://team.example", "supabase_anon_key": "k"},
    ],
    ids=["no key", "no address", "in clear"],
)
def test_half_a_set_up_or_one_in_clear_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ServiceMisconfigured):
        Connection.from_settings(Settings.offline(**fields))


async def test_a_proxy_sees_nothing_of_what_is_on_this_machine(
    server: Server, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    own = Connection(server.connection.url, server.connection._key)
    accounts = Accounts(own, server.folder.with_name("other"))
    await accounts.sign_in("ann", email, PASSWORD)
    await own.close()


async def test_who_goes_away_while_waiting_for_a_turn_never_takes_it(tmp_path: Path) -> None:
    asked = threading.Semaphore(0)

    class Files(TokenFiles):
        def _lock(self, caller: str) -> int:
            asked.release()
            return super()._lock(caller)

    files = Files(tmp_path, ISSUER)

    async def take_turn() -> None:
        async with files.alone("ann"):
            pass

    async with files.alone("ann"):
        waiting = asyncio.create_task(take_turn())
        for _ in range(2):
            await asyncio.to_thread(asked.acquire)
        waiting.cancel()
        await asyncio.wait({waiting})
    assert waiting.cancelled()
    async with asyncio.timeout(10):
        await take_turn()

"""Each guard of the gateway, and what it holds off: without it, its check fails.

docs/developing.md lists the same guards for the reader. What privacy guards is in
tests/unit/privacy/test_guards.py.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from pydantic_core import from_json

from datalens_core import DataLensError
from datalens_core.breaker import CircuitBreaker
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
from datalens_core.llm.exchange import CallScope, ModelRequest
from datalens_core.llm.outbound import Outbound
from datalens_core.llm.secrets import SecretScrubber
from datalens_core.llm.spending import Budget
from tests.integration.llm import guard_checks as check


class Guard(NamedTuple):
    name: str
    """As docs/developing.md words it."""
    owner: Any
    attribute: str
    without: Any
    """What stands in its place when it is removed."""
    check: Callable[[pytest.MonkeyPatch], Awaitable[None]]


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
          SecretScrubber, "scrub", as_it_is, check.an_echoed_key_is_not_shown),
    Guard("A key that code found is not sent", SecretScrubber, "exact", as_it_is,
          check.a_key_that_code_found_is_not_sent),
    Guard("A key is known when it is spelled", SecretScrubber, "_places", lambda *_: (),
          check.a_spelled_key_is_not_sent),
    Guard("The end of a growing answer waits until it is no key", SecretScrubber, "settled",
          as_it_is, check.a_key_is_not_shown_piece_by_piece),
    Guard("A growing answer is shown at whole words and tokens", answer_stream, "_whole_words",
          str, check.a_value_is_not_shown_as_half_a_token),
    Guard("A stream without an end is no answer", streaming, "_checked", lambda reply: reply,
          check.a_cut_stream_is_no_answer),
    Guard("A reply may have 8 MB", streaming, "MAX_REPLY_BYTES", 2**40,
          check.an_endless_reply_is_stopped),
    Guard("Of an error 64 KB are read", error_bodies, "MAX_ERROR_BYTES", 2**40,
          check.an_endless_error_is_not_read),
    Guard("Nothing that comes packed is unpacked", connection, "bounded", nothing,
          check.nothing_packed_is_unpacked),
    Guard("Tries are counted", retry.Retries, "wait_after",
          lambda _, failure: 1.0 if failure.status == 429 else None, check.calls_are_bounded),
    Guard("A long Retry-After is not waited for", retry, "MAX_RETRY_AFTER_SECONDS", 10**6,
          check.a_long_wait_is_not_waited),
    Guard("What was begun is not tried again", sending._Attempt, "begun", False,
          check.what_was_begun_is_not_begun_again),
    Guard("No redirect is followed", endpoint, "http_client", following,
          check.a_redirect_is_not_followed),
    Guard("A proxy sees nothing of what is meant for this machine", connection, "is_local",
          lambda _: False, check.a_proxy_sees_nothing_of_this_machine),
    Guard("Certificates are checked", connection, "_trusted", trusting,
          check.an_unknown_authority_is_refused),
    Guard("OpenRouter's privacy fields are in every request", openrouter, "extra_body",
          lambda *_: {}, check.openrouter_is_asked_to_keep_nothing),
    Guard("Every request goes through the choke point", gateway, "redacted", unredacted,
          check.no_value_leaves),
    Guard("Limits are checked before each call", Budget, "check", lambda *_: None,
          check.a_limit_is_kept_to),
    Guard("What was written before it broke off is counted", sending._Attempt, "record",
          lambda *_: None, check.what_broke_off_is_counted),
    Guard("A kept reply is for its session", replies, "_key", key_of_body,
          check.a_reply_is_for_its_session),
    Guard("A kept reply is for its vault", replies.Replies, "find", found(own=True, vault=False),
          check.a_reply_is_for_its_vault),
    Guard("A run is never given a reply that it has", replies.Replies, "find",
          found(own=False, vault=True), check.a_run_is_never_given_its_own_reply),
    Guard("A run whose code failed leaves no reply", replies.Replies, "forget", lambda *_: None,
          check.code_that_failed_is_not_kept),
    Guard("A model that keeps failing rests", CircuitBreaker, "begin", lambda _: 0.0,
          check.a_model_that_fails_rests),
    Guard("Half a call is not completed", inbound, "parse_arguments",
          lambda text: from_json(text, allow_partial="trailing-strings"),
          check.half_a_call_is_not_completed),
    Guard("Only what an administrator allows can be chosen", Catalogue, "check", lambda *_: None,
          check.the_administrators_list_holds),
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

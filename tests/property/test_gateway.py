"""The one way to a model, over real HTTP, for any order of faults."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from datalens_core import DataLensError, Settings
from datalens_core.events import Event, LlmRetrying, PrivacyRedacted
from datalens_core.llm.exchange import CallScope, ModelReply, ModelRequest, PromptMessage, ToolCall
from datalens_core.llm.gateway import Gateway
from datalens_core.privacy.session import PrivacySessions
from tests.support.openrouter import RecordedRequest, ScriptedModel, Stream, reply, status

EXAMPLES = settings(max_examples=100, deadline=None)
SESSIONS = PrivacySessions()
KEY = "sk-or-v1-7f3a9c1e5b2d8f4061a7c3e9"
SCHEDULE = [1.0, 2.0, 4.0, 8.0]

EMAILS = st.emails()
PHONES = st.from_regex(r"\+1-[2-9][0-9]{2}-[2-9][0-9]{2}-[0-9]{4}", fullmatch=True)
CANARIES = st.lists(st.one_of(EMAILS, PHONES), min_size=1, max_size=3)


@dataclass
class Call:
    """One call through a gateway, and everything that can be seen of it."""

    requests: list[RecordedRequest]
    received: bytes
    waits: list[float] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    reply: ModelReply | None = None
    error: DataLensError | None = None
    trace: str = ""
    pieces: list[str] = field(default_factory=list)


def call(
    script: list[Stream] | Callable[[RecordedRequest], Stream],
    request: ModelRequest | None = None,
    key: str = KEY,
) -> Call:
    async def made() -> Call:
        waits: list[float] = []
        events: list[Event] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        async with ScriptedModel(script) as model:
            own = Settings(llm_base_url=model.base_url, openrouter_api_key=SecretStr(key))
            gateway = Gateway(own, sleep=sleep)
            scope = CallScope("s", SESSIONS.of("s"), events.append)
            result = Call(model.requests, b"", waits, events)
            try:
                asked = request or ModelRequest("act", (PromptMessage("user", "total by region"),))
                result.reply = await gateway.complete(asked, scope, result.pieces.append)
            except DataLensError as error:
                result.error = error
                result.trace = "".join(traceback.format_exception(error))
            finally:
                await gateway.close()
            result.received = model.received
            return result

    return asyncio.run(made())


# Feature: glassbox-analyst, Property 17: For any text sent to the LLM (including queries, error
# messages, and data snippets), email addresses and phone numbers should be replaced with
# placeholder tokens before transmission.
@EXAMPLES
@given(CANARIES)
def test_no_planted_value_reaches_the_endpoint_from_any_place_of_a_request(
    canaries: list[str],
) -> None:
    said = " and ".join(canaries)
    code = f"df[df.contact == {said!r}]"
    request = ModelRequest(
        purpose="act",
        messages=(
            PromptMessage("system", f"Rules. {said}"),
            PromptMessage("user", f"who is {said} ?", channel="question"),
            PromptMessage(
                "assistant",
                f"I look for {said}",
                tool_calls=(ToolCall("c1", "run_python", {"code": code}),),
            ),
            PromptMessage("tool", f"KeyError: {said}", channel="error", tool_call_id="c1"),
        ),
        tools=({"type": "function", "function": {"name": "t", "description": f"Not {said} ."}},),
        response_format={"type": "json_object", "note": f"{said} ."},
    )
    made = call([reply("ok")], request)
    assert made.reply is not None
    sent = json.dumps(made.requests[0].json, ensure_ascii=False)
    for canary in canaries:
        assert canary.encode() not in made.received
        assert canary not in sent


# Feature: glassbox-analyst, Property 18: For any PII redaction that occurs, an audit log entry
# should be created with the entity type and timestamp.
@EXAMPLES
@given(CANARIES)
def test_each_channel_leaves_its_redactions_in_the_audit(canaries: list[str]) -> None:
    text = " . ".join(canaries)
    messages = (PromptMessage("user", text, channel="question"),)
    made = call([reply("ok")], ModelRequest("act", messages))
    told = [e for e in made.events if isinstance(e, PrivacyRedacted)]
    assert told
    assert all(e.channel == "question" and e.at.tzinfo is not None for e in told)
    tokens = made.requests[0].text
    for event in told:
        assert tokens.count(f"<{event.entity_type}_") == event.count
    assert not any(canary in e.model_dump_json() for e in told for canary in canaries)


@EXAMPLES
@given(CANARIES, st.sampled_from([200, 400, 401, 403, 404, 422, 500]), st.booleans())
def test_no_error_log_or_traceback_quotes_what_was_asked(
    canaries: list[str], code: int, streams: bool
) -> None:
    """An endpoint may send back all that it got, and whatever it makes of it."""

    def echo(request: RecordedRequest) -> Stream:
        quoted = f"I refuse: {request.text}"
        if streams:
            return reply(quoted).cut(2)
        return status(code, {"error": {"message": quoted, "metadata": {"flagged": quoted}}})

    said = " and ".join(canaries)
    asked = ModelRequest("act", (PromptMessage("user", f"who is {said} ?", channel="question"),))
    with Log() as log:
        made = call(echo, asked)
    assert made.error is not None
    seen = [json.dumps(made.error.body()), made.trace, *log.lines]
    seen += [event.model_dump_json() for event in made.events]
    assert not [text for text in seen for canary in canaries if canary in text]


# Feature: glassbox-analyst, Property 24: For any LLM request made by the system, it should be
# routed through the OpenRouter API endpoint.
@EXAMPLES
@given(st.sampled_from(["plan", "act", "profile"]), st.text(max_size=80))
def test_every_request_goes_to_the_one_endpoint(purpose: str, text: str) -> None:
    made = call([reply("ok")], ModelRequest(purpose, (PromptMessage("user", text),)))  # type: ignore[arg-type]
    assert [r.path for r in made.requests] == ["/v1/chat/completions"]
    assert made.requests[0].headers["authorization"] == f"Bearer {KEY}"


# Feature: glassbox-analyst, Property 25: For any API call that encounters a rate limit error, the
# system should retry with exponential backoff delays.
@EXAMPLES
@given(st.integers(min_value=0, max_value=8))
def test_a_rate_limit_is_retried_after_1_2_4_and_8_seconds(refusals: int) -> None:
    made = call([status(429)] * refusals + [reply("ok")])
    assert made.waits == SCHEDULE[:refusals]
    assert len(made.requests) == min(refusals, 4) + 1
    told = [e.wait_seconds for e in made.events if isinstance(e, LlmRetrying)]
    assert told == made.waits
    assert (made.error is None) == (refusals <= 4)
    if made.error is not None:
        assert made.error.code == "MODEL_RATE_LIMITED"


FAULTS = st.sampled_from([400, 401, 402, 403, 404, 408, 413, 418, 422, 429, 500, 502, 503, 529])


@EXAMPLES
@given(st.lists(FAULTS, max_size=12))
def test_calls_are_bounded_whatever_the_order_of_faults(codes: list[int]) -> None:
    made = call([status(code) for code in codes] + [reply("ok")] * 20)
    assert len(made.requests) <= 7
    assert sum(made.waits) <= 15 + 3


ECHOES = st.sampled_from([
    "Invalid key {key}", "Authorization: Bearer {key}", "{key}", "key={key}&x", "'{half}...'",
    "{{\"k\": \"{key}\"}}", "<html>{key}</html>", "{key}{key}", "sk-or-v1-{tail}",
    "The key is {key} as you know, spelled out in so many words .",
])  # fmt: skip
DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "reversed": lambda key: key[::-1],
    "spaced": " ".join,
    "in lines": "\n".join,
    "dashed": " - ".join,
    "percent": lambda key: quote(key, safe=""),
    "each percent": lambda key: "".join(f"%{ord(c):02X}" for c in key),
    "base64": lambda key: b64encode(key.encode()).decode(),
    "base64 of more": lambda key: b64encode(f"Bearer {key}!".encode()).decode(),
    "base64 of a url": lambda key: urlsafe_b64encode(f"?{key}".encode()).decode(),
    "hexadecimal": lambda key: key.encode().hex(),
    "shouted": str.upper,
}
KEYS = st.from_regex(r"(sk-or-v1-|sk-|hub_)[a-zA-Z0-9]{16,48}", fullmatch=True)


def readable(text: str, key: str) -> bool:
    """Whether somebody could read the key in a text: plain, or in a disguise that tools undo."""
    letters = "".join(c for c in text.lower() if c.isalnum())
    spelled = "".join(c for c in key.lower() if c.isalnum())
    cores = [b64encode(b" " * n + key.encode() + b" " * 3)[4:-6].decode() for n in range(3)]
    return (
        spelled in letters
        or spelled[::-1] in letters
        or key.encode().hex() in letters
        or any(core in text.replace("_", "/") for core in cores)
    )


class Log(logging.Handler):
    """Everything that anybody logs, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def __enter__(self) -> Self:
        self._before = logging.getLogger().level
        logging.getLogger().addHandler(self)
        logging.getLogger().setLevel(logging.DEBUG)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)
        logging.getLogger().setLevel(self._before)


# Feature: glassbox-analyst, Property 26: For any API error message displayed to users, it should
# not contain or expose the OpenRouter API key.
@settings(EXAMPLES, max_examples=120)
@given(
    FAULTS,
    ECHOES,
    st.sampled_from(sorted(DISGUISES)),
    st.sampled_from(["status", "in_200", "in_stream", "as_text", "as_reply", "as_model"]),
    st.integers(min_value=1, max_value=60),
    KEYS,
)
def test_no_error_event_log_or_traceback_holds_the_key(
    code: int, echo: str, disguise: str, where: str, size: int, key: str
) -> None:
    hide = DISGUISES[disguise]
    said = echo.format(key=hide(key), half=hide(key[: len(key) // 2 + 6]), tail=hide(key[9:]))
    body = {"error": {"code": code, "message": said}}
    answers = {
        "status": status(code, body),
        "in_200": status(200, body),
        "in_stream": Stream((f"data: {json.dumps(body)}\n\n".encode(),)),
        "as_text": status(200, said),
        "as_reply": reply(said, [("final_answer", {"answer": said})]).split(size),
        "as_model": reply("ok", model=said),
    }
    with Log() as log:
        made = call([answers[where]] * 10, key=key)
    # The pieces of an answer are seen one after the other: together they are one text.
    seen = [e.model_dump_json() for e in made.events] + [made.trace, repr(made.reply)]
    seen += ["".join(made.pieces), *log.lines]
    if made.error is not None:
        # The SDK's exceptions hold the request with its headers: none may hang on behind.
        assert made.error.__cause__ is None
        assert made.error.__context__ is None
        seen += [json.dumps(made.error.body()), str(made.error), repr(made.error)]
    assert not [text for text in seen if readable(text, key)]


@EXAMPLES
@given(KEYS, st.sampled_from(sorted(DISGUISES)), st.text(max_size=40))
def test_a_key_that_code_found_does_not_go_to_the_endpoint(
    key: str, disguise: str, around: str
) -> None:
    printed = f"{around} {DISGUISES[disguise](key)} {around}"
    request = ModelRequest("act", (PromptMessage("tool", printed, channel="output"),))
    made = call([reply("ok")], request, key=key)
    assert not readable(made.requests[0].text, key)

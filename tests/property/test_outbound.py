"""What goes to a model over real HTTP: canaries in every channel, whatever faults come first."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from datalens_core import DataLensError, Settings
from datalens_core.events import Event, PrivacyRedacted
from datalens_core.llm.exchange import (
    CallScope,
    DatasetContext,
    ErrorView,
    ModelReply,
    ModelRequest,
    Observation,
    PastRun,
    PromptMessage,
    TableView,
    TaskContext,
    ToolCall,
    write_context,
    write_observation,
)
from datalens_core.llm.gateway import Gateway
from datalens_core.models import ColumnInfo, DatasetSchema
from datalens_core.privacy.session import PrivacySessions
from tests.support.openrouter import ScriptedModel, Stream, reply, status

EXAMPLES = settings(max_examples=100, deadline=None)
SESSIONS = PrivacySessions()
WORDS = st.from_regex(r"[a-z]{3,9}", fullmatch=True)
EMAILS = st.builds(
    "{}.{}@{}{}".format, WORDS, WORDS, WORDS, st.sampled_from([".com", ".corp", ".co.uk", ".рф"])
)
PHONES = st.from_regex(r"\+1-[2-9][0-9]{2}-[2-9][0-9]{2}-[0-9]{4}", fullmatch=True)
NUMBERS = st.integers(min_value=2_010_000_000, max_value=9_899_999_999)
FAULTS = st.lists(st.sampled_from([429, 500, 502, 503, 200]), max_size=3)
CUT_OFF = Stream((b'data: {"choices": [{"delta": {"content": "half',), abort=True)


@dataclass
class Sent:
    """One call, and all that can be seen of it from outside."""

    received: bytes = b""
    bodies: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    reply: ModelReply | None = None


def sent(request: ModelRequest, script: list[Stream], session: str) -> Sent:
    async def made() -> Sent:
        result = Sent()

        async def no_wait(_: float) -> None:
            return None

        async with ScriptedModel(script) as model:
            gateway = Gateway(Settings(llm_base_url=model.base_url), sleep=no_wait)
            scope = CallScope(session, SESSIONS.of(session), result.events.append)
            try:
                result.reply = await gateway.complete(request, scope)
            except DataLensError:
                pass  # a fault that is not retried: what was sent counts all the same
            finally:
                await gateway.close()
            result.received = model.received
            result.bodies = [json.dumps(r.json, ensure_ascii=False) for r in model.requests]
        return result

    return asyncio.run(made())


def everywhere(email: str, phone: str, number: int) -> ModelRequest:
    """The three in every channel of a request."""
    said = f"{email} , {phone}"
    schema = DatasetSchema(
        columns=[
            ColumnInfo(name=email, dtype="str", null_count=0, unique_count=1,
                       sample_values=[email, phone]),
            ColumnInfo(name="phone", dtype="int64", null_count=0, unique_count=1,
                       sample_values=[number], min_value=number, max_value=number),
        ],
        row_count=9,
        sample_data=[[email, number]],
    )  # fmt: skip
    task = TaskContext(
        question=f"what did {said} buy?",
        datasets=[DatasetContext(name=f"{email}.csv", variable="df", dataset_schema=schema)],
        history=[
            PastRun(question=f"and {said} ?", answer=f"It is {number}.", code=f"x = {email!r}")
        ],
    )
    seen = Observation(
        success=False,
        stdout=f"   phone\n0  {number}\n\n{said}",
        stderr=f"File '/home/{email}/x.py'\nKeyError: '{phone}'",
        error=ErrorView(
            name="KeyError", value=phone, hint=f"Not {said} .", frames={"df": {email: "str"}}
        ),
        notes=[f"No chart of {said} ."],
        tables=[TableView(columns=["phone", email], rows=[[number, phone]], row_count=1)],
        charts=[f"Orders of {said}"],
    )
    code = f"df[(df.phone == {number}) | (df.e == {email!r})]  # {phone}"
    return ModelRequest(
        purpose="act",
        messages=(
            PromptMessage("system", f"Rules. {said}"),
            PromptMessage("user", write_context(task), channel="context"),
            PromptMessage("assistant", f"earlier: {said}", channel="reply"),
            PromptMessage(
                "assistant", "", tool_calls=(ToolCall("c1", "run_python", {"code": code}),)
            ),
            PromptMessage("tool", write_observation(seen), channel="output", tool_call_id="c1"),
        ),
        tools=({"type": "function", "function": {"name": "t", "description": f"Not {said} ."}},),
        response_format={"type": "json_object", "note": f"{said} ."},
    )


def faulty(codes: list[int]) -> list[Stream]:
    """Refusals, and for 200 a reply that breaks off."""
    return [CUT_OFF if code == 200 else status(code) for code in codes]


# Feature: glassbox-analyst, Property 17: For any text sent to the LLM (including queries, error
# messages, and data snippets), email addresses and phone numbers should be replaced with
# placeholder tokens before transmission.
@EXAMPLES
@given(EMAILS, PHONES, NUMBERS, FAULTS)
def test_no_canary_leaves_from_any_channel_at_any_try(
    email: str, phone: str, number: int, codes: list[int]
) -> None:
    made = sent(everywhere(email, phone, number), [*faulty(codes), *[reply("ok")] * 5], email)
    assert made.bodies
    bare = phone.removeprefix("+1-")
    for canary in (email, bare, bare.replace("-", ""), str(number)):
        assert canary.encode() not in made.received
        assert not any(canary in body for body in made.bodies)
    assert len(set(made.bodies)) == 1, "a retry sends what was sent before"


# Feature: glassbox-analyst, Property 18: For any PII redaction that occurs, an audit log entry
# should be created with the entity type and timestamp.
@EXAMPLES
@given(EMAILS, PHONES, NUMBERS)
def test_each_channel_that_was_redacted_is_told_with_type_and_time(
    email: str, phone: str, number: int
) -> None:
    made = sent(everywhere(email, phone, number), [reply("ok")], email)
    told = [e for e in made.events if isinstance(e, PrivacyRedacted)]
    channels = {e.channel for e in told}
    assert {"context", "reply", "output", "tool_arguments", "tools"} <= channels
    assert all(e.at.tzinfo is not None and e.count > 0 for e in told)
    # What stands in the payload is what was told, no more and no less.
    for entity in ("EMAIL_ADDRESS", "PHONE_NUMBER"):
        counted = sum(e.count for e in told if e.entity_type == entity)
        assert made.bodies[0].count(f"<{entity}_") == counted
    shown = "".join(e.model_dump_json() for e in told)
    assert not any(canary in shown for canary in (email, phone, str(number)))


# Feature: glassbox-analyst, Property 19: For any data displayed in the Workspace, the original
# unredacted values should be shown to the user while redacted versions are sent to the LLM.
@EXAMPLES
@given(EMAILS, PHONES, NUMBERS)
def test_the_user_sees_the_values_that_the_model_knows_as_tokens(
    email: str, phone: str, number: int
) -> None:
    session = SESSIONS.of(f"shown {email}")
    tokens = [session.redact(text, "question")[0] for text in (email, phone)]
    tokens.append(json.loads(session.redact(json.dumps({"phone": number}), "context")[0])["phone"])
    assert not {email, phone, number} & set(tokens)
    code = f"df[(df.e == '{tokens[0]}') & (df.phone == '{tokens[2]}')]"
    answer = reply(" and ".join(tokens), [("run_python", {"code": code})])
    request = ModelRequest("act", (PromptMessage("user", "and?"),))
    made = sent(request, [answer], f"shown {email}")
    assert made.reply is not None
    assert made.reply.text == f"{email} and {phone} and {number}"
    restored = made.reply.tool_calls[0].arguments["code"]
    assert restored == f"df[(df.e == {email!r}) & (df.phone == {number})]"

"""What leaves through the gateway, and what comes back restored."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx2
import pytest
from pydantic import SecretStr

from datalens_core import Settings
from datalens_core.errors import PrivacyBlocked, UnknownToken
from datalens_core.events import Event, PrivacyRedacted
from datalens_core.llm.exchange import (
    CallScope,
    DatasetContext,
    ModelRequest,
    Observation,
    PromptMessage,
    TableView,
    TaskContext,
    ToolCall,
    read_context,
    read_observations,
    write_context,
    write_observation,
)
from datalens_core.llm.gateway import Gateway
from datalens_core.models import ColumnInfo, DatasetSchema
from datalens_core.privacy.session import PrivacySessions
from datalens_core.privacy.spans import Span
from tests.support.openrouter import ScriptedModel, final_answer, reply, run_python

EMAIL, PHONE, NUMBER = "jane.doe@acme.corp", "+1-212-555-0143", 2125550199
SCHEMA = DatasetSchema(
    columns=[
        ColumnInfo(name="contact", dtype="str", null_count=0, unique_count=1,
                   sample_values=[EMAIL]),
        ColumnInfo(name="phone", dtype="int64", null_count=0, unique_count=1,
                   sample_values=[NUMBER], min_value=NUMBER, max_value=NUMBER),
        ColumnInfo(name="order_id", dtype="int64", null_count=0, unique_count=1,
                   sample_values=[4155550123]),
    ],
    row_count=1_000_000,
    sample_data=[[EMAIL, NUMBER, 4155550123]],
)  # fmt: skip
TASK = TaskContext(
    question=f"how much did {EMAIL} buy?",
    datasets=[DatasetContext(name=f"{EMAIL}.csv", variable="df", dataset_schema=SCHEMA)],
)
SEEN = Observation(
    success=False,
    stdout=f"   phone\n0  {NUMBER}\n",
    stderr=f"File '/home/{EMAIL}/x.py'",
    tables=[TableView(columns=["phone", "n"], rows=[[NUMBER, 7]], row_count=1)],
    charts=[f"Orders of {EMAIL}, {PHONE}"],
)
EVERYWHERE = ModelRequest(
    purpose="act",
    messages=(
        PromptMessage("system", "You analyse data."),
        PromptMessage("user", write_context(TASK), channel="context"),
        PromptMessage("assistant", "", tool_calls=(
            ToolCall("call_1", "run_python", {"code": f"df[df.phone == {NUMBER}]  # {EMAIL}"}),
        )),
        PromptMessage("tool", write_observation(SEEN), channel="output", tool_call_id="call_1"),
    ),
    tools=({"type": "function", "function": {
        "name": "find_values", "description": f"e.g. {EMAIL}", "parameters": {"type": "object"},
    }},),
)  # fmt: skip


def scope(events: list[Event], privacy: PrivacySessions | None = None) -> CallScope:
    return CallScope("s", (privacy or PrivacySessions()).of("s"), events.append)


async def test_no_byte_of_an_email_or_phone_number_leaves_from_any_channel() -> None:
    events: list[Event] = []
    async with ScriptedModel([reply("ok")]) as model:
        gateway = Gateway(Settings(llm_base_url=model.base_url))
        await gateway.complete(EVERYWHERE, scope(events))
        await gateway.close()
        sent = model.received.decode()
        for canary in (EMAIL, PHONE, str(NUMBER), "jane.doe", "acme.corp", "555-0143", "5550199"):
            assert canary not in sent
        assert "4155550123" in sent  # an order's number is data like any other
        told = {e.channel for e in events if isinstance(e, PrivacyRedacted)}
        assert told == {"context", "tool_arguments", "output", "tools"}
        messages = model.requests[0].messages
        context = read_context(messages[1]["content"])
        assert context is not None
        assert context.datasets[0].dataset_schema.row_count == 1_000_000
        [observation] = read_observations(messages[3]["content"])
        assert observation.tables[0].rows[0][1] == 7


async def test_the_preview_is_what_is_sent() -> None:
    async with ScriptedModel([reply("ok")]) as model:
        gateway = Gateway(Settings(llm_base_url=model.base_url))
        privacy = PrivacySessions()
        shown = gateway.preview(EVERYWHERE, scope([], privacy))
        await gateway.complete(EVERYWHERE, scope([], privacy))
        await gateway.close()
        body = model.requests[0].json
        sent = [m["content"] for m in body["messages"]]
        assert [p.text for p in shown.parts if p.text in sent] == sent
        assert json.loads(shown.parts[-1].text) == body["tools"][0]
        assert shown.redaction_count > 8
        for part in shown.parts:
            for span in part.redactions:
                assert part.text[span.start : span.end].startswith(f"<{span.entity_type}_")


async def test_nothing_is_sent_when_a_detector_fails() -> None:
    def broken(text: str) -> Iterator[Span]:
        raise RuntimeError(f"cannot read {text}")
        yield

    privacy = PrivacySessions({"EMAIL_ADDRESS": broken})
    async with ScriptedModel([reply("ok")]) as model:
        gateway = Gateway(Settings(llm_base_url=model.base_url))
        with pytest.raises(PrivacyBlocked) as caught:
            await gateway.complete(EVERYWHERE, scope([], privacy))
        await gateway.close()
        assert model.requests == []
        assert EMAIL not in json.dumps(caught.value.body())
        assert caught.value.__context__ is None


async def test_tokens_come_back_as_the_values_they_stand_for() -> None:
    code = 'df[(df.contact == "<EMAIL_ADDRESS_1>") & (df.phone == "<PHONE_NUMBER_1>")]'
    script = [run_python(code), final_answer("<EMAIL_ADDRESS_1> bought 7.", ["<EMAIL_ADDRESS_1>"])]
    async with ScriptedModel(script) as model:
        gateway = Gateway(Settings(llm_base_url=model.base_url))
        own = scope([])
        ran = await gateway.complete(EVERYWHERE, own)
        said = await gateway.complete(EVERYWHERE, own)
        await gateway.close()
    restored = f"df[(df.contact == {EMAIL!r}) & (df.phone == {NUMBER})]"
    assert ran.tool_calls[0].arguments["code"] == restored
    assert said.tool_calls[0].arguments == {"answer": f"{EMAIL} bought 7.", "assumptions": [EMAIL]}


async def test_code_with_a_token_that_was_never_issued_is_refused() -> None:
    async with ScriptedModel([run_python('x = "<EMAIL_ADDRESS_99>"')]) as model:
        gateway = Gateway(Settings(llm_base_url=model.base_url))
        with pytest.raises(UnknownToken):
            await gateway.complete(EVERYWHERE, scope([]))
        await gateway.close()


async def test_another_endpoint_gets_no_field_of_openrouter_and_needs_no_key() -> None:
    async with ScriptedModel([reply("ok")]) as model:
        gateway = Gateway(Settings(llm_base_url=model.base_url, model="qwen3"))
        await gateway.complete(EVERYWHERE, scope([]))
        await gateway.close()
        sent = model.requests[0]
        assert not {"provider", "usage"} & sent.json.keys()
        assert not {"authorization", "x-title", "openai-organization"} & sent.headers.keys()
        assert sent.json["model"] == "qwen3"


async def test_openrouter_is_asked_to_keep_nothing() -> None:
    seen: list[httpx2.Request] = []
    body = b"".join(reply("ok").pieces)

    def endpoint(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, content=body, headers={"Content-Type": "text/event-stream"})

    own = Settings(openrouter_api_key=SecretStr("sk-or-v1-0123456789abcdef"))
    gateway = Gateway(own, transport=httpx2.MockTransport(endpoint))
    for purpose in ("act", "profile"):
        await gateway.complete(
            ModelRequest(purpose, (PromptMessage("user", "hi"),)),  # type: ignore[arg-type]
            scope([]),
        )
    await gateway.close()
    sent = [json.loads(r.content) for r in seen]
    filters = {"data_collection": "deny", "zdr": True, "require_parameters": True}
    assert [s["provider"] for s in sent] == [filters, filters]
    assert [s["model"] for s in sent] == [own.model, own.profiling_model]
    assert str(seen[0].url) == "https://openrouter.ai/api/v1/chat/completions"
    assert seen[0].headers["x-title"] == "DataLens for Jupyter"


async def test_the_status_names_who_answers() -> None:
    local = Gateway(Settings(llm_base_url="http://127.0.0.1:11434/v1", model="qwen3")).status()
    assert (local.provider, local.model, local.offline) == ("127.0.0.1:11434", "qwen3", False)
    offline = Gateway(Settings.offline()).status()
    assert offline.offline
    assert offline.model == "offline rules, no AI model"

"""Every request can be looked at after it went; a setting makes each wait for its user before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from datalens_core import Workbench
from datalens_core.errors import PlanNotWaiting, RequestNotWaiting
from datalens_core.models import Mark, Preview, PreviewPart
from datalens_core.sent import MAX_CHARACTERS, MAX_RUNS, Outbox
from tests.support.openrouter import ScriptedModel, final_answer, plan, run_python

SCRIPT = [
    plan(["Count"]),
    run_python("import pandas as pd\nlen(df)"),
    final_answer("7 rows."),
]


async def test_each_request_waits_for_its_users_word_and_can_be_read(
    make_workbench: Callable[..., Workbench], sales: Path
) -> None:
    async with (
        ScriptedModel(SCRIPT) as model,
        make_workbench(llm_base_url=model.base_url, pause_before_sending=True) as workbench,
    ):
        session = await workbench.create_session()
        upload = await workbench.upload(session.id, sales)
        assert not model.requests, "nobody was asked"
        assert "waits for your word" in (upload.profile.warning or "")
        run_id = await workbench.start_query(session.id, "what did ann@corp.example buy?")
        states = []
        async for event in workbench.events(run_id):
            if event.type != "request.review":
                continue
            states.append((event.number, event.state))
            if event.state == "waiting":
                assert len(model.requests) == event.number - 1
                held = (await workbench.sent_requests(run_id)).requests[-1]
                assert held.state == "waiting"
                with pytest.raises(RequestNotWaiting):
                    await workbench.decide_request(run_id, event.number + 1, True)
                with pytest.raises(PlanNotWaiting):
                    await workbench.decide_plan(run_id, True)
                await workbench.decide_request(run_id, event.number, True)
        sent = (await workbench.sent_requests(run_id)).requests
        bodies = [request.text for request in model.requests]
    assert states == [(n, s) for n in (1, 2, 3) for s in ("waiting", "sent")]
    assert [request.state for request in sent] == ["sent"] * 3
    for request, body in zip(sent, bodies, strict=True):
        assert request.preview.parts[1].text in body, "what is shown is what went"
        counted = {(r.entity_type, r.channel, r.column) for r in request.preview.redactions}
        assert ("EMAIL_ADDRESS", "context", "contact") in counted
        assert sum(r.count for r in request.preview.redactions) == request.preview.redaction_count
        assert "ann@corp.example" not in request.model_dump_json()


async def test_a_request_that_is_not_wanted_is_not_sent(
    make_workbench: Callable[..., Workbench], sales: Path
) -> None:
    async with (
        ScriptedModel(SCRIPT) as model,
        make_workbench(llm_base_url=model.base_url, pause_before_sending=True) as workbench,
    ):
        session = await workbench.create_session()
        await workbench.upload(session.id, sales)
        run_id = await workbench.start_query(session.id, "how many?")
        kinds = []
        async for event in workbench.events(run_id):
            kinds.append(event.type)
            if event.type == "request.review" and event.state == "waiting":
                await workbench.decide_request(run_id, 1, False)
        assert kinds[-1] == "run.cancelled"
        assert not model.requests
        held = (await workbench.sent_requests(run_id)).requests
    assert [request.state for request in held] == ["refused"]


async def test_what_is_decided_while_a_request_waits_is_in_it_before_it_goes(
    make_workbench: Callable[..., Workbench], sales: Path
) -> None:
    async with (
        ScriptedModel([plan(["Count"])]) as model,
        make_workbench(llm_base_url=model.base_url, pause_before_sending=True) as workbench,
    ):
        session = await workbench.create_session()
        await workbench.upload(session.id, sales)
        run_id = await workbench.start_query(session.id, "what of Project Heron in the West?")
        states = []
        async for event in workbench.events(run_id):
            if event.type != "request.review":
                continue
            states.append((event.number, event.state))
            if event.state == "waiting" and event.number == 1:
                await workbench.mark(session.id, [Mark(text="Project Heron", personal=True)])
            if event.state == "waiting":
                await workbench.decide_request(run_id, event.number, event.number < 3)
        sent = (await workbench.sent_requests(run_id)).requests
    assert states == [(1, "waiting"), (1, "refused"), (2, "waiting"), (2, "sent"),
                      (3, "waiting"), (3, "refused")]  # fmt: skip
    assert "Project Heron" in sent[0].preview.model_dump_json()
    assert [request.state for request in sent] == ["refused", "sent", "refused"]
    assert len(model.requests) == 1
    assert b"Project Heron" not in model.received


async def test_without_a_model_nothing_waits(
    make_workbench: Callable[..., Workbench], sales: Path
) -> None:
    async with make_workbench(pause_before_sending=True) as workbench:
        session = await workbench.create_session()
        await workbench.upload(session.id, sales)
        run_id = await workbench.start_query(session.id, "total revenue")
        async with asyncio.timeout(60):
            kinds = [event.type async for event in workbench.events(run_id)]
        assert kinds[-1] == "run.completed"
        assert "request.review" not in kinds
        assert (await workbench.sent_requests(run_id)).requests[0].preview.offline


def test_what_is_kept_is_bounded() -> None:
    outbox = Outbox()
    part = PreviewPart(role="user", text="x" * (MAX_CHARACTERS // 10), redactions=[])
    preview = Preview(model="m", offline=False, parts=[part], redaction_count=0)
    for number in range(30):
        outbox._keep("one", preview, "sent")
        kept = outbox.of("one").requests
        assert sum(len(r.preview.parts[0].text) for r in kept) <= MAX_CHARACTERS
        assert kept[-1].number == number + 1
    for number in range(MAX_RUNS * 2):
        outbox._keep(f"run {number}", preview.model_copy(update={"parts": []}), "sent")
    assert not outbox.of("one").requests
    for _ in range(9):  # what was dropped makes room again
        outbox._keep("two", preview, "sent")
    assert len(outbox.of("two").requests) == 9
    assert outbox.of(f"run {MAX_RUNS * 2 - 1}").requests

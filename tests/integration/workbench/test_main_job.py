"""The main job, without a browser: a file in, a question asked, a chart and an answer out."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from datalens_core import Workbench
from datalens_core.errors import (
    AccessDenied,
    ConfirmationRequired,
    EmptyQuery,
    QueryTooLong,
    SessionNotFound,
    UnsupportedFileType,
)
from datalens_core.events import ArtifactCreated, Event, is_terminal

Ask = Callable[..., Awaitable[list[Event]]]


async def test_a_question_is_answered_with_a_plan_code_and_a_chart(
    workbench: Workbench, sales: Path, asked: Ask
) -> None:
    session = await workbench.create_session()
    upload = await workbench.upload(session.id, sales)
    assert upload.dataset.row_count == 7
    assert len(upload.profile.suggestions) >= 3
    events = await asked(workbench, session.id, "average revenue by region")
    types = [e.type for e in events]
    assert types[0] == "run.started"
    assert types[-1] == "run.completed"
    assert types.index("plan.created") < types.index("code.generated")
    assert types.index("code.generated") < types.index("execution.started")
    assert types.index("execution.finished") < types.index("answer.final")
    assert sum(is_terminal(e) for e in events) == 1
    assert [e.seq for e in events] == list(range(1, len(events) + 1))
    charts = [e.artifact for e in events if isinstance(e, ArtifactCreated)]
    assert any(a.type == "chart" for a in charts)
    result = await workbench.result(events[0].run_id)
    assert result.answer is not None
    assert "West" in result.answer
    assert re.search(r"130\.(58|6)", result.answer)  # (120.5 + 140.25 + 131) / 3


async def test_a_follow_up_finds_the_variables_of_the_question_before(
    workbench: Workbench, sales: Path, asked: Ask
) -> None:
    session = await workbench.create_session()
    await workbench.upload(session.id, sales)
    await asked(workbench, session.id, "total revenue by region")
    run_id = await workbench.start_execution(session.id, "print(len(result))", confirmed=True)
    outcome = await workbench.result(run_id)
    assert outcome.result is not None
    assert outcome.result.stdout == "3\n"


async def test_a_new_session_starts_without_the_variables_of_another(
    workbench: Workbench,
) -> None:
    first, second = await workbench.create_session(), await workbench.create_session()
    run = await workbench.start_execution(first.id, "secret = 1", confirmed=True)
    await workbench.result(run)
    run = await workbench.start_execution(second.id, "print('secret' in dir())", confirmed=True)
    outcome = await workbench.result(run)
    assert outcome.result is not None
    assert outcome.result.stdout == "False\n"


async def test_a_question_needs_words_and_not_too_many(workbench: Workbench) -> None:
    session = await workbench.create_session()
    with pytest.raises(EmptyQuery):
        await workbench.start_query(session.id, "  \n ")
    with pytest.raises(QueryTooLong):
        await workbench.start_query(session.id, "x" * 10_001)


async def test_an_unknown_session_and_someone_elses_are_told_apart(workbench: Workbench) -> None:
    session = await workbench.create_session("ada")
    with pytest.raises(SessionNotFound):
        await workbench.get_session("nope", "ada")
    for call in (
        workbench.get_session(session.id, "bob"),
        workbench.start_query(session.id, "q", "bob"),
        workbench.delete_session(session.id, "bob"),
        workbench.preview(session.id, "q", "bob"),
        workbench.export(session.id, "html", "bob"),
        workbench.start_execution(session.id, "1", confirmed=True, user_id="bob"),
    ):
        with pytest.raises(AccessDenied):
            await call


async def test_code_that_the_session_did_not_produce_runs_only_when_confirmed(
    workbench: Workbench, sales: Path, asked: Ask
) -> None:
    session = await workbench.create_session()
    await workbench.upload(session.id, sales)
    events = await asked(workbench, session.id, "total revenue by region")
    [generated] = [e for e in events if e.type == "code.generated"]
    same = {"step": generated.step, "sha256": generated.sha256}
    run = await workbench.start_execution(session.id, generated.code + "\n", **same)
    outcome = await workbench.result(run)
    assert outcome.executions[0].step == generated.step
    assert outcome.executions[0].origin == "agent"
    run = await workbench.start_execution(session.id, generated.code, step=generated.step)
    assert (await workbench.result(run)).executions[0].origin == "agent"
    changed = generated.code + "\nprint('changed')"
    for of_whom in (same, {"step": generated.step}, {}):
        with pytest.raises(ConfirmationRequired):
            await workbench.start_execution(session.id, changed, **of_whom)
    with pytest.raises(ConfirmationRequired):
        await workbench.start_execution(
            session.id, generated.code, step=generated.step, sha256="0" * 64
        )
    run = await workbench.start_execution(session.id, changed, confirmed=True, **same)
    outcome = await workbench.result(run)
    assert outcome.executions[0].origin == "notebook"


async def test_a_refused_file_leaves_nothing_behind(workbench: Workbench, tmp_path: Path) -> None:
    bad = tmp_path / "photo.gif"
    bad.write_bytes(b"GIF89a")
    with pytest.raises(UnsupportedFileType):
        await workbench.upload(None, bad, user_id="ada")
    assert (await workbench.list_sessions("ada")).sessions == []
    assert not list((tmp_path / "data").glob("files/*/*"))


async def test_deleting_a_session_removes_its_files_and_its_log(
    workbench: Workbench, sales: Path, tmp_path: Path, asked: Ask
) -> None:
    session = await workbench.create_session()
    await workbench.upload(session.id, sales)
    await asked(workbench, session.id, "how many rows are there?")
    await workbench.delete_session(session.id)
    with pytest.raises(SessionNotFound):
        await workbench.get_session(session.id)
    assert not list((tmp_path / "data" / "files").glob("*"))


async def test_preview_is_what_would_go_and_is_redacted(workbench: Workbench, sales: Path) -> None:
    session = await workbench.create_session()
    await workbench.upload(session.id, sales)
    preview = await workbench.preview(session.id, "orders of zoe@corp.example?")
    text = "\n".join(part.text for part in preview.parts)
    assert "corp.example" not in text
    assert preview.redaction_count >= 1
    for part in preview.parts:
        for span in part.redactions:
            assert part.text[span.start : span.end].startswith(f"<{span.entity_type}_")


async def test_two_files_of_one_name_are_two_data_sets(
    workbench: Workbench, sales: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "sales.csv"
    other.parent.mkdir()
    other.write_text("region,revenue\nEast,1\n")
    session = await workbench.create_session()
    await workbench.upload(session.id, sales)
    await workbench.upload(session.id, other)
    detail = await workbench.get_session(session.id)
    assert [d.name for d in detail.datasets] == ["sales.csv", "sales (2).csv"]
    second = detail.datasets[1].variable
    code = f"print(len(df), len({second}))"
    run = await workbench.start_execution(session.id, code, confirmed=True)
    outcome = await workbench.result(run)
    assert outcome.result is not None
    assert outcome.result.stdout == "7 1\n"


async def test_kept_files_are_the_users_alone(workbench: Workbench, sales: Path) -> None:
    session = await workbench.create_session()
    await workbench.upload(session.id, sales)
    kept = list((workbench.settings.data_dir / "files").rglob("*"))
    assert {path.name for path in kept if path.is_file()} == {"sales.csv", "projects.json"}
    for path in [workbench.settings.data_dir / "files", *kept]:
        assert path.stat().st_mode & 0o077 == 0, path


async def test_each_answer_and_the_saved_session_say_that_no_ai_model_answered(
    make_workbench: Callable[..., Workbench],
    sales: Path,
    asked: Callable[..., Awaitable[list[Event]]],
) -> None:
    said = ["offline rules, no AI model"]
    async with make_workbench() as workbench:
        assert (await workbench.status()).llm.model == said[0]
        session = await workbench.create_session()
        await workbench.upload(session.id, sales)
        events = await asked(workbench, session.id, "revenue by region")
        result = await workbench.result(events[0].run_id)
        assert result.usage.models == said
    async with make_workbench() as again:
        saved = await again.get_session(session.id)
        assert saved.usage.models == said
        assert [run.usage.models for run in saved.runs if run.query] == [said]
        exported = await again.export(session.id, "html")
        assert said[0].encode() in exported.content

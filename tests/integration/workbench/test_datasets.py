"""A data set after its upload: measured whole, read otherwise, replaced by a newer version."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datalens_core import Workbench
from datalens_core.errors import DatasetNotFound, InvalidRequest, RunInProgress, UnreadableFile
from datalens_core.models import DatasetStatistics, PlanChange, ProfileResult, UploadResult
from datalens_core.runs import WAITING_RUNS, Run

LONG = "day,n,key\n" + "".join(f"2024-01-0{1 + i % 9},{i % 3},k{i}\n" for i in range(30))


async def measured(workbench: Workbench, upload: UploadResult) -> DatasetStatistics:
    events = [event async for event in workbench.events(upload.run_id)]
    found = [e.statistics for e in events if e.type == "dataset.statistics"]
    assert len(found) == 1, events
    return found[0]


async def loaded(workbench: Workbench, session_id: str, code: str) -> str:
    run = await workbench.start_execution(session_id, code, confirmed=True)
    result = (await workbench.result(run)).result
    assert result is not None, await workbench.result(run)
    assert result.success, result
    return result.stdout


async def test_figures_of_the_whole_file_follow_the_upload(
    workbench: Workbench, tmp_path: Path
) -> None:
    path = tmp_path / "long.csv"
    path.write_text(LONG + "someday,9,k30\n")
    upload = await workbench.upload(None, path)
    assert upload.dataset.row_count == 31
    found = await measured(workbench, upload)
    day, n, key = found.columns
    assert (found.row_count, found.duplicate_rows, found.key_candidates) == (31, 0, ["key"])
    assert (n.min_value, n.max_value, n.unique_count, n.null_count) == (0, 9, 4, 0)
    assert n.top_values[0].count == 10
    assert key.is_key
    assert day.dtype == "str"
    assert found.warnings == ["day holds dates at first, but not everywhere: it is text."]
    detail = await workbench.get_dataset(upload.session.id, upload.dataset_id)
    assert detail.dataset.statistics == found
    assert "pd.read_csv" in detail.code


async def test_a_plan_is_changed_there_and_back(workbench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("code,n\n12,1\n13,2\n")
    upload = await workbench.upload(None, path)
    session = upload.session.id
    assert await loaded(workbench, session, "print(df['code'].tolist())") == "[12, 13]\n"
    text = PlanChange(types={"code": "text"})
    changed = await workbench.change_plan(session, upload.dataset_id, text)
    assert changed.dataset.sample_data == [["12", 1], ["13", 2]]
    assert await loaded(workbench, session, "print(df['code'].tolist() )") == "['12', '13']\n"
    detail = await workbench.get_session(session)
    assert [d.changes for d in detail.datasets] == [text]
    await workbench.change_plan(session, upload.dataset_id, PlanChange())
    assert await loaded(workbench, session, "print(df['code'].tolist()  )") == "[12, 13]\n"


async def test_a_change_that_cannot_be_read_changes_nothing(
    workbench: Workbench, sales: Path
) -> None:
    upload = await workbench.upload(None, sales)
    session = upload.session.id
    before = (await workbench.get_dataset(session, upload.dataset_id)).dataset.plan
    with pytest.raises(UnreadableFile):
        await workbench.change_plan(session, upload.dataset_id, PlanChange(encoding="no such"))
    assert (await workbench.get_dataset(session, upload.dataset_id)).dataset.plan == before
    with pytest.raises(DatasetNotFound):
        await workbench.change_plan(session, "another", PlanChange())


async def test_a_newer_version_takes_the_place_of_the_old(
    make_workbench: Callable[..., Workbench], tmp_path: Path
) -> None:
    old, new, broken = (tmp_path / n for n in ("a.csv", "a-2025.csv", "broken.csv"))
    old.write_text("a,b\n1,2\n")
    new.write_text("a,c\nx,2\ny,4\n")
    broken.write_bytes(b"%PDF-1.7")
    async with make_workbench() as workbench:
        upload = await workbench.upload(None, old)
        session, dataset = upload.session.id, upload.dataset_id
        assert await loaded(workbench, session, "print(len(df))") == "1\n"
        with pytest.raises(UnreadableFile):
            await workbench.upload(session, broken, replaces=dataset)
        with pytest.raises(InvalidRequest):
            await workbench.upload(session, new, filename="a.xlsx", replaces=dataset)
        assert await loaded(workbench, session, "print(len(df) )") == "1\n"
        newer = await workbench.upload(session, new, replaces=dataset)
        assert (newer.dataset_id, newer.dataset.row_count) == (dataset, 2)
        assert newer.warnings[:3] == [
            "Columns of the older version that are gone: b.",
            "Columns that the older version did not have: c.",
            "Columns of another type than in the older version: a.",
        ]
        assert await loaded(workbench, session, "print(len(df)  )") == "2\n"
    async with make_workbench() as workbench:  # and it is the newer one that is kept
        detail = await workbench.get_session(session)
        assert [(d.name, d.variable) for d in detail.datasets] == [("a.csv", "df")]
        await workbench.restore_session(session)
        assert await loaded(workbench, session, "print(len(df))") == "2\n"


async def test_nothing_of_a_refused_file_stays(workbench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(b"a,b\n1,2\n" * 20_000 + b"3,\x00\n")
    with pytest.raises(UnreadableFile):
        await workbench.upload(None, path)
    files = workbench.settings.data_dir / "files"
    assert not files.exists() or not list(files.rglob("*.csv"))


async def waiting_runs(workbench: Workbench, session_id: str) -> None:
    """As many runs as a session lets wait, none of which ends."""

    async def forever(run: Run) -> None:
        await asyncio.Event().wait()

    await asyncio.gather(*workbench._rooms.runs._tasks.values())  # the last one is ending
    for _ in range(WAITING_RUNS + 1):
        await workbench._rooms.runs.start(session_id, None, forever, user_id="local")


async def test_an_upload_whose_run_cannot_start_keeps_nothing(
    workbench: Workbench, sales: Path, tmp_path: Path
) -> None:
    more = tmp_path / "more.csv"
    more.write_text("a,b\n1,2\n")
    upload = await workbench.upload(None, sales)
    session, dataset = upload.session.id, upload.dataset_id
    await measured(workbench, upload)
    await waiting_runs(workbench, session)
    for replaces in (None, dataset):
        with pytest.raises(RunInProgress):
            await workbench.upload(session, more, replaces=replaces)
    with pytest.raises(RunInProgress):
        await workbench.change_plan(session, dataset, PlanChange(types={"revenue": "text"}))
    detail = await workbench.get_session(session)
    assert [(d.name, d.dataset_schema.row_count, d.changes) for d in detail.datasets] == [
        ("sales.csv", 7, PlanChange())
    ]
    kept = workbench.settings.data_dir / "files" / session
    assert [(p.name, p.stat().st_size) for p in kept.rglob("*.csv")] == [
        ("sales.csv", detail.datasets[0].size_bytes)
    ]
    for run in workbench._rooms.runs.of_session(session):
        await workbench.cancel(run.id)
    assert (await workbench.upload(session, more)).dataset.row_count == 1


async def test_an_upload_that_is_cancelled_leaves_nothing_behind(
    workbench: Workbench, sales: Path, tmp_path: Path
) -> None:
    large = tmp_path / "large.csv"
    large.write_text("a,b\n" + "".join(f'{n},"x\ny"\n' for n in range(400_000)))
    session = (await workbench.upload(None, sales)).session.id
    sessions, stopped = [session], 0
    for joined, seconds in itertools.product((session, None), (0.0, 0.05, 0.3)):
        uploading = asyncio.create_task(workbench.upload(joined, large))
        await asyncio.sleep(seconds)
        uploading.cancel()
        try:
            sessions.append((await uploading).session.id)  # it was in before it was cancelled
        except asyncio.CancelledError:
            stopped += 1
    assert stopped >= 4  # reading takes longer than 0.05 s anywhere
    assert {s.id for s in (await workbench.list_sessions("local")).sessions} == set(sessions)
    for kept in set(sessions):
        detail = await workbench.get_session(kept)
        assert len(detail.datasets) == sessions.count(kept)
    files = workbench.settings.data_dir / "files"
    assert len(list(files.rglob("*.csv"))) == len(sessions)


@pytest.mark.parametrize("kept", [True, False])
async def test_what_is_agreed_to_during_an_upload_is_stored_with_the_file_or_not_at_all(
    workbench: Workbench, sales: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    more = tmp_path / "more.csv"
    more.write_text("a,b\n1,2\n")
    session = (await workbench.upload(None, sales)).session.id
    reached, go = asyncio.Event(), asyncio.Event()
    profiling = workbench._rooms.profiling
    analyze = profiling.analyze_schema

    async def slow(*given: Any) -> ProfileResult:
        reached.set()
        await go.wait()
        return await analyze(*given)

    monkeypatch.setattr(profiling, "analyze_schema", slow)
    uploading = asyncio.create_task(workbench.upload(session, more))
    await reached.wait()
    await workbench.set_column_policies(session, [], agree=True)
    stored = (await workbench.get_session(session)).datasets
    assert [(d.name, d.privacy.agreed) for d in stored] == [("sales.csv", True)]
    if kept:
        go.set()
        await uploading
    else:
        uploading.cancel()
        await asyncio.wait({uploading})
        go.set()
    names = ["sales.csv", "more.csv"] if kept else ["sales.csv"]
    stored = (await workbench.get_session(session)).datasets
    assert [(d.name, d.privacy.agreed) for d in stored] == [(name, True) for name in names]

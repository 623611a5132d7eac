"""Columns that must not leave this machine are taken out before a file goes to E2B."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from openpyxl import Workbook
from pydantic import SecretStr

from datalens_core import Workbench as DataLens
from datalens_core.datasets.handler import FileHandler
from datalens_core.errors import LocalOnly, SandboxUnavailable
from datalens_core.models import Dataset, DatasetPrivacy, PlanChange, ProjectRules
from datalens_core.privacy.project import PLACE
from datalens_core.privacy.rules import DetectionRules
from datalens_core.privacy.session import PrivacySessions
from datalens_core.safeguards.boundary import Safeguards
from datalens_core.sandbox.endpoints import EmbeddedEndpoint
from datalens_core.sandbox.lifecycle import SessionSandboxes
from datalens_core.sessions.state import SessionState
from datalens_core.settings import Settings
from tests.support.faulty_e2b import FaultyE2B
from tests.support.openrouter import (
    ScriptedModel,
    final_answer,
    find_values,
    plan,
    reply,
    run_python,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

CSV = """\
code;patient;day;level;ward;note
0071;Quillfeather;2024-01-03;1,5;A;x
0072;Umberholt;2024-01-09;2,25;B;
0073;Vandersloot;2024-02-11;0,5;A;NA
"""
SECRETS = (b"Quillfeather", b"Umberholt", b"Vandersloot", b"patient")


@dataclass
class Remote:
    """A session whose sandbox passes for E2B's, and what reached it."""

    service: FaultyE2B
    sandboxes: SessionSandboxes
    safeguards: Safeguards

    async def read(self, path: Path, **columns: str) -> Dataset:
        project = ProjectRules.model_validate({"columns": columns})
        privacy = DatasetPrivacy(project=project)
        files = self.safeguards.files_for(privacy)
        dataset = await files.inspect("s", path, path.name, "df")
        return dataset.model_copy(update={"privacy": privacy})

    async def shown(self, dataset: Dataset) -> tuple[dict[str, str], object]:
        """Types and rows as code in the sandbox sees them."""
        state = SessionState(datasets=[dataset])
        await self.safeguards.before_code("s", state)
        code = "import json\nprint(json.dumps([df.dtypes.astype(str).to_dict(), df.to_csv()]))"
        result = await self.sandboxes.execute(
            "s",
            code,
            recipe=lambda: self.safeguards.recipe("s", state),
            on_output=lambda *_: None,
            on_replaced=lambda _: None,
        )
        assert result.success, result.artifacts
        types, table = json.loads(result.stdout)
        return types, table

    @property
    def received(self) -> bytes:
        return b"\n".join(self.service.received)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service() -> AsyncIterator[FaultyE2B]:
    embedded = EmbeddedEndpoint(Settings.offline())
    endpoint = await embedded.start()
    async with FaultyE2B(str(endpoint.api_url), endpoint.api_key) as service:
        yield service
    await embedded.close()


async def made(service: FaultyE2B, tmp_path: Path, **fields: object) -> Remote:
    settings = Settings.model_validate({"e2b_api_key": SecretStr("e2b_0123456789abcdef"), **fields})
    sandboxes = SessionSandboxes(settings, service)
    files = FileHandler(sandboxes, settings)
    folder = settings.data_dir / "files"
    safeguards = Safeguards(
        settings,
        PrivacySessions(),
        files,
        DetectionRules(),
        sandboxes,
        lambda session: folder / session,
        lambda session, place, dataset: tmp_path / dataset.name,
    )
    service.received.clear()
    return Remote(service, sandboxes, safeguards)


@pytest_asyncio.fixture(loop_scope="module")
async def remote(service: FaultyE2B, tmp_path: Path) -> AsyncIterator[Remote]:
    remote = await made(service, tmp_path)
    yield remote
    await remote.safeguards.close()
    await remote.sandboxes.close()


async def test_a_column_that_must_never_leave_is_not_in_what_e2b_gets(
    remote: Remote, tmp_path: Path
) -> None:
    path = tmp_path / "ward.csv"
    path.write_text(CSV)
    hidden = await remote.read(path, pat="send", patient="never")
    types, table = await remote.shown(hidden)
    assert not [secret for secret in SECRETS if secret in remote.received]
    # All else is read as it would have been.
    await remote.sandboxes.kill("s")
    whole = await remote.read(path)
    all_types, all_rows = await remote.shown(whole)
    assert all(secret in remote.received for secret in SECRETS), "without the policy it all goes"
    assert types == {name: kind for name, kind in all_types.items() if name != "patient"}
    assert types["code"] == "str"
    assert types["day"].startswith("datetime64")
    assert table == str(all_rows).replace(",patient", "").replace(",Quillfeather", "").replace(
        ",Umberholt", ""
    ).replace(",Vandersloot", "")


async def test_a_workbook_goes_without_the_column_too(remote: Remote, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["patient", "age", "on"], ["Quillfeather", 34, True], ["Umberholt", None, False]):
        sheet.append(row)
    path = tmp_path / "ward.xlsx"
    book.save(path)
    dataset = await remote.read(path, patient="never")
    types, table = await remote.shown(dataset)
    assert types == {"age": "float64", "on": "bool"}
    assert table == ",age,on\n0,34.0,True\n1,,False\n"
    assert not any(b"PK\x03\x04" in body for body in remote.service.received)


async def test_a_table_of_hidden_columns_alone_still_has_its_rows(
    remote: Remote, tmp_path: Path
) -> None:
    path = tmp_path / "names.csv"
    path.write_text("patient\nQuillfeather\nUmberholt\n")
    dataset = await remote.read(path, patient="never")
    assert (await remote.shown(dataset))[1] == ",row\n0,1\n1,2\n"
    assert b"Quillfeather" not in remote.received


async def test_a_file_that_was_not_filtered_is_refused(remote: Remote, tmp_path: Path) -> None:
    path = tmp_path / "ward.csv"
    path.write_text(CSV)
    dataset = await remote.read(path, patient="never")
    state = SessionState(datasets=[dataset])
    await remote.safeguards.told("s", state)
    with pytest.raises(SandboxUnavailable, match="must not leave this machine"):
        remote.safeguards.recipe("s", state)


async def test_where_nothing_may_leave_e2b_is_refused_before_a_byte_goes(
    service: FaultyE2B, tmp_path: Path
) -> None:
    path = tmp_path / "ward.csv"
    path.write_text(CSV)
    for settings, rules in (({"local_only": True}, {}), ({}, {"local_only": True})):
        remote = await made(service, tmp_path, **settings)
        with pytest.raises(LocalOnly, match="the sandbox is elsewhere"):
            remote.safeguards.files_for(DatasetPrivacy(project=ProjectRules.model_validate(rules)))
        assert not service.received
        await remote.sandboxes.close()


async def test_where_nothing_may_leave_a_teams_history_is_refused(
    service: FaultyE2B, tmp_path: Path
) -> None:
    team = {"supabase_url": "https://team.supabase.co", "supabase_anon_key": SecretStr("anon")}
    remote = await made(service, tmp_path, e2b_api_key=None, **team)
    asks = DatasetPrivacy(project=ProjectRules(local_only=True))
    with pytest.raises(LocalOnly, match="the history is elsewhere"):
        remote.safeguards.files_for(asks)
    assert remote.safeguards.files_for(DatasetPrivacy())
    await remote.sandboxes.close()


async def test_code_does_not_take_to_e2b_what_the_file_goes_without(
    service: FaultyE2B, tmp_path: Path
) -> None:
    book = Workbook()
    for title, rows in (
        ("Wards", [["patient", "age", "ward"], ["Quillfeather", 34, "A"], ["Umberholt", 51, "B"]]),
        ("Staff", [["nurse"], ["Vandersloot"]]),
    ):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.remove(book.worksheets[0])
    path = tmp_path / "ward.xlsx"
    book.save(path)
    place = tmp_path / PLACE
    place.parent.mkdir()
    place.write_text('[columns]\npatient = "never"\n')
    asks = "import pandas as pd\n"
    script = [
        reply("none"),
        plan(["Look"]),
        find_values("ward", "<PERSONAL_VALUE_1>"),
        run_python(asks + "df.groupby('<COLUMN_NAME_1>').age.mean()"),
        run_python(asks + "df[df.ward == '<PERSONAL_VALUE_1>']"),
        run_python(asks + "df.groupby('ward').age.mean()"),
        final_answer("The ages by ward; patients are not there."),
    ]
    service.received.clear()
    async with ScriptedModel(script) as model:
        settings = Settings.model_validate(
            {
                "e2b_api_key": SecretStr("e2b_0123456789abcdef"),
                "llm_base_url": model.base_url,
                "data_dir": tmp_path / "data",
            }
        )
        async with DataLens(settings, endpoint=service) as workbench:
            session = await workbench.create_session()
            await workbench.upload(session.id, path)
            question = "what is the age of each patient, of Umberholt too?"
            events = [event async for event in workbench.ask(session.id, question)]
    assert events[-1].type == "run.completed"
    ran = [event.code for event in events if event.type == "code.generated"]
    assert ran == [asks + "df.groupby('ward').age.mean()"]
    received = b"\n".join(service.received)
    assert b"ward" in received
    for held in (received, model.received):
        assert not [secret for secret in SECRETS if secret in held]


@pytest.mark.parametrize(
    ("asks", "ends"),
    [
        ('[columns]\npatient = "never"\n', True),
        ('pause = true\n[columns]\npatient = "never"\n', True),
        ("pause = true\nlocal_only = false\n", False),
    ],
)
async def test_what_a_projects_file_withholds_by_now_ends_the_sandbox_that_has_it_whoever_reads_it(
    service: FaultyE2B, tmp_path: Path, asks: str, ends: bool
) -> None:
    path = tmp_path / "ward.csv"
    path.write_text(CSV)
    place = tmp_path / PLACE
    place.parent.mkdir()
    settings = Settings.model_validate(
        {"e2b_api_key": SecretStr("e2b_0123456789abcdef"), "data_dir": tmp_path / "data"}
    )
    async with DataLens(settings, endpoint=service) as workbench:
        session = await workbench.create_session()
        await workbench.upload(session.id, path)
        await workbench.restore_session(session.id)
        held = (await workbench.get_session(session.id)).session.sandbox_id
        assert held
        await workbench.privacy_report(session.id)
        assert (await workbench.get_session(session.id)).session.sandbox_id == held
        place.write_text(asks)
        report = await workbench.privacy_report(session.id)
        assert report.pause == ("pause" in asks)
        by_now = (await workbench.get_session(session.id)).session.sandbox_id
        assert by_now == (None if ends else held)


async def test_a_file_that_is_read_in_another_way_goes_without_what_its_project_withholds_by_now(
    service: FaultyE2B, tmp_path: Path
) -> None:
    path = tmp_path / "ward.csv"
    path.write_text(CSV)
    place = tmp_path / PLACE
    place.parent.mkdir()
    settings = Settings.model_validate(
        {"e2b_api_key": SecretStr("e2b_0123456789abcdef"), "data_dir": tmp_path / "data"}
    )
    async with DataLens(settings, endpoint=service) as workbench:
        uploaded = await workbench.upload(None, path)
        session = uploaded.session.id
        assert [e async for e in workbench.events(uploaded.run_id)]
        place.write_text('[columns]\npatient = "never"\n')
        service.received.clear()
        changed = await workbench.change_plan(
            session, uploaded.dataset_id, PlanChange(types={"level": "text"})
        )
        assert [e async for e in workbench.events(changed.run_id)]
        await workbench.restore_session(session)
    received = b"\n".join(service.received)
    assert b"level" in received
    assert not [secret for secret in SECRETS if secret in received]

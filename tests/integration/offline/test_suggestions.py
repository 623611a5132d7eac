"""Each suggested question, asked: the answer is what plain pandas computes from the same data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import plotly.data
import pytest
from vega_datasets import local_data

from datalens_core import Settings, Workbench
from datalens_core.models import ArtifactType
from tests.support.sandbox_servers import SandboxServers
from tests.support.suggested import is_right

SHIPPED: dict[str, Callable[[], pd.DataFrame]] = {
    "medals": plotly.data.medals_long,
    "cars": local_data.cars,
    "wheat": local_data.wheat,
}


@pytest.mark.parametrize("name", SHIPPED)
async def test_suggested_questions_are_answered_right(
    name: str, tmp_path: Path, sandbox_servers: SandboxServers
) -> None:
    path = tmp_path / f"{name}.csv"
    SHIPPED[name]().to_csv(path, index=False)
    frame = pd.read_csv(path)
    settings = Settings.offline(data_dir=tmp_path / "data")
    async with Workbench(settings, endpoint=sandbox_servers.of(settings)) as workbench:
        upload = await workbench.upload(None, path)
        for question in upload.profile.suggestions:
            events = [e async for e in workbench.ask(upload.session.id, question)]
            done = await workbench.result(events[0].run_id)
            held = done.result.artifacts if done.result else []
            tables = [a.content for a in held if a.type is ArtifactType.TABLE]
            assert is_right(frame, question, done.answer or "", tables), (question, done.answer)

"""A clean table, polluted in every known way and in pairs: read alike, refused, or told.

All variants are read in one sandbox, in a few batches: by the reader's programs, then by the
loaders written from their plans.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import textwrap
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest

from datalens_core.datasets.files import check_head
from datalens_core.datasets.handler import READER
from datalens_core.datasets.inspection import Inspection, read_answer
from datalens_core.datasets.loader import code_for
from datalens_core.datasets.reader.answer import END
from datalens_core.errors import DataLensError
from datalens_core.sandbox.contract import Recipe
from datalens_core.sandbox.lifecycle import SessionSandboxes
from datalens_core.sandbox.program import shipped_package
from datalens_core.settings import Settings
from tests.support.pollution import CLEAN, KINDS, Written
from tests.support.sandbox_servers import SandboxServers

BATCH = 100
SHOW = """
def _shown(df):
    import json
    def cell(v):
        if v != v:
            return ""
        if hasattr(v, "isoformat"):
            return v.isoformat()
        return float(v) if isinstance(v, (int, float)) else "|".join(str(v).splitlines())
    rows = [[cell(v) for v in row] for row in df.astype(object).itertuples(index=False)]
    print(json.dumps({"columns": [str(c) for c in df.columns], "rows": rows}))
"""


@dataclass(frozen=True)
class Outcome:
    """What became of a file: the table read and the warnings, or the refusal."""

    table: Any = None
    warnings: str = ""
    refused: str = ""


class Batches:
    """Reads many files in one sandbox."""

    def __init__(self, servers: SandboxServers) -> None:
        settings = Settings.offline()
        self._sandboxes = SessionSandboxes(settings, servers.of(settings))

    async def read(self, files: Mapping[str, bytes]) -> dict[str, Outcome]:
        try:
            await self._run(shipped_package(READER, "answer(lambda: {})") + SHOW)
            found: dict[str, Outcome] = {}
            items = list(files.items())
            for start in range(0, len(items), BATCH):
                found |= await self._batch(dict(items[start : start + BATCH]))
            return found
        finally:
            await self._sandboxes.close()

    async def _run(self, code: str) -> str:
        result = await self._sandboxes.execute(
            "pollution",
            code,
            recipe=Recipe,
            on_output=lambda stream, text: None,
            on_replaced=lambda replacement: None,
        )
        assert result.success, result
        return result.stdout

    async def _batch(self, files: dict[str, bytes]) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        held = {}
        for name, content in files.items():
            try:
                check_head(content[:65536], "csv")
                held[name] = base64.b64encode(content).decode()
            except DataLensError as error:
                outcomes[name] = Outcome(refused=error.code)
        inspected = await self._run(
            "import base64, sys\n"
            "programs = next(m for n, m in sys.modules.items()"
            " if n.startswith('datalens_') and n.endswith('.programs'))\n"
            f"for number, content in enumerate({list(held.values())!r}):\n"
            "    path = f'/home/user/p{number}.csv'\n"
            "    open(path, 'wb').write(base64.b64decode(content))\n"
            "    programs.inspect(path, 'csv', {})\n"
        )
        lines = [line for line in inspected.splitlines() if line.endswith(END)]
        assert len(lines) == len(held)
        plans: dict[str, Inspection] = {}
        code = "import json\n"
        for number, (name, line) in enumerate(zip(held, lines, strict=True)):
            try:
                plans[name] = read_answer(line, Inspection)
            except DataLensError as error:
                outcomes[name] = Outcome(refused=str(error.details or error.code))
                continue
            load = code_for(plans[name].plan, f"p{number}.csv", "df", width=5)
            code += f"try:\n{textwrap.indent(load, '    ')}    _shown(df)\n"
            code += "except Exception as error:\n    print(json.dumps(repr(error)))\n"
        tables = [json.loads(t) for t in (await self._run(code)).splitlines()]
        for (name, found), table in zip(plans.items(), tables, strict=True):
            assert isinstance(table, dict), (name, table, found.plan)
            assert len(table["rows"]) == found.row_count, (name, found, table)
            outcomes[name] = Outcome(table, "\n".join(found.warnings))
        return outcomes


def polluted(*names: str) -> Written:
    table = CLEAN
    for name in names:
        table = KINDS[name].change(table)
    return table


def respelt(table: Any, *names: str) -> Any:
    """The table as it reads where an encoding cannot hold all of its letters."""
    text = json.dumps(table, ensure_ascii=False)
    for name in names:
        for old, new in KINDS[name].spelt.items():
            text = text.replace(old, new)
    return json.loads(text)


@pytest.fixture(scope="module")
def outcomes(sandbox_servers: SandboxServers) -> dict[tuple[str, ...], Outcome]:
    """Every kind alone and every pair of kinds."""
    ways: list[tuple[str, ...]] = [(name,) for name in KINDS]
    ways += combinations([name for name in KINDS if name != "clean"], 2)
    files = {}
    for way in ways:
        if sum(name.startswith("encoding") for name in way) > 1:
            continue  # a file has one encoding
        table = polluted(*way)
        if len(way) < 2 or table != polluted(way[0]):  # not all ways go together
            with suppress(UnicodeEncodeError):  # not every encoding holds a euro sign
                files[json.dumps(way)] = table.to_bytes()
    found = asyncio.run(Batches(sandbox_servers).read(files))
    return {tuple(json.loads(way)): outcome for way, outcome in found.items()}


def test_there_are_many_kinds() -> None:
    assert len(KINDS) > 40


@pytest.mark.parametrize("name", KINDS)
def test_a_polluted_table_is_read_alike_refused_or_told(
    outcomes: dict[tuple[str, ...], Outcome], name: str
) -> None:
    found, clean = outcomes[(name,)], outcomes[("clean",)]
    alike = found.table == respelt(clean.table, name)
    assert found.refused or alike or re.search(KINDS[name].told, found.warnings), found


def test_two_ways_at_once_are_read_alike_refused_or_told(
    outcomes: dict[tuple[str, ...], Outcome],
) -> None:
    clean = outcomes[("clean",)].table
    silent = []
    for way, found in outcomes.items():
        if len(way) < 2 or found.refused or found.table == respelt(clean, *way):
            continue
        # What alone changes the table has to be told; what alone does not excuses nothing.
        due = [n for n in way if (n,) in outcomes and outcomes[(n,)].table != respelt(clean, n)]
        if not due or not all(re.search(KINDS[n].told, found.warnings) for n in due):
            silent.append((way, found.warnings, found.table))
    assert not silent, f"{len(silent)} of {len(outcomes)}: {silent[:3]}"

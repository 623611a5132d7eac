"""A file goes to its sandbox as a stream: neither this process nor the server ever holds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from datalens_core.sandbox.contract import Recipe
from tests.integration.sandbox.conftest import Bench

pytestmark = pytest.mark.asyncio(loop_scope="module")
FILE_MB = 100
MOST_MB = 24
LINE = b"2024-01-31,north,12345.678,a text of some length to fill the line\n"


def forget_peak(pid: int | str) -> None:
    """Have the kernel count the peak of a process's memory from now on."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_mb(pid: int | str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


async def test_a_file_of_100_mb_takes_no_memory_here_nor_in_the_server(
    bench: Bench, tmp_path: Path
) -> None:
    source = tmp_path / "large.csv"
    with source.open("wb") as file:
        for _ in range(FILE_MB):
            file.write(LINE * ((1 << 20) // len(LINE)))
    size = source.stat().st_size
    small = tmp_path / "small.csv"
    small.write_bytes(LINE)
    await bench.sandboxes.upload("large", small, "small.csv")  # whatever is imported by then
    processes = ("self", bench.endpoint.pid or 0)
    for process in processes:
        forget_peak(process)
    before = [peak_mb(process) for process in processes]
    await bench.sandboxes.upload("large", source, "large.csv")
    grown = [peak_mb(process) - held for process, held in zip(processes, before, strict=True)]
    assert max(grown) < MOST_MB, grown
    result = await bench.run("large", "import os; os.path.getsize('large.csv')", Recipe())
    assert result.stdout == f"{size}\n"
    await bench.sandboxes.kill("large")

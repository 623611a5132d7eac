"""Free memory is what the kernel estimates, or less where a container may have less."""

from __future__ import annotations

from pathlib import Path

import pytest

from datalens_core.sandbox.embedded import memory
from datalens_core.sandbox.embedded.memory import MachineMemory


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, place in (
        ("_MEMINFO", "meminfo"),
        ("_OWN_CGROUPS", "own"),
        ("_CGROUPS", "cgroup"),
    ):
        monkeypatch.setattr(memory, name, tmp_path / place)
    (tmp_path / "meminfo").write_text("MemTotal: 2097152 kB\nMemAvailable: 1048576 kB\n")
    (tmp_path / "own").write_text("0::/\n")
    (tmp_path / "cgroup").mkdir()
    return tmp_path


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def test_a_machine_without_limits_has_what_the_kernel_says(machine: Path) -> None:
    assert MachineMemory().free_mb() == 1024
    assert MachineMemory().reserve_mb() == 256


def test_a_containers_limit_counts_wherever_above_us_it_stands(machine: Path) -> None:
    (machine / "own").write_text("0::/pod/box\n")
    write(machine / "cgroup/pod/box", memory__max="max\n", memory__current="0\n")
    write(
        machine / "cgroup/pod",
        memory__max=str(600 << 20),
        memory__current=str(400 << 20),
        memory__stat=f"anon 1\ninactive_file {100 << 20}\n",
    )
    assert MachineMemory().free_mb() == 300


def test_the_older_hierarchy_counts_too(machine: Path) -> None:
    (machine / "own").write_text("5:cpu,memory:/box\n0::/\n")
    write(
        machine / "cgroup/memory/box",
        memory__limit_in_bytes=str(500 << 20),
        memory__usage_in_bytes=str(450 << 20),
        memory__stat="total_inactive_file 0\n",
    )
    assert MachineMemory().free_mb() == 50


def test_this_machine_answers() -> None:
    assert MachineMemory().free_mb() > 0
    assert 0 < MachineMemory().reserve_mb() <= 512

"""How much memory this machine really has left, whoever uses it.

A box's limit is no reservation: what counts is what is taken.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from datalens_core.sandbox.embedded.limits import MIB

_MEMINFO = Path("/proc/meminfo")
_OWN_CGROUPS = Path("/proc/self/cgroup")
_CGROUPS = Path("/sys/fs/cgroup")
_LEAST_FREE_MB = 512
_SHARE_OF_SMALL_MACHINES = 8


class Memory(Protocol):
    """What is asked before a box is started, and while boxes live."""

    def free_mb(self) -> int:
        """What programs may still take before something has to give."""
        ...

    def reserve_mb(self) -> int:
        """What must stay free for the rest of the machine."""
        ...


class MachineMemory:
    """The kernel's own estimate, or what the container may still take if that is less."""

    def free_mb(self) -> int:
        return min(_meminfo("MemAvailable"), *_room_in_cgroups())

    def reserve_mb(self) -> int:
        return min(_LEAST_FREE_MB, _meminfo("MemTotal") // _SHARE_OF_SMALL_MACHINES)


def _meminfo(field: str) -> int:
    """A line of /proc/meminfo, in MB."""
    for line in _MEMINFO.read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) // 1024
    raise OSError(f"/proc/meminfo has no {field}")


def _room_in_cgroups() -> list[int]:
    """Limit less use of each group that this process is in, in MB; at least one number."""
    rooms = [1 << 40]
    for line in _OWN_CGROUPS.read_text(encoding="utf-8").splitlines():
        hierarchy, controllers, path = line.split(":", 2)
        if hierarchy == "0":
            top, names = _CGROUPS, ("memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            top = _CGROUPS / "memory"
        else:
            continue
        group = top / path.lstrip("/")
        for at in (group, *group.parents):
            if at == top.parent:
                break
            rooms += _room(at, *names)
    return rooms


def _room(group: Path, limit: str, usage: str, reclaimable: str) -> list[int]:
    try:
        most = (group / limit).read_text(encoding="ascii").strip()
        if not most.isdigit():  # "max"
            return []
        used = int((group / usage).read_text(encoding="ascii"))
        counted = dict(
            line.split() for line in (group / "memory.stat").read_text("ascii").splitlines()
        )
    except OSError:  # no such controller here, or a group of a namespace that is not ours
        return []
    return [(int(most) - used + int(counted.get(reclaimable, 0))) // MIB]

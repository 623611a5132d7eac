"""What a forked child does to itself before it runs a line of foreign code, irrevocably."""

from __future__ import annotations

import os
import resource
from collections.abc import Sequence
from dataclasses import dataclass

from datalens_core.sandbox.embedded import landlock, seccomp, syscalls
from datalens_core.sandbox.embedded.limits import MIB, Limits

_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
# Not all of /proc/self: `net` names every connection of the machine where it has no namespace.
_OWN_PROCESS = tuple(
    f"/proc/self/{name}"
    for name in ("fd", "fdinfo", "maps", "smaps_rollup", "stat", "statm", "status", "limits", "io")
)
_NICENESS = 5
_OOM_FIRST = b"1000"


@dataclass(frozen=True)
class Confinement:
    """Where a child may read and write.

    `counts_own_processes` says that the user id belongs to sandboxes alone. Else the kernel counts
    the user's other processes as well where it limits threads.
    """

    readable: Sequence[str]
    writable: str
    counts_own_processes: bool
    limits: Limits


def confine(rules: Confinement) -> None:
    """Limits, Landlock, no capabilities, seccomp, in this order; files must be closed before.

    Raises:
        OSError: a step was refused. The caller must end the process.
    """
    _be_modest()
    _set_limits(rules)
    landlock.restrict((*rules.readable, *_OWN_PROCESS), rules.writable, _DEVICES)
    syscalls.drop_capabilities()
    syscalls.set_no_new_privileges()
    syscalls.install_filter(seccomp.program(os.getpid()))


def _be_modest() -> None:
    os.nice(_NICENESS)
    try:
        score = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    except OSError:  # a process that changed its user may not; then memory is judged as usual
        return
    try:
        os.write(score, _OOM_FIRST)
    finally:
        os.close(score)


def _set_limits(rules: Confinement) -> None:
    limits = rules.limits
    with open("/proc/self/statm", encoding="ascii") as statm:
        size = int(statm.read().split()[0]) * resource.getpagesize()
    hard = {
        # With fork refused, the address space of the one process is the sandbox's memory.
        resource.RLIMIT_AS: size + limits.memory_mb * MIB,
        resource.RLIMIT_FSIZE: limits.file_mb * MIB,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    threads = limits.threads
    if not rules.counts_own_processes:  # then the limit stands above what the user has already
        threads = _tasks_of_the_machine() + limits.threads_beside_others
    hard[resource.RLIMIT_NPROC] = threads
    for kind, most in hard.items():
        resource.setrlimit(kind, (most, most))


def _tasks_of_the_machine() -> int:
    """How many processes and threads there are, whosever they are."""
    with open("/proc/loadavg", encoding="ascii") as averages:
        return int(averages.read().split()[3].partition("/")[2])

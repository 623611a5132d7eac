"""The guards of the embedded sandbox, and how each of them can be taken away alone.

`docs/security.md` lists the same names. Nothing here is part of the product: a guard is removed
by changing our functions in a zygote that the test starts, or in the test's own process.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from datalens_core.sandbox.embedded import launch
from datalens_core.sandbox.embedded.broker import Broker
from datalens_core.sandbox.embedded.limits import Limits

# Run in the zygote, before it serves: `without` of a fork's request names what the child lacks.
# The libraries are left out, so that it is there in half a second.
LOOSE = """
import json, numpy.random, os, resource
from datalens_core.sandbox.embedded import confine, landlock, preload, seccomp, shell, syscalls
from datalens_core.sandbox.embedded import zygote
REMOVALS = {removals!r}
wanted = [None]
loads, fork = json.loads, os.fork
def loads_and_remembers(text, **options):
    found = loads(text, **options)
    if isinstance(found, dict) and "without" in found:
        wanted[0] = found["without"]
    return found
def forks_and_removes():
    pid = fork()
    if pid == 0 and wanted[0] is not None:
        exec(REMOVALS[wanted[0]], globals())
    return pid
def skip(kind):
    limit = resource.setrlimit
    resource.setrlimit = lambda k, v: None if k == getattr(resource, kind) else limit(k, v)
json.loads, os.fork = loads_and_remembers, forks_and_removes
preload.import_all = preload.warm = lambda: None
preload.namespace = dict
shell._show_figures = lambda made: None
"""


@dataclass(frozen=True)
class ChildGuard:
    """`removal` runs in the child before it confines itself; `probe` prints ESCAPED then."""

    name: str
    removal: str
    probe: str


CHILD_GUARDS = [
    ChildGuard("memory limit", "skip('RLIMIT_AS')", "import mmap; won(mmap.mmap(-1, 3 << 30))"),
    ChildGuard(
        "file size limit",
        "skip('RLIMIT_FSIZE')",
        "f = open('big', 'wb'); f.truncate(5 << 30); won(True)",
    ),
    ChildGuard(
        "descriptor limit",
        "skip('RLIMIT_NOFILE')",
        "won(len([os.open('/dev/null', 0) for _ in range(300)]) == 300)",
    ),
    ChildGuard(
        "thread limit",
        "skip('RLIMIT_NPROC')",
        "import threading\nthreading.stack_size(1 << 16)\nhold = threading.Event()\n"
        "for _ in range(600): threading.Thread(target=hold.wait, daemon=True).start()\n"
        "won(True)",
    ),
    *(
        ChildGuard(
            f"no {what}",
            f"skip('{kind}')",
            f"import resource as r; won(r.getrlimit(r.{kind}) != (0, 0))",
        )
        for what, kind in (
            ("core files", "RLIMIT_CORE"),
            ("locked memory", "RLIMIT_MEMLOCK"),
            ("message queues", "RLIMIT_MSGQUEUE"),
        )
    ),
    ChildGuard(
        "niceness",
        "os.nice = lambda n: None",
        "won(os.getpriority(os.PRIO_PROCESS, 0) <= GIVEN['niceness'])",
    ),
    ChildGuard(
        "descriptors closed",
        "os.closerange = lambda low, high: None",
        "won([fd for fd in os.listdir('/proc/self/fd') if int(fd) > 3 and fd != '9' "
        "and os.path.exists('/proc/self/fd/' + fd)])",
    ),
    ChildGuard("Landlock", "landlock.restrict = lambda *rules: None", "won(os.listdir('/boxes'))"),
    ChildGuard(
        "seccomp filter",
        "syscalls.install_filter = lambda program: None",
        "pid = os.fork()\nif pid == 0: os._exit(0)\nwon(pid > 0)",
    ),
]


@dataclass(frozen=True)
class LaunchGuard:
    """Words of bubblewrap's command, and what must be true of the place that it makes."""

    name: str
    words: tuple[str, ...]
    holds: Callable[[Mapping[str, Any], Mapping[str, Any]], bool]
    instead: tuple[str, ...] = ()


# What a program sees of the place; run inside and, to compare, outside.
REPORT = """
import ctypes, json, os
mounts = [line.split() for line in open("/proc/self/mountinfo")]
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
def may_make_user_namespaces():
    pid = os.fork()
    if pid == 0:
        os._exit(0 if ctypes.CDLL(None).unshare(0x10000000) == 0 else 1)
    return os.waitpid(pid, 0)[1] == 0
print(json.dumps({
    "namespaces": {name: os.readlink("/proc/self/ns/" + name) for name in ("net", "ipc", "uts")},
    "processes": sum(name.isdigit() for name in os.listdir("/proc")),
    "environment": sorted(os.environ),
    "writable": [m[4] for m in mounts if "ro" not in m[5].split(",")],
    "capabilities": int(status["CapPrm"], 16) | int(status["CapEff"], 16),
    "session": os.getsid(0),
    "user_namespaces": may_make_user_namespaces(),
}))
"""
_SETUID_SETGID_SETPCAP = 0b111000000


def _own(namespace: str) -> Callable[[Mapping[str, Any], Mapping[str, Any]], bool]:
    return lambda inside, host: inside["namespaces"][namespace] != host["namespaces"][namespace]


LAUNCH_GUARDS = [
    LaunchGuard(
        "no other process to be seen",
        ("--unshare-pid", "--as-pid-1"),
        lambda inside, host: inside["processes"] == 1,
    ),
    LaunchGuard("no network", ("--unshare-net",), _own("net")),
    LaunchGuard("IPC of its own", ("--unshare-ipc",), _own("ipc")),
    LaunchGuard("host name of its own", ("--unshare-uts", "--hostname", "sandbox"), _own("uts")),
    LaunchGuard(
        "clean environment",
        ("--clearenv",),
        lambda inside, host: "PLANTED" not in inside["environment"],
    ),
    LaunchGuard(
        "session of its own", ("--new-session",), lambda inside, host: inside["session"] == 1
    ),
    LaunchGuard(
        "read-only root", ("--remount-ro", "/"), lambda inside, host: "/" not in inside["writable"]
    ),
    LaunchGuard(
        "read-only Python",
        ("--ro-bind-try",),
        lambda inside, host: (
            not [path for path in inside["writable"] if path.startswith(tuple(host["readable"]))]
        ),
        instead=("--bind-try",),
    ),
]
ROOTS_GUARD = LaunchGuard(
    "no capabilities in the namespace",
    ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"),
    lambda inside, host: not inside["capabilities"] & ~_SETUID_SETGID_SETPCAP,
)
USERS_GUARD = LaunchGuard(
    "no user namespaces",
    ("--disable-userns",),
    lambda inside, host: not inside["user_namespaces"],
)


SEEDS = "random numbers of its own"
REMOVALS = {guard.name: guard.removal for guard in CHILD_GUARDS} | {
    SEEDS: "preload.reseed = lambda: None",
}


class LooseBroker(Broker):
    """A broker whose boxes can be told to leave one of their guards out."""

    without: str | None = None

    @classmethod
    def begin(cls, limits: Limits) -> LooseBroker:
        plan = functools.partial(launch.in_bubblewrap, launch.bubblewraps()[0], limits)
        started = cls.attempt(lambda descriptor: _loosened(plan(descriptor)))
        assert isinstance(started, LooseBroker)
        return started

    async def _ask(self, request: bytes, pass_fds: list[int]) -> tuple[dict[str, Any], list[int]]:
        asked = json.dumps(json.loads(request) | {"without": self.without}).encode()
        return await super()._ask(asked, pass_fds)


def _loosened(how: launch.Launch) -> launch.Launch:
    command = list(how.command)
    at = command.index("-c") + 1
    start, importing = command[at].split("; from ")
    command[at] = "\n".join((start, LOOSE.format(removals=REMOVALS), "from " + importing))
    return replace(how, command=command)

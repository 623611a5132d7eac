"""The self-test's program. Runs inside a box only; prints which attempts were stopped."""

import ctypes
import json
import os
import socket
import sys
from collections.abc import Callable

_given = json.loads(os.environ["DATALENS_ATTEMPTS"])
_libc = ctypes.CDLL(None, use_errno=True)
_AT_FDCWD = -100
_CHMODS = {
    "chmod": (90, _given["canary"].encode(), 0o777),
    "fchmodat": (268, _AT_FDCWD, _given["canary"].encode(), 0o777),
    "fchmodat2": (452, _AT_FDCWD, _given["canary"].encode(), 0o777, 0),
}


def _read_home() -> bool:
    with open(_given["canary"], "rb") as file:
        return bool(file.read())


def _connect() -> bool:
    with socket.create_connection(("127.0.0.1", _given["port"]), timeout=1):
        return True


def _connect_by_hand() -> bool:
    return bool(_libc.syscall(41, 2, 1, 0) >= 0)


def _exec() -> bool:
    # Only the failure comes back; the interpreter is the one program that surely is there.
    os.execv("/proc/self/exe", ["python", "-c", ""])
    return True


def _fork() -> bool:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return True


def _fork_by_hand() -> bool:
    pid = _libc.syscall(57)
    if pid == 0:
        os._exit(0)
    return bool(pid > 0)


def _chmod() -> bool:
    # The answers are feigned: the server looks at the file.
    for call in _CHMODS.values():
        _libc.syscall(*call)
    return False


def _allocate() -> bool:
    return bool(bytearray(_given["allocate_mb"] << 20))


def _map_shared() -> bool:
    import mmap

    with mmap.mmap(-1, _given["allocate_mb"] << 20):
        return True


def _write(path: str) -> bool:
    with open(path, "w"):
        return True


def _is_blocked(attempt: Callable[[], bool]) -> bool:
    try:
        return not attempt()
    except (OSError, MemoryError):
        return True


_beside = os.path.join(os.path.dirname(_given["canary"]), "datalens-escape")
_attempts: dict[str, Callable[[], bool]] = {
    "reading a file of the user": _read_home,
    "connecting to a port of this machine": _connect,
    "opening a network socket": _connect_by_hand,
    "starting a program": _exec,
    "forking": _fork,
    "forking by hand": _fork_by_hand,
    "changing the mode of a host file": _chmod,
    "allocating more memory than allowed": _allocate,
    "mapping more memory than allowed": _map_shared,
    "writing beside the user's files": lambda: _write(_beside),
    "writing to the shared temporary folder": lambda: _write("/var/tmp/datalens-escape"),
    "writing beside the work folder": lambda: _write(
        os.path.join(os.path.dirname(os.path.realpath("/proc/self/cwd")), "datalens-escape")
    ),
}
_report = {_name: _is_blocked(_attempt) for _name, _attempt in _attempts.items()}
sys.stdout.write(json.dumps(_report))

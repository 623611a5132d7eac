"""The few system calls that Python has no function for (x86-64 numbers)."""

from __future__ import annotations

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

_PRCTL, _CAPSET, _SECCOMP, _OPENAT2 = 157, 126, 317, 437
_PR_SET_DUMPABLE = 4
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 1, 24, 38, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_SECCOMP_SET_MODE_FILTER = 1
_LAST_CAPABILITY = 63
_CAPABILITY_VERSION_3 = 0x20080522
_RESOLVE_NO_MAGICLINKS, _RESOLVE_NO_SYMLINKS, _RESOLVE_BENEATH = 0x02, 0x04, 0x08


def invoke(number: int, *arguments: int | bytes | ctypes.Structure) -> int:
    """One raw system call.

    Raises:
        OSError: with the call's errno.
    """
    converted = [ctypes.c_long(a) if isinstance(a, int) else _pointer(a) for a in arguments]
    result = _libc.syscall(ctypes.c_long(number), *converted)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"system call {number}: {os.strerror(code)}")
    return int(result)


def _pointer(value: bytes | ctypes.Structure) -> object:
    return value if isinstance(value, bytes) else ctypes.byref(value)


def set_no_new_privileges() -> None:
    invoke(_PRCTL, _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def die_with_parent(signal: int) -> None:
    """Have the kernel send `signal` when the thread that forked this process ends.

    A change of user id clears this, as does a fork.
    """
    invoke(_PRCTL, _PR_SET_PDEATHSIG, signal, 0, 0, 0)


def be_dumpable() -> None:
    """Have this process's /proc entries belong to its user again; a change of user ends that."""
    invoke(_PRCTL, _PR_SET_DUMPABLE, 1, 0, 0, 0)


def drop_bounding_set() -> None:
    """No exec can ever give a capability back. Needs CAP_SETPCAP; without it, does nothing."""
    for capability in range(_LAST_CAPABILITY + 1):
        try:
            invoke(_PRCTL, _PR_CAPBSET_DROP, capability, 0, 0, 0)
        except OSError:  # unknown to this kernel, or no right to drop: clearing the sets decides
            return


def drop_capabilities() -> None:
    """Clear the bounding (where allowed), ambient, permitted, effective and inheritable sets."""
    drop_bounding_set()
    invoke(_PRCTL, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = _CAPABILITY_VERSION_3.to_bytes(4, "little") + bytes(4)
    invoke(_CAPSET, header, bytes(24))


class _FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def install_filter(program: bytes) -> None:
    """Install a seccomp filter given as `struct sock_filter[]`, for this thread and its future."""
    held = ctypes.create_string_buffer(program, len(program))
    set_no_new_privileges()
    described = _FilterProgram(len(program) // 8, ctypes.addressof(held))
    invoke(_SECCOMP, _SECCOMP_SET_MODE_FILTER, 0, described)


def open_beneath(folder: int, path: str, flags: int, mode: int = 0o600) -> int:
    """Open `path` below the folder's descriptor; no `..`, no link can lead outside.

    Raises:
        OSError: EXDEV or ELOOP where the path would leave the folder.
    """
    resolve = _RESOLVE_BENEATH | _RESOLVE_NO_SYMLINKS | _RESOLVE_NO_MAGICLINKS
    flags |= os.O_CLOEXEC | os.O_NOFOLLOW
    how = b"".join(
        part.to_bytes(8, "little") for part in (flags, mode if flags & os.O_CREAT else 0, resolve)
    )
    return invoke(_OPENAT2, folder, os.fsencode(path) + b"\0", how, len(how))

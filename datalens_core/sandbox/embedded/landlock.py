"""Landlock: which files a process may reach, from the process itself, for good.

Source: linux/landlock.h; https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable

from datalens_core.sandbox.embedded.syscalls import invoke, set_no_new_privileges

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_SOCK, _MAKE_FIFO, _MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 10, 1 << 11
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_HANDLED = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
_ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | _TRUNCATE | _IOCTL_DEV
_NEVER = EXECUTE | _MAKE_CHAR | _MAKE_SOCK | _MAKE_FIFO | _MAKE_BLOCK | _IOCTL_DEV


def abi() -> int:
    """The kernel's Landlock version; 0 where there is none."""
    try:
        return invoke(_CREATE_RULESET, 0, 0, 1)
    except OSError:  # not built in, or not enabled at boot
        return 0


def restrict(readable: Iterable[str], writable: str, devices: Iterable[str]) -> None:
    """Allow reading below `readable`, everything but exec below `writable`, nothing else.

    Where the kernel can, TCP, signals and abstract sockets to the outside are refused as well.

    Raises:
        OSError: the kernel refused; the process must not go on.
    """
    version = abi()
    if version < 1:
        raise OSError("this kernel has no Landlock")
    files = _HANDLED[min(version, 5)]
    attributes = struct.pack("QQQ", files, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = invoke(_CREATE_RULESET, attributes[:size], size, 0)
    try:
        for path in readable:
            _allow(ruleset, path, files & (READ_FILE | READ_DIR))
        for path in devices:
            _allow(ruleset, path, files & (READ_FILE | WRITE_FILE))
        if not _allow(ruleset, writable, files & ~_NEVER):
            raise OSError("the work folder is missing")
        set_no_new_privileges()
        invoke(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> bool:
    """Add a rule; False for a path that does not exist, which then cannot be reached either."""
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        if not os.path.isdir(path):
            rights &= _ON_FILES
        rule = struct.pack("=Qi", rights, beneath)
        invoke(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(beneath)
    return True

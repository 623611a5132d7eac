"""A seccomp ALLOWLIST, assembled from tables (x86-64).

Layout of the program: architecture, x32 calls, then one block a call. A block that matches ends
in RET, so the order of blocks does not matter; what matches none is refused.

Sources: linux/filter.h, linux/seccomp.h, asm/unistd_64.h. The tables were drawn up by observing
20 analysis workloads and reviewing the rest; see the project's notes on isolation.
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Iterable

Instruction = tuple[int, int, int, int]

_LOAD, _JEQ, _JGE, _JSET, _AND, _RET = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _KILL_PROCESS, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_AUDIT_ARCH_X86_64 = 0xC000003E
_X32_BIT = 0x40000000
_FIRST_UNKNOWN = 335  # newer calls answer ENOSYS, so that libraries take their fallback

# fmt: off
MEMORY = {
    "brk": 12, "mmap": 9, "munmap": 11, "mremap": 25, "mprotect": 10, "madvise": 28,
    "mincore": 27, "msync": 26,
}
FILES = {  # which files may be reached is Landlock's business
    "read": 0, "write": 1, "close": 3, "lseek": 8, "pread64": 17, "pwrite64": 18, "readv": 19,
    "writev": 20, "preadv": 295, "pwritev": 296, "open": 2, "openat": 257, "stat": 4, "fstat": 5,
    "lstat": 6, "newfstatat": 262, "statx": 332, "statfs": 137, "fstatfs": 138, "access": 21,
    "faccessat": 269, "faccessat2": 439, "readlink": 89, "readlinkat": 267, "getcwd": 79,
    "chdir": 80, "fchdir": 81, "getdents64": 217, "dup": 32, "dup2": 33, "dup3": 292,
    "umask": 95, "mkdir": 83, "mkdirat": 258, "rmdir": 84, "unlink": 87,
    "unlinkat": 263, "rename": 82, "renameat": 264, "renameat2": 316, "symlink": 88,
    "symlinkat": 266, "link": 86, "linkat": 265, "ftruncate": 77, "fsync": 74, "fdatasync": 75,
    "fadvise64": 221, "copy_file_range": 326, "sendfile": 40,
}
# Nothing here opens a connection: socket, connect and bind are not in the list. Nor is sendmsg:
# files that are sent and closed would be held, and counted nowhere.
CHANNELS = {
    "recvfrom": 45, "recvmsg": 47, "shutdown": 48, "getsockname": 51, "getpeername": 52,
    "pipe": 22, "pipe2": 293, "poll": 7, "ppoll": 271, "select": 23, "pselect6": 270,
    "epoll_create1": 291, "epoll_ctl": 233, "epoll_wait": 232, "epoll_pwait": 281,
    "eventfd2": 290,
}
THREADS_SIGNALS_TIME = {
    "futex": 202, "set_robust_list": 273, "rseq": 334, "gettid": 186, "sched_yield": 24,
    "sched_getaffinity": 204, "membarrier": 324, "getcpu": 309, "rt_sigaction": 13,
    "rt_sigprocmask": 14, "rt_sigreturn": 15, "rt_sigtimedwait": 128, "sigaltstack": 131,
    "restart_syscall": 219, "setitimer": 38, "getitimer": 36, "alarm": 37, "pause": 34,
    "nanosleep": 35, "clock_nanosleep": 230, "clock_gettime": 228, "clock_getres": 229,
    "gettimeofday": 96, "time": 201,
}
INFORMATION = {
    "getpid": 39, "getppid": 110, "getuid": 102, "geteuid": 107, "getgid": 104, "getegid": 108,
    "getgroups": 115, "getresuid": 118, "getresgid": 120, "getpgrp": 111, "getpgid": 121,
    "getsid": 124, "uname": 63, "sysinfo": 99, "getrusage": 98, "times": 100, "getrlimit": 97,
    "getpriority": 140, "getrandom": 318, "exit": 60, "exit_group": 231,
}
PLAIN = MEMORY | FILES | CHANNELS | THREADS_SIGNALS_TIME | INFORMATION

FEIGNED = {  # answered 0 and not executed, so that shutil.copy, zipfile and sqlite3 work
    "chmod": 90, "fchmod": 91, "fchmodat": 268, "fchmodat2": 452, "utime": 132, "utimes": 235,
    "utimensat": 280, "futimesat": 261, "flock": 73,
}
ANSWERED = {  # the errno that makes libraries take their fallback path
    **dict.fromkeys(range(188, 200), errno.ENOTSUP),  # the xattr family
    435: errno.ENOSYS,  # clone3: its flags are out of a filter's reach, glibc falls back to clone
    61: errno.ECHILD,  # wait4
    285: errno.ENOTSUP,  # fallocate: it fills a disk before anybody looks; libraries write instead
}
# fmt: on

# THREAD SIGHAND FILES FS VM: what a thread holds in descriptors of its own is counted nowhere.
_CLONE, _CLONE_THREAD, _CLONE_NEW = 56, 0x00010F00, 0x7E020080  # NEW: any namespace
_CLOSE_RANGE, _UNSHARE = 436, 2
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS WINSZ FIONREAD FIONBIO FIO*CLEX
_FCNTL = (0, 1, 2, 3, 4, 5, 36, 1030, 1032)  # fd flags, whether there is a lock; never F_SETOWN
_LOCKS = (6, 7, 37, 38)  # feigned: they would take the kernel's memory, and hold up others
_PRCTL = (15, 16, 0x53564D41)  # SET_NAME GET_NAME SET_VMA
# Of sockets: TYPE ERROR SNDBUF RCVBUF PROTOCOL DOMAIN to read; KEEPALIVE LINGER and times to set.
# Never PEERCRED or PEERPIDFD, which tell of the server, nor filters, nor sizes: what is in a buffer
# is the kernel's memory.
_GETSOCKOPT = (3, 4, 7, 8, 9, 13, 20, 21, 30, 38, 39)
_SETSOCKOPT = (9, 13, 20, 21)
_SOCK_STREAM, _SOCK_FLAGS = 1, 0o2004000


def supported() -> bool:
    """Whether the tables fit this machine's calls."""
    return platform.machine() == "x86_64" and struct.calcsize("P") == 8


def program(pid: int) -> bytes:
    """The filter for the process `pid` as `struct sock_filter[]`.

    Raises:
        NotImplementedError: the machine is not x86-64.
    """
    if not supported():
        raise NotImplementedError("seccomp tables exist for x86-64 only")
    code = [
        (_LOAD, 0, 0, 4),
        (_JEQ, 1, 0, _AUDIT_ARCH_X86_64),
        _ret(_KILL_PROCESS),
        (_LOAD, 0, 0, 0),
        (_JGE, 0, 1, _X32_BIT),
        _ret(_KILL_PROCESS),
    ]
    frequent = (PLAIN[name] for name in ("read", "write", "futex", "mmap", "munmap", "madvise"))
    for number in dict.fromkeys((*frequent, *PLAIN.values())):
        code += _block(number, [_ret(_ALLOW)])
    for number, body in _by_argument(pid).items():
        code += _block(number, body)
    for number in FEIGNED.values():
        code += _block(number, [_refuse(0)])
    for number, answer in ANSWERED.items():
        code += _block(number, [_refuse(answer)])
    code += [(_JGE, 0, 1, _FIRST_UNKNOWN), _refuse(errno.ENOSYS), _refuse(errno.EPERM)]
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


def _by_argument(pid: int) -> dict[int, list[Instruction]]:
    allow, deny = _ret(_ALLOW), _refuse(errno.EPERM)
    null = [_low(2), (_JEQ, 1, 0, 0), deny, _high(2), (_JEQ, 1, 0, 0), deny, allow]
    return {
        _CLONE: [  # threads of this process only
            _low(0),
            (_JSET, 0, 1, _CLONE_NEW),
            deny,
            (_AND, 0, 0, _CLONE_THREAD),
            (_JEQ, 0, 1, _CLONE_THREAD),
            allow,
            deny,
        ],
        16: _one_of(1, _IOCTL, errno.ENOTTY),
        _CLOSE_RANGE: [_low(2), (_JSET, 0, 1, _UNSHARE), deny, allow],
        72: _one_of(1, _FCNTL, errno.EPERM, feigned=_LOCKS),
        54: _one_of(2, _SETSOCKOPT, errno.EPERM),
        55: _one_of(2, _GETSOCKOPT, errno.EPERM),
        157: _one_of(0, _PRCTL, errno.EPERM),
        62: _one_of(0, (pid,), errno.EPERM),  # kill: never 0 or -1
        234: _one_of(0, (pid,), errno.EPERM),  # tgkill
        302: [_low(0), (_JEQ, 2, 0, 0), (_JEQ, 1, 0, pid), deny, *null],  # prlimit64: read own
        53: [  # socketpair: a DGRAM pair could sendto() the path of a host's socket
            _low(0),
            (_JEQ, 1, 0, 1),
            deny,
            _low(1),
            (_AND, 0, 0, 0xFFFFFFFF & ~_SOCK_FLAGS),
            (_JEQ, 0, 1, _SOCK_STREAM),
            allow,
            deny,
        ],
        44: [  # sendto: no destination address
            _low(4),
            (_JEQ, 1, 0, 0),
            deny,
            _high(4),
            (_JEQ, 1, 0, 0),
            deny,
            allow,
        ],
    }


def _block(number: int, body: list[Instruction]) -> list[Instruction]:
    return [(_JEQ, 0, len(body), number), *body]


def _one_of(
    argument: int, values: Iterable[int], otherwise: int, feigned: Iterable[int] = ()
) -> list[Instruction]:
    answers = {value: _ret(_ALLOW) for value in values} | {value: _refuse(0) for value in feigned}
    tests = [step for value, how in answers.items() for step in ((_JEQ, 0, 1, value), how)]
    return [_low(argument), *tests, _refuse(otherwise)]


def _ret(action: int) -> Instruction:
    return (_RET, 0, 0, action)


def _refuse(code: int) -> Instruction:
    return _ret(_ERRNO | code)


def _low(argument: int) -> Instruction:
    return (_LOAD, 0, 0, 16 + 8 * argument)


def _high(argument: int) -> Instruction:
    return (_LOAD, 0, 0, 20 + 8 * argument)

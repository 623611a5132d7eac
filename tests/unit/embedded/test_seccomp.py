"""The seccomp program, run by a small interpreter of classic BPF: it allows what is listed."""

from __future__ import annotations

import errno
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalens_core.sandbox.embedded import seccomp

PID = 4242
X86_64, I386 = 0xC000003E, 0x40000003
ALLOW, KILL = 0x7FFF0000, 0x80000000
PROGRAM = list(struct.iter_unpack("<HBBI", seccomp.program(PID)))


def verdict(number: int, *arguments: int, architecture: int = X86_64) -> int:
    words = [argument & 0xFFFFFFFFFFFFFFFF for argument in (*arguments, *[0] * 6)][:6]
    data = struct.pack("<IIQ6Q", number, architecture, 0, *words)
    accumulator = at = 0
    while True:
        code, if_true, if_false, k = PROGRAM[at]
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, k)
        elif code == 0x54:
            accumulator &= k
        elif code == 0x06:
            return int(k)
        else:
            holds = {0x15: accumulator == k, 0x35: accumulator >= k, 0x45: accumulator & k != 0}
            at += if_true if holds[code] else if_false


def refused(code: int) -> int:
    return 0x00050000 | code


def test_every_listed_call_is_allowed() -> None:
    for name, number in seccomp.PLAIN.items():
        assert verdict(number) == ALLOW, name


@given(st.integers(0, 1023), st.lists(st.integers(0, 2**64 - 1), min_size=6, max_size=6))
@settings(max_examples=300)
def test_no_unlisted_call_is_allowed(number: int, arguments: list[int]) -> None:
    by_argument = {16, 44, 53, 54, 55, 56, 62, 72, 157, 234, 302, 436}
    if number not in {*seccomp.PLAIN.values(), *by_argument}:
        assert verdict(number, *arguments) != ALLOW


@given(st.integers(0, 1023), st.sampled_from([I386, 0, 0xC00000B7]))
def test_another_architecture_is_killed(number: int, architecture: int) -> None:
    assert verdict(number, architecture=architecture) == KILL
    assert verdict(0x40000000 | number) == KILL


@given(st.integers(0, 2**32 - 1))
def test_clone_makes_threads_and_nothing_else(flags: int) -> None:
    threads = 0x00010000 | 0x00000100 | 0x00000800 | 0x00000200 | 0x00000400
    namespaces = 0x7E020000 | 0x80
    allowed = verdict(56, flags) == ALLOW
    assert allowed == (flags & threads == threads and not flags & namespaces)
    assert verdict(56, (flags | threads) & ~namespaces) == ALLOW
    assert verdict(435) == refused(errno.ENOSYS)


@given(st.integers(-(2**31), 2**31 - 1))
def test_signals_go_to_the_own_process_only(target: int) -> None:
    for call in (62, 234):
        assert (verdict(call, target, 9) == ALLOW) == (target == PID)


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (302, (0, 7, 0x7FFF00000000, 0)),  # prlimit64: a new limit, whose low word is 0
        (302, (1, 7, 0, 1)),
        (53, (1, 2, 0, 0)),  # a datagram pair
        (53, (2, 1, 0, 0)),
        (44, (3, 0, 1, 0, 0x7FFF00000000, 110)),  # sendto with an address
        (72, (3, 8, 1)),  # F_SETOWN
        (16, (0, 0x5412, 0)),  # TIOCSTI
        (157, (4, 1)),  # PR_SET_DUMPABLE
        (436, (3, 9, 2)),  # CLOSE_RANGE_UNSHARE
        (56, (0x10900,)),  # a thread with descriptors of its own
        (54, (3, 1, 7)),  # SO_SNDBUF
        (54, (3, 1, 26)),  # SO_ATTACH_FILTER
        (55, (3, 1, 77)),  # SO_PEERPIDFD
    ],
)
def test_the_argument_decides(call: int, arguments: tuple[int, ...]) -> None:
    assert verdict(call, *arguments) in (refused(errno.EPERM), refused(errno.ENOTTY))


def test_changing_modes_and_times_and_locking_is_feigned() -> None:
    assert {verdict(number) for number in seccomp.FEIGNED.values()} == {refused(0)}
    assert {verdict(72, 3, lock, 1 << 40) for lock in (6, 7, 37, 38)} == {refused(0)}


def test_descriptors_are_closed_in_ranges_and_marked() -> None:
    assert {verdict(436, 3, 9, flags) for flags in (0, 4)} == {ALLOW}


def test_no_number_stands_for_two_calls() -> None:
    known = seccomp.PLAIN | seccomp.FEIGNED
    assert len(set(known.values())) == len(known)
    assert not set(known.values()) & set(seccomp.ANSWERED)

"""Each guard of the sandbox, removed alone, lets something through that it stops.

So no guard is there for show, and none can be lost without a red test. Where two guards stop the
same thing, the inner one is tested without the outer.
"""

from __future__ import annotations

import importlib
import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from datalens_core.sandbox.embedded import launch, seccomp
from datalens_core.sandbox.embedded.box import Box
from datalens_core.sandbox.embedded.folder import WorkFolder
from datalens_core.sandbox.embedded.limits import Limits
from tests.integration.embedded.guards import (
    CHILD_GUARDS,
    LAUNCH_GUARDS,
    REPORT,
    ROOTS_GUARD,
    SEEDS,
    USERS_GUARD,
    ChildGuard,
    LaunchGuard,
    LooseBroker,
)
from tests.integration.embedded.hostile import PRELUDE
from tests.integration.embedded.test_server_guards import SERVER_GUARDS

LIMITS = Limits(execution_seconds=10)
IN_ONE_LOOP = pytest.mark.asyncio(loop_scope="module")  # the lock of the broker that they share


@pytest.fixture(scope="module")
def broker() -> Iterator[LooseBroker]:
    started = LooseBroker.begin(LIMITS)
    yield started
    started.close()


async def printed_in_a_box(broker: LooseBroker, code: str, without: str | None) -> str:
    broker.without = without
    try:
        box = await Box.start(broker, LIMITS)
    finally:
        broker.without = None
    try:
        execution = box.execute(code, {})
        printed = ""
        while (event := await execution.events.get()) is not None:
            printed += event["text"] if event["type"] == "stdout" else ""
        return printed
    finally:
        await box.close()
        await box.delete_folder()


# -- what a child does to itself -----------------------------------------------------------------


@IN_ONE_LOOP
@pytest.mark.parametrize("guard", CHILD_GUARDS, ids=lambda guard: guard.name)
async def test_a_child_without_one_of_its_guards_escapes(
    broker: LooseBroker, guard: ChildGuard
) -> None:
    given = f"GIVEN = {{'niceness': {os.nice(0)}}}\n"
    code = given + PRELUDE + guard.probe
    assert "ESCAPED" not in await printed_in_a_box(broker, code, None)
    assert "ESCAPED" in await printed_in_a_box(broker, code, guard.name)


@IN_ONE_LOOP
async def test_boxes_that_are_not_reseeded_draw_the_same_numbers(broker: LooseBroker) -> None:
    code = "import numpy; print(numpy.random.rand())"
    assert len({await printed_in_a_box(broker, code, None) for _ in range(2)}) == 2
    assert len({await printed_in_a_box(broker, code, SEEDS) for _ in range(2)}) == 1


def confined(stage: list[str], removal: str) -> subprocess.CompletedProcess[str]:
    """A process of its own that confines itself, but for what is removed, and tells its status."""
    code = (
        "import resource, sys\n"
        "from datalens_core.sandbox.embedded import confine, landlock, syscalls\n"
        "from datalens_core.sandbox.embedded.limits import Limits\n"
        f"{removal}\n"
        "confine.confine(confine.Confinement(['/'], sys.argv[1], False, Limits()))\n"
        "print(open('/proc/self/status').read(), open('/proc/self/limits').read())"
    )
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(
            [*stage, sys.executable, "-c", code, folder], capture_output=True, text=True
        )


@pytest.mark.parametrize("removal", ["", "syscalls.drop_capabilities = lambda: None"])
def test_no_capability_is_left(removal: str) -> None:
    """In a namespace of the test's own, where there are some to lose."""
    stage = [launch.bubblewraps()[0], "--unshare-user", "--uid", "0", "--cap-add", "ALL"]
    told = confined([*stage, "--dev-bind", "/", "/"], removal).stdout
    held = [int(line.split()[1], 16) for line in told.splitlines() if line.startswith("Cap")]
    assert len(held) == 5
    assert any(held) is bool(removal)


def test_where_the_user_is_not_the_sandboxes_alone_threads_have_a_limit_too() -> None:
    told = confined([], "").stdout
    (most,) = (int(line.split()[2]) for line in told.splitlines() if "Max processes" in line)
    others = most - LIMITS.threads_beside_others
    assert 0 < others < 20_000


def test_a_child_that_may_gain_privileges_is_refused() -> None:
    assert "NoNewPrivs:\t1" in confined([], "").stdout
    ran = confined(
        [], "syscalls.set_no_new_privileges = landlock.set_no_new_privileges = lambda: None"
    )
    assert ran.returncode == 1
    assert "PermissionError" in ran.stderr


# -- the place that bubblewrap makes -------------------------------------------------------------


def report(command: list[str]) -> dict[str, Any]:
    environment = {"PLANTED": "x", "PATH": os.environ["PATH"]}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


@pytest.mark.parametrize(
    "guard",
    [*LAUNCH_GUARDS, ROOTS_GUARD if os.getuid() == 0 else USERS_GUARD],
    ids=lambda guard: guard.name,
)
def test_a_place_without_one_of_its_walls_is_open(guard: LaunchGuard) -> None:
    program = [sys.executable, "-I", "-c", REPORT]
    command = launch.in_bubblewrap(launch.bubblewraps()[0], LIMITS, 0).command
    around = command[: command.index("--")]
    host = report(program) | {"readable": launch.readable_paths()}
    assert guard.holds(report([*around, "--", *program]), host)
    opened: list[str] = []
    for word in around:
        if word not in guard.words or (word == "/" and opened[-1:] == ["--chdir"]):
            opened.append(word)
        else:
            opened += guard.instead
    assert not guard.holds(report([*opened, "--", *program]), host)


# -- the rules of the filter ---------------------------------------------------------------------

ALLOW = struct.pack("<HBBI", 0x06, 0, 0, 0x7FFF0000)
JUMP_OVER = struct.Struct("<HBBI")


def patched(at: int, instruction: bytes) -> Callable[[bytes], bytes]:
    return lambda code: code[: at * 8] + instruction + code[at * 8 + 8 :]


def always_jumping(at: int) -> Callable[[bytes], bytes]:
    """The test at that place passes, whatever it finds."""

    def change(code: bytes) -> bytes:
        operation, _, _, k = JUMP_OVER.unpack_from(code, at * 8)
        return patched(at, JUMP_OVER.pack(operation, 1, 1, k))(code)

    return change


FILTER_RULES: dict[str, tuple[Callable[[bytes], bytes], str, tuple[Any, ...]]] = {
    "what is not listed is refused": (
        lambda code: code[:-24] + ALLOW * 3,
        "test_no_unlisted_call_is_allowed",
        (101, [0] * 6),
    ),
    "newer calls are unknown": (
        lambda code: code[:-16] + ALLOW + code[-8:],
        "test_no_unlisted_call_is_allowed",
        (425, [0] * 6),
    ),
    "another architecture is killed": (
        always_jumping(1),
        "test_another_architecture_is_killed",
        (20, 0x40000003),
    ),
    "x32 calls are killed": (
        always_jumping(4),
        "test_another_architecture_is_killed",
        (39, 0x40000003),
    ),
}
ARGUMENT_RULES: dict[str, tuple[int, str, tuple[Any, ...]]] = {
    "clone: threads only": (56, "test_clone_makes_threads_and_nothing_else", (17,)),
    "ioctl: a few": (16, "test_the_argument_decides", (16, (0, 0x5412, 0))),
    "close_range: one table": (436, "test_the_argument_decides", (436, (3, 9, 2))),
    "fcntl: never an owner": (72, "test_the_argument_decides", (72, (3, 8, 1))),
    "prctl: names only": (157, "test_the_argument_decides", (157, (4, 1))),
    "kill: itself": (62, "test_signals_go_to_the_own_process_only", (1,)),
    "tgkill: itself": (234, "test_signals_go_to_the_own_process_only", (1,)),
    "prlimit64: reads its own": (302, "test_the_argument_decides", (302, (1, 7, 0, 1))),
    "socketpair: streams": (53, "test_the_argument_decides", (53, (1, 2, 0, 0))),
    "setsockopt: times": (54, "test_the_argument_decides", (54, (3, 1, 26))),
    "getsockopt: nothing of the peer": (55, "test_the_argument_decides", (55, (3, 1, 77))),
    "sendto: no address": (44, "test_the_argument_decides", (44, (3, 0, 1, 0, 1 << 40, 110))),
}


def unit_test(name: str, program: bytes, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A test of the filter's unit tests, run on another program."""
    tests = importlib.import_module("tests.unit.embedded.test_seccomp")
    monkeypatch.setattr(tests, "PROGRAM", list(struct.iter_unpack("<HBBI", program)))
    test = getattr(tests, name)
    held: Callable[..., None] = getattr(test, "hypothesis", test)
    return getattr(held, "inner_test", held)


@pytest.mark.parametrize("rule", FILTER_RULES)
def test_a_filter_without_one_of_its_rules_fails_its_test(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, test, example = FILTER_RULES[rule]
    code = seccomp.program(4242)
    unit_test(test, code, monkeypatch)(*example)
    with pytest.raises(AssertionError):
        unit_test(test, change(code), monkeypatch)(*example)


@pytest.mark.parametrize("rule", ARGUMENT_RULES)
def test_a_filter_that_does_not_look_at_arguments_fails_its_test(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, test, example = ARGUMENT_RULES[rule]
    unit_test(test, seccomp.program(4242), monkeypatch)(*example)
    monkeypatch.setattr(seccomp, "PLAIN", seccomp.PLAIN | {"looked at no more": number})
    with pytest.raises(AssertionError):
        unit_test(test, seccomp.program(4242), monkeypatch)(*example)


def test_a_filter_that_lets_modes_be_changed_fails_its_test(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    test = "test_changing_modes_and_times_and_locking_is_feigned"
    unit_test(test, seccomp.program(4242), monkeypatch)()
    for name, number in seccomp.FEIGNED.items():
        with monkeypatch.context() as one:
            one.setattr(seccomp, "PLAIN", seccomp.PLAIN | {name: number})
            with pytest.raises(AssertionError):
                unit_test(test, seccomp.program(4242), one)()


def test_a_folder_that_does_not_look_at_the_kind_of_a_file_opens_a_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    folder = WorkFolder(os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY), None)
    try:
        with pytest.raises(OSError, match="not a regular file"):
            folder.read("pipe")
        monkeypatch.setattr("datalens_core.sandbox.embedded.folder.stat.S_ISREG", lambda mode: True)
        folder.read("pipe").close()
    finally:
        folder.close()


# -- the list ------------------------------------------------------------------------------------

OTHERS = [
    "no new privileges", SEEDS, "capabilities dropped", "modes, times and locks feigned",
    "regular files only", *SERVER_GUARDS,
]  # fmt: skip


def test_the_list_of_guards_is_written_down() -> None:
    page = Path(__file__).parents[3] / "docs" / "security.md"
    text = " ".join(page.read_text(encoding="utf-8").split())  # a line may end within a name
    launched = [*LAUNCH_GUARDS, ROOTS_GUARD, USERS_GUARD]
    names = [guard.name for guard in (*CHILD_GUARDS, *launched)]
    names += [*FILTER_RULES, *ARGUMENT_RULES, *OTHERS]
    assert [name for name in names if f"`{name}`" not in text] == []

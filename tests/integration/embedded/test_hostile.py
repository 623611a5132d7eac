"""Hostile programs (`hostile.py`) fail in every mode; host and neighbours stay as they were."""

from __future__ import annotations

import ast
import errno
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from datalens_core.sandbox.embedded import seccomp
from tests.integration.embedded.hostile import (
    ATTACKS_ON_THE_SERVER,
    CHANNEL,
    FILE_CALLS,
    PRELUDE,
    PROGRAMS,
    Program,
)

OWNER = 61001  # who the servers of ordinary modes run as, where these tests run as root


@pytest.fixture(scope="session")
def host() -> Iterator[dict[str, Any]]:
    """Things on the host that must stay as they are."""
    with (
        tempfile.TemporaryDirectory(prefix="datalens-host-") as folder,
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as stream,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagram,
    ):
        Path(folder).chmod(0o755)
        file = Path(folder, "file.txt")
        canary = Path(folder, "canary.txt")
        for path in (file, canary):
            path.write_text("untouched")
            path.chmod(0o666)
        stream.bind(f"{folder}/stream")
        stream.listen()
        datagram.bind(f"{folder}/datagram")
        for name in ("stream", "datagram"):
            Path(folder, name).chmod(0o777)
        yield {
            "canary": str(canary),
            "file": str(file),
            "port": tcp.getsockname()[1],
            "unix": f"{folder}/stream",
            "datagram": f"{folder}/datagram",
        }


@pytest.fixture(scope="session")
def neighbour(any_server: Any) -> Iterator[Any]:
    sandbox = any_server.sdk().Sandbox.create(timeout=3600)
    sandbox.files.write("secret.txt", "the neighbour's")
    sandbox.run_code("kept = 1")
    yield sandbox
    sandbox.kill()


@pytest.fixture(scope="session")
def given(neighbour: Any, host: dict[str, Any]) -> dict[str, Any]:
    place = neighbour.run_code("import os; print(os.path.realpath('/proc/self/cwd'))")
    return host | {"sibling": place.logs.stdout[0].strip()}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_hostile_program_fails(
    any_server: Any, neighbour: Any, given: dict[str, Any], program: Program
) -> None:
    sandbox = any_server.sdk().Sandbox.create(timeout=60)
    try:
        execution = sandbox.run_code(f"GIVEN = {given!r}\n{PRELUDE}{program.code}")
    finally:
        sandbox.kill()
    assert "ESCAPED" not in "".join(execution.logs.stdout)
    ended = "" if execution.error is None else execution.error.name
    assert ended not in ("SyntaxError", "NameError", "AttributeError")
    assert (ended == "SandboxDied") <= program.deadly, execution.error
    assert Path(given["file"]).read_text() == "untouched"
    assert Path(given["file"]).stat().st_mode & 0o777 == 0o666
    assert not Path("/var/tmp/datalens-hostile").exists()
    assert neighbour.run_code("kept").text == "1"


@pytest.mark.parametrize("program", ATTACKS_ON_THE_SERVER, ids=lambda program: program.name)
def test_what_a_box_sends_can_harm_nobody_but_itself(
    any_server: Any, neighbour: Any, program: Program
) -> None:
    sandbox = any_server.sdk().Sandbox.create(timeout=60)
    try:
        execution = sandbox.run_code(PRELUDE + CHANNEL + program.code)
        assert "ESCAPED" not in "".join(execution.logs.stdout)
        assert execution.error is None or execution.error.name not in ("SyntaxError", "NameError")
        if sandbox.is_running():
            sandbox.run_code("1 + 1")
    finally:
        sandbox.kill()
    assert neighbour.run_code("kept").text == "1"


@pytest.mark.parametrize(
    "program", [p for p in PROGRAMS if p.harmless], ids=lambda program: program.name
)
def test_the_same_program_succeeds_outside(host: dict[str, Any], program: Program) -> None:
    if program.name == "delete a host file":
        spare = Path(host["file"]).with_name("spare.txt")
        spare.write_text("")
        host = host | {"file": str(spare)}
    code = f"GIVEN = {host!r}\n" + PRELUDE + program.code
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(host["file"]).parent,
        env={**os.environ, "PLANTED": "planted-secret-of-the-server"},
    )
    Path("/var/tmp/datalens-hostile").unlink(missing_ok=True)
    Path(host["file"]).write_text("untouched")
    assert "ESCAPED" in ran.stdout, ran.stderr


CALL_ALL = """
import json, shutil
answers = {}
for name, arguments in FILE_CALLS.items():
    P, N, C, D = (os.path.join(GIVEN["folder"], kind).encode() for kind in "PNCD")
    try:
        F = os.open(P, os.O_RDONLY)
    except OSError:
        F = -1
    answers[name] = call(*eval(f"({arguments},)"))
    after(name)
print(json.dumps(answers))
"""


def made(folder: Path) -> None:
    """P is a file, C another, D an empty folder; N is free."""
    folder.chmod(0o777)
    for name in "PC":
        (folder / name).write_text("untouched")
        (folder / name).chmod(0o666)
        os.setxattr(folder / name, "user.kept", b"1")
    (folder / "D").mkdir()
    if os.getuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, OWNER, OWNER)


def state(folder: Path) -> dict[str, tuple[int, ...]]:
    """All that a call could have changed; the time of change tells of anything else."""
    found = {}
    for path in (folder, *sorted(folder.iterdir())):
        s = path.lstat()
        found[path.name] = (s.st_mode, s.st_uid, s.st_gid, s.st_size, s.st_nlink, s.st_ctime_ns)
    return found


def test_no_call_by_number_changes_a_file_of_the_host(any_server: Any) -> None:
    with tempfile.TemporaryDirectory(prefix="datalens-files-") as place:
        folder = Path(place)
        made(folder)
        before = state(folder)
        sandbox = any_server.sdk().Sandbox.create(timeout=60)
        setup = f"GIVEN = {{'folder': {place!r}}}\nFILE_CALLS = {FILE_CALLS!r}\n"
        execution = sandbox.run_code(setup + PRELUDE + "def after(name): pass\n" + CALL_ALL)
        sandbox.kill()
        assert execution.error is None, execution.error
        assert set(json.loads("".join(execution.logs.stdout))) == set(FILE_CALLS)
        assert state(folder) == before


def test_outside_the_same_calls_do_change_files() -> None:
    with tempfile.TemporaryDirectory(prefix="datalens-files-") as place:
        again = """
def after(name):
    for path in os.listdir(GIVEN["folder"]):
        path = os.path.join(GIVEN["folder"], path)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    for kind in "PC":
        path = os.path.join(GIVEN["folder"], kind)
        open(path, "w").close()
        os.setxattr(path, "user.kept", b"1")
    os.mkdir(os.path.join(GIVEN["folder"], "D"))
"""
        # Calls that would change this machine, or this process, are left out.
        calls = {
            n: c for n, c in FILE_CALLS.items() if n not in ("swapon", "acct", "mount over it")
        }
        setup = f"GIVEN = {{'folder': {place!r}}}\nFILE_CALLS = {calls!r}\n"
        code = setup + PRELUDE + again + "after('')\n" + CALL_ALL
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        done = {name for name, answer in json.loads(ran.stdout).items() if answer >= 0}
    assert done >= {
        "open to truncate", "creat", "truncate", "rename", "renameat", "renameat2", "exchange",
        "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir",
        "mknod", "mknodat", "chmod", "fchmod", "fchmodat", "utime", "utimes", "futimesat",
        "utimensat", "utimensat by descriptor", "setxattr", "lsetxattr", "fsetxattr",
        "removexattr", "lremovexattr", "fremovexattr", "openat",
    }  # fmt: skip


def test_every_call_that_is_not_listed_is_refused_by_the_kernel(any_server: Any) -> None:
    """The filter that is installed is the one that the unit tests run by themselves."""
    by_argument = {16, 44, 53, 54, 55, 56, 62, 72, 157, 234, 302, 436}
    unfiltered = {335, 336}  # recent kernels answer these themselves
    listed = {*seccomp.PLAIN.values(), *seccomp.FEIGNED.values(), *by_argument, *unfiltered}
    numbers = [n for n in range(512) if n not in listed]
    code = f"print({{n: (call(n, 0, 0, 0, 0, 0, 0), ctypes.get_errno()) for n in {numbers}}})"
    sandbox = any_server.sdk().Sandbox.create(timeout=60)
    execution = sandbox.run_code(PRELUDE + code)
    sandbox.kill()
    assert execution.error is None, execution.error
    answers: dict[int, tuple[int, int]] = ast.literal_eval("".join(execution.logs.stdout))
    assert set(answers) == set(numbers)
    for number, (answer, code_of_error) in answers.items():
        expected = seccomp.ANSWERED.get(number, errno.EPERM if number < 335 else errno.ENOSYS)
        assert (number, answer, code_of_error) == (number, -1, expected)


@pytest.mark.parametrize(
    "frame",
    [
        "b'garbage' * 1000",
        "(0xFFFFFFFF).to_bytes(4, 'big')",
        "(400_000).to_bytes(4, 'big') + b'[' * 400_000",
        "(2).to_bytes(4, 'big') + b'[]'",
    ],
)
def test_a_box_that_breaks_the_channel_dies_and_no_other(
    any_server: Any, neighbour: Any, frame: str
) -> None:
    sandbox = any_server.sdk().Sandbox.create(timeout=60)
    execution = sandbox.run_code(f"import os, time; os.write(3, {frame}); time.sleep(30)")
    assert execution.error.name == "SandboxDied"
    assert not sandbox.is_running()
    assert neighbour.run_code("kept").text == "1"


def test_a_forged_message_is_only_text(any_server: Any) -> None:
    sandbox = any_server.sdk().Sandbox.create(timeout=60)
    try:
        execution = sandbox.run_code(
            "import os, json\n"
            "for m in ({'type': 'result', 'data': 7}, {'type': 'stdout', 'text': {}},\n"
            "          {'type': 9}, {'type': 'error', 'name': [1], 'value': None}):\n"
            "    b = json.dumps(m).encode(); os.write(3, len(b).to_bytes(4, 'big') + b)\n"
        )
        assert execution.error.name == "[1]"
        assert execution.results == []
        assert sandbox.run_code("1 + 1").text == "2"
    finally:
        sandbox.kill()


def test_a_link_that_comes_and_goes_leads_the_server_nowhere(
    any_server: Any, host: dict[str, Any]
) -> None:
    """A thread swaps a file and a link to one of the host while the server writes and reads."""
    from e2b.exceptions import SandboxException

    sandbox = any_server.sdk().Sandbox.create(timeout=60)
    try:
        sandbox.run_code(
            "import os, threading\n"
            "def swap():\n"
            "    while True:\n"
            f"        os.symlink({host['canary']!r}, 'next'); os.rename('next', 'data.csv')\n"
            "        open('next', 'w').close(); os.rename('next', 'data.csv')\n"
            "threading.Thread(target=swap, daemon=True).start()"
        )
        served = refused = tries = 0
        ends = time.monotonic() + 30  # by then both must have been met
        while tries < 60 or (not (served and refused) and time.monotonic() < ends):
            tries += 1
            try:
                sandbox.files.write("data.csv", "overwritten")
                served += sandbox.files.read("data.csv") in ("", "overwritten")
            except SandboxException:
                refused += 1
        assert served
        assert refused
    finally:
        sandbox.kill()
    assert Path(host["canary"]).read_text() == "untouched"


def test_a_box_is_confined_from_its_first_moment(any_server: Any, host: dict[str, Any]) -> None:
    """Many starts at once, each with its attempt as the first thing that it does."""

    def attempt(_: int) -> str:
        sandbox = any_server.sdk().Sandbox.create(timeout=60)
        try:
            return str(sandbox.run_code(f"open({host['canary']!r}).read()").error.name)
        finally:
            sandbox.kill()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(attempt, range(12))) <= {"FileNotFoundError", "PermissionError"}


def test_planted_links_lead_the_server_nowhere(any_server: Any, host: dict[str, Any]) -> None:
    from e2b.exceptions import InvalidArgumentException

    sandbox = any_server.sdk().Sandbox.create(timeout=60)
    try:
        sandbox.run_code(
            f"import os; os.symlink({host['file']!r}, 'link'); os.symlink('/', 'root')"
        )
        for path in ("link", f"root{host['file']}"):
            with pytest.raises(InvalidArgumentException):
                sandbox.files.read(path)
            with pytest.raises(InvalidArgumentException):
                sandbox.files.write(path, "overwritten")
        with pytest.raises(InvalidArgumentException):
            sandbox.files.read("../../etc/passwd")
        sandbox.files.remove("link")
    finally:
        sandbox.kill()
    assert Path(host["file"]).read_text() == "untouched"

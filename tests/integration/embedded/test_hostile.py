"""Hostile programs fail in every mode, and the host and the neighbours are as before.

Each prints ESCAPED if it got what it wanted. `GIVEN` holds what the attacker would know: paths,
ports and names on the host. Those marked harmless do succeed outside of a sandbox, which a test
shows: their silence inside is the guard's.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PRELUDE = """
import ctypes, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    return libc.syscall(*[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
def won(condition):
    if condition:
        print("ESCAPED")
"""


@dataclass(frozen=True)
class Program:
    name: str
    code: str
    harmless: bool = False


PROGRAMS = [
    Program("read /etc/passwd", "won(open('/etc/passwd').read())", harmless=True),
    Program("read the home", "won(open(GIVEN['canary']).read())", harmless=True),
    Program("list the home", "won(os.listdir(os.path.dirname(GIVEN['canary'])))", harmless=True),
    Program(
        "read environments",
        """
import glob
for path in glob.glob('/proc/[0-9]*/environ'):
    if path.split('/')[2] != str(os.getpid()):
        try:
            won(open(path).read())
        except OSError:
            pass
""",
        harmless=True,
    ),
    Program("own environment", "won('PLANTED' in os.environ)", harmless=True),
    Program(
        "TCP to a port of the host",
        "socket.create_connection(('127.0.0.1', GIVEN['port']), 2); won(True)",
        harmless=True,
    ),
    Program("UDP for DNS", "won(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))", harmless=True),
    Program("socket by hand", "won(call(41, 2, 1, 0) >= 0)", harmless=True),
    Program(
        "host unix socket",
        "s = socket.socket(socket.AF_UNIX); s.connect(GIVEN['unix']); won(True)",
        harmless=True,
    ),
    Program(
        "sendto over a datagram pair",
        "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); "
        "won(a.sendto(b'x', GIVEN['datagram']))",
        harmless=True,
    ),
    Program("fork", "pid = os.fork()\nif pid == 0: os._exit(0)\nwon(True)", harmless=True),
    Program("fork by hand", "pid = call(57)\nif pid == 0: os._exit(0)\nwon(pid > 0)"),
    Program(
        "clone by hand", "pid = call(56, 17, 0, 0, 0, 0)\nif pid == 0: os._exit(0)\nwon(pid > 0)"
    ),
    Program(
        "clone3 by hand",
        "args = (ctypes.c_uint64 * 8)(0, 0, 0, 0, 17); pid = call(435, ctypes.byref(args), 64)\n"
        "if pid == 0: os._exit(0)\nwon(pid > 0)",
    ),
    Program(
        "2,000 threads",
        """
import threading
hold = threading.Event()
threads = []
try:
    for _ in range(2000):
        thread = threading.Thread(target=hold.wait, daemon=True)
        thread.start()
        threads.append(thread)
    won(True)
finally:
    hold.set()
""",
        harmless=True,
    ),
    Program("10 GB of bytes", "won(bytearray(10 << 30))"),
    Program("10 GB shared", "import mmap; won(mmap.mmap(-1, 10 << 30))", harmless=True),
    Program(
        "a file beyond its limit",
        "f = open('big', 'wb'); f.seek(5 << 30); f.write(b'x'); f.flush(); won(True)",
        harmless=True,
    ),
    Program("ptrace", "won(call(101, 16, os.getppid(), 0, 0) == 0 or call(101, 0, 0, 0, 0) == 0)"),
    Program("mount", "won(call(165, b'none', b'/tmp', b'tmpfs', 0, 0) == 0)"),
    Program("chroot", "os.chroot('/'); won(True)"),
    Program("signal the parent", "os.kill(os.getppid(), 0); won(True)", harmless=True),
    Program("kill everyone", "os.kill(-1, 9); won(True)"),
    Program("kill the group", "os.kill(0, 9); won(True)"),
    Program("open a foreign pidfd", "won(call(434, os.getppid(), 0) >= 0)", harmless=True),
    Program("write outside", "open('/var/tmp/datalens-hostile', 'w'); won(True)", harmless=True),
    Program("write a host file", "open(GIVEN['file'], 'a').write('x'); won(True)", harmless=True),
    Program("truncate a host file", "won(call(76, GIVEN['file'].encode(), 0) == 0)", harmless=True),
    Program("delete a host file", "os.unlink(GIVEN['file']); won(True)", harmless=True),
    Program("hard link to a host file", "os.link(GIVEN['file'], 'x'); won(True)"),
    Program(
        "follow a link to a host file",
        "os.symlink(GIVEN['file'], 'link'); won(open('link').read())",
        harmless=True,
    ),
    Program("write into pandas", "import pandas; open(pandas.__file__, 'a'); won(True)"),
    Program("unshare a user namespace", "won(call(272, 0x10000000) == 0)"),
    Program("setns", "f = os.open('/proc/self/ns/user', 0); won(call(308, f, 0) == 0)"),
    Program("run a shell", "os.execv('/bin/sh', ['sh', '-c', 'echo ESCAPED'])", harmless=True),
    Program(
        "run Python again",
        "os.execv('/proc/self/exe', ['python', '-c', 'print(\"ESCAPED\")'])",
        harmless=True,
    ),
    Program(
        "subprocess", "import subprocess; won(subprocess.run([sys.executable, '-c', '']))", True
    ),
    Program("write own memory", "open('/proc/self/mem', 'r+b'); won(True)", harmless=True),
    Program("read init's memory", "open('/proc/1/mem', 'rb'); won(True)"),
    Program(
        "raise own limits", "import resource as r; r.setrlimit(r.RLIMIT_AS, (-1, -1)); won(True)"
    ),
    Program(
        "prlimit of another",
        "pair = (ctypes.c_uint64 * 2)(); "
        "won(call(302, os.getppid(), 7, 0, ctypes.byref(pair)) == 0)",
        harmless=True,
    ),
    Program("become root", "os.setuid(0); won(os.getuid() == 0 and open('/etc/shadow'))"),
    Program("make a device", "os.mknod('null', 0o20666, os.makedev(1, 3)); won(True)"),
    Program(
        "inherited descriptors",
        """
for fd in range(4, 256):
    if fd == 9:
        continue
    try:
        os.fstat(fd)
    except OSError:
        continue
    won(True)
""",
    ),
    Program("F_SETOWN", "import fcntl; fcntl.fcntl(3, 8, os.getpid()); won(True)"),
    Program("TIOCSTI", "import fcntl; fcntl.ioctl(0, 0x5412, b'x'); won(True)"),
    Program("inotify", "won(call(294, 0) >= 0)", harmless=True),
    Program("io_uring", "p = ctypes.create_string_buffer(120); won(call(425, 1, p) >= 0)"),
    Program("bpf", "a = ctypes.create_string_buffer(128); won(call(321, 0, a, 128) >= 0)"),
    Program("userfaultfd", "won(call(323, 1) >= 0)"),
    Program("memfd_create", "won(call(319, b'x', 0) >= 0)", harmless=True),
    Program("shmget", "won(call(29, 0, 4096, 0o1600) >= 0)", harmless=True),
    Program("keyring", "won(call(248, b'user', b'k', b'v', 1, -4) >= 0)"),
    Program(
        "perf_event_open",
        "a = ctypes.create_string_buffer(128); won(call(298, a, 0, -1, -1, 0) >= 0)",
    ),
    Program("another architecture's calls", "won(call(0x40000000 + 39) >= 0)"),
    Program("read a sibling's file", "won(open(GIVEN['sibling'] + '/secret.txt').read())"),
    Program(
        "list the siblings",
        "won(os.listdir(os.path.dirname(os.path.realpath('/proc/self/cwd'))))",
        harmless=True,
    ),
    Program("write to a sibling", "open(GIVEN['sibling'] + '/x', 'w'); won(True)"),
]


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


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_hostile_program_fails(
    any_server: Any, neighbour: Any, host: dict[str, Any], program: Program
) -> None:
    sandbox = any_server.sdk().Sandbox.create(timeout=60)
    try:
        beside = neighbour.run_code("import os; os.path.realpath('/proc/self/cwd')").text
        given = f"GIVEN = {host!r} | dict(sibling={beside})\n"
        execution = sandbox.run_code(given + PRELUDE + program.code)
    finally:
        sandbox.kill()
    assert "ESCAPED" not in "".join(execution.logs.stdout)
    assert execution.error is None or execution.error.name not in ("SyntaxError", "NameError")
    assert Path(host["file"]).read_text() == "untouched"
    assert Path(host["file"]).stat().st_mode & 0o777 == 0o666
    assert not Path("/var/tmp/datalens-hostile").exists()
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


@pytest.mark.parametrize("call", [(90, False), (268, True), (452, True), (91, None)])
def test_no_call_changes_a_mode_on_the_host(
    any_server: Any, host: dict[str, Any], call: tuple[int, bool | None]
) -> None:
    number, at = call
    path = "GIVEN['file'].encode()"
    target = {
        False: f"{path}, 0o777",
        True: f"-100, {path}, 0o777, 0",
        None: f"os.open({path}, os.O_RDONLY), 0o777",
    }[at]
    sandbox = any_server.sdk().Sandbox.create(timeout=60)
    try:
        sandbox.run_code(f"GIVEN = {host!r}\n{PRELUDE}call({number}, {target})")
    finally:
        sandbox.kill()
    assert Path(host["file"]).stat().st_mode & 0o777 == 0o666


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

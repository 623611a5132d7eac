"""Real servers in every way that this machine's user can start them, and the unmodified SDK."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from datalens_core.sandbox.embedded import launch

ROOT = Path(__file__).parents[3]
SERVER = (sys.executable, "-P", "-m", "datalens_core.sandbox.embedded", "--port", "0")
PLANTED = "planted-secret-of-the-server"

# Per-call parameters reach loopback directly, also where the machine has a proxy.
os.environ["NO_PROXY"] = "127.0.0.1,localhost"


@dataclass(frozen=True)
class Mode:
    """A way to be started: what stands before the command, and the isolation to expect."""

    name: str
    prefix: tuple[str, ...]
    isolation: str


def modes() -> list[Mode]:
    """As root, root and an ordinary user are tried; else the ordinary user that this is.

    `bwrap` here is the test's stage, not the sandbox: it makes Python readable, takes away
    capabilities as a container does, or forbids user namespaces.
    """
    bwrap = launch.bubblewraps()[0]
    no_namespaces = (bwrap, "--unshare-user", "--disable-userns", "--dev-bind", "/", "/")
    if os.getuid() != 0:
        return [
            Mode("ordinary", (), "bubblewrap"),
            Mode("ordinary-in-a-container", no_namespaces, "reduced"),
        ]
    stage = (bwrap, *readable_python())
    somebody = ("setpriv", "--reuid=61001", "--regid=61001", "--clear-groups")
    kept = ("SETUID", "SETGID", "SETPCAP", "CHOWN", "KILL", "DAC_OVERRIDE", "FOWNER")
    docker = [word for name in kept for word in ("--cap-add", f"CAP_{name}")]
    return [
        Mode("root", (), "bubblewrap"),
        Mode("root-in-a-container", (*stage, "--cap-drop", "ALL", *docker), "reduced"),
        Mode("ordinary", (*stage, "--cap-add", "ALL", *somebody), "bubblewrap"),
        Mode(
            "ordinary-in-a-container",
            (*stage, "--cap-add", "ALL", *somebody, *no_namespaces),
            "reduced",
        ),
    ]


def readable_python() -> list[str]:
    """bwrap arguments for a file system in which others may read a Python that lies in /root."""
    arguments = ["--dev-bind", "/", "/"]
    inside = [p for p in launch.readable_paths() if p.startswith("/root/")]
    if inside:
        arguments += ["--tmpfs", "/root"]
    for path in inside:
        for parent in reversed(Path(path).parents[:-2]):
            arguments += ["--perms", "0755", "--dir", str(parent)]
        arguments += ["--ro-bind", path, path]
    return arguments


@dataclass
class Server:
    """A running embedded sandbox."""

    process: subprocess.Popen[str]
    url: str
    api_key: str
    isolation: str

    def sdk(self) -> Any:
        from e2b_code_interpreter import E2B

        return E2B(api_key=self.api_key, api_url=self.url, sandbox_url=self.url)

    def stop(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(timeout=20)


def start(mode: Mode, home: Path, **environment: str) -> Server:
    process = spawn(mode, home, **environment)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the server refused to start"
    return Server(process, **json.loads(line))


def spawn(mode: Mode, home: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*mode.prefix, *SERVER, "--lifeline"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "PLANTED": PLANTED,
            **environment,
        },
    )


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A home that every user of these tests can write to."""
    path = Path(tempfile.mkdtemp(prefix="datalens-home-"))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="session", params=modes(), ids=lambda mode: mode.name)
def any_server(request: pytest.FixtureRequest, home: Path) -> Iterator[Server]:
    """A server in each mode."""
    server = start(request.param, home)
    assert server.isolation == request.param.isolation
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[Server]:
    """A server as this user gets it."""
    server = start(modes()[0], home)
    yield server
    assert server.stop() == 0


@pytest.fixture
def sandbox(server: Server) -> Iterator[Any]:
    sandbox = server.sdk().Sandbox.create(timeout=120)
    yield sandbox
    sandbox.kill()


@pytest.fixture(scope="session")
def quick_server(home: Path) -> Iterator[Server]:
    """A server whose time limit is two seconds."""
    server = start(modes()[0], home, DATALENS_EXECUTION_TIMEOUT_SECONDS="2")
    yield server
    assert server.stop() == 0


@pytest.fixture
def quick_sandbox(quick_server: Server) -> Iterator[Any]:
    sandbox = quick_server.sdk().Sandbox.create(timeout=120)
    yield sandbox
    sandbox.kill()


@pytest.fixture
def start_server(home: Path) -> Iterator[Any]:
    """Start servers of this user's first mode that the test ends itself."""
    yield from _starter(modes()[0], home)


@pytest.fixture(params=modes(), ids=lambda mode: mode.name)
def start_any_server(request: pytest.FixtureRequest, home: Path) -> Iterator[Any]:
    """The same, in each mode."""
    yield from _starter(request.param, home)


def _starter(mode: Mode, home: Path) -> Iterator[Any]:
    started: list[Server] = []

    def begin() -> Server:
        started.append(start(mode, home))
        return started[-1]

    yield begin
    for server in started:
        if server.process.poll() is None:
            server.stop()

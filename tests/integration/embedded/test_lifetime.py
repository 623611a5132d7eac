"""The server's end is the end of everything it started."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.processes import alive, family


def python_of(pids: set[int]) -> int:
    """The server itself, behind whatever the mode put before it."""
    (found,) = {
        pid
        for pid in pids
        if (line := Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"))[0].endswith(b"/python")
        and b"datalens_core.sandbox.embedded" in line
    }
    return found


def wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def work_folders(server: int) -> list[Path]:
    """What a server of this process id has outside of a namespace."""
    return list(Path(tempfile.gettempdir()).glob(f"datalens-sandbox-{server}-*"))


def busy(server: Any) -> set[int]:
    """Every process of a server, with a sandbox that computes and one that waits."""
    sdk = server.sdk()
    sdk.Sandbox.create(timeout=300).run_code("x = 1")
    looping = sdk.Sandbox.create(timeout=300)
    looping.run_code(
        "import threading\ndef loop():\n    while True: pass\n"
        "threading.Thread(target=loop, daemon=True).start()"
    )
    pids = family(server.process.pid)
    assert len(pids) >= 4  # server, bubblewrap or zygote, two boxes
    return pids


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_after_a_signal(start_server: Any, number: signal.Signals) -> None:
    server = start_server()
    pids = busy(server)
    own = python_of(pids)
    server.process.send_signal(number)
    assert server.process.wait(timeout=20) == (-9 if number == signal.SIGKILL else 0)
    assert wait_until(lambda: not alive(pids)), alive(pids)
    assert wait_until(lambda: not work_folders(own))


def test_nothing_is_left_in_any_mode_when_the_server_is_killed(start_any_server: Any) -> None:
    server = start_any_server()
    pids = busy(server)
    own = python_of(pids)
    assert bool(work_folders(own)) == (server.isolation == "reduced")
    os.kill(own, signal.SIGKILL)
    assert wait_until(lambda: not alive(pids)), alive(pids)
    assert wait_until(lambda: not work_folders(own))


def test_nothing_is_left_when_the_parent_goes(start_server: Any) -> None:
    server = start_server()
    pids = busy(server)
    assert server.stop() == 0
    assert wait_until(lambda: not alive(pids)), alive(pids)


def test_the_server_ends_with_its_zygote(start_server: Any) -> None:
    server = start_server()
    pids = busy(server)
    (child,) = {
        pid
        for pid in pids
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
        == str(server.process.pid)
    }
    os.kill(child, signal.SIGKILL)
    assert server.process.wait(timeout=20) == 1
    assert wait_until(lambda: not alive(pids)), alive(pids)


def test_without_a_lifeline_the_end_of_stdin_means_nothing(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "datalens_core.sandbox.embedded"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
    )
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    assert set(ready) == {"url", "api_key", "isolation"}
    time.sleep(0.5)
    assert process.poll() is None
    process.terminate()
    assert process.wait(timeout=20) == 0
    process.stdout.close()


def test_a_setting_that_makes_no_sense_is_named(home: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "datalens_core.sandbox.embedded"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "DATALENS_SANDBOX_MEMORY_MB": "many"},
        timeout=60,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "DATALENS_SANDBOX_MEMORY_MB must be a whole number of at least 1.\n"


def test_a_port_that_is_taken_is_named(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = subprocess.run(
            [sys.executable, "-m", "datalens_core.sandbox.embedded", "--port", str(port)],
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[3],
            env={"PATH": os.environ["PATH"], "HOME": str(home)},
            timeout=60,
        )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert f"cannot listen on port {port}" in ran.stderr


def test_a_lifeline_that_is_no_pipe_is_refused(home: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "datalens_core.sandbox.embedded", "--lifeline"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        timeout=60,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "--lifeline needs a pipe as stdin.\n"

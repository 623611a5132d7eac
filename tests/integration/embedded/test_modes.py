"""How the server is started decides how it isolates; where it cannot, it refuses and says why."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from datalens_core.sandbox.embedded import launch
from datalens_core.sandbox.embedded.broker import Broker
from datalens_core.sandbox.embedded.limits import Limits
from datalens_core.sandbox.embedded.selftest import SelfTestFailed, check_isolation


def test_every_mode_runs_code_and_keeps_files(any_server: Any) -> None:
    sandbox = any_server.sdk().Sandbox.create(timeout=60)
    try:
        path = sandbox.files.write("data.csv", "a\n41\n").path
        assert sandbox.run_code(f"int(pd.read_csv({path!r})['a'][0]) + 1").text == "42"
        assert sandbox.run_code("len(open('data.csv').read())").text == "5"
        assert sandbox.run_code("open('out.txt', 'w').write('x')").text == "1"
        assert sandbox.files.read("/home/user/out.txt") == "x"
        assert sandbox.run_code("import os; os.getuid() != 0").text == "True"
    finally:
        sandbox.kill()


def test_a_machine_that_cannot_isolate_gets_a_sentence_and_no_server(home: Path) -> None:
    """As root: a container whose Python is root's alone. Else: a kernel without our calls."""
    bwrap = launch.bubblewraps()[0]
    stage = [bwrap, "--dev-bind", "/", "/"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    python = sys.executable
    if os.getuid() == 0:
        closed = home / "closed"
        closed.mkdir(mode=0o700)
        link = closed / "venv"
        stage += ["--cap-drop", "ALL", "--bind", sys.prefix, str(link), "--chmod", "0700"]
        stage += [str(closed)]
        link.mkdir()
        python = str(link / "bin" / "python")
    else:
        stage += ["--unshare-user", "--disable-userns", "--uid", "0"]
    ran = subprocess.run(
        [*stage, python, "-m", "datalens_core.sandbox.embedded"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        env=environment,
        timeout=60,
    )
    if os.getuid() == 0:
        shutil.rmtree(home / "closed")
    assert (ran.returncode, ran.stdout) == (1, "")
    last = ran.stderr.strip().splitlines()[-1]
    assert last.startswith("Code cannot be isolated on this machine (")
    assert "E2B_API_KEY" in last


def test_the_zygote_has_no_thread_when_it_forks(home: Path) -> None:
    broker = Broker.start(Limits())
    try:
        assert broker.threads == 1
    finally:
        broker.close()


def opened(how: launch.Launch, path: Path) -> launch.Launch:
    """The same way to start, but with a folder of the user's mounted and readable."""
    *command, config = how.command
    loose = json.loads(config)
    loose["readable"].append(str(path))
    at = command.index("--remount-ro")
    command[at:at] = ["--ro-bind", str(path), str(path)]
    return dataclasses.replace(how, command=[*command, json.dumps(loose)])


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="datalens-open-", dir=Path.home()))
    path.chmod(0o755)
    yield path
    path.rmdir()  # fails if the self-test left its canary


async def test_the_self_test_refuses_a_sandbox_that_can_read_the_home(folder: Path) -> None:
    program, limits = launch.bubblewraps()[0], Limits()
    plan = functools.partial(launch.in_bubblewrap, program, limits)
    broker = Broker.attempt(lambda fd: opened(plan(fd), folder))
    try:
        with pytest.raises(SelfTestFailed, match=r"\(reading a file of the user succeeded\)"):
            await check_isolation(broker, limits, home=folder)
    finally:
        broker.close()


async def test_the_self_test_passes_and_is_quick() -> None:
    limits = Limits()
    broker = Broker.start(limits)
    try:
        started = time.monotonic()
        await check_isolation(broker, limits)
        assert time.monotonic() - started < 2
    finally:
        broker.close()

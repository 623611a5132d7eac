"""How the server is started decides how it isolates; where it cannot, it refuses and says why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from datalens_core.sandbox.embedded import launch
from datalens_core.sandbox.embedded.broker import Broker
from datalens_core.sandbox.embedded.limits import Limits


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
    assert last.startswith("Code cannot be isolated on this machine.")
    assert "E2B_API_KEY" in last


def test_the_zygote_has_no_thread_when_it_forks(home: Path) -> None:
    broker = Broker.start(Limits())
    try:
        assert broker.threads == 1
    finally:
        broker.close()

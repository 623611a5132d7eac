"""The server is killed at 30 random moments of a run: what was shown is there, once, in order.

Each time a client follows a run, the server is killed under it, and another is started on the same
folder. What the client saw has to be the beginning of what the new server tells, and the run has to
have an end there.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import summary
from tests.support.lab import free_port

KILLS = 30
SEED = 7
LONGEST_SECONDS = 1.2
TOKEN = "benchmark"
API = "/datalens/api"
CODE = "import time\nfor n in range(400):\n    print(n, flush=True)\n    time.sleep(0.002)"
BROKEN = (http.client.HTTPException, ConnectionError, TimeoutError)


def measure() -> dict[str, object]:
    chance = random.Random(SEED)
    backs, shown, ends = [], [], dict.fromkeys(("run.completed", "run.failed", "run.cancelled"), 0)
    with TemporaryDirectory() as name:
        server = Server(Path(name))
        server.start()
        session = server.ask("POST", "/sessions", {})["id"]
        server.run(session)  # the sandbox has started
        for _ in range(KILLS):
            seen = server.run(session, kill_after=chance.uniform(0.0, LONGEST_SECONDS))
            began = time.perf_counter()
            server.start()
            backs.append(time.perf_counter() - began)
            if not seen:
                continue
            told = list(server.events(seen[0]["run_id"]))
            if [e["seq"] for e in told] != list(range(1, len(told) + 1)):
                raise RuntimeError("the log has gaps, or tells something twice")
            if told[: len(seen)] != seen:
                raise RuntimeError("what was shown is not what is kept")
            ends[told[-1]["type"]] += 1
            shown.append(len(seen))
        detail = server.ask("GET", f"/sessions/{session}")
        server.kill()
    statuses = {run["status"] for run in detail["runs"]}
    if "running" in statuses or len(detail["executions"]) < len(shown):
        raise RuntimeError("the history is behind its log")
    return {
        "kills": KILLS,
        "runs_that_were_seen": len(shown),
        "events_shown_before": {"least": min(shown), "most": max(shown)},
        "ends": ends,
        "server_back": summary(backs),
    }


class Server:
    """A Jupyter server with DataLens, on one folder and port through all its lives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        places = {n: str(self._folder) for n in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
        command = [
            *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
            *(f"--ServerApp.port={self._port}", f"--ServerApp.root_dir={self._folder}"),
            *("--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"),
            "--ServerApp.jpserver_extensions=datalens_jupyter=True",
        ]
        self._process = subprocess.Popen(
            command,
            env=os.environ | places | {"DATALENS_DATA_DIR": str(self._folder / "data")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while True:
            with suppress(*BROKEN):
                self.ask("GET", "/health")
                return
            if time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def run(self, session: str, kill_after: float | None = None) -> list[dict[str, Any]]:
        """Run code and follow its events, up to its end or the server's."""
        seen: list[dict[str, Any]] = []
        until = None if kill_after is None else time.monotonic() + kill_after
        body = {"code": CODE, "confirmed": True}
        with suppress(*BROKEN, ValueError), closing(self._open()) as connection:
            connection.request(
                "POST", f"{API}/sessions/{session}/executions", json.dumps(body), HEAD
            )
            for line in connection.getresponse():
                event = json.loads(line)  # half a line was not shown
                if "seq" in event:
                    seen.append(event)
                if until is not None and time.monotonic() > until:
                    self.kill()
                    until = None
        if until is not None:
            self.kill()
        return seen

    def events(self, run_id: str) -> Iterator[dict[str, Any]]:
        with closing(self._open()) as connection:
            connection.request("GET", f"{API}/runs/{run_id}/events", headers=HEAD)
            for line in connection.getresponse():
                event = json.loads(line)
                if "seq" in event:
                    yield event

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        with closing(self._open()) as connection:
            connection.request(method, API + path, json.dumps(body or {}), HEAD)
            return json.load(connection.getresponse())

    def _open(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)


HEAD = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}

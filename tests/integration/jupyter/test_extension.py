"""The extension as a part of its server: settings, activity, and what outlives the process."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from .conftest import TOKEN, Connection, Server, running_server

SALES = b"region,revenue\nWest,10\nEast,20\nWest,30\n"


def jupyter(server: Server, path: str) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", path, headers={"Authorization": f"token {TOKEN}"})
    with connection.getresponse() as response:
        return json.load(response)


def execute(server: Server, session: str, code: str) -> str:
    answer = server.call(
        "POST",
        f"/sessions/{session}/executions",
        {"code": code, "confirmed": True},
        headers={"Prefer": "respond-async"},
    )
    return str(answer.json()["run_id"])


def test_a_setting_that_cannot_be_used_is_named_and_its_value_is_not(tmp_path: Path) -> None:
    secret = "sk-or-not-a-number"
    with running_server(tmp_path, env={"MAX_FILE_SIZE_MB": secret}) as server:
        answer = server.call("GET", "/status")
        assert (answer.status, answer.error["code"]) == (500, "SERVICE_CONFIGURATION")
        assert "max_file_size_mb (environment)" in answer.error["details"]["reason"]
        assert server.call("GET", "/health").status == 200
        time.sleep(1.5)  # the warm-up says it in the log as well
        assert "max_file_size_mb" in server.log.read_text()
        assert secret not in answer.body.decode() + server.log.read_text()


def test_a_run_counts_as_activity_though_nobody_watches_it(server: Server) -> None:
    session = server.session_with("sales.csv", SALES)
    code = "import time\nfor i in range(8):\n    print(i, flush=True)\n    time.sleep(0.3)"
    execute(server, session, code)
    seen = set()
    for _ in range(15):
        seen.add(jupyter(server, "/api/status?no_track_activity=1")["last_activity"])
        time.sleep(0.2)
    assert len(seen) >= 4


def test_a_run_that_was_going_on_when_the_server_died_shows_what_there_was(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        session = server.session_with("sales.csv", SALES)
        run = execute(server, session, "print('so far', flush=True)\nwhile True: pass")
        connection, response = server.open("GET", f"/runs/{run}/events")
        with connection:
            while json.loads(response.readline())["type"] != "execution.output":
                pass
        os.kill(server.pid, signal.SIGKILL)
    with running_server(tmp_path) as server:
        events = server.call("GET", f"/runs/{run}/events").lines()
        assert events[-1]["type"] == "run.failed"
        assert events[-1]["error"]["code"] == "RUN_INTERRUPTED"
        assert "so far" in json.dumps(events)
        assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
        runs = server.call("GET", f"/sessions/{session}").json()["runs"]
        assert runs[-1]["status"] == "failed"
        again = server.call("POST", f"/sessions/{session}/restore")
        assert again.status == 200


def test_a_data_folder_that_cannot_be_used_is_said_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "datalens").write_text("a file where the data folder should be")
    with running_server(tmp_path) as server:
        answer = server.call("GET", "/status")
        assert (answer.status, answer.error["code"]) == (503, "STORE_UNAVAILABLE")
        assert "datalens doctor" in answer.error["message"]
        assert str(tmp_path) not in answer.body.decode()


def test_an_unexpected_error_shows_no_traceback_and_no_path(tmp_path: Path) -> None:
    data = tmp_path / "home" / "datalens"
    data.mkdir(parents=True)
    (data / "files").write_text("a file where the folder of uploads should be")
    with running_server(tmp_path) as server:
        answer = server.upload("sales.csv", b"region,revenue\nWest,10\n")
        assert (answer.status, answer.error["code"]) == (500, "INTERNAL_ERROR")
        assert "Traceback" not in answer.body.decode()
        assert str(tmp_path) not in answer.body.decode()
        assert answer.error["request_id"] in server.log.read_text()


def test_make_lab_opens_the_sample(tmp_path: Path) -> None:
    sample, runtime = tmp_path / "sample", tmp_path / "runtime"
    env = {
        **{k: os.environ[k] for k in ("PATH", "PYTHONPATH") if k in os.environ},
        "HOME": str(tmp_path),
        "DATALENS_SAMPLE_DIR": str(sample),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
    }
    command = [sys.executable, "-m", "datalens_jupyter.sample", "--no-browser", "--port=0"]
    process = subprocess.Popen(
        [*command, f"--IdentityProvider.token={TOKEN}"],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        found = runtime / f"jpserver-{process.pid}.json"
        deadline = time.monotonic() + 120
        while not found.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(0.5)
        port = json.loads(found.read_text())["port"]
        with Connection("127.0.0.1", port, timeout=30) as connection:
            connection.request("GET", "/", headers={"Authorization": f"token {TOKEN}"})
            response = connection.getresponse()
            response.read()
            assert response.getheader("Location", "").startswith("/lab/tree/Welcome.ipynb")
            connection.request("GET", "/api/contents", headers={"Authorization": f"token {TOKEN}"})
            names = {f["name"] for f in json.load(connection.getresponse())["content"]}
        assert names == {"Welcome.ipynb", "gapminder.csv"}
    finally:
        process.terminate()
        process.wait(20)

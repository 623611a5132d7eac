"""A real Jupyter Server on loopback with the extension, and real HTTP to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

TOKEN = "a-token-for-tests"
API = "/datalens/api"
PASSED_ON = ("PATH", "PYTHONPATH", "LANG")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.body.splitlines()]

    @property
    def error(self) -> dict[str, Any]:
        return dict(self.json()["error"])


@dataclass
class Server:
    """A running server: `root` its files, `home` its user's home, `temporary` its TMPDIR."""

    port: int
    pid: int
    root: Path
    home: Path
    temporary: Path
    env: dict[str, str]
    log: Path
    token: str = field(default=TOKEN, repr=False)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        token: str | None = TOKEN,
    ) -> Answer:
        """A call below datalens/api; a `body` that is no bytes goes as JSON."""
        connection, response = self.open(method, path, body, headers=headers, token=token)
        with connection:
            return Answer(response.status, dict(response.headers), response.read())

    def open(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        token: str | None = TOKEN,
    ) -> tuple[Connection, http.client.HTTPResponse]:
        connection = Connection("127.0.0.1", self.port, timeout=120)
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"token {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        connection.request(method, API + path, body, sent)
        return connection, connection.getresponse()

    def upload(
        self,
        name: str,
        content: bytes,
        session_id: str | None = None,
        replaces: str | None = None,
        **options: Any,
    ) -> Answer:
        body, content_type = form(name, content, session_id=session_id, replaces=replaces)
        return self.call("POST", "/upload", body, headers={"Content-Type": content_type}, **options)

    def session_with(self, name: str, content: bytes) -> str:
        answer = self.upload(name, content)
        assert answer.status == 201, answer.body
        return str(answer.json()["session"]["id"])


class Connection(http.client.HTTPConnection):
    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def form(name: str, content: bytes, **fields: str | None) -> tuple[bytes, str]:
    """A multipart body as browsers write it, and its content type."""
    edge = "----datalens-test-boundary"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
        if value is not None
    ]
    parts.append(
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode()
        + content
        + b"\r\n"
    )
    parts.append(f"--{edge}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={edge}"


@contextmanager
def running_server(
    folder: Path, *options: str, env: dict[str, str] | None = None, names_users: bool = False
) -> Iterator[Server]:
    """Start a server in `folder`, wait until it answers, and end it."""
    home, root, runtime, temporary = (folder / name for name in ("home", "files", "runtime", "tmp"))
    for path in (home, root, runtime, temporary):
        path.mkdir(parents=True, exist_ok=True)
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment |= {
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "IPYTHONDIR": str(home / ".ipython"),
        "DATALENS_DATA_DIR": str(home / "datalens"),
        "JUPYTER_PLATFORM_DIRS": "1",
        **(env or {}),
    }
    log = folder / "server.log"
    command = [
        sys.executable,
        "-m",
        "jupyter_server",
        "--ServerApp.jpserver_extensions={'datalens_jupyter': True}",
        "--no-browser",
        "--port=0",
        f"--ServerApp.root_dir={root}",
        *(["--allow-root"] if os.geteuid() == 0 else []),
        *options,
    ]
    if not names_users:
        command.append(f"--IdentityProvider.token={TOKEN}")
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, cwd=root, stdout=output, stderr=output)
    try:
        port = _wait_for_port(process, runtime, log)
        yield Server(port, process.pid, root, home, temporary, environment, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_port(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> int:
    found = runtime / f"jpserver-{process.pid}.json"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            port = int(json.loads(found.read_text())["port"])
            with Connection("127.0.0.1", port, timeout=5) as connection:
                connection.request("GET", "/api/status")
                connection.getresponse().read()
            return port
        except (FileNotFoundError, ValueError, ConnectionError):
            time.sleep(0.05)
    raise AssertionError(f"The server did not start:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server"), env={"MAX_FILE_SIZE_MB": "1"}) as one:
        yield one

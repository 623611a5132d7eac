"""The kernel's way to the server: the standard library only, as every kernel may load it."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

NDJSON = "application/x-ndjson"
TERMINAL = ("run.completed", "run.failed", "run.cancelled")
SILENCE_SECONDS = 45.0  # three heartbeats
RECONNECTS = 5
PIECE = 256 * 1024


class ServerError(Exception):
    """What the server answered instead: a stable code and a sentence for the user."""

    def __init__(self, code: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.details = dict(details or {})


class NoServer(ServerError):
    """There is no server to talk to."""

    def __init__(self, reason: str) -> None:
        super().__init__("NO_SERVER", reason)


@dataclass(frozen=True)
class Address:
    """A server's base URL and a token for it."""

    url: str
    token: str = field(repr=False)


def find_server(env: Mapping[str, str] | None = None, runtime: Path | None = None) -> Address:
    """The server that started this kernel, or the one that the environment names.

    In this order: DATALENS_SERVER_URL and DATALENS_SERVER_TOKEN (kernels elsewhere); the runtime
    file of the server whose process started this kernel; a Hub's variables.

    Raises:
        NoServer: none of them is there.
    """
    env = os.environ if env is None else env
    if url := env.get("DATALENS_SERVER_URL"):
        return Address(url, env.get("DATALENS_SERVER_TOKEN", ""))
    hub_token = env.get("JUPYTERHUB_API_TOKEN", "")
    if parent := env.get("JPY_PARENT_PID"):
        found = (runtime or _runtime_dir()) / f"jpserver-{int(parent)}.json"
        with suppress(FileNotFoundError):
            info = json.loads(found.read_text(encoding="utf-8"))
            if info.get("sock"):
                raise NoServer("This Jupyter server listens on a socket file, not on an address.")
            return Address(str(info["url"]), str(info.get("token") or hub_token))
    if (url := env.get("JUPYTERHUB_SERVICE_URL")) and hub_token:
        return Address(url, hub_token)
    raise NoServer(
        "No Jupyter server with DataLens was found for this kernel. Start the notebook from "
        "JupyterLab, or set DATALENS_SERVER_URL and DATALENS_SERVER_TOKEN."
    )


def _runtime_dir() -> Path:
    from jupyter_core.paths import jupyter_runtime_dir

    return Path(jupyter_runtime_dir())


class Client:
    """Calls below `datalens/api/` of one server."""

    def __init__(self, address: Address) -> None:
        self._address = address
        parts = urlsplit(address.url)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "localhost", parts.port
        self._base = parts.path.rstrip("/") + "/datalens/api"

    def upload(self, path: Path, name: str, session_id: str | None) -> dict[str, Any]:
        """POST upload, streamed from disk; the UploadResult."""
        edge = uuid4().hex
        head = ""
        if session_id is not None:
            head += f'--{edge}\r\nContent-Disposition: form-data; name="session_id"\r\n\r\n'
            head += f"{session_id}\r\n"
        head += (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        )
        start, end = head.encode(), f"\r\n--{edge}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "Content-Length": str(len(start) + path.stat().st_size + len(end)),
        }
        body = _around(start, path, end)
        with self._open("POST", "/upload", body, headers, timeout=600) as response:
            return dict(json.load(response))

    def get(self, path: str) -> dict[str, Any]:
        """GET something that is one JSON object."""
        with self._open("GET", path, None, {}, timeout=600) as response:
            return dict(json.load(response))

    def run(self, path: str, body: Mapping[str, Any]) -> Generator[dict[str, Any], None, None]:
        """POST something that starts a run; its events to the terminal one.

        Closing it early, or interrupting it (the kernel's stop button), stops the run too.
        """
        run_id, seen, ended = "", 0, False
        sent = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Accept": NDJSON}
        stream = self._lines("POST", path, sent, headers)
        failures = 0
        try:
            while not ended:
                try:
                    for event in stream:
                        failures = 0
                        if event["type"] == "stream.error":
                            raise _error(event)
                        run_id, seen = event["run_id"], event["seq"]
                        ended = event["type"] in TERMINAL
                        yield event
                    if not ended:
                        raise ConnectionError("the stream ended early")
                except (OSError, http.client.HTTPException) as error:
                    failures += 1
                    if not run_id or failures > RECONNECTS:
                        raise NoServer("The Jupyter server does not answer.") from error
                    time.sleep(min(2**failures / 4, 5))
                    stream = self._lines("GET", f"/runs/{run_id}/events?after={seen}")
        except (KeyboardInterrupt, GeneratorExit):
            if run_id and not ended:
                self.cancel(run_id)
            raise

    def cancel(self, run_id: str) -> None:
        with self._open("POST", f"/runs/{run_id}/cancel", b"", {}, timeout=10):
            pass

    def decide_plan(self, run_id: str, *, approve: bool) -> None:
        """Give the word that a run waits for."""
        sent = json.dumps({"approve": approve}).encode()
        headers = {"Content-Type": "application/json"}
        with self._open("POST", f"/runs/{run_id}/plan", sent, headers, timeout=10):
            pass

    # -- insides ---------------------------------------------------------------------------------

    def _lines(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """NDJSON, heartbeats left out; a silence of three of them is a lost connection."""
        with self._open(method, path, body, headers or {}, timeout=SILENCE_SECONDS) as response:
            for line in response:
                event = json.loads(line)
                if event["type"] != "heartbeat":
                    yield event

    def _open(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] | None,
        headers: dict[str, str],
        *,
        timeout: float,
    ) -> http.client.HTTPResponse:
        connection: http.client.HTTPConnection
        if self._secure:
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(
                self._host, self._port, timeout=timeout, context=context
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=timeout)
        if self._address.token:
            headers = {**headers, "Authorization": f"token {self._address.token}"}
        # The response keeps the socket; the connection object is not used again.
        headers = {**headers, "Connection": "close"}
        connection.request(method, self._base + path, body, headers)
        response = connection.getresponse()
        if response.status >= 400:
            with response:
                raise _refusal(response.status, response.read())
        return response


def _around(start: bytes, path: Path, end: bytes) -> Iterator[bytes]:
    yield start
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
    yield end


def _refusal(status: int, body: bytes) -> ServerError:
    try:
        return _error(json.loads(body))
    except (ValueError, KeyError, TypeError):
        return ServerError("UNEXPECTED", f"The server answered with HTTP {status}.")


def _error(body: Mapping[str, Any]) -> ServerError:
    error = body["error"]
    return ServerError(str(error["code"]), str(error["message"]), error.get("details"))

"""A file in, over HTTP: from its first byte sent to the profile, and the server's memory meanwhile.

Peers, in the same run: a bare tornado handler that only stores the same bytes, and pandas reading
the whole workbook.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks.figures import ratio, summary
from tests.support.lab import free_port

RUNS = 7
WORKBOOK_RUNS = 3
SMALL_CSV_BYTES, CSV_BYTES, LARGE_CSV_BYTES = 10_000, 10_000_000, 100_000_000
WORKBOOK_ROWS = 35_000
GOALS = {
    "csv_ratio": 2,
    "csv_seconds": 0.5,
    "large_csv_memory_mb": 50,
    "workbook_ratio": 0.2,
}
TOKEN = "benchmark"
EDGE = b"----upload"
PAUSE = 1.0
"""Seconds between uploads, in which the sandbox of the last one ends its work."""


def measure() -> dict[str, object]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        csv, large, workbook = (folder / n for n in ("orders.csv", "large.csv", "orders.xlsx"))
        small, path = folder / "small.csv", "/datalens/api/upload"
        _write_csv(csv, CSV_BYTES)
        _write_csv(large, LARGE_CSV_BYTES)
        _write_workbook(csv, workbook)
        with _storing(folder) as port:
            stores = [_post(port, "/", csv) for _ in range(RUNS + 1)][1:]
        with _jupyter(folder) as (port, pid):
            uploads = [_post(port, path, csv) for _ in range(RUNS + 1)][1:]
            first_answers = [_post(port, path, workbook) for _ in range(WORKBOOK_RUNS + 1)][1:]
        _write_csv(small, SMALL_CSV_BYTES)
        with _jupyter(folder) as (port, pid):  # fresh: no earlier file's memory is at hand
            _post(port, path, small)
            _peak_mb(pid)  # from here on
            time.sleep(PAUSE)
            idle = _peak_mb(pid)
            large_seconds = _post(port, path, large)
            peak = _peak_mb(pid)
        full_reads = [_timed(lambda: pd.read_excel(workbook)) for _ in range(WORKBOOK_RUNS)]
        return {
            "csv_10_mb_to_profile": summary(uploads),
            "csv_10_mb_stored_only": summary(stores),
            "csv_ratio": ratio(uploads, stores),
            "large_csv_seconds": round(large_seconds, 2),
            "large_csv_memory_mb": round(peak - idle, 1),
            "workbook_mb": round(workbook.stat().st_size / 1e6, 1),
            "workbook_to_profile": summary(first_answers),
            "workbook_pandas_read": summary(full_reads),
            "workbook_ratio": ratio(first_answers, full_reads),
            "goals": GOALS,
        }


# -- files ---------------------------------------------------------------------------------------


def _write_csv(path: Path, size: int) -> None:
    draw = random.Random(1)
    with path.open("w") as stream:
        stream.write("id,region,day,units,price,note\n")
        written = number = 0
        while written < size - 100:
            number += 1
            written += stream.write(
                f"{number},{draw.choice('NSEW')},2024-{draw.randint(1, 12):02}-"
                f"{draw.randint(1, 28):02},{draw.randint(1, 99)},{draw.random() * 100:.2f},"
                f'"say ""{draw.randint(1, 9)}"", twice"\n'
            )


def _write_workbook(csv: Path, path: Path) -> None:
    draw = random.Random(2)
    frame = pd.read_csv(csv, nrows=WORKBOOK_ROWS)
    for number in range(30):  # random digits do not compress: this many make 10 MB
        frame[f"m{number}"] = [draw.random() for _ in range(len(frame))]
    frame.to_excel(path, index=False)


# -- servers -------------------------------------------------------------------------------------


@contextmanager
def _storing(folder: Path) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.storing_server", str(port), str(folder)]
    with _running(command, port, {}):
        yield port


@contextmanager
def _jupyter(folder: Path) -> Iterator[tuple[int, int]]:
    port = free_port()
    places = {n: str(folder) for n in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
    command = [
        *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
        *(f"--ServerApp.port={port}", f"--ServerApp.root_dir={folder}"),
        *(f"--IdentityProvider.token={TOKEN}", "--ServerApp.disable_check_xsrf=True"),
        "--ServerApp.jpserver_extensions=datalens_jupyter=True",
    ]
    with _running(command, port, places | {"DATALENS_DATA_DIR": str(folder / "data")}) as pid:
        yield port, pid


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[int]:
    """A server of ours, from its first answer to its end; its process's id."""
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port):
            if process.poll() is not None:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/api")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def _post(port: int, path: str, file: Path) -> float:
    """Seconds from the first byte sent to the whole answer; each upload is a session of its own."""
    head = b'--%b\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n\r\n' % (
        EDGE,
        file.name.encode(),
    )
    body = head + file.read_bytes() + b"\r\n--%b--\r\n" % EDGE
    headers = {
        "Content-Type": f"multipart/form-data; boundary={EDGE.decode()}",
        "Authorization": f"token {TOKEN}",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    began = time.perf_counter()
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    answer = response.read()
    seconds = time.perf_counter() - began
    if response.status != 201:
        raise RuntimeError(f"{response.status}: {answer[:300]!r}")
    if answer:
        _end(connection, headers, json.loads(answer)["session"]["id"])
    connection.close()
    return seconds


def _end(connection: http.client.HTTPConnection, headers: dict[str, str], session: str) -> None:
    """Delete the session, so that its sandbox's work is not in the next upload's time."""
    time.sleep(PAUSE)
    connection.request("DELETE", f"/datalens/api/sessions/{session}", headers=headers)
    connection.getresponse().read()


def _peak_mb(pid: int) -> float:
    """The most memory that a process held since this was asked last, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began

"""Jupyter Server's start, to the first answered request, with and without the extension."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.figures import ratio, summary
from tests.support.lab import free_port

RUNS = 7
GOAL = 1.05


def measure() -> dict[str, object]:
    _start(enabled=True)  # compiles and caches, for both
    with_it, without = [], []
    for _ in range(RUNS):
        without.append(_start(enabled=False))
        with_it.append(_start(enabled=True))
    return {
        "with_extension": summary(with_it),
        "without_extension": summary(without),
        "ratio": ratio(with_it, without),
        "goal": GOAL,
    }


def _start(*, enabled: bool) -> float:
    """Seconds from the start of the process to its first answer."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "JUPYTER_CONFIG_DIR": folder,
            "JUPYTER_RUNTIME_DIR": folder,
            "DATALENS_DATA_DIR": str(Path(folder) / "data"),
        }
        began = time.perf_counter()
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyter_server",
                "--no-browser",
                "--allow-root",
                f"--ServerApp.port={port}",
                f"--ServerApp.root_dir={folder}",
                "--IdentityProvider.token=x",
                f"--ServerApp.jpserver_extensions=datalens_jupyter={enabled}",
            ],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5).close()
                    return time.perf_counter() - began
                except (urllib.error.URLError, ConnectionError):
                    if process.poll() is not None:
                        raise RuntimeError("the server did not start") from None
                    time.sleep(0.005)
        finally:
            process.terminate()
            process.wait()

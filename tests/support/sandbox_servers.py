"""Embedded sandbox servers that the tests of one process share: each takes seconds to start."""

from __future__ import annotations

import os
import subprocess
import sys
from types import TracebackType
from typing import Self

from datalens_core.sandbox.contract import Endpoint, SandboxEndpoint
from datalens_core.sandbox.endpoints import SERVER, Greeting, server_environment
from datalens_core.settings import Settings


class SandboxServers:
    """One server for all settings of the same limits, started when first needed."""

    def __init__(self) -> None:
        self._servers: dict[tuple[int, int], _SharedServer] = {}

    def of(self, settings: Settings) -> SandboxEndpoint:
        """An endpoint that goes on when who uses it has closed it."""
        limits = (settings.execution_timeout_seconds, settings.sandbox_memory_mb)
        return self._servers.setdefault(limits, _SharedServer(settings))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for server in self._servers.values():
            server.stop()


class _SharedServer:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._endpoint: Endpoint | None = None

    async def start(self) -> Endpoint:
        if self._endpoint is None:
            self._endpoint = self._boot()
        return self._endpoint

    def _boot(self) -> Endpoint:
        self._process = subprocess.Popen(
            [sys.executable, *SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=server_environment(self._settings, os.environ),
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return Greeting.model_validate_json(line).endpoint()

    async def close(self) -> None:
        """Others use it, too."""

    def stop(self) -> None:
        if self._process is not None:
            self._process.communicate()  # the end of its input is the end of the server

"""Where sandboxes come from: E2B, or the embedded server, which is started here and kept alive."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from datalens_core.errors import LocalOnly, SandboxUnavailable
from datalens_core.sandbox.contract import Endpoint, SandboxEndpoint
from datalens_core.settings import Settings

START_SECONDS = 60.0
STOP_SECONDS = 5.0
SERVER = ("-P", "-m", "datalens_core.sandbox.embedded", "--port", "0", "--lifeline")
INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "XDG_RUNTIME_DIR")


class Greeting(BaseModel):
    """The first line that the embedded server prints."""

    url: str
    api_key: str
    isolation: str

    def endpoint(self) -> Endpoint:
        """Raises ValueError for what no embedded server may be."""
        if not self.url.startswith("http://127.0.0.1:"):
            raise ValueError("The embedded sandbox listens on loopback only.")
        if self.isolation not in ("bubblewrap", "reduced"):
            raise ValueError("Code runs isolated or not at all.")
        return Endpoint(
            backend="embedded",
            isolation="reduced" if self.isolation == "reduced" else "bubblewrap",
            api_key=self.api_key,
            api_url=self.url,
            sandbox_url=self.url,
        )


class EmbeddedEndpoint:
    """The embedded sandbox server as a child process, started when first needed.

    Its stdin is a lifeline: however this process ends, the pipe closes and the server goes too.
    """

    def __init__(self, settings: Settings, *, command: Sequence[str] | None = None) -> None:
        self._environment = server_environment(settings, os.environ)
        self._command = tuple(command or (sys.executable, *SERVER))
        self._lock = asyncio.Lock()
        self._process: Process | None = None
        self._endpoint: Endpoint | None = None
        self._readers: list[asyncio.Task[None]] = []

    @property
    def pid(self) -> int | None:
        """The server's process, None while there is none."""
        return self._process.pid if self._process else None

    async def start(self) -> Endpoint:
        """The running server's endpoint, starting it if it is not there or has died.

        Raises:
            SandboxUnavailable: with the server's own sentence where it refused.
        """
        async with self._lock:
            if self._endpoint is not None and not self._has_ended():
                return self._endpoint
            await self._stop()
            return await self._boot()

    async def close(self) -> None:
        async with self._lock:
            await self._stop()

    def _has_ended(self) -> bool:
        """Asked of the kernel: asyncio learns of an end some milliseconds later."""
        if self._process is None or self._process.returncode is not None:
            return True
        try:
            held = os.pidfd_open(self._process.pid)
        except ProcessLookupError:
            return True
        try:
            poll = select.poll()
            poll.register(held, select.POLLIN)
            return bool(poll.poll(0))
        finally:
            os.close(held)

    async def _boot(self) -> Endpoint:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._environment,
            start_new_session=True,
        )
        self._process = process
        assert process.stdout
        assert process.stderr
        said: deque[bytes] = deque(maxlen=20)
        complaints = asyncio.create_task(_drain(process.stderr, said))
        self._readers = [complaints]
        try:
            async with asyncio.timeout(START_SECONDS):
                line = await process.stdout.readline()
                if not line.strip():
                    await process.wait()
                    await complaints
        except TimeoutError:
            await self._stop()
            raise SandboxUnavailable(details={"reason": "It did not start in time."}) from None
        except BaseException:
            await self._stop()
            raise
        if not line.strip():
            await self._stop()
            raise SandboxUnavailable(_sentence(said))
        try:
            endpoint = Greeting.model_validate(json.loads(line)).endpoint()
        except (ValueError, ValidationError):
            await self._stop()
            raise SandboxUnavailable(details={"reason": "It answered in no known way."}) from None
        self._readers.append(asyncio.create_task(_drain(process.stdout, deque(maxlen=1))))
        self._endpoint = endpoint
        return endpoint

    async def _stop(self) -> None:
        process, self._process, self._endpoint = self._process, None, None
        if process is not None:
            if process.stdin:
                process.stdin.close()
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await process.wait()
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):  # it ended between the two calls
                    process.kill()
                await process.wait()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        self._readers = []


class E2BEndpoint:
    """E2B's cloud, or a self-hosted E2B named by its domain."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def start(self) -> Endpoint:
        """Raises SandboxUnavailable without a key, LocalOnly where nothing may leave here."""
        if self._settings.local_only:
            raise LocalOnly.sandbox()
        key = self._settings.e2b_api_key
        if key is None:
            raise SandboxUnavailable("E2B needs a key: set E2B_API_KEY.")
        return Endpoint(
            backend="e2b",
            isolation="e2b",
            api_key=key.get_secret_value(),
            domain=self._settings.e2b_domain,
        )

    async def close(self) -> None:
        """Nothing is held: sandboxes are closed by who made them."""


def endpoint_for(settings: Settings) -> SandboxEndpoint:
    """E2B where a key is set, the embedded sandbox otherwise."""
    return EmbeddedEndpoint(settings) if settings.uses_embedded_sandbox else E2BEndpoint(settings)


def server_environment(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """What the embedded server may know of ours: no key, no token, no Python options."""
    package_root = Path(__file__).resolve().parents[2]
    return {
        **{name: environment[name] for name in INHERITED if name in environment},
        "PYTHONPATH": str(package_root),
        "DATALENS_EXECUTION_TIMEOUT_SECONDS": str(settings.execution_timeout_seconds),
        "DATALENS_SANDBOX_MEMORY_MB": str(settings.sandbox_memory_mb),
    }


async def _drain(stream: asyncio.StreamReader, tail: deque[bytes]) -> None:
    """Keep the pipe from filling up; remember the last lines."""
    while chunk := await stream.read(65536):
        tail.extend(line for line in chunk.splitlines() if line.strip())


def _sentence(said: deque[bytes]) -> str | None:
    """The last line of a refusal. A traceback is none: its last line is for developers."""
    lines = [line.decode(errors="replace").strip() for line in said]
    if not lines or any(line.startswith("Traceback") for line in lines):
        return None
    return lines[-1][:1000]

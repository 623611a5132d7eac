"""The E2B client: the official SDK, bound to one endpoint, its exceptions mapped in one place.

Nothing else in DataLens runs code. The SDK's own time limit is only a backstop here: it can fire
at twice its value, and it raises the same exception for a dead sandbox as for slow code.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datalens_core.errors import InvalidRequest
from datalens_core.sandbox.contract import NO_MEMORY, Endpoint, OutputSink, Stream
from datalens_core.sandbox.in_sandbox import END_MIME
from datalens_core.sandbox.sdk import (
    AsyncSandbox,
    ExecutionError,
    OutputMessage,
    Result,
    bound_sandbox_class,
)

HOME = "/home/user"
BACKSTOP_SECONDS = 30.0
PROBE_SECONDS = 5.0
MAX_STREAM_CHARACTERS = 1_000_000
MAX_RESULTS = 200

_PACKAGE = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._-]+\])?([=<>!~]=?[0-9A-Za-z.*]+)?"
)
_FILE_NAME = re.compile(r"[\w][\w .()+@-]{0,199}")


class SandboxFault(Exception):
    """The endpoint failed us. `reason` is in our words: an SDK's message may hold anything."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class SandboxBusy(SandboxFault):
    """There are too many sandboxes or requests at once (429): later, it may work."""


class SandboxKeyRefused(SandboxFault):
    """The service does not take our key (401): asking again cannot help."""


class NoMemoryHere(SandboxFault):
    """This machine has no memory for another sandbox; `reason` is a sentence for the user."""


class SandboxGone(SandboxFault):
    """The sandbox does not exist any more, or cannot be reached.

    `reached` says whether the request may have taken effect before that; `unreachable`, that
    the connection broke: the sandbox itself may still be there.
    """

    def __init__(self, reason: str, *, reached: bool, unreachable: bool = False) -> None:
        self.reached = reached
        self.unreachable = unreachable
        super().__init__(reason)


class DeadlineExceeded(Exception):
    """Our own deadline passed; the code was interrupted by hanging up."""


@dataclass
class Outcome:
    """What an execution gave so far; complete only once `execute_code` has returned."""

    stdout: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    errors: list[ExecutionError] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    ended: bool = False  # the sandbox marked the end of the code (`in_sandbox.mark_end`)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was heard of the code."""
        return not (self.ended or self.stdout or self.stderr or self.results or self.errors)


class E2BClient:
    """Sandboxes of one endpoint. Holds no state but the binding; safe to share."""

    def __init__(self, endpoint: Endpoint) -> None:
        if endpoint.backend == "embedded":
            keep_loopback_direct()
        domain = endpoint.domain or "e2b.app"
        # Every address is passed: what is left out, the SDK takes from the user's E2B_* variables.
        options: dict[str, Any] = {
            "api_key": endpoint.api_key,
            "domain": domain,
            "debug": False,
            "validate_api_key": False,
            "api_url": endpoint.api_url or f"https://api.{domain}",
        }
        if endpoint.sandbox_url is not None:
            options["sandbox_url"] = endpoint.sandbox_url
        self.endpoint = endpoint
        self._sandbox_class = bound_sandbox_class(options)

    async def create_sandbox(self, timeout: int = 300, *, internet: bool = False) -> AsyncSandbox:
        """A new sandbox, gone `timeout` seconds after its last renewal.

        Code in it reaches the internet only if `internet` is set, and never from the embedded
        sandbox.

        Raises:
            SandboxFault: it could not be made.
        """
        async with _mapped():
            return await self._sandbox_class.create(timeout=timeout, allow_internet_access=internet)

    async def execute_code(
        self,
        sandbox: AsyncSandbox,
        code: str,
        outcome: Outcome,
        *,
        timeout: float,
        sink: OutputSink,
    ) -> None:
        """Run code, filling `outcome` as it goes; hanging up (cancel, deadline) interrupts it.

        Raises:
            DeadlineExceeded: after `timeout` seconds.
            SandboxGone: it ended; `reached` tells whether the code may have run.
        """

        def printed(stream: Stream, kept: list[str]) -> Any:
            size = 0

            def receive(message: OutputMessage) -> None:
                nonlocal size
                text = str(message.line)
                room = MAX_STREAM_CHARACTERS - size
                size += len(text)
                if room <= 0:
                    return
                kept.append(text[:room])
                sink(stream, text[:room])
                if len(text) >= room:
                    outcome.notices.append(f"{stream} was cut at 1 MB.")

            return receive

        def shown(result: Result) -> None:
            if isinstance(result.extra, dict) and END_MIME in result.extra:
                outcome.ended = True
            elif len(outcome.results) < MAX_RESULTS:
                outcome.results.append(result)
            elif len(outcome.results) == MAX_RESULTS:
                outcome.notices.append(f"Only the first {MAX_RESULTS} results are shown.")

        def failed(error: ExecutionError) -> None:
            if len(outcome.errors) < MAX_RESULTS:
                outcome.errors.append(error)

        try:
            async with asyncio.timeout(timeout), _mapped():
                await sandbox.run_code(
                    code,
                    on_stdout=printed("stdout", outcome.stdout),
                    on_stderr=printed("stderr", outcome.stderr),
                    on_result=shown,
                    on_error=failed,
                    timeout=timeout + BACKSTOP_SECONDS,
                )
        except TimeoutError:
            raise DeadlineExceeded from None

    async def install_packages(self, sandbox: AsyncSandbox, packages: Sequence[str]) -> None:
        """Install from the package index, where the endpoint has one to reach.

        Raises:
            InvalidRequest: a name that is not a plain requirement.
            SandboxFault: the endpoint does not run commands, or pip failed.
        """
        for package in packages:
            if not _PACKAGE.fullmatch(package):
                raise InvalidRequest("That is not the name of a package.")
        if packages:
            async with _mapped():
                await sandbox.commands.run("pip install --quiet " + " ".join(packages), timeout=120)

    async def upload_file(self, sandbox: AsyncSandbox, source: Path, name: str) -> str:
        """Stream a file into the sandbox's home; its path there.

        Raises:
            InvalidRequest: a name that is more than a file's name.
            SandboxFault: it could not be written.
        """
        if not _FILE_NAME.fullmatch(name):
            raise InvalidRequest("That file name cannot be used in the sandbox.")
        path = f"{HOME}/{name}"
        with await asyncio.to_thread(source.open, "rb") as stream:
            async with _mapped():
                await sandbox.files.write(path, stream)
        return path

    async def download_file(self, sandbox: AsyncSandbox, name: str, limit: int) -> bytes:
        """Read a file of the sandbox's home and delete it there.

        Raises:
            SandboxFault: it cannot be read, or holds more than `limit` bytes.
        """
        path, held = f"{HOME}/{name}", bytearray()
        async with _mapped():
            async for piece in await sandbox.files.read(path, format="stream"):
                held += piece
                if len(held) > limit:
                    raise SandboxFault("The file is larger than it may be.")
            await sandbox.files.remove(path)
        return bytes(held)

    async def keep_alive(self, sandbox: AsyncSandbox, timeout: int) -> None:
        """Renew the sandbox's time; the cheapest way to learn that it is gone.

        Raises:
            SandboxGone: it is.
        """
        async with _mapped():
            await sandbox.set_timeout(timeout)

    async def why_gone(self, sandbox: AsyncSandbox) -> str:
        """What became of a sandbox that is said to be gone; asks it to run nothing."""
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self.execute_code(
                    sandbox, "", Outcome(), timeout=PROBE_SECONDS, sink=lambda stream, text: None
                )
        except SandboxGone as gone:
            return gone.reason
        except (SandboxFault, DeadlineExceeded, TimeoutError):
            pass  # only the reason is unknown
        return _ENDED

    async def kill(self, sandbox: AsyncSandbox) -> None:
        """End a sandbox; one that is gone already is as good as ended."""
        try:
            async with _mapped():
                await sandbox.kill()
        except SandboxFault:
            # Its own time limit ends it where we cannot: there is nobody left to tell.
            return


@asynccontextmanager
async def _mapped() -> AsyncIterator[None]:
    """Every exception of the SDK and its transport, as ours.

    Authentication (401) and busy (503) are no SandboxException there; a refused port raises the
    transport's own error, and an error status without JSON a JSONDecodeError.
    """
    import e2b
    import httpx
    from connectrpc.errors import ConnectError
    from e2b.exceptions import is_sandbox_not_found_message

    try:
        yield
    except e2b.AuthenticationException:
        raise SandboxKeyRefused("The sandbox service refused the API key.") from None
    except e2b.RateLimitException:
        raise SandboxBusy("Too many sandboxes are in use at once.") from None
    except e2b.exceptions.ServiceBusyException as error:
        if NO_MEMORY in str(error):
            raise NoMemoryHere(NO_MEMORY) from None
        raise SandboxFault("The sandbox service is busy.") from None
    except e2b.NotEnoughSpaceException:
        raise SandboxFault("The sandbox's disk is full.") from None
    except (e2b.SandboxNotFoundException, e2b.exceptions.SandboxNotRunningException):
        raise SandboxGone("The sandbox ended.", reached=False) from None
    except e2b.TimeoutException as error:
        # /execute answers 502 before it takes the code; anything else broke on the way.
        if is_sandbox_not_found_message(str(error)):
            raise SandboxGone(_why_gone(str(error)), reached=False) from None
        raise SandboxGone("The sandbox did not answer.", reached=True, unreachable=True) from None
    except (httpx.ConnectError, ConnectionError):
        raise SandboxGone(
            "The sandbox cannot be reached.", reached=False, unreachable=True
        ) from None
    except (httpx.TransportError, ConnectError, OSError):
        raise SandboxGone(
            "The connection to the sandbox broke.", reached=True, unreachable=True
        ) from None
    except (
        e2b.SandboxException,
        json.JSONDecodeError,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        # The last three: the SDK reads fields of hostile or foreign answers without checking them.
        raise SandboxFault(f"The sandbox service failed ({type(error).__name__}).") from None


_ENDED = "The sandbox ended."
_WHY_GONE = {
    "made_room": "It was idle, and there were as many sandboxes as may be.",
    "memory": "It was idle, and this machine was short of memory.",
    "disk": "It used more disk than a sandbox may.",
    "expired": "It was not used for a while.",
}


def _why_gone(said: str) -> str:
    """In our words, where the embedded server names a reason that we know."""
    try:
        body, _ = json.JSONDecoder().raw_decode(said)
    except ValueError:
        return _ENDED
    return _WHY_GONE.get(str(body.get("reason")), _ENDED) if isinstance(body, dict) else _ENDED


def keep_loopback_direct() -> None:
    """Exempt loopback from a proxy of the environment; the SDK's pools read it once a process."""
    if not any(os.environ.get(name) for name in _PROXIES):
        return
    held = [part.strip() for part in os.environ.get("NO_PROXY", "").split(",") if part.strip()]
    held += [part.strip() for part in os.environ.get("no_proxy", "").split(",") if part.strip()]
    exempt = ",".join(dict.fromkeys([*held, "127.0.0.1", "localhost"]))
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = exempt


_PROXIES = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy")

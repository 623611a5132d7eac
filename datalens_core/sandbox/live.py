"""One live sandbox, and what it has been given so far.

What it still has to be taught is the difference between a session's recipe and that record, so
nothing is ever run twice in one sandbox.
"""

from __future__ import annotations

import asyncio
import math
import os
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from datalens_core.errors import InvalidRequest
from datalens_core.models import ExecutionResult
from datalens_core.sandbox.bootstrap import bootstrap_code
from datalens_core.sandbox.client import (
    DeadlineExceeded,
    E2BClient,
    Outcome,
    SandboxFault,
    SandboxGone,
)
from datalens_core.sandbox.contract import DataFile, OutputSink, Recipe, Stream
from datalens_core.sandbox.output import CleanedOutput
from datalens_core.sandbox.result import death_in, execution_result, never_ran, timed_out_in
from datalens_core.sandbox.sdk import AsyncSandbox
from datalens_core.settings import Settings

BOOTSTRAP_SECONDS = 60.0
REPLAY_SECONDS = 60.0
RENEW_SECONDS = 10.0
SETTLE_SECONDS = 10.0
RECONNECT_SECONDS = 0.5
TOO_LONG = "running its code again takes longer than a minute"
NOT_WITH_INTERNET = (
    "the sandbox has internet access, so nothing is run again until you agree to it: that code can "
    "send your data there, as it could the first time"
)
# The embedded server keeps the limit itself and gives the code 5 s to stop: it knows more.
SERVER_GRACE_SECONDS = 8.0

Version = tuple[Path, int, int]
"""A file's path, size and time of change: what is uploaded again when it differs."""


class NotIntact(Exception):
    """A data set's file is gone, or is another one than was added."""


@dataclass
class CaughtUp:
    """What a sandbox was given that it did not hold, and what could not be given, in words."""

    loaded: list[str] = field(default_factory=list)
    replayed: int = 0
    lost: list[str] = field(default_factory=list)
    agreement_needed: bool = False

    @property
    def restored(self) -> list[str]:
        if not self.replayed:
            return self.loaded
        return [*self.loaded, f"{self.replayed} execution{'s' if self.replayed > 1 else ''}"]


class LiveSandbox:
    """Not for two tasks at once: the session's lock is held by the caller."""

    def __init__(self, sandbox: AsyncSandbox, client: E2BClient, settings: Settings) -> None:
        self._sandbox = sandbox
        self.client = client
        self._settings = settings
        self._renewed = time.monotonic()
        self._sent: dict[str, Version] = {}
        self._loaded: dict[str, tuple[str, str]] = {}
        self.missing: list[str] = []  # data sets of which the file is gone, as the user knows them
        self._ran: Counter[str] = Counter()
        self._not_installed: list[str] = []
        self.left_out = False  # code that waits for the user's word
        self._settled = True

    @classmethod
    async def create(cls, client: E2BClient, settings: Settings) -> LiveSandbox:
        """A new sandbox that shows things as DataLens expects.

        Raises:
            SandboxFault: it could not be made, or does not run the bootstrap.
        """
        sandbox = await client.create_sandbox(
            _lifetime(settings), internet=settings.sandbox_internet_access
        )
        live = cls(sandbox, client, settings)
        outcome = Outcome()
        code = bootstrap_code(marks_end=live._marks_end, internet=settings.sandbox_internet_access)
        try:
            await client.execute_code(
                sandbox, code, outcome, timeout=BOOTSTRAP_SECONDS, sink=_nowhere
            )
        except BaseException as error:
            await live.kill()
            if isinstance(error, DeadlineExceeded):
                raise SandboxFault("The sandbox did not become ready in time.") from None
            raise
        if outcome.errors:
            await live.kill()
            raise SandboxFault(f"The sandbox cannot be set up ({outcome.errors[0].name}).")
        if live._marks_end and not outcome.ended:
            await live.kill()
            raise SandboxFault("The sandbox did not become ready.")
        if settings.sandbox_internet_access and live._marks_end:
            await live._install(settings.sandbox_packages)
        return live

    @property
    def id(self) -> str:
        return str(self._sandbox.sandbox_id)

    async def ready(self) -> None:
        """Renew its time where that is due, and let interrupted code come to its end.

        Raises:
            SandboxGone: it has ended, or does not come to rest.
        """
        if time.monotonic() - self._renewed > RENEW_SECONDS:
            await self._renew()
        if not self._settled:
            await self._settle()

    async def reconnect(self) -> bool:
        """After a broken connection: whether the sandbox is still there. Asked once."""
        self._settled = False
        await asyncio.sleep(RECONNECT_SECONDS)
        try:
            await self._renew()
        except SandboxFault:
            return False
        return True

    async def run(self, code: str, sink: OutputSink) -> ExecutionResult:
        """Run code within the time limit; cancelling interrupts it.

        Raises:
            SandboxGone: it ended meanwhile.
        """
        return await self._execute(code, sink, self._limit)

    @property
    def _limit(self) -> float:
        limit = self._settings.execution_timeout_seconds
        return limit + (SERVER_GRACE_SECONDS if self.client.endpoint.backend == "embedded" else 0)

    async def send(self, source: Path, name: str) -> str:
        """Stream a file into its home; the path there.

        Raises:
            SandboxGone: it has ended.
            SandboxFault: the file does not fit.
            OSError: the file cannot be read here.
        """
        version = await asyncio.to_thread(_version, source)
        path = await self.client.upload_file(self._sandbox, source, name)
        self._sent[name] = version
        return path

    async def fetch(self, name: str, limit: int) -> bytes:
        """A file of its home, at most `limit` bytes; it is deleted there.

        Raises:
            SandboxGone: it has ended.
            SandboxFault: there is no such file, or it holds more.
        """
        return await self.client.download_file(self._sandbox, name, limit)

    async def catch_up(self, recipe: Recipe) -> CaughtUp:
        """Load and run what the recipe holds and this sandbox has not seen.

        Raises:
            SandboxGone: it ended meanwhile.
        """
        caught, known, self.missing = CaughtUp(lost=self._not_installed), self.missing, []
        self._not_installed = []
        for file in recipe.files:
            try:
                if await self._load(file):
                    caught.loaded.append(file.name)
            except SandboxGone:
                raise
            except NotIntact:
                self.missing.append(file.title or file.name)
            except (SandboxFault, OSError):  # either is said to the user by the file's name
                caught.lost.append(f"{file.name} could not be loaded")
        if self.missing:  # code that needs the data waits until they are back
            new = [name for name in self.missing if name not in known]
            caught.lost += [f"{name}, whose file is gone or was changed" for name in new]
        else:
            await self._replay(recipe, caught)
        return caught

    async def kill(self) -> None:
        await self.client.kill(self._sandbox)

    # -- inside ------------------------------------------------------------------------------------

    async def _install(self, packages: Sequence[str]) -> None:
        """What the admin wants in each sandbox; one that fails leaves the others their chance."""
        for package in packages:
            try:
                await self.client.install_packages(self._sandbox, [package])
            except (SandboxFault, InvalidRequest):  # said with the first question
                self._not_installed.append(f"the package {package} could not be installed")

    @property
    def _marks_end(self) -> bool:
        """The embedded server reports every end itself; elsewhere a stream may just stop."""
        return self.client.endpoint.backend != "embedded"

    @property
    def _goes_with_server(self) -> bool:
        """On loopback a connection breaks with its server, which takes its sandboxes along.

        What they hold is all that code there could change: it has no network.
        """
        return self.client.endpoint.backend == "embedded"

    async def _renew(self) -> None:
        try:
            await self.client.keep_alive(self._sandbox, _lifetime(self._settings))
        except SandboxGone as gone:
            if gone.unreachable:
                raise
            why = await self.client.why_gone(self._sandbox)
            raise SandboxGone(why, reached=False) from None
        self._renewed = time.monotonic()

    async def _execute(self, code: str, sink: OutputSink, seconds: float) -> ExecutionResult:
        outcome, late, started = Outcome(), False, time.perf_counter()
        cleaned = CleanedOutput(sink)
        self._ran[code] += 1
        self._settled = False
        try:
            await self.client.execute_code(
                self._sandbox, code, outcome, timeout=seconds, sink=cleaned
            )
            self._settled = True
        except DeadlineExceeded:
            late = True
        except SandboxGone as gone:
            if gone.unreachable and self._goes_with_server and outcome.is_empty:
                # What the code did, if it ran, went with the sandbox, and nobody saw any of it.
                raise SandboxGone(gone.reason, reached=False, unreachable=True) from None
            raise
        finally:
            cleaned.flush()
        death = death_in(outcome)
        if self._marks_end and not (late or outcome.ended or outcome.errors):
            raise SandboxGone(
                "The connection to the sandbox broke.", reached=True, unreachable=True
            )
        if death is not None:
            self._settled = False
            if not timed_out_in(outcome):
                raise SandboxGone(death, reached=not never_ran(outcome))
            outcome.notices.append("The code did not stop, so the sandbox was: variables are gone.")
        return await execution_result(
            code,
            outcome,
            seconds=time.perf_counter() - started,
            time_limit=self._settings.execution_timeout_seconds,
            late=late,
            sink=sink,
        )

    async def _settle(self) -> None:
        """Wait until interrupted code has ended.

        E2B answers the next call with nothing at all while the last one is still winding down, so
        a fresh value is asked for until it comes.
        """
        give_up = time.monotonic() + SETTLE_SECONDS
        while (left := give_up - time.monotonic()) > 0:
            outcome, answer = Outcome(), f"'{secrets.token_hex(8)}'"
            try:
                await self.client.execute_code(
                    self._sandbox, answer, outcome, timeout=left, sink=_nowhere
                )
            except DeadlineExceeded:
                break
            if death_in(outcome) is not None:
                break
            if any(result.text == answer for result in outcome.results):
                self._settled = True
                return
            await asyncio.sleep(0.1)
        await self.kill()
        raise SandboxGone("Code that was stopped did not end.", reached=False)

    async def _load(self, file: DataFile) -> bool:
        """Whether the file had to be loaded."""
        if not file.loader or self._loaded.get(file.name) == (file.loader, file.sha256):
            return False
        if not await asyncio.to_thread(self._has, file):
            if not await asyncio.to_thread(file.is_intact):
                raise NotIntact
            await self.send(file.path, file.name)
        result = await self.run(file.loader, _nowhere)
        if not result.success:
            raise SandboxFault(f"The loader failed ({result.error_name}).")
        self._loaded[file.name] = (file.loader, file.sha256)
        return True

    def _has(self, file: DataFile) -> bool:
        """Whether it was sent as it is now."""
        try:
            return self._sent.get(file.name) == _version(file.path)
        except OSError:
            return False

    async def _replay(self, recipe: Recipe, caught: CaughtUp) -> None:
        seen = self._ran.copy()
        give_up = math.inf if recipe.agreed else time.monotonic() + REPLAY_SECONDS
        alone = self._settings.sandbox_internet_access and not recipe.agreed
        refused = NOT_WITH_INTERNET if alone else ""
        given_up = False
        steps = recipe.steps or range(1, len(recipe.replay) + 1)
        for step, code in zip(steps, recipe.replay, strict=True):
            if seen[code] > 0:
                seen[code] -= 1
                continue
            left = give_up - time.monotonic()
            if refused or left <= 0:
                if not given_up:
                    caught.lost.append(f"step {step} and what follows: {refused or TOO_LONG}")
                given_up = caught.agreement_needed = self.left_out = True
                self._ran[code] += 1  # or it would be tried at each question again
                continue
            result = await self._execute(code, _nowhere, min(left, self._limit))
            if not self._settled:
                await self._settle()
            if result.success:
                caught.replayed += 1
            elif result.error_name == "TimeoutError" and time.monotonic() >= give_up:
                caught.lost.append(f"step {step} and what follows: {TOO_LONG}")
                given_up = caught.agreement_needed = self.left_out = True
            else:
                caught.lost.append(f"step {step}, which failed this time ({result.error_name})")


def _lifetime(settings: Settings) -> int:
    """Seconds from a renewal: the keep-alive, plus the longest that one use may take."""
    return settings.sandbox_timeout_seconds + settings.execution_timeout_seconds + 60


def _version(path: Path) -> Version:
    found = os.stat(path)
    return path, found.st_size, found.st_mtime_ns


def _nowhere(stream: Stream, text: str) -> None:
    """Output that nobody is shown: the bootstrap's, a loader's, a replay's."""

"""What the house knows of sandboxes: an endpoint that speaks E2B, and code that runs there."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from datalens_core.models import ExecutionResult, SandboxStatus

NO_MEMORY = (
    "This machine has too little free memory for another sandbox. "
    "Close other programs or sessions, and try again."
)
"""Said by the embedded server, and by us to the user."""

Stream = Literal["stdout", "stderr"]
OutputSink = Callable[[Stream, str], None]
"""Called on the event loop with each piece of output, as it is printed."""


@dataclass(frozen=True)
class Endpoint:
    """Where the E2B SDK is pointed at."""

    backend: Literal["e2b", "embedded"]
    isolation: Literal["bubblewrap", "reduced", "e2b"]
    api_key: str = field(repr=False)
    api_url: str | None = None
    sandbox_url: str | None = None
    domain: str | None = None


class SandboxEndpoint(Protocol):
    """Something that can be asked for an endpoint: E2B's cloud, or the embedded server."""

    async def start(self) -> Endpoint:
        """The endpoint, booting it if need be; safe to call again after it died.

        Raises:
            SandboxUnavailable: with a sentence that says why and what to do.
        """
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True)
class DataFile:
    """A data set as the sandbox needs it: the file, its name there, the code that loads it.

    With `sha256` only a file of this content is sent; `title` is its name as the user knows it.
    """

    path: Path
    name: str
    loader: str
    sha256: str = ""
    title: str = ""

    def is_intact(self) -> bool:
        """Whether the file is there, as it was when it was added. Reads all of it."""
        try:
            with self.path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return False
        return self.sha256 in ("", digest)


@dataclass(frozen=True)
class Recipe:
    """How a session's sandbox is made again: its files, then its own successful code, in order.

    `steps` are the numbers by which the user knows the code of `replay`, by default their places.
    `agreed` says that the user wants the code run again even where it reaches the internet, and
    however long that takes.
    """

    files: Sequence[DataFile] = ()
    replay: Sequence[str] = ()
    steps: Sequence[int] = ()
    agreed: bool = False


@dataclass(frozen=True)
class Replacement:
    """What a new sandbox means for the session, in words for the user.

    `agreement_needed` says that some of what is lost would be back, did the user agree.
    """

    reason: str
    restored: list[str]
    lost: list[str]
    agreement_needed: bool = False


@dataclass(frozen=True)
class Occupancy:
    """Which sandbox a session has now; without one, why the last one went, in words if any."""

    sandbox_id: str | None
    reason: str = ""


class Sandboxes(Protocol):
    """One live sandbox a session, over the official E2B SDK, whichever endpoint is in use."""

    def status(self) -> SandboxStatus: ...

    def sandbox_id(self, session_id: str) -> str | None:
        """The id of the session's live sandbox, if it has one."""
        ...

    def watch(self, session_id: str) -> AsyncGenerator[Occupancy, None]:
        """What the session has now, and each time that this changes. Never ends by itself."""
        ...

    async def warm(self) -> None:
        """Boot the endpoint, so that the first sandbox is there at once."""
        ...

    async def execute(
        self,
        session_id: str,
        code: str,
        *,
        recipe: Callable[[], Recipe],
        on_output: OutputSink,
        on_replaced: Callable[[Replacement], None],
    ) -> ExecutionResult:
        """Run code in the session's sandbox, making or remaking it first if it is gone.

        A Python error, the time limit (`error` artifact named TimeoutError) and the memory limit
        (MemoryError) come back as a result with `success` False and exactly one artifact of type
        error. Cancelling the task interrupts the code and keeps the variables.

        Raises:
            DatasetMissing: a file of the recipe is gone, or is another one than was added.
            SandboxUnavailable: none could be made after one retry.
            SandboxLost: it ended while this code ran; the code is not run again.
        """
        ...

    async def upload(self, session_id: str, source: Path, name: str) -> str:
        """Stream a file to the session's /home/user; its path there."""
        ...

    async def download(self, session_id: str, name: str, limit: int) -> bytes:
        """A file of the session's home, which is deleted there.

        Raises:
            SandboxUnavailable: it cannot be read, or holds more than `limit` bytes.
        """
        ...

    async def restore(self, session_id: str, recipe: Recipe) -> Replacement:
        """Make a live sandbox hold the session's data and variables again.

        With the user's word (`recipe.agreed`), code that was left out for want of it is run too:
        in a new sandbox, so that all of it runs in order.
        """
        ...

    async def kill(self, session_id: str) -> None: ...

    async def close(self) -> None: ...

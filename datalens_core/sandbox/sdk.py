"""The official E2B SDK as we use it: its package has no types of its own, so they stand here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from importlib import import_module
from typing import IO, Any, Literal, Protocol


class Result(Protocol):
    """One displayed value. All fields are foreign: check before use."""

    text: object
    png: object
    jpeg: object
    svg: object
    pdf: object
    extra: object


class ExecutionError(Protocol):
    name: object
    value: object
    traceback: object


class OutputMessage(Protocol):
    line: object


class Files(Protocol):
    async def write(self, path: str, data: IO[bytes]) -> object: ...
    async def read(self, path: str, *, format: Literal["stream"]) -> AsyncIterator[bytes]: ...
    async def remove(self, path: str) -> None: ...


class Commands(Protocol):
    async def run(self, cmd: str, *, timeout: float) -> object: ...


class AsyncSandbox(Protocol):
    """A live sandbox."""

    @property
    def sandbox_id(self) -> str: ...
    @property
    def files(self) -> Files: ...
    @property
    def commands(self) -> Commands: ...

    async def run_code(
        self,
        code: str,
        *,
        on_stdout: Callable[[OutputMessage], None],
        on_stderr: Callable[[OutputMessage], None],
        on_result: Callable[[Result], None],
        on_error: Callable[[ExecutionError], None],
        timeout: float,
    ) -> object: ...

    async def set_timeout(self, timeout: int) -> None: ...
    async def kill(self) -> bool: ...


class SandboxClass(Protocol):
    """The SDK's AsyncSandbox, bound to an endpoint."""

    async def create(self, *, timeout: int, allow_internet_access: bool) -> AsyncSandbox: ...


def import_sdk() -> Any:
    """The SDK's package; slow the first time."""
    return import_module("e2b_code_interpreter")


def bound_sandbox_class(options: dict[str, Any]) -> SandboxClass:
    """`AsyncSandbox` of `e2b_code_interpreter.E2B`: `e2b`'s own cannot run code."""
    bound: SandboxClass = import_sdk().E2B(**options).AsyncSandbox
    return bound

"""The result of an execution as the user sees it, from what the sandbox sent."""

from __future__ import annotations

import asyncio

from datalens_core.errors import ExecutionTimedOut, OutOfMemory
from datalens_core.models import Artifact, ExecutionResult
from datalens_core.sandbox.client import Outcome
from datalens_core.sandbox.contract import OutputSink
from datalens_core.sandbox.output import (
    Shown,
    encodable,
    encodable_artifact,
    error_artifact,
    shown_results,
    without_paths,
)

# How endpoints say that they, not the code, ended the execution.
TIMED_OUT = frozenset({"ExecutionTimeout"})
NEVER_RAN = "SandboxDiedBefore"
DIED = frozenset({"SandboxDied", NEVER_RAN, "ContextRestarting"})
OUT_OF_MEMORY = frozenset({"MemoryError", "ArrayMemoryError", "_ArrayMemoryError"})


def death_in(outcome: Outcome) -> str | None:
    """Why the sandbox ended during the execution, in the endpoint's words; None if it lives."""
    said = [error for error in outcome.errors if error.name in DIED]
    return without_paths(str(said[-1].value))[:300] or "The sandbox ended." if said else None


def never_ran(outcome: Outcome) -> bool:
    """Whether the endpoint knows that the sandbox ended before it began with the code."""
    return any(error.name == NEVER_RAN for error in outcome.errors)


def timed_out_in(outcome: Outcome) -> bool:
    return any(error.name in TIMED_OUT for error in outcome.errors)


async def execution_result(
    code: str, outcome: Outcome, *, seconds: float, time_limit: int, late: bool, sink: OutputSink
) -> ExecutionResult:
    """Build the result; what only it can know (shown values, notices) goes to the sink as well.

    `late` says that our own deadline struck.
    """
    shown = await asyncio.to_thread(shown_results, outcome.results) if outcome.results else Shown()
    for text in shown.text:
        line = encodable(text if text.endswith("\n") else text + "\n")
        outcome.stdout.append(line)
        sink("stdout", line)
    for notice in dict.fromkeys([*outcome.notices, *shown.notices]):
        line = f"[DataLens] {notice}\n"
        outcome.stderr.append(line)
        sink("stderr", line)
    artifacts = list(shown.artifacts)
    if (error := _error(outcome, late or timed_out_in(outcome), time_limit)) is not None:
        artifacts.append(error)
    artifacts = await asyncio.to_thread(lambda: [encodable_artifact(a) for a in artifacts])
    return ExecutionResult(
        success=error is None,
        code=code,
        stdout=encodable("".join(outcome.stdout)),
        stderr=encodable(without_paths("".join(outcome.stderr))),
        artifacts=artifacts,
        execution_time=seconds,
    )


def _error(outcome: Outcome, late: bool, time_limit: int) -> Artifact | None:
    if late:
        return error_artifact("TimeoutError", ExecutionTimedOut.after(time_limit).message)
    if not outcome.errors:
        return None
    error = outcome.errors[0]
    name, value, traceback = str(error.name), str(error.value), str(error.traceback)
    if name in OUT_OF_MEMORY:
        return error_artifact("MemoryError", OutOfMemory.default, traceback)
    return error_artifact(name, value, traceback)

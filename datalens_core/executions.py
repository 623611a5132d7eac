"""Code of a session on its way through the sandbox: every execution is shown and kept."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Literal

from datalens_core import events as ev
from datalens_core.errors import AnalysisFailed
from datalens_core.models import ArtifactType, Execution, ExecutionResult, new_id
from datalens_core.runs import Run
from datalens_core.sandbox.contract import Recipe, Replacement, Sandboxes, Stream

VALUES_LIMIT = 20


def code_hash(code: str) -> str:
    """SHA-256 (hex) of the UTF-8 code with LF ends and no trailing newlines."""
    normal = code.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    return hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()


class Executor:
    """Runs code for one run of one session."""

    def __init__(
        self,
        run: Run,
        sandboxes: Sandboxes,
        recipe: Callable[[], Recipe],
        admit: Callable[[], Awaitable[None]],
    ) -> None:
        """`admit` raises RateLimited if the user may not run more code now."""
        self._run = run
        self._sandboxes = sandboxes
        self._recipe = recipe
        self._admit = admit

    async def execute(
        self,
        code: str,
        *,
        step: int,
        attempt: int = 1,
        retries: str | None = None,
        origin: Literal["agent", "notebook"] = "agent",
    ) -> Execution:
        """Show the code, run it, show what it does (see `RunContext.execute`)."""
        if attempt == 1:
            await self._admit()
        ref = ev.ExecutionRef(execution_id=new_id(), step=step, attempt=attempt, retries=retries)
        about = ref.model_dump()
        digest = code_hash(code)
        self._run.emit(ev.CodeGenerated(**about, code=code, sha256=digest, origin=origin))
        self._run.emit(ev.ExecutionStarted(**about))
        await self._run.settled()  # nothing runs that is not on record

        def show(stream: Stream, text: str) -> None:
            self._run.emit(ev.ExecutionOutput(**about, stream=stream, text=text))

        result = await self._sandboxes.execute(
            self._run.session_id,
            code,
            recipe=self._recipe,
            on_output=show,
            on_replaced=self._replaced,
        )
        result = _own(result, ref.execution_id, attempt)
        for artifact in result.artifacts:
            self._run.emit(ev.ArtifactCreated(**about, artifact=artifact))
        self._run.emit(ev.ExecutionFinished(**about, result=result))
        return Execution(
            id=ref.execution_id,
            session_id=self._run.session_id,
            run_id=self._run.id,
            step=step,
            attempt=attempt,
            retries=retries,
            origin=origin,
            code=code,
            sha256=digest,
            result=result,
        )

    async def find_values(self, variable: str, column: str, text: str) -> list[str]:
        """Values of a column that contain or resemble `text` (see `RunContext.find_values`)."""
        printed: list[str] = []
        result = await self._sandboxes.execute(
            self._run.session_id,
            _FIND.format(variable=variable, column=column, text=text, limit=VALUES_LIMIT),
            recipe=self._recipe,
            on_output=lambda stream, piece: printed.append(piece) if stream == "stdout" else None,
            on_replaced=self._replaced,
        )
        if not result.success:
            missing = result.error_name == "KeyError"
            raise AnalysisFailed(
                f"There is no column {column!r} to look in."
                if missing
                else f"The values of {column!r} could not be looked through."
            )
        try:
            found = json.loads("".join(printed).strip().splitlines()[-1])
        except (ValueError, IndexError):
            return []
        return [v for v in found if isinstance(v, str)][:VALUES_LIMIT]

    def _replaced(self, replacement: Replacement) -> None:
        self._run.emit(
            ev.SandboxReplaced(
                reason=replacement.reason,
                restored=replacement.restored,
                lost=replacement.lost,
                agreement_needed=replacement.agreement_needed,
            )
        )


def _own(result: ExecutionResult, execution_id: str, attempt: int) -> ExecutionResult:
    artifacts = []
    seen: Counter[ArtifactType] = Counter()
    for artifact in result.artifacts:
        seen[artifact.type] += 1
        title = artifact.metadata.title or _title(artifact.type, seen[artifact.type])
        metadata = artifact.metadata.model_copy(
            update={"execution_id": execution_id, "title": title}
        )
        artifacts.append(artifact.model_copy(update={"metadata": metadata}))
    return result.model_copy(update={"artifacts": artifacts, "retry_count": attempt - 1})


def _title(kind: ArtifactType, number: int) -> str:
    return f"{kind.value.capitalize()} {number}"


# Runs inside the sandbox; every inserted value is a literal.
_FIND = """\
def _datalens_find(frame, column, text, limit):
    import difflib, json
    values = [str(v) for v in frame[column].dropna().unique()[:100_000]]
    wanted = text.casefold()
    exact = [v for v in values if v.casefold() == wanted]
    inside = [v for v in values if wanted in v.casefold() and v not in exact]
    by_fold = {{v.casefold(): v for v in values}}
    close = difflib.get_close_matches(wanted, list(by_fold), n=limit, cutoff=0.75)
    found = dict.fromkeys(exact + inside + [by_fold[c] for c in close])
    print(json.dumps([v[:200] for v in found][:limit]))

_datalens_find({variable}, {column!r}, {text!r}, {limit})
del _datalens_find
"""

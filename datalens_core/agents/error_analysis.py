"""From an execution that failed to what went wrong, in plain words."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from datalens_core.agents.code_checks import CodeCheck
from datalens_core.agents.names import did_you_mean, similar_names
from datalens_core.agents.plain_errors import meaning
from datalens_core.models import ArtifactType, ErrorAnalysis, ExecutionResult
from datalens_core.privacy.cutting import head_of

FATAL = frozenset({"TimeoutError", "MemoryError"})
"""Errors of the sandbox's limits: they go to the user, since the same data meet them again."""

_MAX_MESSAGE, _MAX_VALUE, _MAX_TRACEBACK = 2_000, 10_000, 20_000
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_FRAME = re.compile(
    r"(?:Cell In\s?\[\d*\]|<ipython-input[^>\n]{0,80}>|File [\"']?<[^>\n]{0,80}>[\"']?)"
    r"[^\n]{0,40}?line (\d+)"
)
_MISSING = re.compile(
    r"are in the \[|not in index|Column\(?s?\)? ?(?:not found|.* do(?:es)? not exist)|"
    r"not the name of a column"
)
_RECEIVED = re.compile(r"but received: (\S[^\n]*)")
_ATTRIBUTE = re.compile(r"object has no attribute '([^']+)'")
_NAME = re.compile(r"name '([^']+)' is not defined")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


def analyze_error(
    result: ExecutionResult,
    frames: Mapping[str, Sequence[str]],
    check: CodeCheck | None = None,
) -> ErrorAnalysis:
    """Analyse the error of a failed execution.

    `frames`: the columns of each data set by the name of its DataFrame. `check`: what was known
    of the code before it ran.
    """
    name, value, traceback = _error_of(result)
    # What the sandbox says may be as long as it likes; what is looked at is not.
    value, traceback = head_of(value, _MAX_VALUE), traceback[-_MAX_TRACEBACK:]
    columns = [column for held in frames.values() for column in held]
    hint, suggestions = _explain(name, value, columns, list(frames), check)
    return ErrorAnalysis(
        error_type=name,
        message=head_of(value, _MAX_MESSAGE),
        line=_line(name, value, traceback, result.code, check),
        hint=hint,
        suggestions=suggestions,
        recoverable=name not in FATAL,
    )


def _error_of(result: ExecutionResult) -> tuple[str, str, str]:
    for artifact in result.artifacts:
        if artifact.type is ArtifactType.ERROR and isinstance(artifact.content, dict):
            held = artifact.content
            trace = held.get("traceback")
            text = "\n".join(map(str, trace)) if isinstance(trace, list) else str(trace or "")
            return str(held.get("name") or "Error"), str(held.get("value") or ""), text
    last = result.stderr.strip().rsplit("\n", 1)[-1]
    return "Error", last or "The execution failed without a message.", result.stderr


def _line(name: str, value: str, traceback: str, code: str, check: CodeCheck | None) -> int | None:
    """The line of the user's code, from 1. Frames inside libraries are not of interest."""
    if name in ("SyntaxError", "IndentationError") and check and check.syntax_error:
        return check.syntax_error[1]
    count = code.count("\n") + 1
    found = [int(line) for line in _FRAME.findall(_ANSI.sub("", traceback))]
    inside = [line for line in found if 1 <= line <= count]
    if inside:
        return inside[-1]
    if check and check.unknown_columns and _column(name, value) is not None:
        return check.unknown_columns[0].line
    return None


def _explain(
    name: str, value: str, columns: list[str], frames: list[str], check: CodeCheck | None
) -> tuple[str, list[str]]:
    """A hint, and the names that may have been meant."""
    column = _column(name, value)
    if column is not None:
        close = similar_names(column, columns)
        ask = did_you_mean(close) or "The columns are: " + ", ".join(map(repr, columns[:30])) + "."
        return f"There is no column {column!r}. {ask}", close
    undefined = _NAME.search(value) if name in ("NameError", "UnboundLocalError") else None
    if undefined:
        close = similar_names(undefined.group(1), frames)
        have = "The data are loaded as " + ", ".join(frames) + "." if frames else ""
        ask = did_you_mean(close) or have
        return f"Nothing is named {undefined.group(1)!r} here. {ask}".rstrip(), close
    attribute = _ATTRIBUTE.search(value) if name == "AttributeError" else None
    if attribute:
        close = similar_names(attribute.group(1), columns)
        hint = f"The data have no {attribute.group(1)!r}. {did_you_mean(close)}"
        return hint.rstrip(), close
    if name == "TypeError" and "agg function failed" in value:
        return "Only numbers can be added up or averaged, and a column of text was among them.", []
    plain = meaning(name).plain
    if check and check.unknown_columns:
        unknown = check.unknown_columns[0]
        hint = f"{plain} There is also no column {unknown.name!r}."
        return f"{hint} {did_you_mean(unknown.suggestions)}".rstrip(), unknown.suggestions
    return plain, []


def _column(name: str, value: str) -> str | None:
    """The column that an error says is missing, if it says so."""
    if name == "KeyError":
        message = _literal(value)
        if message is None or not _MISSING.search(message):
            return message
        if "Column not found:" in message:
            return message.rsplit("Column not found:", 1)[1].strip(" '\"")
        quoted = _QUOTED.search(message)
        return (quoted.group(1) or quoted.group(2)) if quoted else None
    if name == "ValueError" and "not the name of a column" in value:
        received = _RECEIVED.search(value)
        return received.group(1).strip(" '\"") if received else None
    return None


def _literal(value: str) -> str | None:
    """A KeyError's value is the key's repr; only a string can be a column's name here."""
    try:
        key = ast.literal_eval(value.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value.strip() or None
    return key if isinstance(key, str) else None

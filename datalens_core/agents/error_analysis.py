"""From an execution that failed to what went wrong, in plain words."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from datalens_core.agents.code_checks import CodeCheck
from datalens_core.agents.names import did_you_mean, similar_names
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

_HINTS: dict[str, str] = {
    "SyntaxError": "This is not valid Python, or it was cut off. Write the whole code again.",
    "IndentationError": "The indentation is not valid. Write the whole code again.",
    "TypeError": "A value has another type than the operation needs. Look at the dtypes, and "
    "convert with pd.to_numeric or pd.to_datetime (errors='coerce') first.",
    "ValueError": "A value does not fit. Check the dtypes and for missing values, and convert "
    "explicitly.",
    "ZeroDivisionError": "Something is divided by zero. Check for empty groups and zeros first.",
    "IndexError": "There are fewer rows than the code expects: a filter may have left none.",
    "ModuleNotFoundError": "This library is not in the sandbox and cannot be installed there. "
    "Use pandas, numpy, plotly, scipy or scikit-learn.",
    "ImportError": "This name is not in the library. Use another function of it.",
    "FileNotFoundError": "There is no such file. The data are loaded already: use the variable.",
    "PermissionError": "The sandbox does not allow this. It is not needed: the data are loaded.",
    "OSError": "The sandbox has no network and no such files. The data are loaded already.",
    "ConnectionError": "The sandbox has no network. Use only the data that are loaded.",
    "KeyboardInterrupt": "The code was interrupted. Make it simpler.",
    "TimeoutError": "The code took too long. A simpler question, or a part of the data, may work.",
    "MemoryError": "The code needs more memory than there is. Filter the data first.",
}
_DEFAULT_HINT = "Read the message, look at the line it names, and take another way if need be."


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
        return f"There is no column or key {column!r}. {ask}", close
    undefined = _NAME.search(value) if name in ("NameError", "UnboundLocalError") else None
    if undefined:
        close = similar_names(undefined.group(1), frames)
        have = "The data are loaded as " + ", ".join(frames) + "." if frames else ""
        return f"Nothing is named {undefined.group(1)!r} here. {did_you_mean(close) or have}", close
    attribute = _ATTRIBUTE.search(value) if name == "AttributeError" else None
    if attribute:
        close = similar_names(attribute.group(1), columns)
        hint = f"There is no attribute or column {attribute.group(1)!r}. {did_you_mean(close)}"
        return hint.rstrip(), close
    if name == "TypeError" and "agg function failed" in value:
        return "Only numbers can be aggregated like this: choose the numeric columns first.", []
    if check and check.unknown_columns:
        unknown = check.unknown_columns[0]
        hint = f"{_HINTS.get(name, _DEFAULT_HINT)} There is also no column {unknown.name!r}."
        return f"{hint} {did_you_mean(unknown.suggestions)}".rstrip(), unknown.suggestions
    return _HINTS.get(name, _DEFAULT_HINT), []


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

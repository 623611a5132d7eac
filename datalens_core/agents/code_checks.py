"""What can be said of generated code before it runs. Nothing here executes or compiles it."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from datalens_core.agents.columns_used import UnknownColumn, incomplete_columns, unknown_columns

_FENCED = re.compile(r"\A\s*```[\w+-]*[ \t]*\n(.*?)\n?```\s*\Z", re.DOTALL)
# Lines that IPython rewrites before Python sees them: magics, shell, help, quoting escapes.
_IPYTHON = re.compile(r"^[ \t]*(?:[!%?/,;]|>>> |In \[\d*\]:)|\?[ \t]*$|=[ \t]*[!%]\w", re.MULTILINE)
_LIBRARIES = frozenset({"pandas", "plotly"})
_ANALYSIS = frozenset({"numpy", "pandas", "plotly", "scipy", "sklearn", "statsmodels"})
# Of the standard library what computes; nothing that reaches files, processes or the network.
_HARMLESS = frozenset(
    {
        "__future__", "abc", "base64", "bisect", "calendar", "cmath", "collections", "copy",
        "csv", "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions",
        "functools", "hashlib", "heapq", "html", "io", "itertools", "json", "locale",
        "math", "numbers", "operator", "pprint", "random", "re", "statistics", "string",
        "textwrap", "time", "typing", "unicodedata", "uuid", "warnings", "zoneinfo",
    }
)  # fmt: skip
_STEPS = re.compile(
    r"^[ \t]*#[ \t]*steps?[ \t]+(\d{1,2})(?:[ \t]*(?:-|–|to|and|,|&)[ \t]*(\d{1,2}))?",
    re.IGNORECASE | re.MULTILINE,
)
_LIBRARY_NAMES = frozenset({"pd", "px", "go", "pandas", "plotly"})
# ValueError: null bytes. RecursionError, MemoryError: nested beyond what Python parses.
_UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True)
class CodeCheck:
    """The findings. `syntax_error` is (message, line); the rest is empty where there is one."""

    fingerprint: str
    syntax_error: tuple[str, int] | None = None
    uses_ipython: bool = False
    uses_data_library: bool = False
    assigned: frozenset[str] = frozenset()
    unknown_columns: tuple[UnknownColumn, ...] = ()
    foreign_imports: tuple[str, ...] = ()
    """Modules that an analysis has no need of."""
    leaves_out: frozenset[str] = frozenset()
    """The columns whose missing values cost a row; `ANY_COLUMN` for those of every column."""
    frames: frozenset[str] = frozenset()
    """The loaded DataFrames that it reads."""
    step: int | None = None
    """The last step of the plan that a comment says the code carries out, from 1."""


def clean_code(text: str) -> str:
    """The code without a markdown fence around it and without common indentation."""
    fenced = _FENCED.match(text)
    return textwrap.dedent(fenced.group(1) if fenced else text).strip("\n")


def check_code(
    code: str, frames: Mapping[str, Iterable[str]], known: frozenset[str] = frozenset()
) -> CodeCheck:
    """Look at `code`.

    `frames`: the columns of each data set by the name of its DataFrame. `known`: names that
    earlier code of the session assigned, so that results of results count as data too.
    """
    try:
        tree = _parse(code)
    except _UNPARSABLE as error:
        line = getattr(error, "lineno", None) or 1
        message = getattr(error, "msg", None) or "the code cannot be parsed"
        return CodeCheck(
            fingerprint=code.strip(),
            syntax_error=(message, line),
            uses_ipython=_IPYTHON.search(code) is not None,
        )
    nodes = list(ast.walk(tree))
    assigned = frozenset(_assigned(nodes))
    return CodeCheck(
        fingerprint=_fingerprint(tree, code),
        uses_data_library=_uses_data(nodes, frozenset(frames) | known, assigned),
        assigned=assigned,
        unknown_columns=tuple(unknown_columns(nodes, frames, assigned)),
        foreign_imports=tuple(sorted(_imported(nodes) - _ANALYSIS - _HARMLESS)),
        leaves_out=frozenset(incomplete_columns(nodes, frozenset(frames))),
        frames=frozenset(_read(nodes) & set(frames)),
        step=_step(code),
    )


def _parse(code: str) -> ast.Module:
    return ast.parse(code)


def names_assigned(code: str) -> frozenset[str]:
    """The names that a piece of code binds; none if it does not parse."""
    try:
        return frozenset(_assigned(ast.walk(_parse(code))))
    except _UNPARSABLE:
        return frozenset()


def _fingerprint(tree: ast.Module, code: str) -> str:
    try:
        return ast.dump(tree)  # the same code with other comments or spaces is the same code
    except RecursionError:
        return code.strip()


def _assigned(nodes: Iterable[ast.AST]) -> Iterable[str]:
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def _imported(nodes: list[ast.AST]) -> set[str]:
    """The top-level modules that are imported."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found - {""}


def _read(nodes: list[ast.AST]) -> set[str]:
    """The names that are read."""
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _step(code: str) -> int | None:
    found = _STEPS.findall(code)
    return int(found[-1][1] or found[-1][0]) if found else None


def _uses_data(nodes: list[ast.AST], known: frozenset[str], assigned: frozenset[str]) -> bool:
    """It imports pandas or plotly, or reads a DataFrame or something made of one."""
    data = known | (_LIBRARY_NAMES - assigned)
    return bool(_imported(nodes) & _LIBRARIES or _read(nodes) & data)

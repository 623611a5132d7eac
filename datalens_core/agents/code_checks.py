"""What can be said of generated code before it runs. Nothing here executes or compiles it."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from datalens_core.agents.names import similar_names

_FENCED = re.compile(r"\A\s*```[\w+-]*[ \t]*\n(.*?)\n?```\s*\Z", re.DOTALL)
# Lines that IPython rewrites before Python sees them: magics, shell, help, quoting escapes.
_IPYTHON = re.compile(r"^[ \t]*(?:[!%?/,;]|>>> |In \[\d*\]:)|\?[ \t]*$|=[ \t]*[!%]\w", re.MULTILINE)
_LIBRARIES = frozenset({"pandas", "plotly"})
_LIBRARY_NAMES = frozenset({"pd", "px", "go", "pandas", "plotly"})


@dataclass(frozen=True)
class UnknownColumn:
    name: str
    line: int
    suggestions: list[str]


@dataclass(frozen=True)
class CodeCheck:
    """The findings. `syntax_error` is (message, line); the rest is empty where there is one."""

    fingerprint: str
    syntax_error: tuple[str, int] | None = None
    uses_ipython: bool = False
    uses_data_library: bool = False
    assigned: frozenset[str] = frozenset()
    unknown_columns: tuple[UnknownColumn, ...] = ()


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
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        # ValueError: null bytes. RecursionError, MemoryError: nested beyond what Python parses.
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
        unknown_columns=tuple(_unknown_columns(nodes, frames, assigned)),
    )


def names_assigned(code: str) -> frozenset[str]:
    """The names that a piece of code binds; none if it does not parse."""
    return check_code(code, {}).assigned


def _fingerprint(tree: ast.Module, code: str) -> str:
    try:
        return ast.dump(tree)  # the same code with other comments or spaces is the same code
    except RecursionError:
        return code.strip()


def _assigned(nodes: list[ast.AST]) -> Iterable[str]:
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def _uses_data(nodes: list[ast.AST], known: frozenset[str], assigned: frozenset[str]) -> bool:
    """It imports pandas or plotly, or reads a DataFrame or something made of one."""
    data = known | (_LIBRARY_NAMES - assigned)
    for node in nodes:
        if isinstance(node, ast.Import):
            if any(alias.name.split(".")[0] in _LIBRARIES for alias in node.names):
                return True
        elif isinstance(node, ast.ImportFrom):
            if (node.module or "").split(".")[0] in _LIBRARIES:
                return True
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in data:
            return True
    return False


def _unknown_columns(
    nodes: list[ast.AST], frames: Mapping[str, Iterable[str]], assigned: frozenset[str]
) -> Iterable[UnknownColumn]:
    """`df["nmae"]` where df is as it was loaded and the code itself makes no such column.

    Only where it is sure: a rebound name may be any frame, so it is left alone.
    """
    subscripts = [
        (node.value.id, node)
        for node in nodes
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id in frames
        and node.value.id not in assigned
    ]
    made = {
        name
        for _, node in subscripts
        if isinstance(node.ctx, ast.Store | ast.Del)
        for name, _ in _keys(node.slice)
    }
    for variable, node in subscripts:
        columns = set(frames[variable])
        for name, line in _keys(node.slice):
            if isinstance(node.ctx, ast.Load) and name not in columns | made:
                yield UnknownColumn(name, line, similar_names(name, columns))


def _keys(node: ast.expr) -> list[tuple[str, int]]:
    items = node.elts if isinstance(node, ast.List) else [node]
    return [
        (item.value, item.lineno)
        for item in items
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]

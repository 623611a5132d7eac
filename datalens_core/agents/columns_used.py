"""Where code names a column of a loaded DataFrame, as far as it can be told before it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from datalens_core.agents.names import similar_names

# Methods of a DataFrame, and which of their arguments name columns: by place and by keyword.
_METHODS: dict[str, tuple[tuple[int, ...], frozenset[str]]] = {
    "dropna": ((), frozenset({"subset"})),
    "drop_duplicates": ((0,), frozenset({"subset"})),
    "explode": ((0,), frozenset({"column"})),
    "groupby": ((0,), frozenset({"by"})),
    "melt": ((0, 1), frozenset({"id_vars", "value_vars"})),
    "nlargest": ((1,), frozenset({"columns"})),
    "nsmallest": ((1,), frozenset({"columns"})),
    "pivot": ((), frozenset({"index", "columns", "values"})),
    "pivot_table": ((0, 1, 2), frozenset({"index", "columns", "values"})),
    "set_index": ((0,), frozenset({"keys"})),
    "sort_values": ((0,), frozenset({"by"})),
    "value_counts": ((0,), frozenset({"subset"})),
}
_DRAWN = frozenset(
    {
        "x", "y", "z", "color", "size", "symbol", "names", "values", "locations",
        "facet_col", "facet_row", "hover_name", "line_group", "path", "line_dash",
        "pattern_shape", "animation_frame", "lat", "lon",
    }
)  # fmt: skip


_LISTING = frozenset({"unique", "nunique", "drop_duplicates"})
ANY_COLUMN = "*"


@dataclass(frozen=True)
class UnknownColumn:
    name: str
    line: int
    suggestions: list[str]


def unknown_columns(
    nodes: list[ast.AST], frames: Mapping[str, Iterable[str]], assigned: frozenset[str]
) -> Iterator[UnknownColumn]:
    """Columns that no loaded frame has, and that the code itself does not make.

    Only where it is sure: a rebound name may be any frame, so it is left alone.
    """
    loaded = {name: set(columns) for name, columns in frames.items() if name not in assigned}
    made = {name for node in nodes for name in _made(node, loaded)}
    told: set[tuple[str, int]] = set()
    for node in nodes:
        for variable, key in _named(node, loaded):
            for name, line in _texts(key):
                if name not in loaded[variable] | made and (name, line) not in told:
                    told.add((name, line))
                    yield UnknownColumn(name, line, similar_names(name, loaded[variable]))


def incomplete_columns(nodes: list[ast.AST], frames: frozenset[str]) -> Iterator[str]:
    """The columns whose missing values make `dropna` leave out rows; `ANY_COLUMN` for every one."""
    # The different values of a column are the same with and without its missing ones.
    listed = {
        id(node.value)
        for node in nodes
        if isinstance(node, ast.Attribute) and node.attr in _LISTING
    }
    for node in nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr != "dropna" or id(node) in listed:
            continue
        subset = next((k.value for k in node.keywords if k.arg == "subset"), None)
        owner = node.func.value
        if subset is not None:
            yield from (name for name, _ in _texts(subset))
        elif isinstance(owner, ast.Subscript) and _variable(owner.value) in frames:
            yield from (name for name, _ in _texts(owner.slice))
        elif _variable(owner) in frames:
            yield ANY_COLUMN


def _made(node: ast.AST, loaded: Mapping[str, set[str]]) -> Iterator[str]:
    if not isinstance(node, ast.Subscript) or isinstance(node.ctx, ast.Load):
        return
    if _variable(node.value) in loaded:
        yield from (name for name, _ in _texts(node.slice))


def _named(node: ast.AST, loaded: Mapping[str, set[str]]) -> Iterator[tuple[str, ast.expr]]:
    """The frames that a node takes columns of, with the expression that names them."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        variable = _variable(node.value)
        if variable in loaded:
            yield variable, node.slice
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    owner, method = _variable(node.func.value), node.func.attr
    if owner in loaded and method in _METHODS:
        places, keywords = _METHODS[method]
        yield from ((owner, node.args[at]) for at in places if at < len(node.args))
        yield from ((owner, k.value) for k in node.keywords if k.arg in keywords)
    elif owner == "px" and node.args and (frame := _variable(node.args[0])) in loaded:
        yield from ((frame, k.value) for k in node.keywords if k.arg in _DRAWN)


def _variable(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _texts(node: ast.expr) -> list[tuple[str, int]]:
    items = node.elts if isinstance(node, ast.List) else [node]
    return [
        (item.value, item.lineno)
        for item in items
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]

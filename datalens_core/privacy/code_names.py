"""What a program does with its names, as far as it matters to a value that they are given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

Given = dict[str, list[ast.expr | None]]

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_TEXT_METHODS = frozenset(name for name in dir(str) if not name.startswith("_"))
_IN_QUERY = re.compile(r"@(\w+)")


def given_values(tree: ast.AST) -> Given:
    """Everything that each name is given; None for what is not known here.

    Of a loop, the parts of what it goes through, or the name of that.
    """
    given: Given = {}
    functions = {n.name: n for n in ast.walk(tree) if isinstance(n, FUNCTIONS)}
    known: set[int] = set()
    for node in ast.walk(tree):
        for target, value in _assigned(node):
            known.add(id(target))
            given.setdefault(target.id, []).append(value)
        if isinstance(node, (*FUNCTIONS, ast.Lambda)):
            for name, default in _defaults(node.args):
                given.setdefault(name, []).append(default)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            function = functions.get(node.func.id)
            for name, argument in _passed(function, node) if function else ():
                given.setdefault(name, []).append(argument)
    for name, values in given.items():
        given[name] = [v if _is_known(v, given) else None for v in values]
    for node in ast.walk(tree):
        stored = isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
        if isinstance(node, ast.Name) and stored and id(node) not in known:
            given.setdefault(node.id, []).append(None)
    return given


def _is_known(value: ast.expr | None, given: Given) -> bool:
    return not isinstance(value, ast.Name) or value.id in given


def _assigned(node: ast.AST) -> Iterator[tuple[ast.Name, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _unpacked(target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield from _unpacked(node.target, node.value)
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        if isinstance(node.iter, ast.List | ast.Tuple | ast.Set):
            for held in node.iter.elts:
                yield from _unpacked(node.target, held)
        elif isinstance(node.iter, ast.Name) and isinstance(node.target, ast.Name):
            yield node.target, node.iter


def _unpacked(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.Name, ast.expr | None]]:
    if isinstance(target, ast.Name):
        yield target, value
    elif (
        isinstance(target, ast.Tuple | ast.List)
        and isinstance(value, ast.Tuple | ast.List)
        and len(target.elts) == len(value.elts)
        and not any(isinstance(e, ast.Starred) for e in (*target.elts, *value.elts))
    ):
        for inner, held in zip(target.elts, value.elts, strict=True):
            yield from _unpacked(inner, held)


def _defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    for arg, default in zip(reversed(positional), reversed(arguments.defaults), strict=False):
        yield arg.arg, default
    for arg, named in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if named is not None:
            yield arg.arg, named


def _passed(
    function: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call
) -> Iterator[tuple[str, ast.expr]]:
    positional = [*function.args.posonlyargs, *function.args.args]
    for arg, value in zip(positional, call.args, strict=False):
        yield arg.arg, value
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword.value


def names_used_as_text(tree: ast.AST) -> set[str]:
    """Names that must be text: with one of its methods, joined to another, or measured."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _TEXT_METHODS:
            found |= _names(node.value)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            sides = (node.left, node.right)
            if any(_is_text(side) for side in sides):
                found |= {name for side in sides for name in _names(side)}
        elif isinstance(node, ast.Call):
            function = node.func
            if (isinstance(function, ast.Name) and function.id == "len") or (
                isinstance(function, ast.Attribute)
                and _is_text(function.value)
                and function.attr != "format"
            ):
                found |= {name for argument in node.args for name in _names(argument)}
    return found


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.Attribute) and node.attr == "str":
        return True
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _names(node: ast.expr) -> set[str]:
    return {node.id} if isinstance(node, ast.Name) else set()


def names_in_queries(tree: ast.AST) -> set[str]:
    """Names that pandas looks up itself: df.query("e == @who")."""
    return {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("query", "eval")
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
        for name in _IN_QUERY.findall(part.value)
    }

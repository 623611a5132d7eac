"""Programs that are written here and run in a sandbox: shipped as text, leaving no name behind."""

from __future__ import annotations

import ast
from functools import cache
from importlib.resources import files


def shipped(package: str, module: str, call: str) -> str:
    """A module's source as one function, called as `call`: the session's names stay untouched.

    The module may import at its top only what every sandbox has, and defines functions and
    constants. `call` is an expression of one line over its names, e.g. ``main('sales.csv')``.
    """
    return f"{_function(package, module)}\n    {call}\n_datalens()\ndel _datalens\n"


@cache
def _function(package: str, module: str) -> str:
    source = files(package).joinpath(f"{module}.py").read_text(encoding="utf-8")
    wrapper = ast.parse("def _datalens():\n    pass").body[0]
    assert isinstance(wrapper, ast.FunctionDef)
    wrapper.body = [
        node
        for node in ast.parse(source).body
        if not (isinstance(node, ast.ImportFrom) and node.module == "__future__")
    ]
    return ast.unparse(wrapper)

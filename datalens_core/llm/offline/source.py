"""Python source in pieces: literals that stay data, and statements a reader can follow."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from datalens_core.llm.offline.intent import Scalar


def literal(value: Scalar) -> str:
    """A value as a Python literal, whatever it holds."""
    if isinstance(value, str):
        plain = value.isprintable() and '"' not in value and "\\" not in value
        return f'"{value}"' if plain else repr(value)
    return repr(value)


def literals(values: Sequence[Scalar]) -> str:
    return "[" + ", ".join(literal(value) for value in values) + "]"


def mapping(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in values.items()) + "}"


def column(frame: str, name: str) -> str:
    return f"{frame}[{literal(name)}]"


def call(function: str, *arguments: str, **options: str | None) -> str:
    """A call over several lines when it has many options, one line otherwise."""
    given = [*arguments, *(f"{name}={value}" for name, value in options.items() if value)]
    line = f"{function}({', '.join(given)})"
    if len(line) <= 80:
        return line
    return f"{function}(\n" + "".join(f"    {argument},\n" for argument in given) + ")"


def program(lines: Sequence[str]) -> str:
    """Statements as one program.

    Raises:
        SyntaxError: a template is wrong; nothing unparsable ever leaves this room.
    """
    code = "\n".join(lines) + "\n"
    ast.parse(code)
    return code

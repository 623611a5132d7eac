"""Python source built as a syntax tree: whatever comes from the data is a constant in it.

A template is code with placeholders in capital letters. A string that is put in for one becomes a
string literal, whatever it holds; only a tree can become code.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping, Sequence

from datalens_core.llm.offline.intent import Scalar

Part = Scalar | ast.expr | Sequence["Part"] | Mapping[str, "Part"]
"""What may stand for a placeholder."""

_WIDTH = 88


def tree(part: Part) -> ast.expr:
    """A part as an expression: trees stay what they are, everything else is data."""
    if isinstance(part, ast.expr):
        return part
    if isinstance(part, Mapping):
        return ast.Dict([ast.Constant(key) for key in part], [tree(v) for v in part.values()])
    if isinstance(part, Sequence) and not isinstance(part, str):
        return ast.List([tree(item) for item in part])
    if isinstance(part, int | float) and part < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-part))
    return ast.Constant(part)


def variable(name: str) -> ast.expr:
    """A name of a variable.

    Raises:
        ValueError: it is none.
    """
    if not name.isidentifier():
        raise ValueError("This is no name of a variable.")
    return ast.Name(name)


class _Placeholders(ast.NodeTransformer):
    def __init__(self, parts: Mapping[str, Part]) -> None:
        self.parts = parts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return tree(self.parts[node.id]) if node.id in self.parts else node


def statements(template: str, **parts: Part) -> list[ast.stmt]:
    """The statements of a template, each placeholder replaced by its part."""
    body = ast.parse(template).body
    return [_Placeholders(parts).visit(statement) for statement in body]


def expression(template: str, **parts: Part) -> ast.expr:
    filled: ast.expr = _Placeholders(parts).visit(ast.parse(template, mode="eval").body)
    return filled


def call(function: str, *arguments: Part, **options: Part | None) -> ast.expr:
    """A call; options that are None are left out."""
    return ast.Call(
        expression(function),
        [tree(argument) for argument in arguments],
        [ast.keyword(name, tree(part)) for name, part in options.items() if part is not None],
    )


def render(*blocks: Sequence[ast.stmt]) -> str:
    """Blocks of statements as one program, a blank line between them."""
    return "\n".join("".join(_line(s) for s in block) for block in blocks if block)


def _line(statement: ast.stmt) -> str:
    text = _double_quoted(ast.unparse(statement)) + "\n"
    value = statement.value if isinstance(statement, ast.Assign) else None
    if len(text) <= _WIDTH or not isinstance(value, ast.Call) or "\n" in text[:-1]:
        return text
    if len(value.args) + len(value.keywords) < 2 and not _holds_pairs(value):
        return text
    return _double_quoted(_wrapped(statement, value)) + "\n"


def _holds_pairs(value: ast.Call) -> bool:
    return len(value.args) == 1 and isinstance(value.args[0], ast.Dict)


def _wrapped(statement: ast.stmt, value: ast.Call) -> str:
    """An assignment of a long call, an argument a line."""
    assert isinstance(statement, ast.Assign)
    head = f"{ast.unparse(statement.targets[0])} = {ast.unparse(value.func)}("
    held = value.args[0] if _holds_pairs(value) and not value.keywords else None
    if isinstance(held, ast.Dict):
        pairs = zip(held.keys, held.values, strict=True)
        items = [f"    {ast.unparse(k)}: {ast.unparse(v)},\n" for k, v in pairs if k]
        return f"{head}{{\n{''.join(items)}}})"
    arguments = [ast.unparse(argument) for argument in value.args]
    arguments += [f"{option.arg}={_option(option.value)}" for option in value.keywords]
    return f"{head}\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"


def _option(value: ast.expr) -> str:
    """An argument; a dictionary that is too long for its line has a line a key."""
    text = ast.unparse(value)
    if not isinstance(value, ast.Dict) or len(text) <= _WIDTH - 16:
        return text
    pairs = zip(value.keys, value.values, strict=True)
    lines = [f"        {ast.unparse(k)}: {ast.unparse(v)},\n" for k, v in pairs if k]
    return "{\n" + "".join(lines) + "    }"


def _double_quoted(code: str) -> str:
    """The same code with strings in double quotes, where that takes no escape."""
    lines = code.splitlines(keepends=True)
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(code).readline))):
        if token.type != tokenize.STRING:
            continue
        value = ast.literal_eval(token.string)
        if not value.isprintable() or '"' in value or "\\" in value:
            continue
        row, start = token.start[0] - 1, token.start[1]
        lines[row] = f'{lines[row][:start]}"{value}"{lines[row][token.end[1] :]}'
    return "".join(lines)

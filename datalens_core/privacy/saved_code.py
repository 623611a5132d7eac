"""Code as it is saved where others may read it: with tokens in the place of personal values.

Such code is not run: what runs is the code that the session stored and that this one stands for.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Callable
from typing import Any

from datalens_core.privacy.source_edits import SourceEdits
from datalens_core.privacy.vault import TOKEN

HEADER = "# Tokens such as <EMAIL_ADDRESS_1> stand for values that are not saved with this code.\n"

Redact = Callable[[str], str]


def with_tokens(code: str, redact: Redact) -> str:
    """The code without the personal values of its literals and comments; itself if it has none.

    It stays a program: a token stands in a string, also in the place of a number.
    """
    try:
        tree = ast.parse(code)
        tokeniser = _Tokeniser(code, redact)
        meant = tokeniser.visit(tree)
        tokeniser.redact_comments(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        clean = redact(code)  # no program: a text like any other
        return code if clean == code else HEADER + clean
    if not tokeniser.edits:
        return code
    written = tokeniser.edits.applied()
    try:
        ast.parse(written)
    except SyntaxError:
        written = ast.unparse(ast.fix_missing_locations(meant))
    return HEADER + written


class _Tokeniser(ast.NodeTransformer):
    def __init__(self, code: str, redact: Redact) -> None:
        self.edits = SourceEdits(code)
        self._redact = redact
        self._inside_joined = 0

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = _without_values(node.value, self._redact)
        if value is node.value:
            return node
        if not self._inside_joined:
            self.edits.replace(node, repr(value))
        return ast.copy_location(ast.Constant(value), node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        before = ast.dump(node)
        self._inside_joined += 1
        self.generic_visit(node)
        self._inside_joined -= 1
        if self._inside_joined or ast.dump(node) == before:
            return node
        try:
            written = ast.unparse(ast.fix_missing_locations(node))
        except ValueError:  # quotes within quotes, which an older Python cannot write
            written = self._redact(self.edits.text_of(node))
        self.edits.replace(node, written)
        return node

    def redact_comments(self, code: str) -> None:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                clean = self._redact(token.string)
                if clean != token.string:
                    self.edits.replace_on_line(*token.start, len(token.string), clean)


def _without_values(value: Any, redact: Redact) -> Any:
    """A literal's value with tokens, as text or bytes; the same object if nothing is personal."""
    if isinstance(value, bool) or not isinstance(value, str | bytes | int | float):
        return value
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    clean = redact(text)
    if clean == text:
        return value
    return clean.encode("latin-1", "replace") if isinstance(value, bytes) else clean


def stands_for(saved: str, code: str) -> bool:
    """Whether saved code is this code but for its tokens and comments."""
    if not has_tokens(saved):
        return False
    try:
        return _alike(ast.parse(saved), ast.parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def has_tokens(code: str) -> bool:
    """Whether this is code that was saved with tokens in the place of values."""
    return code.startswith(HEADER)


def _alike(saved: Any, meant: Any) -> bool:
    if isinstance(saved, ast.Constant) and isinstance(meant, ast.Constant):
        return _is_value_of(saved.value, meant.value)
    if isinstance(saved, ast.AST):
        return type(saved) is type(meant) and all(
            _alike(getattr(saved, name, None), getattr(meant, name, None)) for name in saved._fields
        )
    if isinstance(saved, list):
        return (
            isinstance(meant, list) and len(saved) == len(meant) and all(map(_alike, saved, meant))
        )
    return type(saved) is type(meant) and bool(saved == meant)


def _is_value_of(saved: Any, meant: Any) -> bool:
    if isinstance(saved, bytes) and isinstance(meant, bytes):
        saved, meant = saved.decode("latin-1"), meant.decode("latin-1")
    if not isinstance(saved, str) or not TOKEN.search(saved):
        return type(saved) is type(meant) and bool(saved == meant)
    first, *between, last = TOKEN.split(saved)
    text, place = str(meant), len(first)
    if not text.startswith(first):
        return False
    for piece in between:
        place = text.find(piece, place + 1) + len(piece)
        if place < len(piece):
            return False
    return text.endswith(last) and len(text) - len(last) > place

"""Changes of a program's text at the places of its syntax tree; all else of it stays as it is."""

from __future__ import annotations

import ast
import re


class SourceEdits:
    def __init__(self, code: str) -> None:
        self._lines = [line.encode() for line in python_lines(code)]
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))
        self._edits: list[tuple[int, int, bytes]] = []

    def __bool__(self) -> bool:
        return bool(self._edits)

    def replace(self, node: ast.expr, text: str) -> None:
        start, end = self._span(node)
        self._edits.append((start, end, text.encode()))

    def replace_on_line(self, line: int, column: int, length: int, text: str) -> None:
        """`line` from 1, `column` and `length` in characters, as `tokenize` has them."""
        written = self._lines[line - 1].decode()
        start = self._starts[line - 1] + len(written[:column].encode())
        end = start + len(written[column : column + length].encode())
        self._edits.append((start, end, text.encode()))

    def text_of(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return b"".join(self._lines)[start:end].decode()

    def applied(self) -> str:
        source = b"".join(self._lines)
        for start, end, text in sorted(self._edits, reverse=True):
            source = source[:start] + text + source[end:]
        return source.decode()

    def _span(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[node.end_lineno - 1] + node.end_col_offset


def python_lines(code: str) -> list[str]:
    """Lines as Python counts them: not at every character that `str.splitlines` breaks at."""
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", code)

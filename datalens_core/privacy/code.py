"""Tokens in generated Python, restored through the syntax tree: a value never becomes code.

Each string literal that holds a token is written anew by `repr`; all else of the source stays as
it is. A last look compares the syntax tree of the result with the tree that was meant.
"""

from __future__ import annotations

import ast
import re
from typing import Literal, NamedTuple

from datalens_core.errors import UnknownToken
from datalens_core.privacy.vault import TOKEN, Vault

_REGEX_FUNCTIONS = frozenset({
    "compile", "search", "match", "fullmatch", "findall", "finditer", "split", "rsplit", "sub",
    "subn", "contains", "extract", "extractall", "count", "replace", "filter",
})  # fmt: skip
_RE_MODULES = frozenset({"re", "regex"})
_ALWAYS_REGEX = frozenset(
    {"contains", "match", "fullmatch", "findall", "extract", "extractall", "count"}
)
_EXPRESSION_FUNCTIONS = frozenset({"query", "eval"})
_SQL_FUNCTIONS = frozenset({"sql", "execute", "read_sql", "read_sql_query"})
_COMPARING_FUNCTIONS = frozenset({"isin", "eq", "ne", "equals", "between"})
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")


def restore_code(code: str, vault: Vault) -> str:
    """The code with its tokens restored as data.

    A token in a regular expression is escaped, one compared with a column of numbers becomes a
    number, one in a `query` string becomes a literal of that string's own language.

    Raises:
        SyntaxError: the code does not parse.
        UnknownToken: it uses a token that this session never issued, or one in a place where its
            value cannot stand as data.
    """
    if not TOKEN.search(code):
        _parse(code)
        return code
    tree = _parse(code)
    restorer = _Restorer(vault, code)
    expected = restorer.visit(tree)
    restored = restorer.source()
    meant = ast.dump(ast.fix_missing_locations(expected))
    try:
        if ast.dump(ast.parse(restored)) == meant:
            return restored
    except SyntaxError:  # the written-out tree below is right in any case
        pass
    return ast.unparse(expected)


def _parse(code: str) -> ast.Module:
    try:
        return ast.parse(code)
    except (ValueError, RecursionError, MemoryError) as error:
        # Null bytes and absurd nesting are no Python either.
        raise SyntaxError(str(error)) from None


class _Place(NamedTuple):
    """How a string is used, which decides how a value may stand in it."""

    kind: Literal["text", "regex", "expression", "sql", "compared"] = "text"


_TEXT = _Place()


class _Restorer(ast.NodeTransformer):
    """Changes the tree, and remembers the same changes as edits of the source."""

    def __init__(self, vault: Vault, code: str) -> None:
        self._vault = vault
        self._lines = [line.encode() for line in _python_lines(code)]
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))
        self._edits: list[tuple[int, int, bytes]] = []
        self._places: dict[int, _Place] = {}
        self._inside_joined = 0

    # -- where a string stands ---------------------------------------------------------------

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else _name(node.func)
        kind = _call_kind(node, name)
        pattern = _pattern_arguments(node, name, kind)
        for argument in pattern:
            self._mark(argument, _Place(kind))
        if name in _COMPARING_FUNCTIONS and not _is_text_accessor(node.func):
            for argument in node.args:
                self._mark(argument, _Place("compared"))
        return self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        sides = [node.left, *node.comparators]
        if not any(_is_text_accessor(side) for side in sides):
            for side in sides:
                self._mark(side, _Place("compared"))
        return self.generic_visit(node)

    def _mark(self, node: ast.AST, place: _Place) -> None:
        if isinstance(node, ast.Call) and place.kind == "regex":
            if (node.func.attr if isinstance(node.func, ast.Attribute) else "") == "escape":
                return
            if isinstance(node.func, ast.Attribute) and node.func.attr == "join":
                for argument in node.args:
                    self._mark(argument, place)
            return
        self._places[id(node)] = place
        if place.kind == "compared" and not isinstance(node, ast.List | ast.Tuple | ast.Set):
            return
        if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.BinOp | ast.JoinedStr | ast.Dict):
            for child in ast.iter_child_nodes(node):
                self._mark(child, place)

    # -- what is written instead -------------------------------------------------------------

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        place = self._places.get(id(node), _TEXT)
        value: str | bytes | int | float
        if isinstance(node.value, str):
            value = self._restored(node.value, place)
        elif isinstance(node.value, bytes):
            text = node.value.decode("latin-1")
            if not TOKEN.search(text):
                return node
            restored = TOKEN.sub(lambda m: self._value(m, place).encode().decode("latin-1"), text)
            value = restored.encode("latin-1")
        else:
            return node
        if value == node.value:
            return node
        new = ast.copy_location(ast.Constant(value), node)
        if not self._inside_joined:
            self._edit(node, repr(value))
        return new

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        if not any(
            isinstance(child, ast.Constant)
            and isinstance(child.value, str | bytes)
            and TOKEN.search(_as_text(child.value))
            for child in ast.walk(node)
        ):
            return node
        place = self._places.get(id(node), _TEXT)
        self._inside_joined += 1
        new = ast.copy_location(self._format_call(node, place), node)
        self._inside_joined -= 1
        if not self._inside_joined:
            self._edit(node, ast.unparse(ast.fix_missing_locations(new)))
        return new

    def _format_call(self, node: ast.JoinedStr, place: _Place) -> ast.Call:
        """f"<T> {x:>{w}}" as "value {:>{}}".format(x, w): no quotes to clash, in any Python."""
        arguments: list[ast.expr] = []
        template = self._template(node, place, arguments)
        function = ast.Attribute(ast.Constant(template), "format", ast.Load())
        return ast.Call(function, arguments, [])

    def _template(self, node: ast.JoinedStr, place: _Place, arguments: list[ast.expr]) -> str:
        pieces = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                text = self._restored(str(part.value), place)
                pieces.append(str(text).replace("{", "{{").replace("}", "}}"))
            elif isinstance(part, ast.FormattedValue):
                arguments.append(self.visit(part.value))
                conversion = "" if part.conversion == -1 else f"!{chr(part.conversion)}"
                spec = ""
                if isinstance(part.format_spec, ast.JoinedStr):
                    spec = ":" + self._template(part.format_spec, _TEXT, arguments)
                pieces.append("{" + conversion + spec + "}")
        return "".join(pieces)

    def _restored(self, text: str, place: _Place) -> str | int | float:
        if not TOKEN.search(text):
            return text
        if place.kind == "expression":
            return self._in_expression(text)
        if place.kind == "compared":
            number = self._number(text)
            if number is not None:
                return number
        return TOKEN.sub(lambda found: self._value(found, place), text)

    def _number(self, text: str) -> int | float | None:
        """The value as the data hold it, if they hold it as a number and it stands alone."""
        secret = self._vault.secret(text)
        if secret is None or not secret.numeric:
            return None
        return float(secret.value) if "." in secret.value else int(secret.value)

    def _in_expression(self, text: str) -> str:
        """pandas' query language: its own string literals, written anew by `repr`."""

        def literal(found: re.Match[str]) -> str:
            if not TOKEN.search(found.group()):
                return found.group()
            inner = ast.literal_eval(found.group())
            number = self._number(inner)
            plain = TOKEN.sub(lambda m: self._value(m, _TEXT), inner)
            return repr(plain if number is None else number)

        text = _QUOTED.sub(literal, text)

        def bare(found: re.Match[str]) -> str:
            number = self._number(found.group())
            return repr(self._value(found, _TEXT) if number is None else number)

        # What a literal now holds may look like a token; only what stands outside is bare.
        pieces, done = [], 0
        for quoted in _QUOTED.finditer(text):
            pieces += [TOKEN.sub(bare, text[done : quoted.start()]), quoted.group()]
            done = quoted.end()
        return "".join([*pieces, TOKEN.sub(bare, text[done:])])

    def _value(self, found: re.Match[str], place: _Place) -> str:
        token = found.group()
        secret = self._vault.secret(token)
        if secret is None:
            if self._vault.is_reserved(token):  # somebody typed it: it is text like any other
                return token
            raise UnknownToken(details={"token": token})
        if place.kind == "regex":
            return re.escape(secret.value)
        if place.kind == "sql":
            return secret.value.replace("'", "''")
        return secret.value

    # -- the source --------------------------------------------------------------------------

    def _edit(self, node: ast.expr, text: str) -> None:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        end = self._starts[node.end_lineno - 1] + node.end_col_offset
        self._edits.append((start, end, text.encode()))

    def source(self) -> str:
        source = b"".join(self._lines)
        for start, end, text in sorted(self._edits, reverse=True):
            source = source[:start] + text + source[end:]
        return source.decode()


def _python_lines(code: str) -> list[str]:
    """Lines as Python counts them: not at every character that `str.splitlines` breaks at."""
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", code)


def _call_kind(node: ast.Call, name: str) -> Literal["text", "regex", "expression", "sql"]:
    if name in _EXPRESSION_FUNCTIONS:
        return "expression"
    if name in _SQL_FUNCTIONS:
        return "sql"
    if name not in _REGEX_FUNCTIONS:
        return "text"
    flag = next((k.value for k in node.keywords if k.arg == "regex"), None)
    said = flag.value if isinstance(flag, ast.Constant) else None
    if said is not None:
        return "regex" if said else "text"
    function = node.func
    if isinstance(function, ast.Attribute):
        if _name(function.value) in _RE_MODULES:
            return "regex"
        accessor = isinstance(function.value, ast.Attribute) and function.value.attr == "str"
        if accessor and name in _ALWAYS_REGEX:
            return "regex"
    return "text"


def _pattern_arguments(node: ast.Call, name: str, kind: str) -> list[ast.expr]:
    if kind == "text":
        return []
    named = [k.value for k in node.keywords if k.arg in ("pat", "pattern", "to_replace", "regex",
                                                         "expr", "sql")]  # fmt: skip
    return [*node.args[:1], *named]


def _is_text_accessor(node: ast.AST) -> bool:
    """Whether an expression is text whatever the column holds: .str, str(), astype(str)."""
    for child in ast.walk(node):
        if isinstance(child, ast.Attribute) and child.attr == "str":
            return True
        if isinstance(child, ast.Call) and (
            _name(child.func) == "str"
            or (
                isinstance(child.func, ast.Attribute)
                and child.func.attr in ("astype", "map", "apply")
                and any("str" in ast.unparse(a) for a in child.args)
            )
        ):
            return True
    return False


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _as_text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")

"""Tokens in generated Python, restored through the syntax tree: a value never becomes code.

Each string literal that holds a token is written anew by `repr`; all else of the source stays as
it is. A last look compares the syntax tree of the result with the tree that was meant.
"""

from __future__ import annotations

import ast
import json
import re
from typing import NoReturn

from datalens_core.errors import UnknownToken
from datalens_core.privacy.code_places import TEXT, Place, Places, pieces_of
from datalens_core.privacy.embedded_code import Unplaceable, Value, restored_query, restored_sql
from datalens_core.privacy.source_edits import SourceEdits
from datalens_core.privacy.vault import TOKEN, Vault, is_name

# Printable, so that `repr` leaves them, and more than a value of usual length can hold.
_HOLES = [chr(code) for code in range(0x3400, 0x9FFF)]
_FIELDS = {"": "", "{": "{}", "%": "%", "$": "$"}
_NOT_DATA = "Its value cannot stand there as data. Give it a variable; in a query use @variable."
_TORN = (
    "It stands for a number, and its name is used as a text, too. Write it where it is compared."
)


def restore_code(code: str, vault: Vault) -> str:
    """The code with its tokens restored as data.

    A token in a regular expression is escaped, one compared with a column of numbers becomes a
    number, one in a `query` or in SQL becomes a literal of that string's own language.

    Raises:
        SyntaxError: the code does not parse.
        UnknownToken: it uses a token that this session never issued, or one in a place where its
            value cannot stand as data.
    """
    if not TOKEN.search(code):
        _parse(code)
        return code
    tree = _parse(code)
    restorer = _Restorer(vault, code, tree)
    expected = restorer.visit(tree)
    restored = restorer.source()
    expected = ast.fix_missing_locations(expected)
    # The written-out tree is right in any case; it only looks less like what the model wrote.
    return restored if _is_written_as(restored, expected) else ast.unparse(expected)


def _is_written_as(code: str, meant: ast.AST) -> bool:
    try:
        return ast.dump(ast.parse(code)) == ast.dump(meant)
    except SyntaxError:
        return False


def _parse(code: str) -> ast.Module:
    try:
        return ast.parse(code)
    except (ValueError, RecursionError, MemoryError) as error:
        # Null bytes and absurd nesting are no Python either.
        raise SyntaxError(str(error)) from None


class _Restorer(ast.NodeTransformer):
    """Changes the tree, and remembers the same changes as edits of the source."""

    def __init__(self, vault: Vault, code: str, tree: ast.Module) -> None:
        self._vault = vault
        self._edits = SourceEdits(code)
        self._inside_joined = 0
        self._places = Places(tree)
        self._embedded: dict[int, str] = {}
        for node in self._places.embedded:
            self._restore_embedded(node)

    # -- queries and SQL -------------------------------------------------------------------------

    def _restore_embedded(self, node: ast.expr) -> None:
        """Restore the strings that a query is put together from as parts of the whole."""
        if not self._places.holds_token(node):
            return
        if isinstance(node, ast.Name):
            if not self._places.is_followed(node.id):
                self._refuse(node)
            return
        pieces = list(pieces_of(node))
        texts: dict[int, ast.Constant] = {}
        for at, piece in enumerate(pieces):
            if isinstance(piece, ast.Constant) and isinstance(piece.value, str):
                texts[at] = piece
            elif self._places.holds_token(piece):
                self._refuse(piece)  # it would be put in at run time, quotes and all
        signs = {self._places.of(text).template for text in texts.values()}
        if len(signs) > 1:
            self._refuse(node)
        written = [str(texts[at].value) if at in texts else "" for at in range(len(pieces))]
        # A sign between the parts, which holds the place of what is filled in at run time.
        hole = self._hole("".join(written))
        place = Place(self._places.of(node).kind, signs.pop())
        whole = self._in_language(hole.join(written), place, hole).split(hole)
        for at, text in texts.items():
            self._embedded[id(text)] = whole[at]

    def _in_language(self, text: str, place: Place, hole: str) -> str:
        def value_of(token: str) -> Value:
            found = TOKEN.fullmatch(token)
            assert found is not None
            plain = self._value(found, TEXT._replace(template=place.template))
            return Value(plain, self._number(token), is_name(token))

        restored = restored_sql if place.kind == "sql" else restored_query
        try:
            return restored(text, value_of, hole)
        except Unplaceable as error:
            raise UnknownToken(details={"token": error.token, "reason": _NOT_DATA}) from None

    def _hole(self, text: str) -> str:
        """A sign that neither the text nor the values for it hold."""
        secrets = map(self._vault.secret, TOKEN.findall(text))
        held = {*text, *"".join(secret.value for secret in secrets if secret is not None)}
        return next(sign for sign in _HOLES if sign not in held)

    def _refuse(self, node: ast.AST) -> NoReturn:
        token = self._places.token_of(node)
        raise UnknownToken(details={"token": token, "reason": _NOT_DATA})

    def visit_TemplateStr(self, node: ast.AST) -> ast.AST:
        """A t-string: what becomes of its parts is not known here."""
        if self._places.holds_token(node):
            self._refuse(node)
        return node

    # -- what is written instead -------------------------------------------------------------

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        place = self._places.of(node)
        value: str | bytes | int | float
        if isinstance(node.value, str):
            value = self._restored(node, place)
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
            self._edits.replace(node, repr(value))
        return new

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        if not any(
            isinstance(child, ast.Constant)
            and isinstance(child.value, str | bytes)
            and TOKEN.search(_as_text(child.value))
            for child in ast.walk(node)
        ):
            return node
        place = self._places.of(node)
        self._inside_joined += 1
        new = ast.copy_location(self._format_call(node, place), node)
        self._inside_joined -= 1
        if not self._inside_joined:
            self._edits.replace(node, ast.unparse(ast.fix_missing_locations(new)))
        return new

    def _format_call(self, node: ast.JoinedStr, place: Place) -> ast.Call:
        """f"<T> {x:>{w}}" as "value {:>{}}".format(x, w): no quotes to clash, in any Python."""
        arguments: list[ast.expr] = []
        template = self._template(node, place, arguments)
        function = ast.Attribute(ast.Constant(template), "format", ast.Load())
        return ast.Call(function, arguments, [])

    def _template(self, node: ast.JoinedStr, place: Place, arguments: list[ast.expr]) -> str:
        pieces = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                text = self._restored(part, self._places.of(part))
                pieces.append(str(text).replace("{", "{{").replace("}", "}}"))
            elif isinstance(part, ast.FormattedValue):
                arguments.append(self.visit(part.value))
                conversion = "" if part.conversion == -1 else f"!{chr(part.conversion)}"
                spec = ""
                if isinstance(part.format_spec, ast.JoinedStr):
                    spec = ":" + self._template(part.format_spec, TEXT, arguments)
                pieces.append("{" + conversion + spec + "}")
        return "".join(pieces)

    def _restored(self, node: ast.Constant, place: Place) -> str | int | float:
        if id(node) in self._embedded:
            return self._embedded[id(node)]
        text = str(node.value)
        if not TOKEN.search(text):
            return text
        if place.kind in ("expression", "sql"):
            return self._in_language(text, place, self._hole(text))
        if place.kind in ("compared", "torn"):
            number = self._compared_number(text, place)
            if number is not None:
                return number
        return TOKEN.sub(lambda found: self._value(found, place), text)

    def _compared_number(self, text: str, place: Place) -> int | float | None:
        """The number to compare with; None if what it is compared with holds it as text."""
        number = self._number(text)
        if number is None:
            return None
        as_text = [self._vault.is_text_in(column, text) for column in place.columns]
        if as_text and all(as_text):
            return None
        if place.kind == "torn" or any(as_text):
            raise UnknownToken(details={"token": text, "reason": _TORN})
        return number

    def _number(self, text: str) -> int | float | None:
        """The value as the data hold it, if they hold it as a number and it stands alone."""
        return self._vault.number(text)

    def _value(self, found: re.Match[str], place: Place) -> str:
        token = found.group()
        secret = self._vault.secret(token)
        if secret is None:
            if self._vault.is_reserved(token):  # somebody typed it: it is text like any other
                return token
            raise UnknownToken(details={"token": token})
        value = secret.value
        if place.kind == "regex":
            value = re.escape(value)
        elif place.kind == "replacement":
            value = value.replace("\\", "\\\\")
        elif place.kind == "json":
            value = json.dumps(value)[1:-1]
        for sign in _FIELDS[place.template]:
            value = value.replace(sign, sign * 2)
        return value

    def source(self) -> str:
        return self._edits.applied()


def _as_text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")

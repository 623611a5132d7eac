"""How each string of a program is used, which decides how a value may stand in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal, NamedTuple

from datalens_core.privacy.code_names import (
    Given,
    given_values,
    names_in_queries,
    names_used_as_text,
)
from datalens_core.privacy.vault import TOKEN

Kind = Literal["text", "regex", "replacement", "expression", "sql", "json", "compared", "torn"]
"""`torn`: what is compared there with data, and elsewhere used as text."""


class Place(NamedTuple):
    kind: Kind = "text"
    template: Literal["", "{", "%", "$"] = ""
    """The sign of the fields if the string is filled in later: by format, %, strftime, Template."""
    columns: tuple[str, ...] = ()
    """With what it is compared, as far as that is known."""


TEXT = Place()

_REGEX_FUNCTIONS = frozenset({
    "compile", "search", "match", "fullmatch", "findall", "finditer", "split", "rsplit", "sub",
    "subn", "contains", "extract", "extractall", "count", "replace", "filter",
})  # fmt: skip
_RE_MODULES = frozenset({"re", "regex"})
_ALWAYS_REGEX = frozenset(
    {"contains", "match", "fullmatch", "findall", "extract", "extractall", "count"}
)
_REPLACING = frozenset({"sub", "subn", "replace"})
_EXPRESSION_FUNCTIONS = frozenset({"query", "eval"})
_SQL_FUNCTIONS = frozenset({"sql", "execute", "executemany", "read_sql", "read_sql_query"})
_COMPARING_FUNCTIONS = frozenset(
    {"isin", "eq", "ne", "equals", "between", "get_group", "xs", "get", "map", "index", "remove",
     "Series", "DataFrame", "Index", "array"}
)  # fmt: skip
_UNCHANGING = frozenset({"dropna", "fillna", "unique", "head", "copy", "drop_duplicates"})
_PATTERN_NAMES = frozenset({"pat", "pattern", "to_replace", "regex", "expr", "sql", "s"})


_AS_DATA: tuple[Kind, ...] = ("compared", "torn")
_PUT_TOGETHER = (
    ast.List, ast.Tuple, ast.Set, ast.Dict, ast.BinOp, ast.JoinedStr, ast.FormattedValue
)  # fmt: skip


class Places(ast.NodeVisitor):
    """Walks a program and notes the places of its strings."""

    def __init__(self, tree: ast.AST) -> None:
        self._places: dict[int, Place] = {}
        self._templates: dict[int, Literal["{", "%", "$"]] = {}
        self._uses: dict[str, list[Place]] = {}
        self.embedded: list[ast.expr] = []
        """Expressions whose text is read as a language of its own: queries and SQL."""
        self._followed: set[str] = set()
        self._holders = _token_holders(tree)
        self.visit(tree)
        self._mark_given_values(tree)

    def of(self, node: ast.AST) -> Place:
        place = self._places.get(id(node), TEXT)
        return place._replace(template=self._templates.get(id(node), ""))

    def holds_token(self, node: ast.AST) -> bool:
        """Whether an expression uses a token, or a name that was given one."""
        return bool(self.token_of(node))

    def token_of(self, node: ast.AST) -> str:
        """The first token that an expression uses, if it does."""
        return next(_tokens(node, self._holders), "")

    def is_followed(self, name: str) -> bool:
        """Whether a name's only value is restored as the place demands where the name is used."""
        return name in self._followed

    # -- calls, comparisons, look-ups ----------------------------------------------------------

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else name_of(node.func)
        kind = _call_kind(node, name)
        if kind != "text":
            named = [k.value for k in node.keywords if k.arg in _PATTERN_NAMES]
            for argument in (*node.args[:1], *named):
                self._mark(argument, Place(kind))
        if kind == "regex" and name in _REPLACING:
            named = [k.value for k in node.keywords if k.arg in ("repl", "value")]
            for argument in (*node.args[1:2], *named):
                self._mark(argument, Place("replacement"))
        if kind == "text" and _compares(node, name) and not is_text_accessor(node.func):
            compared = _compared_with(getattr(node.func, "value", None))
            for argument in node.args:
                self._mark(argument, compared)
        if isinstance(node.func, ast.Attribute) and name in ("format", "format_map"):
            self._mark_template(node.func.value, "{")
        elif name in ("strftime", "strptime"):
            for argument in node.args:
                self._mark_template(argument, "%")
        elif name == "Template":
            for argument in node.args[:1]:
                self._mark_template(argument, "$")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Mod):
            self._mark_template(node.left, "%")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        if not any(is_text_accessor(side) for side in sides):
            compared = _compared_with(*sides)
            for side in sides:
                self._mark(side, compared)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._mark(node.slice, Place("compared"))
        self.generic_visit(node)

    def _mark(self, node: ast.expr, place: Place) -> None:
        if place.kind in ("expression", "sql"):
            self.embedded.append(node)
        if isinstance(node, ast.Name):
            self._uses.setdefault(node.id, []).append(place)
            return
        if isinstance(node, ast.Call):
            self._mark_call(node, place)
            return
        self._places[id(node)] = place
        if isinstance(node, ast.Dict) and place.kind in _AS_DATA:
            lists = (v for v in node.values if isinstance(v, ast.List | ast.Tuple))
            for part in (*filter(None, node.keys), *lists):
                self._mark(part, place)
            return
        if place.kind in (*_AS_DATA, "expression", "sql") and not isinstance(
            node, ast.List | ast.Tuple | ast.Set
        ):
            return
        if isinstance(node, _PUT_TOGETHER):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self._mark(child, place)

    def _mark_call(self, node: ast.Call, place: Place) -> None:
        """What is made into a pattern by a call: "|".join([...]) is, re.escape(x) is not."""
        joins = isinstance(node.func, ast.Attribute) and node.func.attr == "join"
        if joins and place.kind == "regex":
            for argument in node.args:
                self._mark(argument, place)

    def _mark_template(self, node: ast.expr, sign: Literal["{", "%", "$"]) -> None:
        for child in ast.walk(node):
            if isinstance(child, ast.Constant | ast.JoinedStr):
                self._templates[id(child)] = sign

    # -- names -------------------------------------------------------------------------------------

    def _mark_given_values(self, tree: ast.AST) -> None:
        """target = "<PHONE_NUMBER_1>"; df[df.phone == target] compares, too."""
        given, loads = given_values(tree), _loads(tree)
        shown, as_text = _shown_names(tree), names_used_as_text(tree)
        for name in names_in_queries(tree):
            self._uses.setdefault(name, []).append(Place("compared"))
        self._follow_names(given, as_text)
        for name, uses in list(self._uses.items()):
            values = given.get(name, [])
            kinds = {place.kind for place in uses}
            if "compared" in kinds:
                torn = name in as_text or len(kinds) > 1 or None in values
                columns = tuple({column for place in uses for column in place.columns})
                place = Place("torn" if torn else "compared", columns=columns)
                for value in filter(None, values):
                    if not isinstance(value, ast.Name):  # that one's values are marked
                        self._mark(value, place)
            elif len(values) == 1 and values[0] is not None and len(kinds) == 1:
                kind = kinds.pop()
                harmless = 0 if kind == "regex" else shown.count(name)
                followed = kind in ("regex", "expression", "sql")
                if followed and loads[name] == len(uses) + harmless:
                    self._followed.add(name)
                    self._mark(values[0], Place(kind))

    def _follow_names(self, given: Given, as_text: set[str]) -> None:
        """A name is compared, and used as text, where another one that takes its value is."""
        takers = [
            (taker, source)
            for taker, values in given.items()
            for value in values
            for source in _names_of_parts(value)
        ]
        is_new = True
        while is_new:
            is_new = False
            for taker, source in takers:
                held = self._uses.setdefault(source, [])
                compared = [p for p in self._uses.get(taker, []) if p.kind == "compared"]
                fresh = [place for place in compared if place not in held]
                held += fresh
                if compared and taker in as_text and source not in as_text:
                    as_text.add(source)
                    is_new = True
                is_new |= bool(fresh)


def _names_of_parts(value: ast.expr | None) -> Iterator[str]:
    if isinstance(value, ast.Name):
        yield value.id
    elif isinstance(value, ast.List | ast.Tuple | ast.Set):
        for part in value.elts:
            yield from _names_of_parts(part)


def _loads(tree: ast.AST) -> dict[str, int]:
    loads: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            loads[node.id] = loads.get(node.id, 0) + 1
    return loads


def _compared_with(*nodes: ast.AST | None) -> Place:
    columns = dict.fromkeys(filter(None, map(_column, nodes)))
    return Place("compared", columns=tuple(columns))


def _column(node: ast.AST | None) -> str:
    """The column that an expression is of, if it has its values unchanged: df.a, df["a"]."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _column(node.func.value) if node.func.attr in _UNCHANGING else ""
    return ""


def _compares(node: ast.Call, name: str) -> bool:
    """Whether a call holds its arguments against data, as the data hold them."""
    if name in _COMPARING_FUNCTIONS:
        return True
    # Of a column or a list; a text has both, too, and there they take texts.
    return name in ("replace", "count") and isinstance(
        getattr(node.func, "value", None), ast.Attribute | ast.Subscript | ast.Call
    )


def _shown_names(tree: ast.AST) -> list[str]:
    """Names that are only printed there: a number looks as its text does."""
    shown: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec is None:
            shown.append(name_of(node.value))
        elif isinstance(node, ast.Call) and name_of(node.func) == "print":
            shown += [name_of(argument) for argument in node.args]
    return shown


def _token_holders(tree: ast.AST) -> dict[str, str]:
    """Names that are given a text with a token, and that token."""
    holders: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.AugAssign):
            token = next(_tokens(node.value, {}), None) if node.value is not None else None
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if token is not None and isinstance(target, ast.Name):
                    holders[target.id] = token
    return holders


def _tokens(node: ast.AST, holders: dict[str, str]) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield from TOKEN.findall(child.value)
        elif isinstance(child, ast.Name) and child.id in holders:
            yield holders[child.id]


def _call_kind(node: ast.Call, name: str) -> Kind:
    if name in _EXPRESSION_FUNCTIONS:
        return "expression"
    if name in _SQL_FUNCTIONS:
        return "sql"
    function = node.func
    if (
        name == "loads"
        and isinstance(function, ast.Attribute)
        and name_of(function.value) == "json"
    ):
        return "json"
    if name not in _REGEX_FUNCTIONS:
        return "text"
    flag = next((k.value for k in node.keywords if k.arg == "regex"), None)
    said = flag.value if isinstance(flag, ast.Constant) else None
    if said is not None:
        return "regex" if said else "text"
    if isinstance(function, ast.Attribute):
        if name_of(function.value) in _RE_MODULES:
            return "regex"
        accessor = isinstance(function.value, ast.Attribute) and function.value.attr == "str"
        if accessor and name in _ALWAYS_REGEX:
            return "regex"
    return "text"


def is_text_accessor(node: ast.AST) -> bool:
    """Whether an expression is text whatever the column holds: .str, str(), astype(str)."""
    for child in ast.walk(node):
        if isinstance(child, ast.Attribute) and child.attr == "str":
            return True
        if isinstance(child, ast.Call) and (
            name_of(child.func) == "str"
            or (
                isinstance(child.func, ast.Attribute)
                and child.func.attr in ("astype", "map", "apply")
                and any("str" in ast.unparse(a) for a in child.args)
            )
        ):
            return True
    return False


def pieces_of(node: ast.expr) -> Iterator[ast.expr]:
    """The parts that a text is put together from: "a" + f"b{c}" has "a", "b" and c."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from pieces_of(node.left)
        yield from pieces_of(node.right)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        yield from pieces_of(node.left)
        yield node.right
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from pieces_of(part)
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("format", "strip", "lower", "upper")
    ):
        yield from pieces_of(node.func.value)
        yield from node.args
        yield from (keyword.value for keyword in node.keywords)
    else:
        yield node


def name_of(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""

"""Values in a string that is itself read as code: pandas' query language, and SQL.

A token inside a literal of that language becomes part of the literal; one that stands bare becomes
a literal; one in a name or behind an open quote is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import NamedTuple

from datalens_core.privacy.vault import TOKEN


class Value(NamedTuple):
    text: str
    number: int | float | None
    """The same as the data hold it, if they hold it as a number."""
    is_name: bool = False
    """Whether it is a column's name, which stands bare."""


Lookup = Callable[[str], Value]
"""From a token to its value; raises for one that was never issued."""

_QUERY_PARTS = re.compile(
    r"(?P<prefix>(?<![\w'\"])[rRbBuUfF]{1,2})?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|`[^`]*`|['\"`#]",
    re.DOTALL,
)
_SQL_PARTS = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|--[^\n]*|/\*.*?\*/|['\"`]|/\*|\$\w*\$", re.DOTALL
)
_PATTERN_CALL = re.compile(
    r"\.str\.(?:contains|match|fullmatch|count|findall|extract|extractall)\(\s*(?:pat\s*=\s*)?\Z"
)
_LONG_QUOTES = ("'''", '"""')
_NO_REGEX = re.compile(r"\s*,[^()]*\bregex\s*=\s*False")
_AS_TEXT = re.compile(
    r"(?:\.astype\([^()]*\)|\.str\.[^=!<>&|]*)\s*(?:[=!<>]=?|\bin\b\s*[\[(][^\])]*)?\s*\Z"
)


class Unplaceable(Exception):
    """A token stands where its value cannot be data."""

    def __init__(self, token: str) -> None:
        super().__init__(token)
        self.token = token


def restored_query(text: str, value_of: Lookup, hole: str) -> str:
    """An expression for `DataFrame.query` or `eval`; `hole` marks what is filled in at run time.

    Raises:
        Unplaceable: a token is in a name, a comment, or behind an open quote.
    """
    if any(quotes in text for quotes in _LONG_QUOTES):
        raise Unplaceable(_first_token(text))

    def bare(found: re.Match[str]) -> str:
        value = value_of(found.group())
        if value.is_name:
            return _quoted_name(value.text, "`", found.group())
        as_text = value.number is None or _AS_TEXT.search(found.string, 0, found.start())
        return repr(value.text if as_text else value.number)

    def literal(found: re.Match[str]) -> str:
        part = found.group()
        if part[0] == "`" and TOKEN.fullmatch(part[1:-1]) and value_of(part[1:-1]).is_name:
            return _quoted_name(value_of(part[1:-1]).text, "`", part[1:-1])
        prefix = (found.group("prefix") or "").lower()
        if part[-1] not in "'\"" or len(part) < 2 or prefix not in ("", "r", "u"):
            raise Unplaceable(_first_token(part) or _first_token(text))
        quote = part[-1]
        inner = quote.join(ast.literal_eval(part).split(quote))
        as_text = not TOKEN.fullmatch(inner) or _AS_TEXT.search(text, 0, found.start())
        number = None if as_text else value_of(inner).number
        if number is not None:
            return repr(number)
        pattern = _PATTERN_CALL.search(text, 0, found.start())
        as_pattern = bool(pattern) and not _NO_REGEX.match(text, found.end())

        def plain(inner_token: re.Match[str]) -> str:
            value = value_of(inner_token.group()).text
            return re.escape(value) if as_pattern else value

        return _python_literal(TOKEN.sub(plain, inner), quote, hole)

    return _by_parts(_QUERY_PARTS, text, literal, bare)


def restored_sql(text: str, value_of: Lookup, hole: str) -> str:
    """A statement of standard SQL. Raises: Unplaceable, as `restored_query` does."""

    def bare(found: re.Match[str]) -> str:
        value = value_of(found.group())
        if value.is_name:
            return _quoted_name(value.text, '"', found.group())
        return _sql_literal(value.text) if value.number is None else repr(value.number)

    def literal(found: re.Match[str]) -> str:
        part = found.group()
        if part[0] in '"`' and TOKEN.fullmatch(part[1:-1]) and value_of(part[1:-1]).is_name:
            return _quoted_name(value_of(part[1:-1]).text, part[0], part[1:-1])
        if part[0] != "'" or len(part) < 2:
            raise Unplaceable(_first_token(part) or _first_token(text))
        return TOKEN.sub(lambda m: value_of(m.group()).text.replace("'", "''"), part)

    return _by_parts(_SQL_PARTS, text, literal, bare)


def _by_parts(
    parts: re.Pattern[str],
    text: str,
    literal: Callable[[re.Match[str]], str],
    bare: Callable[[re.Match[str]], str],
) -> str:
    """Tokens in literals and tokens outside of them, in one pass: a value is not read again."""
    pieces, done = [], 0
    for part in parts.finditer(text):
        pieces.append(TOKEN.sub(bare, text[done : part.start()]))
        alone = len(part.group()) == 1 or part.group() == "/*" or part.group()[0] == "$"
        pieces.append(literal(part) if alone or TOKEN.search(part.group()) else part.group())
        done = part.end()
    return "".join([*pieces, TOKEN.sub(bare, text[done:])])


def _python_literal(value: str, quote: str, hole: str) -> str:
    if hole not in value:
        return repr(value)
    # What fills the hole was meant to stand between these quotes, so they stay.
    escaped = [
        piece.encode("unicode_escape").decode().replace(quote, "\\" + quote)
        for piece in value.split(hole)
    ]
    return quote + hole.join(escaped) + quote


def _sql_literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _quoted_name(name: str, quote: str, token: str) -> str:
    """A name as these languages write it; none of them has a way to write its own quote."""
    if quote in name or "\n" in name:
        raise Unplaceable(token)
    return f"{quote}{name}{quote}"


def _first_token(text: str) -> str:
    found = TOKEN.search(text)
    return found.group() if found else ""

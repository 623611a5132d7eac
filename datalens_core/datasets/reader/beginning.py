"""The beginning of a text file: its first records, a declared delimiter, how lines end."""

from __future__ import annotations

import re

from .dialect import PEEK_RECORDS, Dialect

PEEK_CHARACTERS = 256 * 1024
MAX_PEEK_CHARACTERS = 16 * 1024 * 1024


def peek(path: str, encoding: str) -> tuple[str, bool]:
    """The first records of a file as text, and whether that is all of it."""
    with open(path, encoding=encoding, newline="") as stream:
        text = stream.read(PEEK_CHARACTERS)
        while len(text) < MAX_PEEK_CHARACTERS and _lines(text) < PEEK_RECORDS:
            more = stream.read(PEEK_CHARACTERS)
            if not more:
                break
            text += more
        return text, stream.read(1) == ""


def _lines(text: str) -> int:
    return max(text.count("\n"), text.count("\r"))


def declared_delimiter(text: str) -> str | None:
    """What Excel's own first line, `sep=;`, says; the line is no record."""
    found = re.match(r'"?sep=(.)"?\r?\n', text)
    return found[1] if found else None


def line_end(text: str, dialect: Dialect) -> str:
    """A CR where nothing else ends a line, cells aside; else nothing has to be said."""
    bare = _outside_quotes(text, dialect)
    return "\r" if "\r" in bare and "\n" not in bare else ""


def mixes_line_ends(text: str, dialect: Dialect) -> bool:
    """Whether some lines end in a CR alone and others do not: pandas cannot count those."""
    if "\r" not in text:
        return False
    bare = _outside_quotes(text, dialect)
    return "\n" in bare and re.search(r"\r(?!\n)", bare) is not None


def _outside_quotes(text: str, dialect: Dialect) -> str:
    quote = dialect.quote
    return re.sub(f"{quote}[^{quote}]*{quote}", "", text) if quote and "\r" in text else text

"""Email addresses in any text: also internal domains, in paths, escaped, obfuscated, cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from datalens_core.privacy.spans import Span

EMAIL = "EMAIL_ADDRESS"

# One of these is in every address; a text without one is done.
_AT = re.compile(
    r"[@＠﹫]|%(?:25)?40|\\u0040|\\x40|&#0*64;|&#x0*40;|&commat;"
    r"|[ \t]?[\[({<][ \t]*at[ \t]*[\])}>][ \t]?|[ \t]+at[ \t]+(?=[\w-]+[ \t]+dot[ \t])",
    re.IGNORECASE,
)
_DOT = (
    r"(?:[.．。｡]|%(?:25)?2e|\\u002e|\\x2e|&#0*46;|&period;"
    r"|[ \t]?[\[({][ \t]*(?:dot|\.)[ \t]*[\])}][ \t]?|[ \t]+dot[ \t]+)"
)
_LABEL = r"[^\W_]+(?:-+[^\W_]+)*"
_DOMAIN = re.compile(
    rf"(?:{_LABEL}{_DOT})+(?:xn--[a-z0-9-]+|[^\W\d_]{{2,}})"  # host.example, host.internal
    r"|\[?(?:ipv6:[\da-f:.]+|\d{1,3}(?:\.\d{1,3}){3})\]?"
    r"|localhost\b"
    rf"|(?:{_LABEL}{_DOT})*{_LABEL}(?=\.\.|…)",  # cut off by a display: jane@exam...
    re.IGNORECASE,
)
_USUAL = frozenset(".+-_%")
_ALLOWED = _USUAL | frozenset("!#$&'*/=?^`{|}~")  # RFC 5322, atext
_MAX_LOCAL = 128
_ESCAPE_LETTERS = frozenset("nrtbf")


def find_emails(text: str) -> Iterator[Span]:
    done = 0
    for at in _AT.finditer(text):
        domain = _DOMAIN.match(text, at.end())
        if domain is None or text[domain.end() : domain.end() + 1] == "(":  # a @ b.dot(c)
            continue
        start = _local_start(text, at.start(), done)
        if start < at.start():
            done = domain.end()
            yield Span(start, domain.end(), EMAIL, 1.0)


def _local_start(text: str, at: int, floor: int) -> int:
    """Where the local part begins that ends before `at`; `at` itself if there is none."""
    floor = max(floor, at - _MAX_LOCAL)
    if at > floor and text[at - 1] == '"':  # "jane doe"@host.example
        opening = text.rfind('"', floor, at - 1)
        if opening >= 0 and "\n" not in text[opening:at]:
            return opening
    start = _run_start(text, at, floor, _USUAL)
    if start == at:
        start = _run_start(text, at, floor, _ALLOWED)
    elif start > floor + 1 and text[start - 1] == "'" and text[start - 2].isalnum():
        name = _run_start(text, start - 1, floor, _USUAL)
        if start - 1 - name > 0 and text[name : start - 1].lower() not in ("b", "r", "u", "f"):
            start = name  # o'brien@host.example, but not the quote of b'jane@host.example'
    if start > 0 and text[start - 1] == "\\" and text[start] in _ESCAPE_LETTERS and at - start > 1:
        start += 1  # the n of an escaped line end is not of the name
    while start < at - 1 and text[start] in ".-+%":
        start += 1
    return start


def _run_start(text: str, end: int, floor: int, also: frozenset[str]) -> int:
    start = end
    while start > floor and (text[start - 1].isalnum() or text[start - 1] in also):
        start -= 1
    return start

"""Email addresses in any text: also internal domains, in paths, escaped, obfuscated, cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from datalens_core.privacy.spans import Span

EMAIL = "EMAIL_ADDRESS"

# One of these is in every address; a text without one is done.
_AT = re.compile(
    r"[@＠﹫]{1,2}|%(?:25)?40|(?<!\\)\\+(?:u00|x)40|&#0*64;|&#x0*40;|&commat;"
    r"|[ \t]?[\[({<][ \t]*(?:at|@)[ \t]*[\])}>][ \t]?|[ \t]+at[ \t]+(?=[\w-]+[ \t]+dot[ \t])"
    # name-at-host-dot-com; name_at_host.com, but not value_at_risk.py
    r"|[ \t]?[-_]at[-_][ \t]?(?=[^\W_]+(?:[ \t]?[-_]dot[-_]|\.(?:com|org|net|edu|gov)\b))",
    re.IGNORECASE,
)
_DOT = (
    r"(?:[.．。｡]|%(?:25)?2e|\\u002e|\\x2e|&#0*46;|&period;"
    r"|[ \t]?[\[({][ \t]*(?:dot|\.)[ \t]*[\])}][ \t]?|[ \t]+dot[ \t]+|[ \t]?[-_]dot[-_][ \t]?)"
)
# A letter, or a byte of one in a URL: %C3%BC.
_LETTER = r"(?:[^\W_]|%(?:25)?[89a-f][\da-f])"
_LABEL = rf"{_LETTER}+(?:-+{_LETTER}+)*"
_DOMAIN = re.compile(
    # host.example, host.internal
    rf"(?:{_LABEL}{_DOT})+(?:xn--[a-z0-9-]+|(?:[^\W\d_]|%[89a-f][\da-f]){{2,}})"
    r"|\[?(?:ipv6:[\da-f:.]+|\d{1,3}(?:\.\d{1,3}){3})\]?"
    r"|localhost\b"
    rf"|(?:{_LABEL}{_DOT})*{_LABEL}(?=\.\.|…)"  # cut off by a display: jane@exam...
    r"|(?=\.\.\.|…)",
    re.IGNORECASE,
)
# With spaces around the sign, `jane @ example.com` is an address and `x @ w.values` a product.
_SPACED_DOMAIN = re.compile(
    r"[\w.-]+\.(?:com|org|net|edu|gov|mil|int|biz|io|eu|[a-z]{2})(?![\w(]|\.\w)", re.IGNORECASE
)
_SPOKEN_DOT = re.compile(r"[\w+-]+[ \t]?[\[({][ \t]*(?:dot|\.)[ \t]*[\])}][ \t]?\Z", re.I)
_INTERNAL = frozenset(
    {"corp", "internal", "intranet", "lan", "local", "localdomain", "home", "private", "example"}
)
_USUAL = frozenset(".+-_%")
_ALLOWED = _USUAL | frozenset("!#$&'*/=?^`{|}~")  # RFC 5322, atext
_MAX_LOCAL = 128
_ESCAPE_LETTERS = frozenset("nrtbf")


def find_emails(text: str) -> Iterator[Span]:
    done = 0
    for at in _AT.finditer(text):
        sign_start, sign_end = at.span()
        if at.group() == "@":
            sign_start, sign_end = _with_spaces(text, sign_start, sign_end)
            while sign_start > 0 and text[sign_start - 1] == "\\":  # jane\@host.example
                sign_start -= 1
        domain = _DOMAIN.match(text, sign_end)
        if domain is None or text[domain.end() : domain.end() + 1] == "(":  # a @ b.dot(c)
            continue
        if at.group().strip(" \t-_").lower() == "at" and not _is_spoken_domain(domain.group()):
            continue
        start = _local_start(text, sign_start, done)
        if start < sign_start:
            done = domain.end()
            yield Span(start, domain.end(), EMAIL, 1.0)


def _is_spoken_domain(domain: str) -> bool:
    """Whether "x dot y" ends as hosts do: not so in "look at the dot plot"."""
    return re.split(r"[\W_]", domain)[-1].lower() in _top_level()


@cache
def _top_level() -> frozenset[str]:
    from tldextract import TLDExtract

    # The list that comes with the library: nothing is fetched.
    known = TLDExtract(suffix_list_urls=(), cache_dir=None).tlds
    return _INTERNAL.union(suffix for suffix in known if "." not in suffix)


def _with_spaces(text: str, start: int, end: int) -> tuple[int, int]:
    """The sign with a space on either side, if it is the sign of an address even so."""
    left = start - (text[start - 1 : start] in (" ", "\t"))
    right = end + (text[end : end + 1] in (" ", "\t"))
    spaced = (left, right) != (start, end) and _SPACED_DOMAIN.match(text, right)
    return (left, right) if spaced else (start, end)


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
    while start < at and (spoken := _SPOKEN_DOT.search(text, floor, start)):
        start = spoken.start()
    return start


def _run_start(text: str, end: int, floor: int, also: frozenset[str]) -> int:
    start = end
    while start > floor and (
        text[start - 1].isalnum()
        or text[start - 1] in also
        or (text[start - 1] == "\\" and text[start : start + 1] == "_")  # as LaTeX has it
    ):
        start -= 1
    return start

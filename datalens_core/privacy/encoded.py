"""Stretches of a text that are text in another writing: base64, hexadecimal, escapes throughout.

Code can write a value so; a model reads it as easily as the value.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

_BASE64 = re.compile(r"(?<![\w+/-])[\w+/-]{12,}={0,2}(?![\w+/=])", re.ASCII)
_OF_A_PATH = re.compile(r"[\w+-]{12,}={0,2}", re.ASCII)
_HEXADECIMAL = re.compile(r"(?<!\w)(?:0x)?((?:[\da-fA-F]{2}[ :]?){7,}[\da-fA-F]{2})(?!\w)")
_ENTITIES = re.compile(r"(?:&#(?:\d{2,5}|[xX][\da-fA-F]{2,4});){6,}")
_PERCENT = re.compile(r"(?:%[\da-fA-F]{2}){6,}")
_ESCAPES = re.compile(r"(?<!\\)(?:\\+(?:x[\da-fA-F]{2}|u[\da-fA-F]{4})){6,}")
_CODE = re.compile(r"\\+(?:x([\da-fA-F]{2})|u([\da-fA-F]{4}))")


class Encoded(NamedTuple):
    start: int
    end: int
    text: str
    """What it says."""


def encoded(text: str) -> Iterator[Encoded]:
    """Whatever of a text can be decoded into words."""
    for found in _BASE64.finditer(text):
        whole = list(_bytes(found, _from_base64(found.group())))
        yield from whole
        if not whole and "/" in found.group():
            for piece in _OF_A_PATH.finditer(text, *found.span()):
                yield from _bytes(piece, _from_base64(piece.group()))
    for found in _HEXADECIMAL.finditer(text):
        yield from _bytes(found, bytes.fromhex(found[1].replace(":", "")))
    for found in _ENTITIES.finditer(text):
        yield Encoded(*found.span(), html.unescape(found.group()))
    for found in _PERCENT.finditer(text):
        yield Encoded(*found.span(), unquote(found.group()))
    for found in _ESCAPES.finditer(text):
        codes = (int(short or long, 16) for short, long in _CODE.findall(found.group()))
        yield Encoded(*found.span(), "".join(map(chr, codes)))


def _from_base64(written: str) -> bytes:
    bare = written.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        return b""


def _bytes(found: re.Match[str], held: bytes) -> Iterator[Encoded]:
    try:
        text = held.decode("utf-8")
    except UnicodeDecodeError:
        return
    if text.isprintable() or text.strip("\r\n\t ").replace("\n", " ").isprintable():
        yield Encoded(*found.span(), text)

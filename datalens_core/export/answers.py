"""An answer's plain markup, for formats that are no markdown: bold words and lists, no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

BOLD = re.compile(r"\*\*(?=\S)([^*\n]*[^*\s])\*\*")
BULLET = re.compile(r" {0,3}[-*+] (?=\S)")
NUMBER = re.compile(r" {0,3}\d{1,9}\. (?=\S)")

Kind = Literal["text", "bullets", "numbers"]


@dataclass(frozen=True)
class Span:
    text: str
    bold: bool = False


@dataclass(frozen=True)
class Block:
    """A paragraph's lines, or the items of a list."""

    kind: Kind
    lines: list[list[Span]]


def blocks(answer: str) -> list[Block]:
    """The paragraphs and lists of an answer, in order."""
    found = []
    for paragraph in re.split(r"\n[ \t]*\n", answer.strip("\n")):
        for kind, lines in groupby(paragraph.splitlines(), _kind):
            marker = {"bullets": BULLET, "numbers": NUMBER}.get(kind)
            texts = [marker.sub("", line, count=1) if marker else line for line in lines]
            found.append(Block(kind, [list(_spans(text)) for text in texts]))
    return [block for block in found if any(block.lines)]


def _kind(line: str) -> Kind:
    if BULLET.match(line):
        return "bullets"
    return "numbers" if NUMBER.match(line) else "text"


def _spans(text: str) -> Iterator[Span]:
    for place, piece in enumerate(BOLD.split(text)):
        if piece:
            yield Span(piece, bold=place % 2 == 1)

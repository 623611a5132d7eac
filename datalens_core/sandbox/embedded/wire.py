"""Messages between server and box: four bytes of length (big endian), then JSON in ASCII.

A box is hostile once it runs code: `parse` bounds what the parent accepts.
"""

from __future__ import annotations

import json
import struct
from typing import Any

HEADER = struct.Struct("!I")
CONTAINER_BYTES, ITEM_BYTES = 64, 16


class BadMessage(Exception):
    """The other side broke the framing; nothing that follows can be trusted."""


def pack(message: dict[str, Any]) -> bytes:
    """One frame. Lone surrogates survive, because everything outside ASCII is escaped.

    Raises:
        TypeError, ValueError: the message holds what JSON cannot.
    """
    body = json.dumps(message).encode("ascii")
    return HEADER.pack(len(body)) + body


def body_length(header: bytes, most: int) -> int:
    """The announced length, if it is at most `most` bytes."""
    (length,) = HEADER.unpack(header)
    if length > most:
        raise BadMessage("message too long")
    return int(length)


def weight(body: bytes) -> int:
    """About the bytes that a message takes once it is parsed, told without parsing it.

    An empty list is three characters and 64 bytes: what is nested costs far more than its length,
    in memory and in time. Brackets and commas within texts count too: this is the most it can be.
    """
    containers = body.count(b"[") + body.count(b"{")
    return len(body) + CONTAINER_BYTES * containers + ITEM_BYTES * body.count(b",")


def parse(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadMessage("message is not JSON") from error
    if not isinstance(message, dict):
        raise BadMessage("message is not an object")
    return message

"""How large a picture is once it is drawn, read from its header.

Sources: https://www.w3.org/TR/png-3/#11IHDR and ITU-T T.81, B.2.2 (JPEG's frame header).
"""

from __future__ import annotations

import struct

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def pixels(picture: bytes) -> int | None:
    """Of a PNG or JPEG; None if it is neither, or does not say."""
    if picture.startswith(PNG):
        return _of_png(picture)
    return _of_jpeg(picture) if picture.startswith(JPEG) else None


def _of_png(picture: bytes) -> int | None:
    if picture[12:16] != b"IHDR" or len(picture) < 24:
        return None
    width, height = struct.unpack_from(">II", picture, 16)
    return int(width * height)


def _of_jpeg(picture: bytes) -> int | None:
    at = 2
    while at + 9 <= len(picture) and picture[at] == 0xFF:
        marker, length = struct.unpack_from(">BH", picture, at + 1)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", picture, at + 5)
            return int(width * height)
        at += 2 + length
    return None

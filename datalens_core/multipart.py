"""multipart/form-data as it arrives, so that an upload never lies in memory as a whole.

RFC 7578, as far as file uploads need it.
"""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message

_HEADERS_BYTES = 16_384


class BadMultipart(Exception):
    """The body is not what its content type says."""


class MultipartReader:
    """Feed it the body; it calls back for each part: its file name, its bytes, its end."""

    def __init__(
        self,
        boundary: bytes,
        on_part: Callable[[str, str], None],
        on_data: Callable[[bytes], None],
        on_end: Callable[[], None],
    ) -> None:
        """`on_part` gets the field's name and the file name (may be empty)."""
        self._delimiter = b"\r\n--" + boundary
        self._on_part = on_part
        self._on_data = on_data
        self._on_end = on_end
        # The first delimiter has no line end before it.
        self._held = b"\r\n"
        self._state = "preamble"

    def feed(self, piece: bytes) -> None:
        """Raises: BadMultipart."""
        self._held += piece
        while self._advance():
            pass

    def close(self) -> None:
        """Raises: BadMultipart, if the body ended early."""
        if self._state != "epilogue":
            raise BadMultipart("the body ended early")

    def _advance(self) -> bool:
        """Take one step; False once more bytes are needed."""
        if self._state in ("preamble", "data"):
            return self._to_delimiter()
        if self._state == "after delimiter":
            return self._after_delimiter()
        if self._state == "headers":
            return self._headers()
        self._held = b""
        return False

    def _to_delimiter(self) -> bool:
        at = self._held.find(self._delimiter)
        sure = at if at >= 0 else max(len(self._held) - len(self._delimiter) + 1, 0)
        data, self._held = self._held[:sure], self._held[sure:]
        if self._state == "data" and data:
            self._on_data(data)
        if at < 0:
            return False
        self._held = self._held[len(self._delimiter) :]
        if self._state == "data":
            self._on_end()
        self._state = "after delimiter"
        return True

    def _after_delimiter(self) -> bool:
        if len(self._held) < 2:
            return False
        mark, self._held = self._held[:2], self._held[2:]
        if mark not in (b"--", b"\r\n"):
            raise BadMultipart("unexpected bytes after a boundary")
        self._state = "epilogue" if mark == b"--" else "headers"
        return True

    def _headers(self) -> bool:
        at = self._held.find(b"\r\n\r\n")
        if at < 0:
            if len(self._held) > _HEADERS_BYTES:
                raise BadMultipart("the headers of a part are too long")
            return False
        block, self._held = self._held[:at], self._held[at + 4 :]
        self._on_part(*_names(block.decode("utf-8", "replace")))
        self._state = "data"
        return True


def _names(block: str) -> tuple[str, str]:
    for line in block.split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            message = Message()
            message["content-disposition"] = value.strip()
            field = message.get_param("name", "", "content-disposition")
            file = message.get_filename("")
            return str(field), file
    raise BadMultipart("a part has no content-disposition")

"""envd's /health and /files: bytes into a box's folder and out of it, as they come."""

from __future__ import annotations

import errno
import os
import zlib
from email.message import Message
from typing import Any, BinaryIO

from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError
from tornado.web import stream_request_body

from datalens_core.multipart import BadMultipart, MultipartReader
from datalens_core.sandbox.embedded.folder import TooManyEntries
from datalens_core.sandbox.embedded.handlers.base import SandboxHandler
from datalens_core.sandbox.embedded.limits import MIB
from datalens_core.sandbox.embedded.paths import OutsideHome, relative

_CHUNK_BYTES = 256 * 1024
_DRAINED_BYTES = 256 * MIB
_ELSEWHERE = "Only files in /home/user can be reached in the embedded sandbox."


class HealthHandler(SandboxHandler):
    def get(self) -> None:
        self.set_status(204)


@stream_request_body
class FilesHandler(SandboxHandler):
    """POST writes each part to its file as it arrives; GET streams a file."""

    def prepare(self) -> None:
        self._file: BinaryIO | None = None
        self._written: list[dict[str, str]] = []
        self._room = 0
        self._parts: MultipartReader | None = None
        self._unzip: zlib._Decompress | None = None
        self._refusal: Exception | None = None
        super().prepare()
        if self._finished or self.request.method != "POST":
            return
        try:
            self._begin_upload()
        except (OSError, OutsideHome, BadMultipart, TooManyEntries) as error:
            self._refuse_upload(error)

    def _begin_upload(self) -> None:
        limits = self.sandboxes.limits
        used = self.sandbox.folder.usage(limits.entries).bytes
        self._room = limits.disk_mb * MIB - used
        connection = self.request.connection
        assert isinstance(connection, HTTP1Connection)
        connection.set_max_body_size(max(self._room + MIB, _DRAINED_BYTES))
        if self._announced_bytes() > self._room + MIB:
            raise OSError(errno.ENOSPC, "no space left")
        described = Message()
        described["content-type"] = self.request.headers.get("Content-Type", "")
        if described.get_content_type() == "multipart/form-data":
            boundary = described.get_param("boundary", "", "content-type")
            self._parts = MultipartReader(
                str(boundary).encode(), self._open_part, self._write, self._close_file
            )
            return
        if self.request.headers.get("Content-Encoding") == "gzip":
            self._unzip = zlib.decompressobj(wbits=31)
        self._open(self.get_query_argument("path", ""))

    def data_received(self, chunk: bytes) -> None:
        if self._finished or self._refusal is not None:
            return
        try:
            if self._parts is not None:
                self._parts.feed(chunk)
            elif self._unzip is not None:
                while chunk:
                    self._write(self._unzip.decompress(chunk, _CHUNK_BYTES))
                    chunk = self._unzip.unconsumed_tail
            else:
                self._write(chunk)
        except (OSError, OutsideHome, BadMultipart, zlib.error) as error:
            self._refuse_upload(error)

    def post(self) -> None:
        if self._refusal is not None:
            self._refuse_file(self._refusal)
            return
        try:
            if self._parts is not None:
                self._parts.close()
        except BadMultipart as error:
            self._refuse_file(error)
            return
        self._close_file()
        self.answer(self._written)

    async def get(self) -> None:
        try:
            file = self.sandbox.folder.read(self._relative(self.get_query_argument("path")))
        except (OSError, OutsideHome) as error:
            self._refuse_file(error)
            return
        self.set_header("Content-Type", "application/octet-stream")
        with file:
            # Without a Content-Length: the box may change the file while it is read.
            try:
                while piece := file.read(_CHUNK_BYTES):
                    self.write(piece)
                    await self.flush()
            except StreamClosedError:  # the client has read enough
                return

    def on_finish(self) -> None:
        self._close_file()

    def on_connection_close(self) -> None:
        self._close_file()

    def _relative(self, path: str) -> str:
        return relative(path, self.sandbox.home, self.sandbox.folder_path)

    def _open_part(self, field: str, name: str) -> None:
        if field != "file":
            raise BadMultipart("the only field of an upload is `file`")
        self._open(self.get_query_argument("path", "") or name)

    def _open(self, path: str) -> None:
        place = self._relative(path)
        self._file = self.sandbox.folder.write(place)
        self._written.append(
            {
                "name": os.path.basename(place),
                "type": "file",
                "path": f"{self.sandbox.home}/{place}",
            }
        )

    def _write(self, data: bytes) -> None:
        self._room -= len(data)
        if self._room < 0:
            raise OSError(errno.ENOSPC, "no space left")
        view = memoryview(data)
        while view and self._file is not None:
            view = view[self._file.write(view) :]

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def refuse(self, status: int, message: str, **fields: Any) -> None:
        if self.request.method == "POST":
            # Answered before the body is read, if need be: no other request may follow it here.
            self.set_header("Connection", "close")
        super().refuse(status, message, **fields)

    def _announced_bytes(self) -> int:
        return int(self.request.headers.get("Content-Length", 0))

    def _refuse_upload(self, error: Exception) -> None:
        """Once the body is there: a client that is still sending would see a broken connection."""
        self._close_file()
        if self._announced_bytes() > _DRAINED_BYTES:
            self._refuse_file(error)
        else:
            self._refusal = error

    def _refuse_file(self, error: Exception) -> None:
        self._close_file()
        if isinstance(error, TooManyEntries) or getattr(error, "errno", None) in (
            errno.ENOSPC,
            errno.EDQUOT,
        ):
            self.refuse(507, "There is not enough space left in the sandbox.")
        elif isinstance(error, FileNotFoundError):
            self.refuse(404, "The file was not found.")
        elif isinstance(error, OutsideHome):
            self.refuse(400, _ELSEWHERE)
        elif isinstance(error, OSError):
            self.refuse(400, f"The file cannot be used: {error.strerror or error}")
        else:
            self.refuse(400, str(error))

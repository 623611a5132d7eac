"""A multipart upload on its way to disk, never in memory, with the size limit enforced on it."""

from __future__ import annotations

import shutil
import tempfile
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from datalens_core.errors import DataLensError

MEGABYTE = 1024 * 1024
LARGEST_FIELD = 200  # bytes; the fields are ids
FIELDS = ("session_id", "replaces")


class UploadForm:
    """The parts `file`, `session_id` and `replaces` of a form, fed as the bytes come.

    Once something is wrong, `error` says what and the rest is read and dropped, so that a browser
    gets the answer instead of a broken connection.

    Args:
        content_type: the request's header, which names the boundary.
        limit_mb: the largest file, in MB of 1024 * 1024 bytes.
    """

    def __init__(self, content_type: str, limit_mb: int) -> None:
        from datalens_core.multipart import MultipartReader

        self.error: DataLensError | None = None
        self._name: str | None = None
        self._fields = dict.fromkeys(FIELDS, b"")
        self._limit_mb = limit_mb
        self._folder = Path(tempfile.mkdtemp(prefix="datalens-upload-"))  # mode 0700
        self._file: BinaryIO | None = None
        self._size = 0
        self._part = ""
        boundary = _boundary(content_type)
        self._reader = MultipartReader(boundary, self._begin, self._data, self._end)
        if not boundary:
            self._refuse()

    @property
    def path(self) -> Path:
        return self._folder / "upload"

    @property
    def session_id(self) -> str | None:
        return self._field("session_id")

    @property
    def replaces(self) -> str | None:
        return self._field("replaces")

    def _field(self, name: str) -> str | None:
        return self._fields[name].decode("utf-8", "replace").strip() or None

    def feed(self, chunk: bytes) -> None:
        from datalens_core.multipart import BadMultipart

        if self.error is not None:
            return
        try:
            self._reader.feed(chunk)
        except BadMultipart:
            self._refuse()

    def check(self) -> str:
        """The name of the file that came, once all of the body did.

        Raises:
            FileTooLarge: or InvalidRequest, for a body that is no such form.
        """
        from datalens_core.multipart import BadMultipart

        if self.error is None:
            try:
                self._reader.close()
            except BadMultipart:
                self._refuse()
        if self._name is None and self.error is None:
            self._refuse()
        if self.error is not None:
            raise self.error
        assert self._name is not None
        return self._name

    def close(self) -> None:
        """Remove what was stored."""
        self._end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def refuse_size(self) -> None:
        from datalens_core.errors import FileTooLarge

        self.error = FileTooLarge.over(self._limit_mb)
        self._end()

    # -- called by the reader --------------------------------------------------------------------

    def _begin(self, field: str, filename: str) -> None:
        self._part = field
        if field == "file":
            if self._name is not None:
                self._refuse()
                return
            self._name = _plain_name(filename)
            self._file = self.path.open("wb")

    def _data(self, data: bytes) -> None:
        if self._file is not None:
            self._size += len(data)
            if self._size > self._limit_mb * MEGABYTE:
                self.refuse_size()
            else:
                self._file.write(data)
        elif self._part in FIELDS and self.error is None:
            self._fields[self._part] += data
            if len(self._fields[self._part]) > LARGEST_FIELD:
                self._refuse()

    def _end(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _refuse(self) -> None:
        from datalens_core.errors import InvalidRequest

        self.error = InvalidRequest("Send one file, as the part «file» of a form.")
        self._end()


def _boundary(content_type: str) -> bytes:
    header = Message()
    header["Content-Type"] = content_type
    return (header.get_boundary() or "").encode("latin-1", "replace")


def _plain_name(name: str) -> str:
    """The last part of whatever path a client sends, without control characters."""
    last = name.replace("%22", '"').replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[:255].strip() or "data"

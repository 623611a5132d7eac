"""Uploads on their way to disk: whole, within the limit, and gone afterwards."""

from __future__ import annotations

import pytest

from datalens_core.errors import FileTooLarge, InvalidRequest
from datalens_jupyter.uploads import MEGABYTE, UploadForm

TYPE = "multipart/form-data; boundary=edge"


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    file = f'; filename="{filename}"' if filename is not None else ""
    head = f'--edge\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


END = b"--edge--\r\n"


def read(body: bytes, *, step: int, limit_mb: int = 1) -> UploadForm:
    form = UploadForm(TYPE, limit_mb)
    for start in range(0, len(body), step):
        form.feed(body[start : start + step])
    return form


@pytest.mark.parametrize("step", [1, 7, 1 << 20])
def test_a_form_is_read_the_same_however_it_is_cut(step: int) -> None:
    content = b"a,b\r\n1,--edge\r\n\r\n--edg"
    form = read(part("session_id", b"abc") + part("file", content, "data.csv") + END, step=step)
    try:
        assert form.check() == "data.csv"
        assert form.path.read_bytes() == content
        assert form.session_id == "abc"
    finally:
        form.close()
    assert not form.path.parent.exists()


def test_only_the_owner_can_read_what_is_stored() -> None:
    form = read(part("file", b"x", "x.csv") + END, step=64)
    assert form.path.parent.stat().st_mode & 0o077 == 0
    form.close()


def test_the_limit_holds_while_the_file_is_coming() -> None:
    form = UploadForm(TYPE, 1)
    form.feed(part("file", b"", "big.csv").removesuffix(b"\r\n"))
    for _ in range(8):
        form.feed(b"x" * MEGABYTE)
        assert form.path.stat().st_size <= MEGABYTE
    with pytest.raises(FileTooLarge, match="File size exceeds 1MB limit"):
        form.check()
    form.close()


def test_a_file_of_exactly_the_limit_passes() -> None:
    form = read(part("file", b"x" * MEGABYTE, "even.csv") + END, step=1 << 16)
    assert form.check() == "even.csv"
    form.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form at all",
        part("session_id", b"abc") + END,
        part("file", b"cut off", "a.csv"),
        part("file", b"1", "a.csv") + part("file", b"2", "b.csv") + END,
        part("session_id", b"x" * 500) + part("file", b"1", "a.csv") + END,
    ],
)
def test_a_body_that_is_no_such_form_is_refused(body: bytes) -> None:
    form = read(body, step=64)
    with pytest.raises(InvalidRequest):
        form.check()
    form.close()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        (r"C:\data\sales.csv", "sales.csv"),
        ("Umsätze 2024.csv", "Umsätze 2024.csv"),
        ("a\x00b\x1b.csv", "ab.csv"),
        ("", "data"),
    ],
)
def test_file_names_are_plain_names(sent: str, kept: str) -> None:
    form = read(part("file", b"x", sent) + END, step=64)
    assert form.check() == kept
    form.close()

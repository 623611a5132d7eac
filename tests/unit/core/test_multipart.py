"""An upload's parts arrive whole, however the network cuts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalens_core.multipart import BadMultipart, MultipartReader

BOUNDARY = b"b0und"


def body(parts: list[tuple[str, bytes]]) -> bytes:
    held = b""
    for name, data in parts:
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"'.encode()
        held += b"--" + BOUNDARY + b"\r\n" + head + b"\r\n\r\n" + data + b"\r\n"
    return held + b"--" + BOUNDARY + b"--\r\n"


def read(pieces: list[bytes]) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    ended: list[bool] = []
    reader = MultipartReader(
        BOUNDARY,
        lambda field, name: found.append((name, b"")),
        lambda data: found.append((found[-1][0], found.pop()[1] + data)),
        lambda: ended.append(True),
    )
    for piece in pieces:
        reader.feed(piece)
    reader.close()
    assert len(ended) == len(found)
    return found


@given(
    st.lists(
        st.tuples(
            st.text("abcäö./ ", min_size=1),
            st.one_of(
                st.binary(),
                st.lists(st.sampled_from([b"\r\n", b"--", b"b0und", b"\r\n--b0un", b"x"])).map(
                    b"".join
                ),
            ),
        ),
        min_size=1,
        max_size=3,
    ),
    st.integers(1, 40),
)
def test_parts_arrive_whole(parts: list[tuple[str, bytes]], cut: int) -> None:
    parts = [(n.strip() or "x", d) for n, d in parts if b"\r\n--b0und" not in b"\r\n" + d]
    whole = body(parts)
    pieces = [whole[at : at + cut] for at in range(0, len(whole), cut)]
    assert read(pieces) == parts


@pytest.mark.parametrize("end", [1, 10, 40, -8])
def test_a_body_that_ends_early_is_refused(end: int) -> None:
    with pytest.raises(BadMultipart):
        read([body([("a", b"data")])[:end]])


def test_endless_headers_are_refused() -> None:
    with pytest.raises(BadMultipart):
        read([b"--" + BOUNDARY + b"\r\n" + b"x" * 20_000])

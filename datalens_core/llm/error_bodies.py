"""Answers of an endpoint are foreign: what the SDK reads by itself is bounded here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2

MAX_ERROR_BYTES = 64 * 1024


async def bounded(response: httpx2.Response) -> None:
    """A client's response hook: the body of an error ends after 64 KB, nothing is unpacked.

    The SDK reads the body of an error status whole before anybody can look at it, and unpacking
    makes a small body a large one (we ask for none that is packed).
    """
    response.headers.pop("content-encoding", None)
    if response.status_code >= 400:
        response.stream = _capped(response.stream)


def _capped(stream: Any) -> Any:
    import httpx2

    class Capped(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            left = MAX_ERROR_BYTES
            async for piece in stream:
                yield piece[:left]
                left -= len(piece)
                if left <= 0:
                    return

        async def aclose(self) -> None:
            await stream.aclose()

    return Capped()

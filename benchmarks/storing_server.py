"""A bare handler that stores a request's body as it comes: what an upload costs at the least.

python -m benchmarks.storing_server PORT FOLDER
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tornado import web

LARGEST_BODY = 1 << 30


@web.stream_request_body
class Store(web.RequestHandler):
    """POST /: the bytes to a file, nothing else."""

    def initialize(self, folder: Path) -> None:
        self._file = (folder / "stored").open("wb")

    def data_received(self, chunk: bytes) -> None:
        self._file.write(chunk)

    def post(self) -> None:
        self._file.close()
        self.set_status(201)


async def serve(port: int, folder: Path) -> None:
    application = web.Application([("/", Store, {"folder": folder})])
    application.listen(port, "127.0.0.1", max_body_size=LARGEST_BODY)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))

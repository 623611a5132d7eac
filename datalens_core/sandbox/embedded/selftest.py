"""At every start, in a real box: what must be impossible is tried.

If one of these succeeds, there is no sandbox. Success is judged outside where the box could be
told otherwise (a feigned chmod answers 0).
"""

from __future__ import annotations

import json
import os
import socket
import stat
import tempfile
from pathlib import Path

from datalens_core.sandbox.embedded.box import Box, BoxFailed
from datalens_core.sandbox.embedded.broker import Broker
from datalens_core.sandbox.embedded.entry import OFFER
from datalens_core.sandbox.embedded.limits import Limits

_ATTEMPTS = Path(__file__).with_name("attempts.py")
_MODE = 0o644
_LEAST_ALLOCATION_MB = 3072


class SelfTestFailed(Exception):
    """Isolation does not hold here; the message says what got through."""


async def check_isolation(broker: Broker, limits: Limits, home: Path | None = None) -> None:
    """Run every attempt in a fresh box. `home` is where the user's files are, if not in ~.

    Raises:
        SelfTestFailed: one got through, or the box could not be asked.
    """
    try:
        box = await Box.start(broker, limits)
    except BoxFailed as error:
        raise SelfTestFailed(
            f"The embedded sandbox could not confine itself here ({error}). {OFFER}"
        ) from error
    try:
        through = await _attempt(box, limits, home or _home())
    finally:
        await box.close()
        await box.delete_folder()
    if through:
        raise SelfTestFailed(
            f"The embedded sandbox does not isolate code here ({', '.join(through)} succeeded), "
            f"so no code is run. {OFFER}"
        )


async def _attempt(box: Box, limits: Limits, home: Path) -> list[str]:
    with (
        tempfile.NamedTemporaryFile(prefix=".datalens-canary-", dir=home) as canary,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        os.fchmod(canary.fileno(), _MODE)
        canary.write(b"canary")
        canary.flush()
        given = {
            "canary": canary.name,
            "port": listener.getsockname()[1],
            "allocate_mb": max(_LEAST_ALLOCATION_MB, limits.memory_mb + 1024),
        }
        execution = box.execute(
            _ATTEMPTS.read_text(encoding="utf-8"), {"DATALENS_ATTEMPTS": json.dumps(given)}
        )
        printed, failed = "", ""
        while (event := await execution.events.get()) is not None:
            if event["type"] == "stdout":
                printed += event["text"]
            elif event["type"] == "error":
                failed = f"{event['name']}: {event['value']}"
        through = _reported(printed, failed)
        if stat.S_IMODE(os.fstat(canary.fileno()).st_mode) != _MODE:
            through.append("changing the mode of a host file")
        listener.setblocking(False)
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return through
        return [*through, "connecting to a port of this machine"]


def _reported(printed: str, failed: str) -> list[str]:
    try:
        report = json.loads(printed)
    except ValueError as error:
        raise SelfTestFailed(
            f"The embedded sandbox did not answer its self-test. {failed}".strip()
        ) from error
    return [name for name, blocked in report.items() if not blocked]


def _home() -> Path:
    """Where the user's files are; the temporary folder if nothing can be written there."""
    home = Path.home()
    return home if os.access(home, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())

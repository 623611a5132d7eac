"""How a program answers: one packed line between markers, a refusal included."""

from __future__ import annotations

import base64
import json
import sys
import warnings
import zlib
from collections.abc import Callable
from typing import Any

START, END = "<<datalens:inspection>>", "<<end>>"


class Refused(Exception):
    """The file cannot be read. `kind` is empty or unreadable."""

    def __init__(self, kind: str, reason: str) -> None:
        self.kind, self.reason = kind, reason
        super().__init__(reason)


def answer(work: Callable[[], dict[str, Any]]) -> None:
    """Print what `work` finds, or why it refuses."""
    found: dict[str, Any]
    try:
        with warnings.catch_warnings(action="ignore"):
            found = work()
    except Refused as refused:
        found = {"refused": refused.kind, "reason": refused.reason}
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:
        # Whatever a parser stumbles over, the file is the cause: the host turns this into 422.
        found = {"refused": "unreadable", "reason": f"Reading it failed ({type(error).__name__})."}
    packed = zlib.compress(json.dumps(found, allow_nan=False).encode("utf-8", "replace"))
    sys.stdout.write(START + base64.b64encode(packed).decode("ascii") + END + "\n")

"""What one sandbox may use, and where the numbers come from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

MIB = 1 << 20
VARIABLES = {
    "memory_mb": "DATALENS_SANDBOX_MEMORY_MB",
    "execution_seconds": "DATALENS_EXECUTION_TIMEOUT_SECONDS",
    "sandboxes": "DATALENS_MAX_SANDBOXES",
}


@dataclass(frozen=True)
class Limits:
    """Per sandbox, but for their number.

    The parent's output caps stand above the child's, which says it politely. `result_bytes`,
    `message_weight` and `flood_bytes` are measured as `wire.weight` does.
    """

    sandboxes: int = 250  # of all users of a server: each takes some of its descriptors
    memory_mb: int = 2048
    execution_seconds: int = 60
    grace_seconds: float = 5.0
    disk_mb: int = 1024
    file_mb: int = 512
    entries: int = 50_000
    open_files: int = 256
    threads: int = 512
    threads_beside_others: int = 4096  # where the kernel counts all of the user's together
    text_chars: int = 1_000_000
    result_bytes: int = 24 * MIB
    message_bytes: int = 8 * MIB
    message_weight: int = 32 * MIB
    messages: int = 20_000
    flood_bytes: int = 128 * MIB

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Defaults, changed by the variables of the settings contract.

        Raises:
            ValueError: a variable is not a positive whole number; the message names it.
        """
        given: dict[str, int] = {}
        for field, variable in VARIABLES.items():
            text = env.get(variable, "").strip()
            if not text:
                continue
            if not text.isascii() or not text.isdigit() or int(text) < 1:
                raise ValueError(f"{variable} must be a whole number of at least 1.")
            given[field] = int(text)
        return cls(**given)

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**json.loads(text))

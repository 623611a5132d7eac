"""What a call cost, as the endpoint reports it; endpoints may report nothing or nonsense."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datalens_core.events import LlmUsage


@dataclass(frozen=True)
class Usage:
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    """In US dollars, None if not reported."""
    reported: bool = False

    @classmethod
    def read(cls, held: Mapping[str, Any] | None) -> Usage:
        """From the `usage` object of a reply."""
        if held is None:
            return cls()
        return cls(
            prompt_tokens=int(_amount(held.get("prompt_tokens")) or 0),
            completion_tokens=int(_amount(held.get("completion_tokens")) or 0),
            cost=_amount(held.get("cost")),
            reported=True,
        )

    def event(self, model: str) -> LlmUsage:
        return LlmUsage(
            model=model,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            cost=self.cost,
        )


def _amount(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) and value >= 0 else None

"""What a call used, as the endpoint reports it; endpoints may report nothing or nonsense."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from datalens_core.events import LlmUsage
from datalens_core.llm.exchange import CallScope
from datalens_core.llm.streaming import RawReply
from datalens_core.models import ModelUsage

# Of English and code; what is estimated is for limits, not for bills.
_CHARACTERS_PER_TOKEN = 4
CACHED = ModelUsage(calls=1, cost=0.0, cached=1)


def used(body: Mapping[str, Any], reply: RawReply) -> ModelUsage:
    """What one call used: as reported, else estimated by the length of what went and came."""
    held = reply.usage or {}
    prompt, completion = _amount(held.get("prompt_tokens")), _amount(held.get("completion_tokens"))
    if prompt is not None:
        return ModelUsage(
            calls=1,
            prompt_tokens=int(prompt),
            completion_tokens=int(completion or 0),
            cost=_amount(held.get("cost")),
        )
    return ModelUsage(
        calls=1,
        prompt_tokens=len(json.dumps(body, ensure_ascii=False)) // _CHARACTERS_PER_TOKEN,
        completion_tokens=math.ceil(reply.size / _CHARACTERS_PER_TOKEN),
        cost=_amount(held.get("cost")),
        estimated=True,
    )


def record(scope: CallScope, call: ModelUsage, model: str) -> None:
    """Add a call to what its run used, and tell it."""
    scope.spending.add(call.model_copy(update={"models": [model]}))
    scope.emit(
        LlmUsage(
            model=model,
            prompt_tokens=call.prompt_tokens,
            completion_tokens=call.completion_tokens,
            cost=call.cost,
            cached=call.cached > 0,
            estimated=call.estimated,
            run=scope.spending.run,
        )
    )


def _amount(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) and value >= 0 else None

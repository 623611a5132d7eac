"""How much each model could read at once, as far as its endpoint showed."""

from __future__ import annotations

from collections.abc import Callable

from datalens_core.llm.cutting import shortened, size, target
from datalens_core.llm.exchange import ModelRequest

# A server that runs on one's own machine may be started again with more.
KEPT_SECONDS = 3600.0


class ContextLimits:
    """Characters by model, learnt from refusals. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._learnt: dict[str, tuple[int, float]] = {}

    def fitted(self, request: ModelRequest, model: str) -> ModelRequest:
        """The request, cut before it is sent if this model refused as much before."""
        characters, until = self._learnt.get(model, (0, 0.0))
        if self._clock() >= until or size(request) <= characters:
            return request
        return shortened(request, characters) or request

    def shorter(
        self, request: ModelRequest, model: str, said: str, tokens: int | None
    ) -> ModelRequest | None:
        """What can be sent instead of a request that was too long; None if nothing can be cut.

        Args:
            said: the endpoint's refusal, which may name its limit.
            tokens: the model's limit, if its endpoint lists it.
        """
        characters = target(request, said, tokens)
        self._learnt[model] = (characters, self._clock() + KEPT_SECONDS)
        return shortened(request, characters)

"""The models one may choose, with prices, as the endpoint lists them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from datalens_core.errors import InvalidRequest
from datalens_core.llm.endpoint import Endpoint
from datalens_core.llm.openrouter import CURATED
from datalens_core.models import ModelChoice, ModelChoices
from datalens_core.settings import Settings

KEPT_SECONDS = 3600.0
_MOST = 500
_NAME = re.compile(r"[\w./:@+-]{1,200}")
_NOT_FOR_CHAT = re.compile(r"embed|rerank|whisper|tts|dall-e|moderation|transcri", re.IGNORECASE)
_CONTEXT_FIELDS = ("context_length", "max_model_len", "max_context_length", "context_window")
_PER_MILLION = 1_000_000


class Catalogue:
    """What the endpoint lists, kept for an hour; a list that cannot be had is not kept."""

    def __init__(self, endpoint: Endpoint, settings: Settings, clock: Callable[[], float]) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._clock = clock
        self._listed: dict[str, ModelChoice] = {}
        self._until = -math.inf

    async def choices(self) -> ModelChoices:
        """The models to choose from: curated at OpenRouter, else what a chat can be held with.

        Raises:
            CallFailed: the endpoint does not list its models.
        """
        if self._endpoint.offline:
            return ModelChoices(default=self._endpoint.default_model, offline=True, models=[])
        if self._clock() >= self._until:
            listed = read_choices(await self._endpoint.get("models"))
            self._listed = {choice.id: choice for choice in listed}
            self._until = self._clock() + KEPT_SECONDS
        return ModelChoices(
            default=self._endpoint.default_model,
            offline=False,
            models=[self._listed.get(i) or ModelChoice(id=i, name=i) for i in self._offered()],
        )

    def check(self, chosen: str) -> None:
        """Whether this model may be asked for; the endpoint says itself if it does not know it.

        Raises:
            InvalidRequest: there is none to choose, or it is not among those that are allowed.
        """
        if self._endpoint.offline:
            raise InvalidRequest("There is no model to choose: offline rules answer.")
        allowed = self._settings.models
        if not _NAME.fullmatch(chosen) or (
            allowed and chosen not in (*allowed, self._settings.model)
        ):
            raise InvalidRequest("This model cannot be chosen here. Choose one of the list.")

    def context_tokens(self, model: str) -> int | None:
        """How much the model reads at once, if its endpoint was asked and said so."""
        listed = self._listed.get(model)
        return listed.context_length if listed is not None else None

    def _offered(self) -> list[str]:
        """The default first, then in the order of those who chose, or by name."""
        own = self._settings
        if own.models:
            found: Iterable[str] = own.models
        elif self._endpoint.is_openrouter:
            found = (i for i in (*CURATED, *own.fallback_models) if i in self._listed)
        else:
            found = sorted(i for i in self._listed if not _NOT_FOR_CHAT.search(i))
        return list(dict.fromkeys([own.model, *found]))


def read_choices(answer: Any) -> list[ModelChoice]:
    """The models of an answer in OpenAI's shape, with what other servers add to it."""
    data = answer.get("data") if isinstance(answer, Mapping) else answer
    held = data if isinstance(data, list) else []
    return [
        _choice(model)
        for model in held[:_MOST]
        if isinstance(model, Mapping)
        and isinstance(model.get("id"), str)
        and _NAME.fullmatch(model["id"])
    ]


def _choice(model: Mapping[str, Any]) -> ModelChoice:
    pricing = model.get("pricing")
    prices = pricing if isinstance(pricing, Mapping) else {}
    meta = model.get("meta")
    places = [model.get(name) for name in _CONTEXT_FIELDS]
    places.append(meta.get("n_ctx") if isinstance(meta, Mapping) else None)
    name = model.get("name")
    return ModelChoice(
        id=model["id"],
        name=name[:200] if isinstance(name, str) and name else model["id"],
        context_length=next((n for n in places if isinstance(n, int) and n > 0), None),
        prompt_price=_price(prices.get("prompt")),
        completion_price=_price(prices.get("completion")),
    )


def _price(value: Any) -> float | None:
    """Dollars per million tokens, from dollars per token; below zero says that it varies."""
    try:
        price = float(value) * _PER_MILLION
    except (TypeError, ValueError):  # not listed
        return None
    return round(price, 6) if math.isfinite(price) and price >= 0 else None

"""A gateway on a scripted endpoint, and what can be seen of its calls."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import SecretStr

from datalens_core import DataLensError, Settings
from datalens_core.events import Event
from datalens_core.llm.exchange import CallScope, ModelReply, ModelRequest, PromptMessage
from datalens_core.llm.gateway import Gateway
from datalens_core.privacy.session import PrivacySessions
from tests.support.openrouter import ScriptedModel, Stream

KEY = "sk-or-v1-7f3a9c1e5b2d8f4061a7c3e9"
ASKED = ModelRequest("act", (PromptMessage("user", "total by region"),))


class Caller:
    """A gateway on a scripted endpoint, with sleeps that take no time and a clock set by hand."""

    def __init__(self, endpoint: ScriptedModel, **fields: Any) -> None:
        self.waits: list[float] = []
        self.events: list[Event] = []
        self.now = 0.0
        settings = Settings(llm_base_url=endpoint.base_url, **fields)
        self.gateway = Gateway(settings, sleep=self._sleep, clock=lambda: self.now)
        self.scope = self.run("s")

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def run(self, session: str) -> CallScope:
        """The scope of a new run."""
        return CallScope(session, PrivacySessions().of(session), self.events.append)

    async def ask(self, request: ModelRequest = ASKED) -> ModelReply:
        try:
            return await self.gateway.complete(request, self.scope)
        finally:
            await self.gateway.close()


async def failure(
    script: Sequence[Stream], request: ModelRequest = ASKED
) -> tuple[DataLensError, Caller, ScriptedModel]:
    async with ScriptedModel(script) as model:
        caller = Caller(model, openrouter_api_key=SecretStr(KEY))
        with pytest.raises(DataLensError) as caught:
            await caller.ask(request)
        assert KEY not in json.dumps(caught.value.body())
        return caught.value, caller, model


async def answer(
    script: Sequence[Stream], request: ModelRequest = ASKED
) -> tuple[ModelReply, Caller, ScriptedModel]:
    async with ScriptedModel(script) as model:
        caller = Caller(model)
        return await caller.ask(request), caller, model

"""What the agents need of the one way to a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from datalens_core.llm.exchange import CallScope, ModelReply, ModelRequest, Purpose


class ModelGateway(Protocol):
    """Redacts, sends, retries, restores. `datalens_core.llm.gateway.Gateway` is the real one."""

    def context_tokens(self, purpose: Purpose, scope: CallScope) -> int | None:
        """How much the model can read at once; None if that is not known."""
        ...

    async def complete(
        self,
        request: ModelRequest,
        scope: CallScope,
        on_answer: Callable[[str], None] | None = None,
    ) -> ModelReply:
        """The model's whole reply; `on_answer` is told the pieces of an answer as they come.

        Raises:
            ModelError: the model gave none, after the gateway's own retries.
            PrivacyBlocked: the request could not be redacted, so nothing was sent.
            UnknownToken: the reply's code uses a placeholder that was never issued.
        """
        ...

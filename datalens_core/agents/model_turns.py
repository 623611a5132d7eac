"""The model's turns: what it is asked, and what its replies come to."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from datalens_core.agents.answering import Answering, read_alternatives
from datalens_core.agents.attempts import Attempts
from datalens_core.agents.contract import RunContext
from datalens_core.agents.model_gateway import ModelGateway
from datalens_core.agents.prompts import prompt
from datalens_core.agents.task_budget import request_limit
from datalens_core.agents.tool_specs import (
    DESCRIPTIONS,
    FINAL_ANSWER,
    TOOL_SCHEMAS,
    normal_arguments,
)
from datalens_core.errors import GarbledCall, ModelError, UnknownToken
from datalens_core.events import AnswerDelta
from datalens_core.llm.cutting import shortened, size
from datalens_core.llm.exchange import ModelReply, ModelRequest, PromptMessage, ToolCall
from datalens_core.privacy.cutting import head_of

MAX_TURNS = 30
"""Requests to the model for one question, planning apart."""

_NOT_ANSWERABLE = re.compile(
    r"\b(?:can(?:no|')t|can not|could not|unable to|not) (?:be )?(?:answer|determin|comput|tell)"
    r"|\bnot answerable\b|\bno (?:such )?column\b|\bdo(?:es)?(?: not|n't) contain\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Turn:
    """One move of the model: a call, or words that are answered by `nudge`."""

    text: str
    call: ToolCall | None = None
    nudge: str = ""


class ModelTurns:
    """Asks the model for its turns, one call at a time."""

    def __init__(
        self,
        gateway: ModelGateway,
        context: RunContext,
        attempts: Attempts,
        answering: Answering,
    ) -> None:
        self._gateway = gateway
        self._context = context
        self._attempts = attempts
        self._answering = answering
        self._waiting: deque[ToolCall] = deque()
        self._count = 0
        self._nudged = False
        self._draft_begun = False

    def drop_waiting(self) -> None:
        """Forget the calls that were written before a failure was seen."""
        self._waiting.clear()

    async def next(self, messages: tuple[PromptMessage, ...]) -> Turn:
        """The next turn: as a rule, code to run.

        Raises:
            ModelError, PrivacyBlocked: as the gateway does.
            AnalysisFailed: the bounds are reached.
        """
        if self._waiting:
            return Turn("", self._waiting.popleft())
        self._count += 1
        if self._count > MAX_TURNS:
            raise self._attempts.given_up(f"no answer within {MAX_TURNS} turns of the model")
        request = ModelRequest(
            purpose="act", messages=messages, tools=TOOL_SCHEMAS, tool_choice="auto"
        )
        limit = request_limit(self._gateway.context_tokens("act", self._context.scope))
        if size(request) > limit:  # long outputs of earlier steps are left out first
            request = shortened(request, limit) or request
        try:
            reply = await self._reply_to(request)
        except GarbledCall:
            return self._refused("the model's tool calls were garbled", prompt("garbled_call"))
        except UnknownToken:
            reason = "the code used placeholders that do not exist"
            return self._refused(reason, prompt("unknown_token"))
        except ModelError:
            if self._answering.refused is None:
                raise
            # Its repair cannot be had: the answer is kept, marked as not verified.
            return Turn("", ToolCall(self._id(0), FINAL_ANSWER, self._answering.refused))
        return await self._turn_of(reply)

    async def _reply_to(self, request: ModelRequest) -> ModelReply:
        """The model's reply. Of a question's drafts of an answer only the first is shown."""
        show = None if self._draft_begun else self._show_draft
        return await self._gateway.complete(request, self._context.scope, show)

    def _show_draft(self, text: str) -> None:
        self._draft_begun = True
        self._context.emit(AnswerDelta(text=text))

    async def _turn_of(self, reply: ModelReply) -> Turn:
        text = reply.text.strip()
        if _is_cut_off(reply):
            return self._refused(
                "the model's replies were cut off", prompt("cut_off"), said=head_of(text, 500)
            )
        if not reply.tool_calls:
            return await self._turn_of_words(text)
        calls = []
        for n, call in enumerate(reply.tool_calls):
            if call.name == FINAL_ANSWER:
                alternatives = read_alternatives(call.arguments.get("alternatives"))
                self._answering.alternatives = alternatives
            arguments = normal_arguments(call.name, call.arguments)
            calls.append(ToolCall(self._id(n), call.name, arguments))
        # One at a time. An answer beside other calls was written before their results were seen.
        self._waiting.extend(c for c in calls[1:] if c.name != FINAL_ANSWER)
        if calls[0].name not in DESCRIPTIONS:
            self._count_refusal("the model called a tool that does not exist")
        return Turn(text, calls[0])

    async def _turn_of_words(self, text: str) -> Turn:
        """Words without a call: an answer if there is something to answer from.

        Without a result they may still say that the data cannot answer, or ask back.
        """
        honest = await self._answering.is_honest(text)
        ends = _NOT_ANSWERABLE.search(text) is not None or text.endswith("?")
        if text and (self._answering.has_results or (honest and (ends or self._nudged))):
            call = ToolCall(self._id(0), FINAL_ANSWER, {"answer": text, "assumptions": []})
            return Turn("", call)
        if self._nudged:
            raise ModelError()
        self._nudged = True
        return Turn(text, nudge=prompt("nudge"))

    def _refused(self, reason: str, nudge: str, said: str = "") -> Turn:
        self._count_refusal(reason)
        return Turn(said, nudge=nudge)

    def _count_refusal(self, reason: str) -> None:
        self._waiting.clear()
        self._attempts.refused(reason)

    def _id(self, place: int) -> str:
        return f"call_{self._count}_{place}"


def _is_cut_off(reply: ModelReply) -> bool:
    """Whether its last call may be half of what was meant."""
    return reply.finish_reason == "length"

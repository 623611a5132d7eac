"""smolagents over our gateway: its model, and its memory as the messages of our requests."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from datalens_core.agents.acting import Acting
from datalens_core.agents.loop_bridge import LoopBridge
from datalens_core.agents.model_turns import MAX_TURNS, Turn
from datalens_core.agents.observation import refusal
from datalens_core.agents.smol import (
    ActionStep,
    AgentLogger,
    ChatMessage,
    ChatMessageToolCall,
    ChatMessageToolCallFunction,
    LogLevel,
    MessageRole,
    Model,
    ToolCallingAgent,
)
from datalens_core.agents.tools import FinalAnswer, FindValues, GetSchema, RunPython
from datalens_core.llm.exchange import PromptMessage, write_observation

_TEMPLATES = {
    # Our own prompt is sent as it is, by the messages below.
    "system_prompt": "",
    "planning": {
        "initial_plan": "",
        "update_plan_pre_messages": "",
        "update_plan_post_messages": "",
    },
    "managed_agent": {"task": "", "report": ""},
    "final_answer": {"pre_messages": "", "post_messages": ""},
}


class ActingModel(Model):  # type: ignore[misc]  # smolagents has no types
    """A model whose replies come from the gateway, awaited on the event loop."""

    def __init__(self, acting: Acting, bridge: LoopBridge) -> None:
        super().__init__(model_id="datalens")
        self._acting = acting
        self._bridge = bridge

    def generate(self, messages: list[Any], *_: Any, **__: Any) -> Any:
        """One turn. smolagents' stop sequences and tool texts are its own and not passed on."""
        sent = tuple(message.raw for message in messages)
        turn = self._bridge.call(lambda: self._acting.generate_code(sent))
        calls = None
        if turn.call is not None:
            function = ChatMessageToolCallFunction(
                name=turn.call.name, arguments=turn.call.arguments
            )
            calls = [ChatMessageToolCall(function=function, id=turn.call.id, type="function")]
        return ChatMessage(MessageRole.ASSISTANT, content=turn.text, tool_calls=calls, raw=turn)

    def parse_tool_calls(self, message: Any) -> Any:
        """Words are no call: smolagents takes the error and goes on with the next step."""
        raise ValueError("the reply holds no tool call")


class ActingAgent(ToolCallingAgent):  # type: ignore[misc]  # smolagents has no types
    """A ToolCallingAgent that remembers calls and results as such, not as text about them."""

    def __init__(self, acting: Acting, bridge: LoopBridge) -> None:
        self._acting = acting
        super().__init__(
            tools=[
                tool(acting, bridge) for tool in (RunPython, GetSchema, FindValues, FinalAnswer)
            ],
            model=ActingModel(acting, bridge),
            prompt_templates=_TEMPLATES,
            planning_interval=None,
            stream_outputs=False,
            max_tool_threads=1,
            # Beyond what our own bound allows: at its bound smolagents would ask once more.
            max_steps=MAX_TURNS * 2,
            final_answer_checks=[self._is_accepted],
            logger=AgentLogger(level=LogLevel.OFF, console=Console(file=io.StringIO(), quiet=True)),
        )

    def initialize_system_prompt(self) -> str:
        return ""  # without a template engine

    def write_memory_to_messages(self, summary_mode: bool = False) -> list[Any]:
        messages = list(self._acting.opening())
        for step in self.memory.steps:
            if isinstance(step, ActionStep):
                messages += _messages_of(step)
        return [ChatMessage(MessageRole.USER, raw=message) for message in messages]

    def _is_accepted(self, *_: Any, **__: Any) -> bool:
        return self._acting.accepted is not None


def _messages_of(step: Any) -> list[PromptMessage]:
    reply = step.model_output_message
    turn: Turn | None = reply.raw if reply is not None else None
    if turn is None:
        return []
    if turn.call is None:
        said = [PromptMessage("assistant", turn.text, channel="reply")] if turn.text else []
        return [*said, PromptMessage("user", turn.nudge)]
    result = step.observations
    if result is None:  # smolagents could not make the call: no such tool, or wrong arguments
        reason = str(step.error)[:1_000] if step.error else "The call was not carried out."
        result = write_observation(refusal("InvalidToolCall", reason))
    return [
        PromptMessage("assistant", turn.text, channel="reply", tool_calls=(turn.call,)),
        PromptMessage("tool", result, channel="output", tool_call_id=turn.call.id),
    ]

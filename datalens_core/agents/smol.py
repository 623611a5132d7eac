"""What we use of smolagents, imported in the one safe way.

Importing smolagents runs `load_dotenv()`: a stray .env in the working directory could change
keys and endpoints. It is switched off for the import, and the environment is as it was after.
Import this module lazily: it costs up to a second.
"""

from __future__ import annotations

import os

_SWITCH = "PYTHON_DOTENV_DISABLED"
_before = os.environ.get(_SWITCH)
os.environ[_SWITCH] = "1"
try:
    from smolagents import ToolCallingAgent
    from smolagents.memory import ActionStep
    from smolagents.models import (
        ChatMessage,
        ChatMessageToolCall,
        ChatMessageToolCallFunction,
        MessageRole,
        Model,
    )
    from smolagents.monitoring import AgentLogger, LogLevel
    from smolagents.tools import Tool
finally:
    if _before is None:
        del os.environ[_SWITCH]
    else:
        os.environ[_SWITCH] = _before

__all__ = [
    "ActionStep",
    "AgentLogger",
    "ChatMessage",
    "ChatMessageToolCall",
    "ChatMessageToolCallFunction",
    "LogLevel",
    "MessageRole",
    "Model",
    "Tool",
    "ToolCallingAgent",
]

"""What came back, with its tokens restored: the user's side of the choke point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from datalens_core.errors import GarbledCall
from datalens_core.llm.arguments import parse_arguments
from datalens_core.llm.exchange import ModelReply, ToolCall
from datalens_core.llm.secrets import SecretScrubber
from datalens_core.llm.streaming import RawCall, RawReply
from datalens_core.privacy.contract import PrivacySession

CODE_TOOL = "run_python"
SEARCH_TOOL = "find_values"
_NAME_CHARACTERS = 200


def restored(
    raw: RawReply, privacy: PrivacySession, secrets: SecretScrubber, model: str
) -> ModelReply:
    """The reply for the user's side.

    Raises:
        GarbledCall: the arguments of a tool call are cut off or no JSON object, without the reply
            saying that it reached its length limit. If it does, such calls are left out.
        UnknownToken: `run_python`'s code uses a token that was never issued.
    """
    cut_off = raw.finish_reason == "length"
    calls = [
        _call(call, arguments, privacy, secrets)
        for call, arguments in _parsed(raw, secrets)
        if arguments is not None or not cut_off
    ]
    return ModelReply(
        text=privacy.restore_text(secrets.exact(raw.text)),
        tool_calls=tuple(calls),
        model=shown_name(raw, secrets, model),
        finish_reason=raw.finish_reason or ("tool_calls" if calls else "stop"),
    )


def shown_name(raw: RawReply, secrets: SecretScrubber, asked: str) -> str:
    """The model that answered, as the endpoint names it; the one asked for if it does not."""
    return secrets.scrub(raw.model)[:_NAME_CHARACTERS] or asked


def _parsed(
    raw: RawReply, secrets: SecretScrubber
) -> Iterator[tuple[RawCall, dict[str, Any] | None]]:
    for index in sorted(raw.calls):
        call = raw.calls[index]
        yield call, parse_arguments(secrets.exact(call.arguments)) if call.name else None


def _call(
    raw: RawCall,
    arguments: dict[str, Any] | None,
    privacy: PrivacySession,
    secrets: SecretScrubber,
) -> ToolCall:
    if arguments is None:
        raise GarbledCall(details={"reason": "The arguments of a tool call are not a JSON object."})
    name = secrets.exact(raw.name)
    restore = privacy.restore_argument if name == SEARCH_TOOL else privacy.restore_text

    def restore_code(code: str) -> str:
        try:
            return privacy.restore_code(code)
        except SyntaxError:
            # It cannot run; the agent's own parse check tells the model where it is wrong.
            return code

    held = {
        key: _strings(value, restore_code if (name, key) == (CODE_TOOL, "code") else restore)
        for key, value in arguments.items()
    }
    return ToolCall(id=raw.id or f"call_{uuid4().hex[:12]}", name=name, arguments=held)


def _strings(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_strings(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _strings(item, change) for key, item in value.items()}
    return value

"""Parameters that an endpoint refuses are done without from then on; never a privacy field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datalens_core.llm.failures import Failure

_FORMAT_WORDS = ("response_format", "response format", "json_schema", "json schema",
                 "structured output", "endpoints found", "parameters")  # fmt: skip
_STREAM_WORDS = ("stream=true", "stream=false", "with stream", "stream mode", "streaming")


class Parameters:
    """What each model's endpoint has refused so far."""

    def __init__(self) -> None:
        self._refused: set[tuple[str, str]] = set()

    def accepted(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body without what was refused before."""
        sent = {"stream": True, "stream_options": {"include_usage": True}, **body}
        refused = {name for model, name in self._refused if model == body["model"]}
        if "tool_choice" in refused and "tool_choice" in sent:
            sent["tool_choice"] = "auto"
        if "stream" in refused:
            sent["stream"] = False
        if "stream_options" in refused or not sent["stream"]:
            sent.pop("stream_options")
        if "response_format" in refused:
            sent.pop("response_format", None)
        return sent

    def refuse(self, sent: Mapping[str, Any], failure: Failure) -> bool:
        """Note what the endpoint refused; False if that was nothing one can do without."""
        name = _refused(sent, failure)
        if name is not None:
            self._refused.add((str(sent["model"]), name))
        return name is not None


def _refused(sent: Mapping[str, Any], failure: Failure) -> str | None:
    if failure.status not in (400, 404, 422) or failure.begun:
        return None
    if sent.get("tool_choice") == "required" and (
        failure.status == 404 or failure.mentions("tool_choice", "tool choice")
    ):
        return "tool_choice"
    if "stream_options" in sent and failure.mentions("stream_options", "include_usage"):
        return "stream_options"
    if sent["stream"] and "tools" in sent and failure.mentions(*_STREAM_WORDS):
        return "stream"
    if "response_format" in sent and failure.mentions(*_FORMAT_WORDS):
        return "response_format"
    return None

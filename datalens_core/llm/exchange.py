"""What is said to a model and what comes back, and the two JSON envelopes inside the prompts.

A model reads prose, the offline analyst reads JSON: so the facts of a question (`TaskContext`)
and of an execution (`Observation`) travel as one JSON object between tags that both can find.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import JsonValue

from datalens_core.events import Event
from datalens_core.llm.spending import Spending
from datalens_core.models import ColumnFigures, DatasetSchema, ExecutionPlan, Model, Preview
from datalens_core.privacy.contract import PrivacySession

Purpose = Literal["plan", "act", "profile"]


Review = Callable[[Preview, Callable[[], Awaitable[bool]]], Awaitable[bool]]
"""Is shown a request, and a way to ask whether it would still be the same; it may wait, or raise.
It says whether to send it; if not, what it has become by now is shown instead."""


# -- requests and replies ------------------------------------------------------------------------


@dataclass(frozen=True)
class PromptMessage:
    """One message of a request. `channel` names where its text comes from, for the audit."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    channel: str = "prompt"
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True)
class ToolCall:
    """A call the model asks for; `arguments` is the JSON object it sent, tokens restored."""

    id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class ModelRequest:
    purpose: Purpose
    messages: tuple[PromptMessage, ...]
    tools: tuple[dict[str, Any], ...] = ()
    response_format: dict[str, Any] | None = None
    tool_choice: str | None = None


@dataclass(frozen=True)
class ModelReply:
    """A whole reply, tokens restored for the user's side of the choke point."""

    text: str
    tool_calls: tuple[ToolCall, ...]
    model: str
    finish_reason: str


@dataclass(frozen=True)
class CallScope:
    """Whom a call is for: one run of a session, its vault, and where its events go."""

    session_id: str
    privacy: PrivacySession
    emit: Callable[[Event], None] = field(repr=False)
    spending: Spending = field(default_factory=Spending)
    model: str | None = None
    """The model that was chosen for it, None for the one of the settings."""
    review: Review | None = field(default=None, repr=False)
    """Shown each request before it is sent."""
    local_only: Callable[[], bool] = field(default=lambda: False, repr=False)
    """Whether nothing may leave this machine, as it is now."""
    protect: Callable[[], Awaitable[object]] | None = field(default=None, repr=False)
    """Before each request is redacted: what is to be protected by now is known. May raise."""


# -- envelopes -----------------------------------------------------------------------------------


class DatasetContext(Model):
    name: str
    variable: str
    dataset_schema: DatasetSchema
    whole_file: list[ColumnFigures] = []
    """Types, counts and rounded ranges of all rows, once the file was measured."""
    columns_left_out: int = 0
    """How many columns the schema leaves out, because the model cannot read all of them."""


class PastRun(Model):
    """An earlier question of the session, as the model is reminded of it."""

    question: str
    answer: str = ""
    code: str = ""


class TaskContext(Model):
    """The facts of one question."""

    question: str
    datasets: list[DatasetContext]
    history: list[PastRun] = []
    plan: ExecutionPlan | None = None


class TableView(Model):
    """The head of a table result; `row_count` is of the whole table."""

    columns: list[str]
    rows: list[list[JsonValue]]
    row_count: int


class ErrorView(Model):
    name: str
    value: str
    line: int | None = None
    hint: str = ""
    suggestions: list[str] = []
    frames: dict[str, dict[str, str]] = {}
    """The columns and dtypes of the DataFrames that the code reads, by variable."""


class Observation(Model):
    """What the model is told of an execution: heads and summaries, never whole figures."""

    success: bool
    stdout: str = ""
    stderr: str = ""
    tables: list[TableView] = []
    charts: list[str] = []
    error: ErrorView | None = None
    notes: list[str] = []
    """What the step of the plan still lacks, or what to do otherwise."""


_CONTEXT = re.compile(r"<context>\s*(\{.*?\})\s*</context>", re.DOTALL)
_OBSERVATION = re.compile(r"<observation>\s*(\{.*?\})\s*</observation>", re.DOTALL)


def _wrap(tag: str, model: Model) -> str:
    # "</" never occurs inside the JSON, so no value can close the envelope.
    body = model.model_dump_json().replace("</", r"<\/")
    return f"<{tag}>\n{body}\n</{tag}>"


def write_context(context: TaskContext) -> str:
    return _wrap("context", context)


def write_observation(observation: Observation) -> str:
    return _wrap("observation", observation)


def read_context(text: str) -> TaskContext | None:
    """The first context in a prompt, or None."""
    found = _CONTEXT.search(text)
    return TaskContext.model_validate_json(found.group(1)) if found else None


def read_observations(text: str) -> list[Observation]:
    return [Observation.model_validate_json(m.group(1)) for m in _OBSERVATION.finditer(text)]

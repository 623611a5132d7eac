"""The profiling agent: what a data set holds, what may mislead, what is worth asking."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from datalens_core.agents.json_reply import read_object, short_text, short_texts
from datalens_core.agents.model_gateway import ModelGateway
from datalens_core.agents.profile_cache import ProfileCache
from datalens_core.agents.profile_rules import infer_column_semantics, profile_by_rules
from datalens_core.agents.prompts import prompt
from datalens_core.agents.task_budget import fit_task
from datalens_core.errors import DataLensError
from datalens_core.llm.exchange import (
    CallScope,
    DatasetContext,
    ModelRequest,
    PromptMessage,
    TaskContext,
    write_context,
)
from datalens_core.models import ColumnInfo, DatasetSchema, ProfileResult
from datalens_core.settings import Settings

QUESTION = "What does this data set hold?"
UNASKED = "The columns were judged by rules, not by the model."
UNREADABLE = "What it said could not be used."
_MAX_ISSUES, _MAX_SUGGESTIONS, _MIN_SUGGESTIONS = 8, 5, 3


class ProfilingAgent:
    """Profiles by the model where there is one, by rules otherwise and whenever it fails."""

    def __init__(
        self,
        gateway: ModelGateway | None,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`gateway`: None, or one to the offline analyst, means rules."""
        self._gateway = None if settings.uses_offline_analyst else gateway
        self._kept = ProfileCache(clock)

    @property
    def asks_a_model(self) -> bool:
        return self._gateway is not None

    async def analyze_schema(
        self,
        schema: DatasetSchema,
        scope: CallScope,
        name: str,
        user_id: str,
        shown: DatasetSchema | None = None,
    ) -> ProfileResult:
        """The profile of a user's data set; `name` is its file's name.

        `shown` is its schema as a model may know it; all of it if None.

        A model that fails or a request that cannot be redacted is no error here: the profile is
        a convenience of the upload, and the rules need neither. Its `warning` says so.
        """
        by_rules = profile_by_rules(schema, name)
        if self._gateway is None:
            return by_rules
        shown = schema if shown is None else shown
        if kept := self._kept.find(user_id, name, shown):
            return kept
        try:
            reply = await self._gateway.complete(_request(shown, name), scope)
        except DataLensError as error:
            return by_rules.model_copy(update={"warning": f"{UNASKED} {_reason(error)}"})
        found = read_object(reply.text)
        summary = short_text(found.get("summary"), 600) if found else ""
        if not found or not summary:
            return by_rules.model_copy(update={"warning": f"{UNASKED} {UNREADABLE}"})
        profile = _merged(found, summary, by_rules)
        self._kept.keep(user_id, name, shown, profile)
        return profile

    def by_rules(
        self, schema: DatasetSchema, name: str, reason: str = "Profiling stopped early."
    ) -> ProfileResult:
        """The profile where a model's was never made or finished; its `warning` says so."""
        found = profile_by_rules(schema, name)
        return found.model_copy(update={"warning": f"{UNASKED} {reason}"})

    def infer_column_semantics(self, column: ColumnInfo) -> str:
        """What a column holds, by its name, type and sample: identifier, date, measure, …"""
        return infer_column_semantics(column)


def _reason(error: DataLensError) -> str:
    """What failed, without the advice for questions that follows it."""
    return error.message.partition(". ")[0].rstrip(".") + "."


def _request(schema: DatasetSchema, name: str) -> ModelRequest:
    dataset = DatasetContext(name=name, variable="df", dataset_schema=schema)
    task = fit_task(TaskContext(question=QUESTION, datasets=[dataset]))
    return ModelRequest(
        purpose="profile",
        messages=(
            PromptMessage("system", prompt("profile")),
            PromptMessage("user", write_context(task), channel="context"),
        ),
        response_format={"type": "json_object"},
    )


def _merged(found: dict[str, Any], summary: str, by_rules: ProfileResult) -> ProfileResult:
    """The model's profile, completed by the rules where it says nothing usable."""
    said = found.get("semantics")
    semantics = dict(by_rules.semantics)
    for column, meaning in (said if isinstance(said, dict) else {}).items():
        text = short_text(meaning, 60)
        if column in semantics and text:
            semantics[column] = text
    suggestions = short_texts(found.get("suggestions"), 200, _MAX_SUGGESTIONS)
    if len(suggestions) < _MIN_SUGGESTIONS:
        more = [s for s in by_rules.suggestions if s not in suggestions]
        suggestions = [*suggestions, *more][:_MAX_SUGGESTIONS]
    return ProfileResult(
        summary=summary,
        semantics=semantics,
        issues=short_texts(found.get("issues"), 300, _MAX_ISSUES),
        suggestions=suggestions,
        source="model",
    )

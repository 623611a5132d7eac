"""The plan: one request without tools, read leniently."""

from __future__ import annotations

from typing import Any

from datalens_core.agents.json_reply import read_object, short_text, short_texts
from datalens_core.agents.prompts import prompt
from datalens_core.llm.exchange import ModelRequest, PromptMessage, TaskContext, write_context
from datalens_core.models import (
    MAX_PLAN_STEPS,
    MAX_STEP_CHARACTERS,
    STEP_OUTPUTS,
    ExecutionPlan,
    StepOutput,
)
from datalens_core.privacy.cutting import head_of

_STEP_KEYS = ("step", "description", "title", "action", "task")


def plan_request(task: TaskContext, garbage: str | None = None) -> ModelRequest:
    """The planning request; with `garbage`, the reply that was no plan, asked once more."""
    messages = [
        PromptMessage("system", prompt("plan")),
        PromptMessage("user", write_context(task), channel="context"),
    ]
    if garbage is not None:
        if garbage:
            messages.append(PromptMessage("assistant", head_of(garbage, 2_000), channel="reply"))
        messages.append(PromptMessage("user", prompt("again_plan")))
    return ModelRequest(
        purpose="plan", messages=tuple(messages), response_format=_response_format()
    )


def read_plan(text: str) -> ExecutionPlan | None:
    """The plan in a reply, or None. Steps may be strings or objects that describe one."""
    found = read_object(text)
    if found is None:
        return None
    if isinstance(found.get("plan"), dict):  # {"plan": {…}} is a plan with a wrapper
        found = found["plan"]
    raw = found.get("steps")
    items = raw if isinstance(raw, list) else []
    texts = [short_text(_step(item), MAX_STEP_CHARACTERS) for item in items]
    steps = [text for text in texts if text][:MAX_PLAN_STEPS]
    if not steps:
        return None
    named = found.get("outputs")
    outputs = named if isinstance(named, list) else [_output(item) for item in items]
    aligned = len(steps) == len(items) == len(outputs)  # else nothing says which is whose
    return ExecutionPlan(
        steps=steps,
        estimated_complexity=short_text(found.get("estimated_complexity"), 20) or "medium",
        required_libraries=short_texts(found.get("required_libraries"), 60, 12) or ["pandas"],
        outputs=[_known_output(output) for output in outputs] if aligned else [],
    )


def single_step_plan(question: str) -> ExecutionPlan:
    """What is done when a model cannot plan: the question itself is the step."""
    return ExecutionPlan(
        steps=[short_text(question, MAX_STEP_CHARACTERS) or "Answer the question."],
        estimated_complexity="medium",
        required_libraries=["pandas", "plotly"],
    )


def _step(item: Any) -> Any:
    if isinstance(item, dict):
        return next((item[key] for key in _STEP_KEYS if isinstance(item.get(key), str)), None)
    return item


def _output(item: Any) -> Any:
    return item.get("output") if isinstance(item, dict) else None


def _known_output(raw: Any) -> StepOutput:
    return next((output for output in STEP_OUTPUTS if output == raw), "")


def _response_format() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "json_schema",
        "json_schema": {
            "name": "execution_plan",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {
                    "steps": {"type": "array", "items": text},
                    "outputs": {
                        "type": "array",
                        "items": {"type": "string", "enum": [o for o in STEP_OUTPUTS if o]},
                    },
                    "estimated_complexity": text,
                    "required_libraries": {"type": "array", "items": text},
                },
                "required": ["steps", "outputs", "estimated_complexity", "required_libraries"],
                "additionalProperties": False,
            },
        },
    }

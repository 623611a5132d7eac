"""What the offline analyst does next, decided from the conversation alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from datalens_core.llm.exchange import DatasetContext, Observation, TaskContext
from datalens_core.llm.offline import answers
from datalens_core.llm.offline.columns import Column, columns_of
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Intent, NotUnderstood, Reading
from datalens_core.llm.offline.plans import write_plan
from datalens_core.llm.offline.readings import other_readings
from datalens_core.llm.offline.schema_match import match_column
from datalens_core.llm.offline.suggestions import suggest_questions
from datalens_core.llm.offline.templates import ATTEMPTS, write_code
from datalens_core.models import Alternative, ExecutionPlan

_MAX_LOOKUPS = 8


@dataclass(frozen=True)
class Action:
    """One tool call."""

    tool: str
    arguments: dict[str, JsonValue]


@dataclass
class _Progress:
    lookups: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    runs: list[Observation] = field(default_factory=list)


def plan(context: TaskContext) -> ExecutionPlan:
    """The plan of a question, from its context alone."""
    if not context.datasets:
        return ExecutionPlan(
            steps=["Ask for a data set, as none is loaded."],
            estimated_complexity="low",
            required_libraries=["pandas"],
        )
    reading, dataset = _read(context, {}, can_look_up=False)
    return write_plan(reading, dataset)


def next_action(
    context: TaskContext, observations: Sequence[Observation], *, can_look_up: bool = True
) -> Action:
    """The next tool call.

    What came before is not remembered: the same rules are followed again from the start, each
    observation answering the call that they made at that point.
    """
    progress = _Progress()
    for observation in observations:
        action = _decide(context, progress, can_look_up)
        if action.tool == "find_values":
            column, text = str(action.arguments["column"]), str(action.arguments["text"])
            progress.lookups[column, text] = _values(observation)
        else:
            progress.runs.append(observation)
    return _decide(context, progress, can_look_up)


def _values(observation: Observation) -> list[str]:
    if not observation.success:
        return []
    try:
        found = json.loads(observation.stdout)
    except json.JSONDecodeError:
        return []  # cut short: nothing of it is trusted
    return [value for value in found if isinstance(value, str)] if isinstance(found, list) else []


def _decide(context: TaskContext, progress: _Progress, can_look_up: bool) -> Action:
    if not context.datasets:
        return _final(answers.Answer("No data set is loaded yet. Add a CSV or Excel file first."))
    can_look_up = can_look_up and len(progress.lookups) < _MAX_LOOKUPS
    reading, dataset = _read(context, progress.lookups, can_look_up)
    if can_look_up and reading.lookups:
        wanted = reading.lookups[0]
        return Action("find_values", {"column": wanted.columns[0], "text": wanted.text})
    outcome = reading.outcome
    if isinstance(outcome, NotUnderstood):
        return _final(answers.refusal(outcome, suggest_questions(dataset.dataset_schema)))
    return _compute(outcome, dataset, context, progress)


def _compute(
    intent: Intent, dataset: DatasetContext, context: TaskContext, progress: _Progress
) -> Action:
    runs = progress.runs
    done = next((run for run in runs if run.success), None)
    if done:
        columns = columns_of(dataset.dataset_schema)
        others = other_readings(
            intent, context.question, dataset, progress.lookups, _before(context)
        )
        return _final(answers.answer(intent, done, columns), others)
    attempts = list(dict.fromkeys(write_code(intent, n) for n in range(len(ATTEMPTS))))
    if len(runs) < len(attempts):
        return Action("run_python", {"code": attempts[len(runs)]})
    return _final(answers.failure(runs[-1], suggest_questions(dataset.dataset_schema)))


def _final(answer: answers.Answer, others: Sequence[Alternative] = ()) -> Action:
    arguments: dict[str, JsonValue] = {
        "answer": answer.text,
        "assumptions": list(answer.assumptions),
    }
    if others:
        arguments["alternatives"] = [other.model_dump() for other in others]
    return Action("final_answer", arguments)


def _before(context: TaskContext) -> list[str]:
    return [run.question for run in context.history]


def _read(
    context: TaskContext, lookups: dict[tuple[str, str], list[str]], can_look_up: bool
) -> tuple[Reading, DatasetContext]:
    """The reading over the data set that fits the question best."""
    readings = [
        (read_question(context.question, dataset, lookups, _before(context)), dataset)
        for dataset in context.datasets
    ]
    for reading, dataset in readings:
        if isinstance(reading.outcome, Intent) and not reading.lookups:
            return reading, dataset
    for reading, dataset in readings:
        if can_look_up and reading.lookups:
            return reading, dataset
    for reading, dataset in readings:
        apart = _in_another(reading, dataset, context.datasets)
        if apart:
            return apart, dataset
    return min(readings, key=lambda found: _not_known(found[0]))


def _not_known(reading: Reading) -> int:
    """How many words a reading does not explain."""
    return len(reading.outcome.words) if isinstance(reading.outcome, NotUnderstood) else 0


def _in_another(
    reading: Reading, dataset: DatasetContext, datasets: Sequence[DatasetContext]
) -> Reading | None:
    """What is said where the words that one data set does not have are columns of another."""
    words = reading.outcome.words if isinstance(reading.outcome, NotUnderstood) else ()
    for other in datasets:
        if other is dataset or not words:
            continue
        columns = columns_of(other.dataset_schema)
        if all(_names_a_column(word, columns) for word in words):
            named = ", ".join(f"“{word}”" for word in words)
            are = "is a column" if len(words) == 1 else "are columns"
            reason = (
                f"{named} {are} of {other.name}, not of {dataset.name}:"
                " I answer over one data set at a time."
            )
            return Reading(NotUnderstood(reason, words))
    return None


def _names_a_column(word: str, columns: Sequence[Column]) -> bool:
    found = (match_column(word.lower().split(), column) for column in columns)
    return any(match is not None and match.full for match in found)

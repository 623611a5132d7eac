"""A request that is more than a model can read, made shorter: once, and with care.

What matters least goes first: the oldest questions of the session, then rows and samples, then what
earlier code printed. The question, the plan, the names and types of columns, the tools and the code
of this run are never cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from datalens_core.llm.exchange import (
    ModelRequest,
    Observation,
    PromptMessage,
    TaskContext,
    read_context,
    read_observations,
    write_context,
    write_observation,
)
from datalens_core.models import ColumnInfo, DatasetSchema
from datalens_core.privacy.cutting import head_of

_LIMIT = re.compile(
    r"(?:context|maximum)[^\d]{0,60}?(\d{3,7})|(\d{3,7})[^\d]{0,20}(?:tokens? )?context", re.I
)
# Few languages need more tokens than one for each two characters; a part is left for the answer.
_CHARACTERS_PER_TOKEN = 2.5
_FOR_THE_PROMPT = 0.75
_HEAD = 400
_ROWS = 3

Step = Callable[[PromptMessage], PromptMessage]


def size(request: ModelRequest) -> int:
    """The characters of its messages."""
    return sum(
        len(message.content) + sum(len(str(call.arguments)) for call in message.tool_calls)
        for message in request.messages
    )


def characters_for(context_tokens: int) -> int:
    """How many characters a request may have to a model that reads so many tokens."""
    return int(context_tokens * _FOR_THE_PROMPT * _CHARACTERS_PER_TOKEN)


def target(request: ModelRequest, said: str, context_tokens: int | None) -> int:
    """How many characters it may have: by the limit that is known or was named, else half."""
    found = _LIMIT.search(said)
    limit = context_tokens or (int(found.group(1) or found.group(2)) if found else 0)
    characters = characters_for(limit)
    now = size(request)
    return characters if 0 < characters < now else now // 2


def shortened(request: ModelRequest, characters: int) -> ModelRequest | None:
    """The request in about so many characters, or None if nothing of it may be left out."""
    messages = list(request.messages)
    before = size(request)
    for step, index in _steps(messages):
        if size(replace(request, messages=tuple(messages))) <= characters:
            break
        messages[index] = step(messages[index])
    cut = replace(request, messages=tuple(messages))
    return cut if size(cut) < before else None


def _steps(messages: list[PromptMessage]) -> Iterator[tuple[Step, int]]:
    """What to leave out, in order, and of which message."""
    contexts = [i for i, m in enumerate(messages) if m.channel == "context"]
    outputs = [i for i, m in enumerate(messages) if m.channel == "output"]
    for index in contexts:
        context = read_context(messages[index].content)
        for _ in context.history if context is not None else ():
            yield _without_oldest, index
    for step in (_without_rows, _with_one_sample, _without_samples):
        yield from ((step, index) for index in contexts)
    yield from ((_head_of_output, index) for index in outputs)


# -- the context -----------------------------------------------------------------------------------


def _without_oldest(message: PromptMessage) -> PromptMessage:
    return _changed(message, lambda c: c.model_copy(update={"history": c.history[1:]}))


def _without_rows(message: PromptMessage) -> PromptMessage:
    return _with_schemas(message, lambda s: s.model_copy(update={"sample_data": []}))


def _with_one_sample(message: PromptMessage) -> PromptMessage:
    def one(column: ColumnInfo) -> ColumnInfo:
        return column.model_copy(update={"sample_values": column.sample_values[:1]})

    return _with_columns(message, one)


def _without_samples(message: PromptMessage) -> PromptMessage:
    nothing: dict[str, Any] = {"sample_values": [], "min_value": None, "max_value": None}
    return _with_columns(message, lambda column: column.model_copy(update=nothing))


def _with_columns(
    message: PromptMessage, change: Callable[[ColumnInfo], ColumnInfo]
) -> PromptMessage:
    return _with_schemas(
        message, lambda s: s.model_copy(update={"columns": [change(c) for c in s.columns]})
    )


def _with_schemas(
    message: PromptMessage, change: Callable[[DatasetSchema], DatasetSchema]
) -> PromptMessage:
    def changed(context: TaskContext) -> TaskContext:
        sets = [
            d.model_copy(update={"dataset_schema": change(d.dataset_schema)})
            for d in context.datasets
        ]
        return context.model_copy(update={"datasets": sets})

    return _changed(message, changed)


def _changed(message: PromptMessage, change: Callable[[TaskContext], TaskContext]) -> PromptMessage:
    context = read_context(message.content)
    if context is None:
        return message
    # The envelope is found as it was written: what stands around it stays.
    written = write_context(context)
    shorter = write_context(change(context))
    return replace(message, content=message.content.replace(written, shorter, 1))


# -- outputs ---------------------------------------------------------------------------------------


def _head_of_output(message: PromptMessage) -> PromptMessage:
    try:
        observations = read_observations(message.content)
    except ValueError:  # only looks like one
        observations = []
    if not observations:
        return replace(message, content=_head(message.content))
    return replace(message, content="\n".join(write_observation(_brief(o)) for o in observations))


def _brief(seen: Observation) -> Observation:
    tables = [table.model_copy(update={"rows": table.rows[:_ROWS]}) for table in seen.tables]
    return seen.model_copy(
        update={"stdout": _head(seen.stdout), "stderr": _head(seen.stderr), "tables": tables}
    )


def _head(text: str) -> str:
    return (
        text if len(text) <= _HEAD else f"{head_of(text, _HEAD)}\n… (cut: too much to read at once)"
    )

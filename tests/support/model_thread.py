"""A scripted model for tests that are not asynchronous themselves: its loop runs in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from datalens_core.llm.exchange import read_context, read_observations
from tests.support.openrouter import (
    RecordedRequest,
    ScriptedModel,
    Stream,
    final_answer,
    plan,
    reply,
    run_python,
    status,
)

LISTED = [
    {
        "id": "scripted/large",
        "name": "Scripted: Large",
        "context_length": 400_000,
        "pricing": {"prompt": "0.00000125", "completion": "0.00001"},
    },
    {
        "id": "scripted/small",
        "name": "Scripted: Small",
        "context_length": 32_768,
        "pricing": {"prompt": "0", "completion": "0"},
    },
]


@dataclass
class Script:
    """What a model writes for each question, and says once that has run; may grow while it runs."""

    codes: dict[str, str | Sequence[str]] = field(default_factory=dict)
    """Of several codes each follows the failure of the one before it; the last comes for good."""

    answers: dict[str, str] = field(default_factory=dict)

    waits: dict[str, threading.Event] = field(default_factory=dict)
    """What has to happen before an answer is given."""


@contextmanager
def model_that_answers(codes: Mapping[str, str | Sequence[str]]) -> Iterator[ScriptedModel]:
    """A model that writes the code given for each question and answers once it has run."""
    with model_that_follows(Script(dict(codes))) as model:
        yield model


@contextmanager
def model_that_follows(held: Script) -> Iterator[ScriptedModel]:
    """A model that answers by a script."""

    def script(request: RecordedRequest) -> Stream:
        if request.method == "GET":
            return status(200, {"data": LISTED})
        context = read_context(request.text)
        if context is None or context.question not in held.codes:
            return reply("no profile")
        if not request.tools:
            return plan([f"Do what is asked: {context.question}"])
        seen = read_observations(request.text)
        if seen and seen[-1].success:
            if waits := held.waits.get(context.question):
                waits.wait(60)
            return final_answer(held.answers.get(context.question, "Done."))
        written = held.codes[context.question]
        attempts = [written] if isinstance(written, str) else written
        return run_python(attempts[min(len(seen), len(attempts) - 1)])

    started, stop = threading.Event(), asyncio.Event()
    model = ScriptedModel(script)
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with model:
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    started.wait(10)
    try:
        yield model
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()

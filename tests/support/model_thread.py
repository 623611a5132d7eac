"""A scripted model for tests that are not asynchronous themselves: its loop runs in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from datalens_core.llm.exchange import read_context, read_observations
from tests.support.openrouter import (
    RecordedRequest,
    ScriptedModel,
    Stream,
    final_answer,
    plan,
    reply,
    run_python,
)


@contextmanager
def model_that_answers(codes: Mapping[str, str], answer: str = "Done.") -> Iterator[ScriptedModel]:
    """A model that writes the code given for each question, runs it once and answers."""

    def script(request: RecordedRequest) -> Stream:
        context = read_context(request.text)
        if context is None or context.question not in codes:
            return reply("no profile")
        if not request.tools:
            return plan([f"Do what is asked: {context.question}"])
        if read_observations(request.text):
            return final_answer(answer)
        return run_python(codes[context.question])

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

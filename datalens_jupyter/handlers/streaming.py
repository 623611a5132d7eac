"""Answers of runs: at once, as a stream of events, or once done."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from tornado.iostream import StreamClosedError

from datalens_jupyter.handlers.base import DataLensHandler, accepted, wants_no_wait
from datalens_jupyter.streams import HEARTBEAT, until

if TYPE_CHECKING:
    from datalens_core.errors import DataLensError
    from datalens_core.workbench import Workbench

JSON = "application/json"
NDJSON = "application/x-ndjson"


class StreamingHandler(DataLensHandler):
    """Follows runs. A client that goes away only stops reading: the run goes on."""

    def initialize(self) -> None:
        self._gone = asyncio.Event()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._gone.set()

    async def answer_run(self, workbench: Workbench, run_id: str, offered: tuple[str, ...]) -> None:
        """As the client asked: `Prefer: respond-async`, or one of the media types `offered`."""
        from datalens_jupyter.messages import RunAccepted

        self.set_header("X-Run-Id", run_id)
        if wants_no_wait(self.request.headers):
            self.set_header("Preference-Applied", "respond-async")
            self.answer(RunAccepted(run_id=run_id), 202)
        elif accepted(self.request.headers, offered) == NDJSON:
            await self.stream(workbench, run_id)
        else:
            await self._answer_once_done(workbench, run_id)

    async def stream(self, workbench: Workbench, run_id: str, after: int = 0) -> None:
        """The events after `after` as NDJSON, to the run's end."""
        from datalens_core.errors import AuthenticationRequired, DataLensError

        self._streamed = True
        self.set_header("Content-Type", NDJSON)
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Accel-Buffering", "no")  # nginx would hold the lines back
        self.app.live_streams += 1
        self.app.metrics.streams.inc()
        try:
            events = workbench.events(run_id, after, self.user_id)
            with self.app.readers.reading(self.caller) as signed_out:
                async with aclosing(until(events, self._gone, signed_out)) as coming:
                    async for event in coming:
                        await self._line(HEARTBEAT if event is None else event.model_dump_json())
                if signed_out.is_set():
                    raise AuthenticationRequired()
        except StreamClosedError:
            return
        except DataLensError as error:
            if not self._headers_written:
                raise
            await self._line(stream_error(run_id, error, self.request_id))
        finally:
            self.app.live_streams -= 1
            self.app.metrics.streams.dec()
        if not self._gone.is_set():
            self.finish(set_content_type=NDJSON)

    async def _line(self, text: str) -> None:
        self.app.mark_active()
        self.write(text + "\n")
        await self.flush()

    async def _answer_once_done(self, workbench: Workbench, run_id: str) -> None:
        from datalens_core.errors import AuthenticationRequired

        self._streamed = True
        self.app.live_streams += 1
        with self.app.readers.reading(self.caller) as signed_out:
            result = asyncio.create_task(workbench.result(run_id, self.user_id))
            ends = [asyncio.create_task(event.wait()) for event in (self._gone, signed_out)]
            try:
                await asyncio.wait({result, *ends}, return_when=asyncio.FIRST_COMPLETED)
                if signed_out.is_set():
                    raise AuthenticationRequired()
                if result.done():
                    self.answer(result.result())
            finally:
                self.app.live_streams -= 1
                self.app.mark_active()
                for task in (result, *ends):
                    task.cancel()
                await asyncio.gather(result, *ends, return_exceptions=True)


def stream_error(run_id: str | None, error: DataLensError, request_id: str) -> str:
    """An error as a line of a stream."""
    from datalens_jupyter.messages import ErrorBody, StreamError

    body = ErrorBody.model_validate(error.body(request_id))
    return StreamError(run_id=run_id, error=body.error).model_dump_json()

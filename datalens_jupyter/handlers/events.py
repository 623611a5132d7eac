"""The one WebSocket of a page: all its runs travel on it, and the state of its session's sandbox.

Each subscription waits until its event went out before it reads the next, so a slow page costs
no memory: what it has not read yet stays in the journal.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.websocket import WebSocketMixin
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from datalens_jupyter.handlers.base import DataLensMixin
from datalens_jupyter.handlers.streaming import stream_error
from datalens_jupyter.streams import HEARTBEAT, HEARTBEAT_SECONDS, until

if TYPE_CHECKING:
    from datalens_core.errors import DataLensError
    from datalens_jupyter.messages import Subscribe

LARGEST_MESSAGE = 16 * 1024
MOST_SUBSCRIPTIONS = 200


class EventsHandler(WebSocketMixin, WebSocketHandler, DataLensMixin):
    @ws_authenticated
    @authorized
    async def get(self, *args: Any, **kwargs: Any) -> None:
        await super().get(*args, **kwargs)

    @property
    def max_message_size(self) -> int:
        return LARGEST_MESSAGE

    def open(self, *args: str, **kwargs: str) -> None:
        super().open(*args, **kwargs)
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._watching: asyncio.Task[None] | None = None
        self._beating = asyncio.create_task(self._beat(), name="datalens-heartbeat")

    def on_close(self) -> None:
        self._beating.cancel()
        self._watch(None)
        for reader in self._readers.values():
            reader.cancel()

    async def on_message(self, message: str | bytes) -> None:
        from pydantic import ValidationError

        from datalens_core.errors import InvalidRequest
        from datalens_jupyter.messages import CLIENT_MESSAGE

        try:
            asked = CLIENT_MESSAGE.validate_json(message)
        except ValidationError:
            await self._send_error(None, InvalidRequest())
            return
        if asked.op == "watch":
            self._watch(asked.session_id)
            return
        reader = self._readers.pop(asked.run_id, None)
        if reader is not None:
            reader.cancel()
        if asked.op == "unsubscribe":
            return
        if len(self._readers) >= MOST_SUBSCRIPTIONS:
            await self._send_error(asked.run_id, InvalidRequest("Too many runs are followed."))
            return
        self._readers[asked.run_id] = asyncio.create_task(
            self._follow(asked), name=f"follow {asked.run_id}"
        )

    async def _follow(self, asked: Subscribe) -> None:
        from datalens_core.errors import AuthenticationRequired, DataLensError

        self.app.live_streams += 1
        self.app.metrics.streams.inc()
        try:
            workbench = await self.workbench()
            events = workbench.events(asked.run_id, asked.after, self.user_id)
            with self.app.readers.reading(self.caller) as signed_out:
                async with aclosing(until(events, signed_out)) as coming:
                    async for event in coming:
                        if event is not None:  # a silence: the page has one heartbeat for all
                            self.app.mark_active()
                            await self.write_message(event.model_dump_json())
                if signed_out.is_set():
                    raise AuthenticationRequired()
        except (WebSocketClosedError, StreamClosedError):
            pass  # the page is gone; the run goes on
        except DataLensError as error:
            await self._send_error(asked.run_id, error)
        except Exception as error:
            # The page hears that this stream is over; the log says where it broke.
            self.log_exception(type(error), error, error.__traceback__)
            await self._send_error(asked.run_id, DataLensError())
        finally:
            self.app.live_streams -= 1
            self.app.metrics.streams.dec()
            if self._readers.get(asked.run_id) is asyncio.current_task():
                del self._readers[asked.run_id]

    def _watch(self, session_id: str | None) -> None:
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        if session_id is not None:
            self._watching = asyncio.create_task(
                self._tell_sandbox(session_id), name=f"watch {session_id}"
            )

    async def _tell_sandbox(self, session_id: str) -> None:
        """A page that looks at a session is no activity: it keeps neither sandbox nor server."""
        from datalens_core.errors import AuthenticationRequired, DataLensError
        from datalens_jupyter.messages import SandboxState

        with suppress(WebSocketClosedError, StreamClosedError):
            try:
                workbench = await self.workbench()
                states = workbench.sandbox_of(session_id, self.user_id)
                with self.app.readers.reading(self.caller) as signed_out:
                    async with aclosing(until(states, signed_out)) as coming:
                        async for state in coming:
                            if state is not None:
                                said = SandboxState(
                                    session_id=session_id,
                                    sandbox_id=state.sandbox_id,
                                    reason=state.reason,
                                )
                                await self.write_message(said.model_dump_json())
                    if signed_out.is_set():
                        raise AuthenticationRequired()  # every tab that is open hears of it
            except DataLensError as error:
                await self._send_error(None, error)
            except Exception as error:
                # The page shows what it knew; the log says where it broke.
                self.log_exception(type(error), error, error.__traceback__)
                await self._send_error(None, DataLensError())

    async def _beat(self) -> None:
        with suppress(WebSocketClosedError, StreamClosedError):
            while True:
                await asyncio.sleep(HEARTBEAT_SECONDS)
                if self._readers:
                    self.app.mark_active()
                await self.write_message(HEARTBEAT)

    async def _send_error(self, run_id: str | None, error: DataLensError) -> None:
        with suppress(WebSocketClosedError, StreamClosedError):
            await self.write_message(stream_error(run_id, error, self.request_id))

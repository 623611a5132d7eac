"""The code interpreter: code in, a line of JSON for each thing that happens."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tornado.iostream import StreamClosedError

from datalens_core.sandbox.embedded.box import Execution
from datalens_core.sandbox.embedded.handlers.base import Answered, SandboxHandler

_KEEPALIVE_SECONDS = 5.0


class ExecuteHandler(SandboxHandler):
    _execution: Execution | None = None

    async def post(self) -> None:
        try:
            code, env, context_id = self._request()
            context = self.context(context_id)
        except Answered:
            return
        self.set_header("Content-Type", "application/x-ndjson")
        self._execution = execution = context.box.execute(code, env)
        try:
            await self._stream(execution)
        except StreamClosedError:  # the client is gone: the code stops, the variables stay
            execution.interrupt()

    def on_connection_close(self) -> None:
        if self._execution is not None:
            self._execution.interrupt()

    async def _stream(self, execution: Execution) -> None:
        while True:
            try:
                event = await asyncio.wait_for(execution.events.get(), _KEEPALIVE_SECONDS)
            except TimeoutError:
                event = {"type": "keepalive"}
            if event is None:
                break
            await self._send(event)
        await self._send({"type": "end_of_execution"})

    async def _send(self, event: dict[str, Any]) -> None:
        # ASCII only: the SDK's line reader breaks at U+2028 and U+0085.
        self.write(json.dumps(event) + "\n")
        await self.flush()

    def _request(self) -> tuple[str, dict[str, str], object]:
        body = self.json_body()
        code, env = body.get("code"), body.get("env_vars") or {}
        if not isinstance(code, str):
            self.refuse(400, "`code` must be a string.")
            raise Answered
        if body.get("language") not in (None, "python"):
            self.refuse(400, "The embedded sandbox runs Python only.")
            raise Answered
        if not isinstance(env, dict) or not all(isinstance(v, str) for v in env.values()):
            self.refuse(400, "`env_vars` must map names to strings.")
            raise Answered
        return code, env, body.get("context_id")

"""POST sessions/{id}/executions: run code in the session's sandbox."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.streaming import JSON, NDJSON, StreamingHandler


class ExecutionsHandler(StreamingHandler):
    @web.authenticated
    @authorized
    async def post(self, session_id: str) -> None:
        from datalens_jupyter.messages import ExecutionRequest

        asked = self.read(ExecutionRequest)
        workbench = await self.workbench()
        run_id = await workbench.start_execution(
            session_id,
            asked.code,
            step=asked.step,
            sha256=asked.sha256,
            origin=asked.origin,
            confirmed=asked.confirmed,
            user_id=self.user_id,
        )
        await self.answer_run(workbench, run_id, (NDJSON, JSON))

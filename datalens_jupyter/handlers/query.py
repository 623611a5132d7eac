"""POST query: ask a question of a session's data."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.streaming import JSON, NDJSON, StreamingHandler


class QueryHandler(StreamingHandler):
    @web.authenticated
    @authorized
    async def post(self) -> None:
        from datalens_jupyter.messages import QueryRequest

        asked = self.read(QueryRequest)
        workbench = await self.workbench()
        run_id = await workbench.start_query(
            asked.session_id,
            asked.query,
            self.user_id,
            approve_plan=asked.approve_plan,
            model=asked.model,
        )
        await self.answer_run(workbench, run_id, (JSON, NDJSON))

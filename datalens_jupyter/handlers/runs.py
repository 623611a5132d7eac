"""Runs: read their events again from any point, decide on their plan, or stop them."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler
from datalens_jupyter.handlers.streaming import StreamingHandler


class RunEventsHandler(StreamingHandler):
    def is_counted(self) -> bool:
        return self.get_query_argument("after", "0") == "0"  # a stream that is read on is not

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        from datalens_core.errors import InvalidRequest

        after = self.get_query_argument("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) < 16):
            raise InvalidRequest(details={"fields": ["after"]})
        await self.stream(await self.workbench(), run_id, int(after))


class CancelHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def post(self, run_id: str) -> None:
        from datalens_jupyter.messages import RunAccepted

        workbench = await self.workbench()
        await workbench.cancel(run_id, self.user_id)
        self.answer(RunAccepted(run_id=run_id), 202)


class RequestsHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        workbench = await self.workbench()
        self.answer(await workbench.sent_requests(run_id, self.user_id))


class CodeHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        workbench = await self.workbench()
        self.answer(await workbench.saved_code(run_id, self.user_id))


class RequestHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def post(self, run_id: str, number: str) -> None:
        from datalens_core.errors import InvalidRequest
        from datalens_jupyter.messages import RequestDecision, RunAccepted

        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise InvalidRequest(details={"fields": ["number"]})
        decided = self.read(RequestDecision)
        workbench = await self.workbench()
        await workbench.decide_request(run_id, int(number), decided.send, self.user_id)
        self.answer(RunAccepted(run_id=run_id), 202)


class PlanDecisionHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def post(self, run_id: str) -> None:
        from datalens_jupyter.messages import PlanDecision, RunAccepted

        decided = self.read(PlanDecision)
        workbench = await self.workbench()
        await workbench.decide_plan(run_id, decided.approve, decided.steps, self.user_id)
        self.answer(RunAccepted(run_id=run_id), 202)

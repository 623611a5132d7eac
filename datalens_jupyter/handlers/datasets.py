"""The data of a session: how a set is read, reading it otherwise, and tables of the sandbox."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler


class DatasetHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def get(self, session_id: str, dataset_id: str) -> None:
        workbench = await self.workbench()
        self.answer(await workbench.get_dataset(session_id, dataset_id, self.user_id))


class PlanHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def put(self, session_id: str, dataset_id: str) -> None:
        from datalens_jupyter.messages import PlanRequest

        changes = self.read(PlanRequest)
        workbench = await self.workbench()
        self.answer(await workbench.change_plan(session_id, dataset_id, changes, self.user_id))


class TableHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def get(self, session_id: str, name: str) -> None:
        workbench = await self.workbench()
        self.answer(await workbench.fetch(session_id, name, self.user_id))

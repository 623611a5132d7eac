"""What a model would see, and what was kept from it."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler


class PreviewHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def post(self, session_id: str) -> None:
        from datalens_jupyter.messages import PreviewRequest

        asked = self.read(PreviewRequest)
        workbench = await self.workbench()
        self.answer(
            await workbench.preview(session_id, asked.query, self.user_id, model=asked.model)
        )


class PrivacyHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def get(self, session_id: str) -> None:
        workbench = await self.workbench()
        self.answer(await workbench.privacy_report(session_id, self.user_id))


class ColumnsHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def put(self, session_id: str) -> None:
        from datalens_jupyter.messages import ColumnPolicies

        asked = self.read(ColumnPolicies)
        workbench = await self.workbench()
        self.answer(
            await workbench.set_column_policies(
                session_id, asked.columns, agree=asked.agree, user_id=self.user_id
            )
        )


class MarksHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def put(self, session_id: str) -> None:
        from datalens_jupyter.messages import Marks

        asked = self.read(Marks)
        workbench = await self.workbench()
        self.answer(await workbench.mark(session_id, asked.marks, self.user_id))

"""GET models: what a question can be asked of, and what that costs."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler


class ModelsHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def get(self) -> None:
        workbench = await self.workbench()
        self.answer(await workbench.models())

"""GET status: what works here, and who set it."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler


class StatusHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def get(self) -> None:
        workbench = await self.workbench()
        self.answer(await workbench.status(self.caller))

"""GET sessions/{id}/export: the analysis as a file."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler


class ExportHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def get(self, session_id: str) -> None:
        format = self.get_query_argument("format", "ipynb")
        workbench = await self.workbench()
        file = await workbench.export(session_id, format, self.user_id)
        # A download, never a page of this origin: its content came from data and sandbox.
        self.set_attachment_header(file.filename)
        self.finish(file.content, set_content_type=file.media_type)

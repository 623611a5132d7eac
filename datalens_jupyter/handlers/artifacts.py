"""PUT artifacts/{id}/png: a picture of a chart, drawn by a browser."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler

LARGEST_PNG = 10 * 1024 * 1024


class PngHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def put(self, artifact_id: str) -> None:
        from datalens_core.errors import InvalidRequest

        if self.request.headers.get("Content-Type", "").split(";")[0].strip() != "image/png":
            raise InvalidRequest("Send the picture as image/png.")
        if len(self.request.body) > LARGEST_PNG:
            raise InvalidRequest("That picture is too large.")
        workbench = await self.workbench()
        await workbench.save_png(artifact_id, self.request.body, self.user_id)
        self.set_status(204)
        self.finish()

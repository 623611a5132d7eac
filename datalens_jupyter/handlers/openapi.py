"""GET openapi.json: the document that was generated from the models."""

from __future__ import annotations

from pathlib import Path

from jupyter_server.auth.decorator import authorized
from tornado import web

import datalens_jupyter
from datalens_jupyter.handlers.base import DataLensHandler


class OpenApiHandler(DataLensHandler):
    def is_counted(self) -> bool:
        return False

    @web.authenticated
    @authorized
    async def get(self) -> None:
        document = Path(datalens_jupyter.__file__).with_name("openapi.json")
        self.finish(document.read_bytes())

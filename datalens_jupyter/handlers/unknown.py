"""Any other address below datalens/api: 404 in the shape of all our errors."""

from __future__ import annotations

from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler


class UnknownHandler(DataLensHandler):
    @web.authenticated
    async def get(self) -> None:
        raise web.HTTPError(404)

    head = post = put = patch = delete = get

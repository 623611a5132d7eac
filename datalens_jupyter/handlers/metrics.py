"""GET metrics, in Prometheus' text format."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from prometheus_client import CONTENT_TYPE_LATEST
from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler


class MetricsHandler(DataLensHandler):
    _track_activity = False

    def is_counted(self) -> bool:
        return False

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.finish(self.app.metrics.text(), set_content_type=CONTENT_TYPE_LATEST)

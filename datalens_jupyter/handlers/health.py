"""GET health: whether the server answers; it wakes nothing up."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler


class HealthHandler(DataLensHandler):
    _track_activity = False  # a probe must not keep an idle server alive

    def is_counted(self) -> bool:
        return False

    @web.authenticated
    @authorized
    async def get(self) -> None:
        from datalens_core.version import version
        from datalens_jupyter.messages import Health

        self.answer(Health(version=version()))

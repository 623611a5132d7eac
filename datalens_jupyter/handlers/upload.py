"""POST upload: a file from the browser, or one below the server's root."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler, parse
from datalens_jupyter.serverfiles import server_file, server_folder
from datalens_jupyter.uploads import MEGABYTE, UploadForm

if TYPE_CHECKING:
    from datalens_core.models import UploadResult
    from datalens_core.workbench import Workbench

# A body that is too large is read to its end (and dropped), so that the client hears why.
LARGEST_BODY = 8 * 1024 * MEGABYTE
LARGEST_JSON = 64 * 1024
FORM_OVERHEAD = 64 * 1024


@web.stream_request_body
class UploadHandler(DataLensHandler):
    def initialize(self) -> None:
        self._form: UploadForm | None = None
        self._json = b""
        self._reading: asyncio.Task[UploadResult] | None = None
        # Jupyter's own limit would close the connection without a word.
        self.request.connection.set_max_body_size(LARGEST_BODY)  # type: ignore[union-attr]

    async def prepare(self, *, _redirect_to_login: bool = True) -> None:
        await super().prepare()
        if not self.current_user:  # before a byte is stored
            raise web.HTTPError(403)
        await self.workbench()
        self.app.user_of(self.caller)  # raises if one has to sign in first
        content_type = self.request.headers.get("Content-Type", "")
        if content_type.lower().startswith("multipart/form-data"):
            limit_mb = (await self.workbench()).settings.max_file_size_mb
            self._form = UploadForm(content_type, limit_mb)
            length = self.request.headers.get("Content-Length", "")
            if length.isdigit() and int(length) > limit_mb * MEGABYTE + FORM_OVERHEAD:
                self._form.refuse_size()

    def data_received(self, chunk: bytes) -> None:
        if self._form is not None:
            self._form.feed(chunk)
        elif len(self._json) <= LARGEST_JSON:
            self._json += chunk

    def on_connection_close(self) -> None:
        """Whoever goes away has cancelled the upload, even if the file is being read already."""
        super().on_connection_close()
        if self._reading is not None:
            self._reading.cancel()
        elif self._form is not None:
            self._form.close()

    def on_finish(self) -> None:
        super().on_finish()
        if self._form is not None and self._reading is None:
            self._form.close()

    @web.authenticated
    @authorized
    async def post(self) -> None:
        workbench = await self.workbench()
        self._reading = asyncio.create_task(
            self._from_server(workbench)
            if self._form is None
            else self._from_form(workbench, self._form)
        )
        try:
            result = await self._reading
        except asyncio.CancelledError:
            if not self._reading.cancelled():  # it is this handler that is cancelled
                raise
            raise web.Finish from None  # nobody is there to hear of it
        finally:
            if self._form is not None:
                self._form.close()
        self.answer(result, 201)

    async def _from_form(self, workbench: Workbench, form: UploadForm) -> UploadResult:
        name = form.check()
        return await workbench.upload(
            form.session_id,
            form.path,
            filename=name,
            user_id=self.user_id,
            replaces=form.replaces,
            project=server_folder(self.contents_manager, ""),
            project_root=server_folder(self.contents_manager, ""),
        )

    async def _from_server(self, workbench: Workbench) -> UploadResult:
        from datalens_core.errors import InvalidRequest
        from datalens_jupyter.messages import UploadByPath

        if len(self._json) > LARGEST_JSON:
            raise InvalidRequest()
        asked = parse(UploadByPath, self._json)
        limit_mb = workbench.settings.max_file_size_mb
        async with server_file(self.contents_manager, asked.path, limit_mb) as (path, name):
            return await workbench.upload(
                asked.session_id,
                path,
                filename=name,
                user_id=self.user_id,
                replaces=asked.replaces,
                project=server_folder(self.contents_manager, asked.path),
                project_root=server_folder(self.contents_manager, ""),
            )

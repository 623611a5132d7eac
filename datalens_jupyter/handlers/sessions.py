"""Sessions: list, start, read, rename, delete, restore."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler, wants_no_wait

PAGE = 50
LARGEST_PAGE = 200
LONGEST_SEARCH = 200


class SessionsHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def get(self) -> None:
        from datalens_core.errors import InvalidRequest

        limit = self.get_query_argument("limit", str(PAGE))
        few = len(limit) <= len(str(LARGEST_PAGE)) and limit.isascii() and limit.isdigit()
        if not (few and 1 <= int(limit) <= LARGEST_PAGE):
            raise InvalidRequest(details={"fields": ["limit"]})
        after = self.get_query_argument("after", None)
        search = self.get_query_argument("search", "")
        if len(search) > LONGEST_SEARCH:
            raise InvalidRequest(details={"fields": ["search"]})
        workbench = await self.workbench()
        self.answer(
            await workbench.list_sessions(
                self.user_id, limit=int(limit), after=after, search=search
            )
        )

    @web.authenticated
    @authorized
    async def post(self) -> None:
        from datalens_jupyter.messages import NewSession

        asked = self.read(NewSession)
        workbench = await self.workbench()
        self.answer(await workbench.create_session(self.user_id, asked.title), 201)


class SessionHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def get(self, session_id: str) -> None:
        workbench = await self.workbench()
        self.answer(await workbench.get_session(session_id, self.user_id))

    @web.authenticated
    @authorized
    async def patch(self, session_id: str) -> None:
        from datalens_jupyter.messages import SessionChange

        asked = self.read(SessionChange)
        workbench = await self.workbench()
        self.answer(await workbench.rename_session(session_id, asked.title, self.user_id))

    @web.authenticated
    @authorized
    async def delete(self, session_id: str) -> None:
        workbench = await self.workbench()
        await workbench.delete_session(session_id, self.user_id)
        self.set_status(204)
        self.finish()


class RestoreHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def post(self, session_id: str) -> None:
        from datalens_jupyter.messages import RestoreRequest, RunAccepted

        asked = self.read(RestoreRequest)
        workbench = await self.workbench()
        if wants_no_wait(self.request.headers):
            run = await workbench.start_restore(session_id, self.user_id, replay=asked.replay)
            self.set_header("Preference-Applied", "respond-async")
            self.answer(RunAccepted(run_id=run), 202)
            return
        restored = await workbench.restore_session(session_id, self.user_id, replay=asked.replay)
        self.answer(restored)

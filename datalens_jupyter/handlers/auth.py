"""Signing in, where the history is a team's. Tokens stay on this side: no answer holds one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler

if TYPE_CHECKING:
    from datalens_core.models import AuthStatus


class AuthHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.answer((await self.workbench()).signin.status(self.caller))


class _EnteringHandler(DataLensHandler):
    """Who enters takes the place of who was there: what that one read is not for them."""

    def entered(self, before: str | None, now: AuthStatus, status: int = 200) -> None:
        if before is not None and before != now.user_id:
            self.app.readers.end(self.caller)
        self.answer(now, status)


class SignInHandler(_EnteringHandler):
    @web.authenticated
    @authorized
    async def post(self) -> None:
        from datalens_jupyter.messages import Credentials

        asked = self.read(Credentials)
        signin = (await self.workbench()).signin
        password = asked.password.get_secret_value()
        before = signin.status(self.caller).user_id
        self.entered(before, await signin.enter(self.caller, asked.email, password))


class SignUpHandler(_EnteringHandler):
    @web.authenticated
    @authorized
    async def post(self) -> None:
        from datalens_jupyter.messages import Credentials

        asked = self.read(Credentials)
        signin = (await self.workbench()).signin
        password = asked.password.get_secret_value()
        before = signin.status(self.caller).user_id
        self.entered(before, await signin.sign_up(self.caller, asked.email, password), 201)


class SignOutHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def post(self) -> None:
        left = await (await self.workbench()).signin.leave(self.caller)
        self.app.readers.end(self.caller)
        self.answer(left)

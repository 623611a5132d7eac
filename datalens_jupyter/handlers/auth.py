"""Signing in, where the history is a team's. Tokens stay on this side: no answer holds one."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from datalens_jupyter.handlers.base import DataLensHandler


class AuthHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.answer((await self.workbench()).signin.status(self.caller))


class SignInHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def post(self) -> None:
        from datalens_jupyter.messages import Credentials

        asked = self.read(Credentials)
        signin = (await self.workbench()).signin
        password = asked.password.get_secret_value()
        self.answer(await signin.enter(self.caller, asked.email, password))


class SignUpHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def post(self) -> None:
        from datalens_jupyter.messages import Credentials

        asked = self.read(Credentials)
        signin = (await self.workbench()).signin
        password = asked.password.get_secret_value()
        self.answer(await signin.sign_up(self.caller, asked.email, password), 201)


class SignOutHandler(DataLensHandler):
    @web.authenticated
    @authorized
    async def post(self) -> None:
        self.answer(await (await self.workbench()).signin.leave(self.caller))

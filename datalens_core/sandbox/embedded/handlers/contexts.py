"""Contexts: interpreters of one sandbox with variables of their own."""

from __future__ import annotations

from datalens_core.sandbox.embedded.box import BoxFailed
from datalens_core.sandbox.embedded.handlers.base import Answered, SandboxHandler
from datalens_core.sandbox.embedded.sandboxes import Context, Sandbox

_MOST = 8


class _ContextHandler(SandboxHandler):
    # The SDK sends X-Access-Token with /execute only.
    token_header = "E2B-Traffic-Access-Token"

    def token_of(self, sandbox: Sandbox) -> str:
        return sandbox.traffic_token

    def describe(self, context: Context) -> dict[str, str]:
        cwd = context.cwd or self.sandbox.home
        return {"id": context.id, "language": "python", "cwd": cwd}


class ContextsHandler(_ContextHandler):
    def get(self) -> None:
        self.answer([self.describe(context) for context in self.sandbox.contexts.values()])

    async def post(self) -> None:
        try:
            body = self.json_body()
        except Answered:
            return
        cwd = body.get("cwd")
        if body.get("language") not in (None, "python"):
            self.refuse(400, "The embedded sandbox runs Python only.")
        elif cwd is not None and not isinstance(cwd, str):
            self.refuse(400, "`cwd` must be a string.")
        elif len(self.sandbox.contexts) >= _MOST:
            self.refuse(429, f"A sandbox may have {_MOST} contexts.")
        else:
            try:
                self.answer(self.describe(await self.sandbox.add_context(cwd)))
            except ValueError as error:
                self.refuse(400, str(error))
            except BoxFailed as error:
                self.refuse(503, str(error))


class ContextHandler(_ContextHandler):
    async def delete(self, context_id: str) -> None:
        try:
            context = self.context(context_id)
        except Answered:
            return
        if context is self.sandbox.default:
            self.refuse(400, "The default context ends with its sandbox.")
            return
        await self.sandbox.remove_context(context)
        self.set_status(204)


class RestartHandler(_ContextHandler):
    async def post(self, context_id: str) -> None:
        try:
            context = self.context(context_id)
        except Answered:
            return
        try:
            await self.sandbox.restart(context)
        except (BoxFailed, ValueError) as error:
            self.refuse(503, str(error))
            return
        self.answer(self.describe(context))

"""What every call checks first: the Host it was sent to, and the key it was sent with."""

from __future__ import annotations

import hmac
import json
from typing import Any

from tornado.web import RequestHandler

from datalens_core.sandbox.embedded.sandboxes import Context, Sandbox, Sandboxes

_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_GONE = "The sandbox was not found"


class Answered(Exception):
    """The answer is already written; nothing is left to do."""


class BaseHandler(RequestHandler):
    """Answers errors as E2B does: JSON of `code` and `message`."""

    SUPPORTED_METHODS = ("GET", "POST", "PUT", "DELETE")

    sandboxes: Sandboxes
    api_key: str

    def initialize(self, sandboxes: Sandboxes, api_key: str) -> None:
        self.sandboxes = sandboxes
        self.api_key = api_key

    def prepare(self) -> None:
        if self.is_from_elsewhere() or self.is_from_a_page():
            self.refuse(403, "Only programs on this machine may use the sandbox.")
            return
        try:
            self.authorize()
        except Answered:
            return

    def is_from_elsewhere(self) -> bool:
        """A web page reaches this port by DNS rebinding, with a Host of its own."""
        return self.request.host_name not in _LOOPBACK

    def is_from_a_page(self) -> bool:
        """Across origins, with an Origin or with what browsers add; the SDK sends neither."""
        return any(name in self.request.headers for name in ("Origin", "Sec-Fetch-Site"))

    def authorize(self) -> None:
        """Check the call's key; Answered if it was refused. Every kind of call has its own."""
        raise NotImplementedError

    def refuse(self, status: int, message: str, **fields: Any) -> None:
        self.set_status(status)
        self.answer({"code": status, "message": message, **fields})

    def answer(self, body: object) -> None:
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))

    def json_body(self) -> dict[str, Any]:
        """The request's JSON object.

        Raises:
            Answered: it is none; 400 is sent.
        """
        try:
            body = json.loads(self.request.body or b"{}")
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            self.refuse(400, "The request's body must be a JSON object.")
            raise Answered
        return body

    def write_error(self, status_code: int, **_: Any) -> None:
        self.answer({"code": status_code, "message": self._reason})

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    def holds(self, header: str, secret: str) -> bool:
        given = self.request.headers.get(header, "")
        return hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


class ControlHandler(BaseHandler):
    """The control plane: the server's API key."""

    def authorize(self) -> None:
        if not self.holds("X-API-KEY", self.api_key):
            self.refuse(401, "The API key is missing or wrong.")
            raise Answered


class SandboxHandler(BaseHandler):
    """A call into one sandbox: the id and that sandbox's token, in headers."""

    token_header = "X-Access-Token"
    sandbox: Sandbox

    def authorize(self) -> None:
        sandbox_id = self.request.headers.get("E2b-Sandbox-Id", "")
        sandbox = self.sandboxes.get(sandbox_id)
        if sandbox is None:
            reason = self.sandboxes.why_ended(sandbox_id)
            told = {} if reason is None else {"reason": reason}
            self.refuse(502, _GONE, sandboxId=sandbox_id, **told)
            raise Answered
        if not self.holds(self.token_header, self.token_of(sandbox)):
            self.refuse(401, "The access token is missing or wrong.")
            raise Answered
        sandbox.touch()
        self.sandbox = sandbox

    def token_of(self, sandbox: Sandbox) -> str:
        return sandbox.access_token

    def context(self, context_id: object) -> Context:
        """The named context, or the default one.

        Raises:
            Answered: there is none of that id; 404 is sent.
        """
        if context_id is None:
            return self.sandbox.default
        found = self.sandbox.contexts.get(str(context_id))
        if found is None:
            self.refuse(404, "There is no such context.")
            raise Answered
        return found


class NotFoundHandler(ControlHandler):
    """Everything that is no call of the protocol."""

    def get(self) -> None:
        self.refuse(404, "There is no such call.")

    post = delete = get

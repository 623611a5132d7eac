"""The control plane: create, list, connect, time out, kill."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from datalens_core.sandbox.embedded.box import BoxFailed
from datalens_core.sandbox.embedded.broker import ZygoteGone
from datalens_core.sandbox.embedded.handlers.base import Answered, ControlHandler
from datalens_core.sandbox.embedded.limits import Limits
from datalens_core.sandbox.embedded.sandboxes import (
    DEFAULT_TIMEOUT_SECONDS,
    TEMPLATE,
    Full,
    OutOfRoom,
    Sandbox,
)

ENVD_VERSION = "0.6.4"


class OneSandboxHandler(ControlHandler):
    def find(self, sandbox_id: str) -> Sandbox:
        """Raises: Answered, with 404 sent."""
        sandbox = self.sandboxes.get(sandbox_id)
        if sandbox is None:
            self.refuse(404, "The sandbox was not found")
            raise Answered
        return sandbox

    def seconds(self, body: dict[str, Any]) -> int:
        """Raises: Answered, with 400 sent."""
        seconds = body.get("timeout", DEFAULT_TIMEOUT_SECONDS)
        if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 0:
            self.refuse(400, "`timeout` must be a number of seconds.")
            raise Answered
        return seconds

    def decline(self, sandbox_id: str, status: int, message: str) -> None:
        try:
            self.find(sandbox_id)
        except Answered:
            return
        self.refuse(status, message)


class SandboxesHandler(OneSandboxHandler):
    async def post(self) -> None:
        try:
            body = self.json_body()
            seconds = self.seconds(body)
            metadata = self._strings(body, "metadata")
            env = self._strings(body, "envVars")
        except Answered:
            return
        try:
            sandbox = await self.sandboxes.create(seconds, metadata, env)
        except Full as error:
            self.refuse(429, str(error))
        except OutOfRoom as error:
            self.set_header("Should-Retry", "false")
            self.refuse(503, str(error))
        except (BoxFailed, ZygoteGone) as error:
            self.set_header("Should-Retry", "false")
            self.refuse(500, f"No sandbox could be started: {error}")
        else:
            self.set_status(201)
            self.answer(_handle(sandbox))

    def get(self) -> None:
        wanted = dict(parse_qsl(self.get_query_argument("metadata", "")))
        states = ",".join(self.get_query_arguments("state"))
        found = [
            _details(sandbox, self.sandboxes.limits)
            for sandbox in self.sandboxes.all()
            if wanted.items() <= sandbox.metadata.items()
            and (not states or "running" in states.split(","))
        ]
        self.answer(found)

    def _strings(self, body: dict[str, Any], name: str) -> dict[str, str]:
        held = body.get(name) or {}
        if not isinstance(held, dict) or not all(isinstance(v, str) for v in held.values()):
            self.refuse(400, f"`{name}` must map names to strings.")
            raise Answered
        return held


class SandboxDetailHandler(OneSandboxHandler):
    def get(self, sandbox_id: str) -> None:
        try:
            sandbox = self.find(sandbox_id)
        except Answered:
            return
        self.answer(_details(sandbox, self.sandboxes.limits))

    async def delete(self, sandbox_id: str) -> None:
        try:
            sandbox = self.find(sandbox_id)
        except Answered:
            return
        await sandbox.close()
        self.set_status(204)


class ConnectHandler(OneSandboxHandler):
    def post(self, sandbox_id: str) -> None:
        try:
            sandbox = self.find(sandbox_id)
            sandbox.keep_at_least(self.seconds(self.json_body()))
        except Answered:
            return
        self.answer(_handle(sandbox))


class TimeoutHandler(OneSandboxHandler):
    def post(self, sandbox_id: str) -> None:
        try:
            sandbox = self.find(sandbox_id)
            sandbox.keep_for(self.seconds(self.json_body()))
        except Answered:
            return
        self.set_status(204)


class PauseHandler(OneSandboxHandler):
    def post(self, sandbox_id: str) -> None:
        self.decline(sandbox_id, 409, "The embedded sandbox cannot pause or snapshot a sandbox.")


class UnavailableHandler(OneSandboxHandler):
    """What E2B has and one process on the user's own machine has not: said as such."""

    def get(self, sandbox_id: str, what: str) -> None:
        message = f"`{what}` is not available in the embedded sandbox."
        self.decline(sandbox_id, 501, message)

    post = put = get


class SnapshotsHandler(ControlHandler):
    def get(self) -> None:
        self.answer([])  # none can be made


def _handle(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "templateID": TEMPLATE,
        "sandboxID": sandbox.id,
        "clientID": "local",
        "envdVersion": ENVD_VERSION,
        "envdAccessToken": sandbox.access_token,
        "trafficAccessToken": sandbox.traffic_token,
    }


def _details(sandbox: Sandbox, limits: Limits) -> dict[str, Any]:
    return {
        "templateID": TEMPLATE,
        "sandboxID": sandbox.id,
        "clientID": "local",
        "startedAt": sandbox.started_at.isoformat(),
        "endAt": sandbox.end_at.isoformat(),
        "envdVersion": ENVD_VERSION,
        "cpuCount": 1,
        "memoryMB": limits.memory_mb,
        "diskSizeMB": limits.disk_mb,
        "state": "running",
        "metadata": sandbox.metadata,
    }

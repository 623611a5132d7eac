"""The HTTP server: which path is answered by which handler, on one loopback port."""

from __future__ import annotations

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from datalens_core.sandbox.embedded.handlers.base import NotFoundHandler
from datalens_core.sandbox.embedded.handlers.contexts import (
    ContextHandler,
    ContextsHandler,
    RestartHandler,
)
from datalens_core.sandbox.embedded.handlers.control import (
    ConnectHandler,
    PauseHandler,
    SandboxDetailHandler,
    SandboxesHandler,
    SnapshotsHandler,
    TimeoutHandler,
    UnavailableHandler,
)
from datalens_core.sandbox.embedded.handlers.execute import ExecuteHandler
from datalens_core.sandbox.embedded.handlers.files import FilesHandler, HealthHandler
from datalens_core.sandbox.embedded.handlers.filesystem import FilesystemHandler, ProcessHandler
from datalens_core.sandbox.embedded.limits import MIB
from datalens_core.sandbox.embedded.sandboxes import Sandboxes

ADDRESS = "127.0.0.1"
_BODY_BYTES = 16 * MIB  # uploads are streamed and have a limit of their own
_ID = r"([A-Za-z0-9]{1,64})"
# The SDK creates under /v2; older ones, and some calls of new ones, do not.
_SANDBOXES = r"(?:/v2)?/sandboxes"

_ROUTES: list[tuple[str, type[RequestHandler]]] = [
    (_SANDBOXES, SandboxesHandler),
    (f"{_SANDBOXES}/{_ID}", SandboxDetailHandler),
    (f"{_SANDBOXES}/{_ID}/connect", ConnectHandler),
    (f"{_SANDBOXES}/{_ID}/timeout", TimeoutHandler),
    (f"{_SANDBOXES}/{_ID}/(?:pause|snapshots|fork)", PauseHandler),
    (f"{_SANDBOXES}/{_ID}/(metrics|network|logs|resume)", UnavailableHandler),
    ("/snapshots", SnapshotsHandler),
    ("/health", HealthHandler),
    ("/files", FilesHandler),
    (r"/filesystem\.Filesystem/([A-Za-z]+)", FilesystemHandler),
    (r"/process\.Process/([A-Za-z]+)", ProcessHandler),
    ("/execute", ExecuteHandler),
    ("/contexts", ContextsHandler),
    (f"/contexts/{_ID}", ContextHandler),
    (f"/contexts/{_ID}/restart", RestartHandler),
]


def listen(sandboxes: Sandboxes, api_key: str, port: int) -> tuple[HTTPServer, int]:
    """Start to listen on the loopback address; the server and its port.

    Raises:
        OSError: the port is taken.
    """
    given = {"sandboxes": sandboxes, "api_key": api_key}
    application = Application(
        [(path, handler, given) for path, handler in _ROUTES],
        default_handler_class=NotFoundHandler,
        default_handler_args=given,
        # File names and ids are in the paths: requests are not logged.
        log_function=lambda handler: None,
    )
    server = HTTPServer(application, max_body_size=_BODY_BYTES)
    sockets = bind_sockets(port, ADDRESS)
    server.add_sockets(sockets)
    return server, int(sockets[0].getsockname()[1])

"""The routes of `{base_url}datalens/api/`, a file for each resource."""

from __future__ import annotations

import re
from typing import Any

from datalens_jupyter.handlers.artifacts import PngHandler
from datalens_jupyter.handlers.auth import (
    AuthHandler,
    SignInHandler,
    SignOutHandler,
    SignUpHandler,
)
from datalens_jupyter.handlers.datasets import DatasetHandler, PlanHandler, TableHandler
from datalens_jupyter.handlers.events import EventsHandler
from datalens_jupyter.handlers.executions import ExecutionsHandler
from datalens_jupyter.handlers.export import ExportHandler
from datalens_jupyter.handlers.health import HealthHandler
from datalens_jupyter.handlers.metrics import MetricsHandler
from datalens_jupyter.handlers.models import ModelsHandler
from datalens_jupyter.handlers.openapi import OpenApiHandler
from datalens_jupyter.handlers.privacy import (
    ColumnsHandler,
    MarksHandler,
    PreviewHandler,
    PrivacyHandler,
)
from datalens_jupyter.handlers.query import QueryHandler
from datalens_jupyter.handlers.runs import (
    CancelHandler,
    CodeHandler,
    PlanDecisionHandler,
    RequestHandler,
    RequestsHandler,
    RunEventsHandler,
)
from datalens_jupyter.handlers.sessions import RestoreHandler, SessionHandler, SessionsHandler
from datalens_jupyter.handlers.status import StatusHandler
from datalens_jupyter.handlers.unknown import UnknownHandler
from datalens_jupyter.handlers.upload import UploadHandler

ROOT = "datalens/api"

HANDLERS: dict[str, type[Any]] = {
    "/status": StatusHandler,
    "/health": HealthHandler,
    "/metrics": MetricsHandler,
    "/openapi.json": OpenApiHandler,
    "/models": ModelsHandler,
    "/auth": AuthHandler,
    "/auth/sign-in": SignInHandler,
    "/auth/sign-up": SignUpHandler,
    "/auth/sign-out": SignOutHandler,
    "/upload": UploadHandler,
    "/query": QueryHandler,
    "/events": EventsHandler,
    "/runs/{run_id}/events": RunEventsHandler,
    "/runs/{run_id}/cancel": CancelHandler,
    "/runs/{run_id}/plan": PlanDecisionHandler,
    "/runs/{run_id}/code": CodeHandler,
    "/runs/{run_id}/requests": RequestsHandler,
    "/runs/{run_id}/requests/{number}": RequestHandler,
    "/sessions": SessionsHandler,
    "/sessions/{session_id}": SessionHandler,
    "/sessions/{session_id}/restore": RestoreHandler,
    "/sessions/{session_id}/executions": ExecutionsHandler,
    "/sessions/{session_id}/preview": PreviewHandler,
    "/sessions/{session_id}/privacy": PrivacyHandler,
    "/sessions/{session_id}/privacy/columns": ColumnsHandler,
    "/sessions/{session_id}/privacy/marks": MarksHandler,
    "/sessions/{session_id}/export": ExportHandler,
    "/sessions/{session_id}/datasets/{dataset_id}": DatasetHandler,
    "/sessions/{session_id}/datasets/{dataset_id}/plan": PlanHandler,
    "/sessions/{session_id}/tables/{name}": TableHandler,
    "/artifacts/{artifact_id}/png": PngHandler,
}


def routes() -> list[tuple[str, type[Any]]]:
    """Patterns for Jupyter; ids go to the handlers by name."""
    known = [(ROOT + _pattern(path), handler) for path, handler in HANDLERS.items()]
    return [*known, (rf"{ROOT}(?:/.*)?", UnknownHandler)]


def _pattern(path: str) -> str:
    pieces = re.split(r"\{(\w+)\}", path)
    return "".join(
        rf"(?P<{piece}>[\w-]{{1,64}})" if number % 2 else re.escape(piece)
        for number, piece in enumerate(pieces)
    )

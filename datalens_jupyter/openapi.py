"""The OpenAPI document of the REST interface, generated from the models.

`python -m datalens_jupyter.openapi` writes `openapi.json` beside this file. The front end
generates its TypeScript types from it, `GET openapi.json` serves it, and a test fails when it is
stale or when a handler has no entry in `OPERATIONS`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from datalens_core import models
from datalens_core.errors import ERROR_CODES
from datalens_core.events import EVENT
from datalens_jupyter import messages

DOCUMENT = Path(__file__).with_name("openapi.json")
NDJSON = "application/x-ndjson"
JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    """One method of one path; `answers` are (status, media type, schema name or None)."""

    method: str
    path: str
    summary: str
    answers: tuple[tuple[int, str, str | None], ...]
    body: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, dict[str, Any]], ...] = ()

    @property
    def id(self) -> str:
        words = re.findall(r"[a-z]+", re.sub(r"\{.*?\}|\.json", "", self.path))
        return self.method + "".join(w.capitalize() for w in words) + self._singular()

    def _singular(self) -> str:
        return "ById" if self.path.endswith("}") else ""


RUN_ANSWERS = (
    (200, JSON, "QueryResult"),
    (200, NDJSON, "StreamLine"),
    (202, JSON, "RunAccepted"),
)
_AFTER = ("after", {"type": "integer", "minimum": 0, "default": 0})
_LIMIT = ("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50})
_PAGE = ("after", {"type": "string"})
_SEARCH = ("search", {"type": "string", "maxLength": 200, "default": ""})
_FORMAT = ("format", {"type": "string", "enum": ["ipynb", "html", "pdf"], "default": "ipynb"})

OPERATIONS: tuple[Operation, ...] = (
    Operation("get", "/status", "What works here, and who set it.", ((200, JSON, "Status"),)),
    Operation("get", "/health", "Whether the server answers.", ((200, JSON, "Health"),)),
    Operation("get", "/metrics", "Prometheus metrics.", ((200, "text/plain", None),)),
    Operation("get", "/openapi.json", "This document.", ((200, JSON, None),)),
    Operation(
        "get",
        "/models",
        "The models that a question can be asked of, with prices where they are listed.",
        ((200, JSON, "ModelChoices"),),
    ),
    Operation(
        "get",
        "/auth",
        "Whether one has to sign in here, and who has.",
        ((200, JSON, "AuthStatus"),),
    ),
    Operation(
        "post",
        "/auth/sign-in",
        "Sign in to the team's history.",
        ((200, JSON, "AuthStatus"),),
        body=((JSON, "Credentials"),),
    ),
    Operation(
        "post",
        "/auth/sign-up",
        "Make an account there, and sign in.",
        ((201, JSON, "AuthStatus"),),
        body=((JSON, "Credentials"),),
    ),
    Operation("post", "/auth/sign-out", "Sign out of it.", ((200, JSON, "AuthStatus"),)),
    Operation(
        "post",
        "/upload",
        "Add a data set to a session, or to a new one.",
        ((201, JSON, "UploadResult"),),
        body=(("multipart/form-data", "UploadForm"), (JSON, "UploadByPath")),
    ),
    Operation(
        "post",
        "/query",
        "Ask a question. `Prefer: respond-async` answers 202 at once, `Accept: "
        "application/x-ndjson` streams the events, otherwise the answer comes once done.",
        RUN_ANSWERS,
        body=((JSON, "QueryRequest"),),
    ),
    Operation(
        "get",
        "/events",
        "The WebSocket of a page: it sends ClientMessage, and receives StreamLine.",
        ((101, JSON, None),),
    ),
    Operation(
        "get",
        "/runs/{run_id}/events",
        "The events of a run after one that was seen, then live, to its end.",
        ((200, NDJSON, "StreamLine"),),
        query=(_AFTER,),
    ),
    Operation("post", "/runs/{run_id}/cancel", "Stop a run.", ((202, JSON, "RunAccepted"),)),
    Operation(
        "post",
        "/runs/{run_id}/plan",
        "Let a run that waits for it go on with its plan, or with other steps, or end it.",
        ((202, JSON, "RunAccepted"),),
        body=((JSON, "PlanDecision"),),
    ),
    Operation(
        "get",
        "/runs/{run_id}/code",
        "The code of a run as cells keep it: with tokens for values, if the settings say so.",
        ((200, JSON, "SavedCodes"),),
    ),
    Operation(
        "get",
        "/runs/{run_id}/requests",
        "What a run sent to a model, request by request, redacted as it went.",
        ((200, JSON, "SentRequests"),),
    ),
    Operation(
        "post",
        "/runs/{run_id}/requests/{number}",
        "Let a request that waits go to the model, or end its run.",
        ((202, JSON, "RunAccepted"),),
        body=((JSON, "RequestDecision"),),
    ),
    Operation(
        "get",
        "/sessions",
        "The user's sessions, last used first.",
        ((200, JSON, "SessionPage"),),
        query=(_LIMIT, _PAGE, _SEARCH),
    ),
    Operation(
        "post",
        "/sessions",
        "Start a session.",
        ((201, JSON, "Session"),),
        body=((JSON, "NewSession"),),
    ),
    Operation(
        "get", "/sessions/{session_id}", "The whole session.", ((200, JSON, "SessionDetail"),)
    ),
    Operation(
        "patch",
        "/sessions/{session_id}",
        "Rename a session.",
        ((200, JSON, "Session"),),
        body=((JSON, "SessionChange"),),
    ),
    Operation(
        "delete", "/sessions/{session_id}", "Delete a session and its files.", ((204, JSON, None),)
    ),
    Operation(
        "post",
        "/sessions/{session_id}/restore",
        "Make a live sandbox hold the session's data again. `Prefer: respond-async` answers 202 at "
        "once; questions that are asked meanwhile wait for it.",
        ((200, JSON, "RestoreResult"), (202, JSON, "RunAccepted")),
        body=((JSON, "RestoreRequest"),),
    ),
    Operation(
        "post",
        "/sessions/{session_id}/executions",
        "Run code in the session's sandbox. Streams the events; `Prefer: respond-async` answers "
        "202 at once, `Accept: application/json` answers once done.",
        RUN_ANSWERS,
        body=((JSON, "ExecutionRequest"),),
    ),
    Operation(
        "post",
        "/sessions/{session_id}/preview",
        "Exactly what the first request to the model would hold.",
        ((200, JSON, "Preview"),),
        body=((JSON, "PreviewRequest"),),
    ),
    Operation(
        "get",
        "/sessions/{session_id}/privacy",
        "What was replaced before it went to a model, counted, and what is in force.",
        ((200, JSON, "PrivacyReport"),),
    ),
    Operation(
        "put",
        "/sessions/{session_id}/privacy/columns",
        "Decide what may be sent of columns: send, tokenise, statistics or never.",
        ((200, JSON, "PrivacyReport"),),
        body=((JSON, "ColumnPolicies"),),
    ),
    Operation(
        "put",
        "/sessions/{session_id}/privacy/marks",
        "Mark values as personal, for as long as the session is there, or as not personal.",
        ((200, JSON, "PrivacyReport"),),
        body=((JSON, "Marks"),),
    ),
    Operation(
        "get",
        "/sessions/{session_id}/export",
        "The analysis as a file.",
        ((200, "application/octet-stream", None),),
        query=(_FORMAT,),
    ),
    Operation(
        "get",
        "/sessions/{session_id}/datasets/{dataset_id}",
        "A data set, how it is read, and the code that loads it.",
        ((200, JSON, "DatasetDetail"),),
    ),
    Operation(
        "put",
        "/sessions/{session_id}/datasets/{dataset_id}/plan",
        "Read a data set again as decided; what is left out is found again.",
        ((200, JSON, "UploadResult"),),
        body=((JSON, "PlanRequest"),),
    ),
    Operation(
        "get",
        "/sessions/{session_id}/tables/{name}",
        "A whole table of the session's sandbox, by the name of its variable.",
        ((200, JSON, "FetchedTable"),),
    ),
    Operation(
        "put",
        "/artifacts/{artifact_id}/png",
        "A picture of a chart, drawn by a browser.",
        ((204, JSON, None),),
        body=(("image/png", "Png"),),
    ),
)

_BODIES = (
    messages.PlanRequest,
    messages.UploadByPath,
    messages.QueryRequest,
    messages.Credentials,
    messages.PlanDecision,
    messages.NewSession,
    messages.SessionChange,
    messages.PreviewRequest,
    messages.ColumnPolicies,
    messages.RequestDecision,
    messages.Marks,
    messages.RestoreRequest,
    messages.ExecutionRequest,
    messages.Subscribe,
    messages.Unsubscribe,
    messages.Watch,
)
_ANSWERS: tuple[type[BaseModel], ...] = (
    models.Status,
    models.AuthStatus,
    models.ModelChoices,
    models.UploadResult,
    models.QueryResult,
    models.SessionPage,
    models.SessionDetail,
    models.DatasetDetail,
    models.FetchedTable,
    models.RestoreResult,
    models.Preview,
    models.PrivacyReport,
    models.SavedCodes,
    models.SentRequests,
    messages.Health,
    messages.RunAccepted,
    messages.Heartbeat,
    messages.SandboxState,
    messages.StreamError,
    messages.ErrorBody,
)


class _Schema(GenerateJsonSchema):
    """An answer always holds all of its fields, so the types need no question marks."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        if self.mode == "serialization":
            return not field.get("serialization_exclude")
        return super().field_is_required(field, total)

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False  # a title that repeats the name is noise in the generated types


def _schemas() -> dict[str, Any]:
    template = "#/components/schemas/{model}"
    inputs: list[tuple[str, Any, TypeAdapter[Any]]] = [
        *((m.__name__, "validation", TypeAdapter(m)) for m in _BODIES),
        *((m.__name__, "serialization", TypeAdapter(m)) for m in _ANSWERS),
        ("Event", "serialization", EVENT),
        ("ClientMessage", "validation", messages.CLIENT_MESSAGE),
    ]
    roots, shared = TypeAdapter.json_schemas(
        inputs, ref_template=template, schema_generator=_Schema
    )
    schemas: dict[str, Any] = dict(shared["$defs"])
    for name in ("Event", "ClientMessage"):
        mode: Any = "serialization" if name == "Event" else "validation"
        schemas[name] = roots[(name, mode)]
    lines = ("Event", "SandboxState", "Heartbeat", "StreamError")
    refs = [{"$ref": template.format(model=m)} for m in lines]
    schemas["StreamLine"] = {"oneOf": refs}
    schemas["ErrorCode"] = {
        "type": "string",
        "enum": sorted(ERROR_CODES),
        "x-messages": {
            code: {"status": kind.status, "message": kind.default}
            for code, kind in sorted(ERROR_CODES.items())
        },
    }
    schemas["UploadForm"] = {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "session_id": {"type": "string"},
            "replaces": {"type": "string"},
        },
        "required": ["file"],
    }
    schemas["Png"] = {"type": "string", "format": "binary"}
    return dict(sorted(schemas.items()))


def _content(media: str, schema: str | None) -> dict[str, Any]:
    held = {} if schema is None else {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    return {media: held}


def _operation(operation: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, media, schema in operation.answers:
        answer = answers.setdefault(str(status), {"description": operation.summary})
        if status not in (101, 204):
            answer.setdefault("content", {}).update(_content(media, schema))
    answers["default"] = {"$ref": "#/components/responses/Error"}
    written: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "responses": answers,
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]
    parameters += [{"name": n, "in": "query", "schema": s} for n, s in operation.query]
    if parameters:
        written["parameters"] = parameters
    if operation.body:
        content: dict[str, Any] = {}
        for media, schema in operation.body:
            content.update(_content(media, schema))
        written["requestBody"] = {"required": True, "content": content}
    return written


def document() -> dict[str, Any]:
    """The document, as JSON-ready objects in a stable order."""
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "DataLens for Jupyter",
            "version": "1",
            "description": "Ask questions of your data; the code runs in an isolated sandbox.",
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": "{base_url}datalens/api", "variables": {"base_url": {"default": "/"}}}],
        "security": [{"token": []}, {"cookie": [], "xsrf": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "responses": {
                "Error": {
                    "description": "What happened, what is kept and what to do.",
                    "content": _content(JSON, "ErrorBody"),
                }
            },
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`token` and a Jupyter Server or Hub token.",
                },
                "cookie": {"type": "apiKey", "in": "cookie", "name": "jupyter-login"},
                "xsrf": {"type": "apiKey", "in": "header", "name": "X-XSRFToken"},
            },
        },
    }


def text() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(text(), encoding="utf-8")

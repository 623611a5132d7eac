"""The document that the front end's types are generated from."""

from __future__ import annotations

import json

from tornado.web import RequestHandler

from datalens_core.errors import ERROR_CODES
from datalens_core.events import EVENT
from datalens_jupyter.handlers import HANDLERS
from datalens_jupyter.openapi import DOCUMENT, OPERATIONS, text

METHODS = ("get", "post", "put", "patch", "delete")


def test_the_committed_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == text(), "Run: python -m datalens_jupyter.openapi"


def test_every_method_of_every_handler_is_described_and_nothing_else() -> None:
    handled = {
        (method, path)
        for path, handler in HANDLERS.items()
        for method in METHODS
        if getattr(handler, method) is not getattr(RequestHandler, method)
    }
    assert handled == {(o.method, o.path) for o in OPERATIONS}


def test_events_are_told_apart_by_their_type() -> None:
    event = json.loads(DOCUMENT.read_text())["components"]["schemas"]["Event"]
    assert event["discriminator"]["propertyName"] == "type"
    kinds = EVENT.json_schema()["discriminator"]["mapping"]
    assert set(event["discriminator"]["mapping"]) == set(kinds)


def test_every_error_is_listed_with_its_status_and_sentence() -> None:
    codes = json.loads(DOCUMENT.read_text())["components"]["schemas"]["ErrorCode"]
    assert set(codes["enum"]) == set(ERROR_CODES)
    too_large = codes["x-messages"]["FILE_TOO_LARGE"]
    assert too_large == {"status": 413, "message": "File size exceeds 100MB limit."}


def test_references_lead_somewhere_and_operations_have_names_of_their_own() -> None:
    document = json.loads(DOCUMENT.read_text())
    named = {f"#/components/schemas/{n}" for n in document["components"]["schemas"]}
    named |= {f"#/components/responses/{n}" for n in document["components"]["responses"]}
    assert _references(document) <= named
    ids = [o["operationId"] for path in document["paths"].values() for o in path.values()]
    assert len(ids) == len(set(ids))


def _references(value: object) -> set[str]:
    if isinstance(value, dict):
        found = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return found.union(*(_references(v) for v in value.values()))
    if isinstance(value, list):
        return set[str]().union(*(_references(v) for v in value))
    return set()

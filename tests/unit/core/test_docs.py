"""The documentation names every setting, error, call and event that there is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datalens_core.errors import ERROR_CODES
from datalens_core.events import EVENT
from datalens_core.settings import ENVIRONMENT

ROOT = Path(__file__).parents[3]


def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("variable", sorted(ENVIRONMENT.values()))
def test_every_setting_is_in_the_guide(variable: str) -> None:
    assert f"`{variable}`" in read("guide.md")


@pytest.mark.parametrize("code", sorted(ERROR_CODES))
def test_every_error_is_in_the_table(code: str) -> None:
    error = ERROR_CODES[code]
    assert f"| `{code}` | {error.status} | {error.default} |" in read("api.md")


def test_every_event_is_named() -> None:
    kinds = json.dumps(EVENT.json_schema())
    types = {part.split('"')[0] for part in kinds.split('"const": "')[1:]}
    assert len(types) == 22
    for kind in types:
        assert f"`{kind}`" in read("api.md")


def test_every_call_is_in_the_table() -> None:
    document = json.loads((ROOT / "datalens_jupyter" / "openapi.json").read_text())
    for path, calls in document["paths"].items():
        for method in set(calls) & {"get", "post", "put", "patch", "delete"}:
            place = path.split("/datalens/api/")[-1].lstrip("/")
            assert f"| `{method.upper()} {place}` |" in read("api.md")


def test_every_page_that_the_readme_points_to_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in [part.split(")")[0] for part in readme.split("](")[1:]]:
        assert (ROOT / target).exists(), target

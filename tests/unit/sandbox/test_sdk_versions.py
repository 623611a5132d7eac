"""The contract tests of the SDK run at the lowest versions that an installation may have."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3] / "pyproject.toml"


@pytest.mark.parametrize("package", ["e2b", "e2b-code-interpreter"])
def test_the_lowest_version_allowed_is_the_one_under_test(package: str) -> None:
    required = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    (lowest,) = (
        found[1] for line in required if (found := re.match(rf"{package}>=([\d.]+),", line))
    )
    parts = [tuple(map(int, text.split("."))) for text in (lowest, version(package))]
    width = max(map(len, parts))
    assert len({part + (0,) * (width - len(part)) for part in parts}) == 1

"""The version of this installation."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    return metadata.version("datalens-jupyter")

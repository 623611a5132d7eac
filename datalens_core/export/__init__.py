"""A session as a file that stands on its own. Exporting never runs anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from datalens_core.errors import InvalidRequest
from datalens_core.models import SessionDetail


@dataclass(frozen=True)
class ExportedFile:
    filename: str
    media_type: str
    content: bytes


def export_session(detail: SessionDetail, pngs: Mapping[str, bytes], format: str) -> ExportedFile:
    """Write a session as `ipynb` or `html`.

    Args:
        pngs: artifact id to the picture of the chart that a browser drew, where there is one.

    Raises:
        InvalidRequest: another format.
    """
    name = _file_name(detail.session.title)
    if format == "ipynb":
        from datalens_core.export.notebook import notebook

        return ExportedFile(f"{name}.ipynb", "application/x-ipynb+json", notebook(detail, pngs))
    if format == "html":
        from datalens_core.export.html import page

        return ExportedFile(f"{name}.html", "text/html; charset=utf-8", page(detail))
    raise InvalidRequest("A session can be exported as ipynb or html.", details={"field": "format"})


def _file_name(title: str) -> str:
    words = re.sub(r"[^\w\- ]+", "", title, flags=re.ASCII).split()
    return "-".join(words)[:60] or "analysis"

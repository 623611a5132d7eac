"""A session as a file that stands on its own. Exporting never runs anything."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from datalens_core.errors import InvalidRequest
from datalens_core.export.outline import Source

FORMATS = ("ipynb", "html", "pdf")
MARKS = ("Mn", "Mc")  # they make letters of what stands before them


@dataclass(frozen=True)
class ExportedFile:
    filename: str
    media_type: str
    content: bytes


def export_session(source: Source, format: str) -> ExportedFile:
    """Write a session as `ipynb`, `html` or `pdf`.

    Raises:
        InvalidRequest: another format.
        DataLensError: the PDF cannot be set.
    """
    name = _file_name(source.title)
    if format == "ipynb":
        from datalens_core.export.notebook import notebook

        return ExportedFile(f"{name}.ipynb", "application/x-ipynb+json", notebook(source))
    if format == "html":
        from datalens_core.export.html import page

        return ExportedFile(f"{name}.html", "text/html; charset=utf-8", page(source))
    if format == "pdf":
        from datalens_core.export.pdf import document

        return ExportedFile(f"{name}.pdf", "application/pdf", document(source))
    raise InvalidRequest(
        "A session can be exported as ipynb, html or pdf.", details={"field": "format"}
    )


def _file_name(title: str) -> str:
    kept = (c for c in title if c.isalnum() or c in "-_ " or unicodedata.category(c) in MARKS)
    return "-".join("".join(kept).split())[:60] or "analysis"

"""A session as a Jupyter notebook: read-only cells with code, outputs and pictures."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from datalens_core.export.outline import Chapter, chapters, escape_markdown, outcome
from datalens_core.models import Artifact, ArtifactType, Execution, SessionDetail
from datalens_core.version import version

PLOTLY = "application/vnd.plotly.v1+json"
TABLE = "application/vnd.datalens.table+json"


def notebook(detail: SessionDetail, pngs: Mapping[str, bytes]) -> bytes:
    """The session as .ipynb (nbformat 4, UTF-8 JSON)."""
    title = detail.session.title or "Analysis"
    cells = [
        new_markdown_cell(f"# {escape_markdown(title)}\n\n{_about(detail)}"),
        new_code_cell("%load_ext datalens_jupyter"),
    ]
    for chapter in chapters(detail):
        cells += _cells(detail, chapter, pngs)
    book = new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "datalens": {"version": version(), "session_id": detail.session.id},
        },
    )
    nbformat.validate(book)
    text: str = nbformat.writes(book)
    return text.encode("utf-8")


def _about(detail: SessionDetail) -> str:
    files = ", ".join(
        f"{escape_markdown(d.name)} ({d.dataset_schema.row_count:,} rows)" for d in detail.datasets
    )
    return f"Data: {files or 'none'}. Made with DataLens; the code ran in an isolated sandbox."


def _cells(detail: SessionDetail, chapter: Chapter, pngs: Mapping[str, bytes]) -> list[Any]:
    run = chapter.run
    cells = []
    if run.query is not None:
        lines = [f"## {escape_markdown(' '.join(run.query.split()))}", "", outcome(run)]
        lines[2] = escape_markdown(lines[2])
        if run.plan is not None:
            lines += ["", *(f"{n}. {escape_markdown(s)}" for n, s in enumerate(run.plan.steps, 1))]
        if run.assumptions:
            lines += ["", "Assumptions:", *(f"- {escape_markdown(a)}" for a in run.assumptions)]
        cells.append(new_markdown_cell("\n".join(lines), metadata=_metadata(detail, run.run_id)))
    cells += [_code_cell(detail, e, pngs) for e in chapter.executions]
    return cells


def _code_cell(detail: SessionDetail, execution: Execution, pngs: Mapping[str, bytes]) -> Any:
    first = (
        f"%%datalens run --session {detail.session.id} --step {execution.step}"
        f" --sha256 {execution.sha256}"
    )
    extra = {"step": execution.step, "sha256": execution.sha256}
    return new_code_cell(
        f"{first}\n{execution.code}",
        outputs=_outputs(execution, pngs),
        metadata=_metadata(detail, execution.run_id, extra),
    )


def _metadata(
    detail: SessionDetail, run_id: str, extra: dict[str, Any] | None = None
) -> dict[str, Any]:
    mark = {"version": version(), "session_id": detail.session.id, "run_id": run_id}
    return {
        "editable": False,
        "deletable": False,
        "tags": ["datalens"],
        "datalens": {**mark, **(extra or {})},
    }


def _outputs(execution: Execution, pngs: Mapping[str, bytes]) -> list[Any]:
    result = execution.result
    if result is None:
        return []
    outputs = [
        new_output("stream", name=name, text=text)
        for name, text in (("stdout", result.stdout), ("stderr", result.stderr))
        if text
    ]
    for artifact in result.artifacts:
        if artifact.type is ArtifactType.ERROR and isinstance(artifact.content, dict):
            content = artifact.content
            outputs.append(
                new_output(
                    "error",
                    ename=str(content.get("name", "Error")),
                    evalue=str(content.get("value", "")),
                    traceback=str(content.get("traceback", "")).splitlines(),
                )
            )
        elif bundle := _bundle(artifact, pngs):
            outputs.append(new_output("display_data", data=bundle))
    return outputs


def _bundle(artifact: Artifact, pngs: Mapping[str, bytes]) -> dict[str, Any]:
    content, title = artifact.content, artifact.metadata.title
    if artifact.type is ArtifactType.CHART:
        bundle: dict[str, Any] = {PLOTLY: content, "text/plain": f"Chart: {title}"}
        if artifact.id in pngs:
            bundle["image/png"] = base64.b64encode(pngs[artifact.id]).decode("ascii")
        else:
            bundle["text/plain"] += " (not drawn yet: open it in JupyterLab)"
        return bundle
    if not isinstance(content, dict):
        return {}
    if artifact.type is ArtifactType.TABLE:
        return {TABLE: content, "text/plain": _plain_table(content)}
    if artifact.type is ArtifactType.IMAGE:
        return {str(content["mime"]): content["data"], "text/plain": f"Image: {title}"}
    return {}


def _plain_table(content: dict[str, Any], most: int = 20) -> str:
    rows = [[str(c) for c in content.get("columns", [])]]
    rows += [["" if v is None else str(v) for v in row] for row in content.get("rows", [])[:most]]
    widths = [max(len(r[i]) for r in rows if i < len(r)) for i in range(len(rows[0]))]
    lines = ["  ".join(v.rjust(w) for v, w in zip(r, widths, strict=False)) for r in rows]
    more = int(content.get("row_count", 0)) - (len(rows) - 1)
    return "\n".join(lines + ([f"… {more:,} more rows"] if more > 0 else []))

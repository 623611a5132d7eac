"""A session as a Jupyter notebook: read-only cells with code, outputs and pictures."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from textwrap import indent
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from datalens_core.export.markdown import escape_answer, escape_inline, escape_markdown
from datalens_core.export.outline import (
    Chapter,
    Source,
    chapters,
    outcome,
    redactions,
    verifications,
)
from datalens_core.models import Artifact, ArtifactType, Execution
from datalens_core.version import version

PLOTLY = "application/vnd.plotly.v1+json"
TABLE = "application/vnd.datalens.table+json"
WIDTH = 720  # of charts' pictures, which have twice the pixels
# Without the magic of DataLens IPython refuses its cells. Whoever reads them may decide otherwise.
SWITCH = """\
RUN_HERE = False
if RUN_HERE:
    get_ipython().input_transformers_cleanup.append(
        lambda lines: lines[1:] if "".join(lines[:1]).startswith("%%" + "datalens ") else lines
    )
else:
    %load_ext datalens_jupyter"""
SETUP = "if RUN_HERE:  # a sandbox holds all this already\n"


def notebook(source: Source) -> bytes:
    """The session as .ipynb (nbformat 4, UTF-8 JSON)."""
    cells = [new_markdown_cell(_head(source)), new_code_cell(SWITCH)]
    if source.setup:
        cells.append(new_code_cell(SETUP + indent(source.setup.strip(), "    ")))
    for chapter in chapters(source.detail):
        cells += _cells(source, chapter)
    cells.append(new_markdown_cell(_colophon(source)))
    book = new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "datalens": {"version": version(), "session_id": source.detail.session.id},
        },
    )
    nbformat.validate(book)
    text: str = nbformat.writes(book)
    return text.encode("utf-8")


def _head(source: Source) -> str:
    beside = f", with {escape_inline(source.files)} beside this notebook" if source.files else ""
    parts = [f"# {escape_inline(source.title)}", escape_markdown(source.about)]
    parts.append(
        "The cells run in DataLens's sandbox. Where DataLens is not installed they run in the "
        f"kernel of this notebook instead, once you set `RUN_HERE = True` below{beside}. Nothing "
        "confines them there: read them first."
    )
    return "\n\n".join(parts)


def _cells(source: Source, chapter: Chapter) -> list[Any]:
    run = chapter.run
    cells = []
    if run.query is not None:
        metadata = _metadata(source, run.run_id)
        cells.append(new_markdown_cell(_told(chapter), metadata=metadata))
    cells += [_code_cell(source, e) for e in chapter.executions]
    return cells


def _told(chapter: Chapter) -> str:
    """Question, answer and how it was found, as markdown."""
    run = chapter.run
    parts = [f"## {escape_inline(chapter.heading)}", escape_markdown(chapter.question)]
    parts.append(escape_answer(outcome(run)))
    parts += [f"*{escape_inline(check.text)}*" for check in verifications(run)]
    if run.plan is not None:
        steps = enumerate(run.plan.steps, 1)
        parts.append("\n".join(f"{n}. {escape_inline(step)}" for n, step in steps))
    if run.assumptions:
        parts += ["Assumptions:", _list(run.assumptions)]
    if chapter.repairs:
        parts.append(escape_inline(chapter.repairs))
    return "\n\n".join(part for part in parts if part)


def _colophon(source: Source) -> str:
    """What was replaced on the way to a model, and what made all this."""
    replaced = [f"{kind} in {where}: {count}" for kind, where, count in redactions(source)]
    made = [f"{name} {number}" for name, number in source.versions.items()]
    parts = ["## About this notebook", "Replaced before anything went to a model:"]
    parts += [_list(replaced or ["nothing"]), "Made with:", _list(made)]
    return "\n\n".join(parts)


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {escape_inline(item)}" for item in items)


def _code_cell(source: Source, execution: Execution) -> Any:
    first = (
        f"%%datalens run --session {source.detail.session.id} --step {execution.step}"
        f" --sha256 {execution.sha256}"
    )
    extra = {"step": execution.step, "sha256": execution.sha256}
    metadata = _metadata(source, execution.run_id, extra)
    if execution.result is not None and not execution.result.success:
        metadata["tags"].append("raises-exception")  # the cells below it run all the same
    return new_code_cell(
        f"{first}\n{execution.code}", outputs=_outputs(source, execution), metadata=metadata
    )


def _metadata(source: Source, run_id: str, extra: dict[str, Any] | None = None) -> dict[str, Any]:
    session_id = source.detail.session.id
    mark = {"version": version(), "session_id": session_id, "run_id": run_id}
    return {
        "editable": False,
        "deletable": False,
        "tags": ["datalens"],
        "datalens": {**mark, **(extra or {})},
    }


def _outputs(source: Source, execution: Execution) -> list[Any]:
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
        elif bundle := _bundle(source, artifact):
            drawn = artifact.type is ArtifactType.CHART and "image/png" in bundle
            metadata = {"image/png": {"width": WIDTH}} if drawn else {}
            outputs.append(new_output("display_data", data=bundle, metadata=metadata))
    return outputs


def _bundle(source: Source, artifact: Artifact) -> dict[str, Any]:
    content, title = artifact.content, artifact.metadata.title
    if artifact.type is ArtifactType.CHART:
        bundle: dict[str, Any] = {PLOTLY: content, "text/plain": f"Chart: {title}"}
        if artifact.id in source.pngs:
            bundle["image/png"] = base64.b64encode(source.pngs[artifact.id]).decode("ascii")
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

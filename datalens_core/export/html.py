"""A session as one HTML page: charts are interactive offline, and nothing can be fetched."""

from __future__ import annotations

import html
import json
import secrets
from typing import Any

from datalens_core.export.outline import Chapter, chapters, outcome
from datalens_core.models import Artifact, ArtifactType, Execution, SessionDetail
from datalens_core.version import version

MAX_ROWS = 100

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #2b6cb0; }
body { font: 15px/1.55 system-ui, sans-serif; max-width: 860px; margin: 40px auto;
padding: 0 20px; }
h1 { font-size: 24px; } h2 { font-size: 18px; margin: 40px 0 8px; border-top: 1px solid var(--line);
padding-top: 24px; } .answer { white-space: pre-wrap; font-size: 16px; }
.about, footer { color: #777; font-size: 13px; } summary { cursor: pointer; color: var(--accent); }
pre { background: var(--soft); padding: 12px; overflow: auto; font-size: 13px; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: 3px 10px; text-align: right; }
.chart { height: 440px; background: #fff; margin: 12px 0; } img { max-width: 100%; }
"""

_DRAW = """
for (const place of document.querySelectorAll('.chart')) {
  const figure = JSON.parse(document.getElementById(place.dataset.figure).textContent);
  Plotly.newPlot(place, figure.data, figure.layout || {}, {responsive: true, displaylogo: false,
    showSendToCloud: false, plotlyServerURL: ''});
}
"""


def page(detail: SessionDetail) -> bytes:
    """The session as one self-contained page (UTF-8). Everything from data is text."""
    nonce = secrets.token_urlsafe(16)
    title = html.escape(detail.session.title or "Analysis")
    csp = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline';"
        " img-src data: blob:; form-action 'none'; base-uri 'none'"
    )
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        f'<meta http-equiv="Content-Security-Policy" content="{csp}">',
        "<meta name='viewport' content='width=device-width'>",
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1><p class='about'>{_about(detail)}</p>",
        *(_chapter(c) for c in chapters(detail)),
        f"<footer>Made with DataLens {html.escape(version())}.</footer>",
    ]
    if any(a.type is ArtifactType.CHART for a in detail.artifacts):
        from plotly.offline import get_plotlyjs

        parts += [f"<script nonce='{nonce}'>{get_plotlyjs()}</script>"]
        parts += [f"<script nonce='{nonce}'>{_DRAW}</script>"]
    parts.append("</body></html>")
    return "\n".join(parts).encode("utf-8", "replace")


def _about(detail: SessionDetail) -> str:
    files = ", ".join(
        f"{html.escape(d.name)} ({d.dataset_schema.row_count:,} rows)" for d in detail.datasets
    )
    return f"Data: {files or 'none'}. The code ran in an isolated sandbox."


def _chapter(chapter: Chapter) -> str:
    run = chapter.run
    heading = html.escape(" ".join(run.query.split())) if run.query else "Code from a notebook"
    parts = [f"<section><h2>{heading}</h2>"]
    if text := outcome(run):
        parts.append(f"<p class='answer'>{html.escape(text)}</p>")
    for execution in chapter.executions:
        artifacts = execution.result.artifacts if execution.result else []
        parts += [_artifact(a) for a in artifacts]
    if run.assumptions:
        items = "".join(f"<li>{html.escape(a)}</li>" for a in run.assumptions)
        parts.append(f"<details><summary>Assumptions</summary><ul>{items}</ul></details>")
    if run.plan is not None:
        items = "".join(f"<li>{html.escape(s)}</li>" for s in run.plan.steps)
        parts.append(f"<details><summary>Plan</summary><ol>{items}</ol></details>")
    parts += [_code(e) for e in chapter.executions]
    return "".join([*parts, "</section>"])


def _code(execution: Execution) -> str:
    blocks = [f"<pre>{html.escape(execution.code)}</pre>"]
    if execution.result is not None:
        printed = execution.result.stdout + execution.result.stderr
        if printed.strip():
            blocks.append(f"<p class='about'>Output</p><pre>{html.escape(printed)}</pre>")
    return f"<details><summary>Code, step {execution.step}</summary>{''.join(blocks)}</details>"


def _artifact(artifact: Artifact) -> str:
    content = artifact.content
    if not isinstance(content, dict):
        return ""
    if artifact.type is ArtifactType.CHART:
        place = html.escape(f"figure-{artifact.id}", quote=True)
        return (
            f"<script type='application/json' id='{place}'>{_json(content)}</script>"
            f"<div class='chart' data-figure='{place}'></div>"
        )
    if artifact.type is ArtifactType.TABLE:
        return _table(content)
    if artifact.type is ArtifactType.IMAGE:
        mime = "image/jpeg" if content.get("mime") == "image/jpeg" else "image/png"
        data = html.escape(str(content.get("data", "")), quote=True)
        return f"<img alt='{html.escape(artifact.metadata.title)}' src='data:{mime};base64,{data}'>"
    if artifact.type is ArtifactType.ERROR:
        return f"<pre>{html.escape(str(content.get('traceback', '')))}</pre>"
    return ""


def _table(content: dict[str, Any]) -> str:
    head = "".join(f"<th>{html.escape(str(c))}</th>" for c in content.get("columns", []))
    rows = content.get("rows", [])[:MAX_ROWS]
    body = "".join(
        "<tr>" + "".join(f"<td>{'' if v is None else html.escape(str(v))}</td>" for v in row)
        for row in rows
    )
    more = int(content.get("row_count", 0)) - len(rows)
    note = f"<p class='about'>… {more:,} more rows</p>" if more > 0 else ""
    return f"<table><tr>{head}</tr>{body}</table>{note}"


def _json(value: Any) -> str:
    """JSON that cannot leave its script element."""
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

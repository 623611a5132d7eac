"""A session as one HTML page: charts are interactive offline, and nothing can be fetched."""

from __future__ import annotations

import base64
import html
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any

from datalens_core.export.answers import Block, blocks
from datalens_core.export.cells import is_number, readable
from datalens_core.export.outline import (
    SETUP,
    Chapter,
    Source,
    chapters,
    outcome,
    redactions,
    verifications,
)
from datalens_core.models import Artifact, ArtifactType, Execution

MAX_ROWS = 100
# plotly.js draws these from outlines and styles that it fetches: here only their picture is shown.
MAP = re.compile(r"choropleth|scattergeo|(scatter|density|choropleth)map(box)?")
DRAWN_LATER = "It has not been drawn by a browser yet, so there is no picture of it."


def page(source: Source) -> bytes:
    """The session as one self-contained page (UTF-8). Everything from data is text."""
    nonce = secrets.token_urlsafe(16)
    title = html.escape(source.title)
    csp = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline';"
        " img-src data: blob:; form-action 'none'; base-uri 'none'"
    )
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        f'<meta http-equiv="Content-Security-Policy" content="{csp}">',
        "<meta name='viewport' content='width=device-width'>",
        f"<title>{title}</title><style>{_own('page.css')}</style></head><body><main>",
        f"<header><h1 dir=auto>{title}</h1>",
        f"<p class='quiet'>{html.escape(source.about)}</p></header>",
        *(_chapter(source, c) for c in chapters(source.detail)),
        _colophon(source),
        "</main>",
    ]
    if any(a.type is ArtifactType.CHART for a in source.detail.artifacts):
        from plotly.offline import get_plotlyjs

        parts += [f"<script nonce='{nonce}'>{get_plotlyjs()}</script>"]
        parts += [f"<script nonce='{nonce}'>{_own('page.js')}</script>"]
    parts.append("</body></html>")
    return "\n".join(parts).encode("utf-8", "replace")


def _own(name: str) -> str:
    return (resources.files("datalens_core.export") / name).read_text(encoding="utf-8")


def _chapter(source: Source, chapter: Chapter) -> str:
    run = chapter.run
    parts = [f"<section><h2 dir=auto>{html.escape(chapter.heading)}</h2>"]
    if chapter.question:
        parts.append(f"<p class='quiet' dir=auto>{html.escape(chapter.question)}</p>")
    parts += [_block(block) for block in blocks(outcome(run))]
    for execution in chapter.executions:
        artifacts = execution.result.artifacts if execution.result else []
        parts += [_artifact(source, a) for a in artifacts]
    for check in verifications(run):
        kind = "quiet" if check.passed else "warn"
        parts.append(f"<p class='{kind}'>{html.escape(check.text)}</p>")
    if run.assumptions:
        parts.append(_details("Assumptions", _list("ul", run.assumptions)))
    if run.plan is not None:
        parts.append(_details("Plan", _list("ol", run.plan.steps)))
    parts += [_code(e) for e in chapter.executions]
    if chapter.repairs:
        parts.append(f"<p class='quiet'>{html.escape(chapter.repairs)}</p>")
    return "".join([*parts, "</section>"])


def _colophon(source: Source) -> str:
    replaced = redactions(source)
    told = (
        _rows(("Kind", "Where", "Count"), replaced, numeric=(False, False, True))
        if replaced
        else "<p class='quiet'>Nothing was replaced.</p>"
    )
    read = _details(SETUP, f"<pre>{html.escape(source.setup)}</pre>") if source.setup else ""
    made = _rows(("Name", "Version"), list(source.versions.items()), numeric=(False, False))
    return (
        f"<section><h2>About this page</h2>{read}"
        f"<h3>Replaced before anything went to a model</h3>{told}"
        f"<h3>Versions</h3>{made}</section>"
    )


def _block(block: Block) -> str:
    lines = [
        "".join(
            f"<strong>{html.escape(s.text)}</strong>" if s.bold else html.escape(s.text)
            for s in line
        )
        for line in block.lines
    ]
    if block.kind == "text":
        return f"<p class='answer' dir=auto>{'<br>'.join(lines)}</p>"
    tag = "ul" if block.kind == "bullets" else "ol"
    return f"<{tag} class='answer' dir=auto>{''.join(f'<li>{line}</li>' for line in lines)}</{tag}>"


def _list(tag: str, items: Iterable[str]) -> str:
    return f"<{tag} dir=auto>{''.join(f'<li>{html.escape(item)}</li>' for item in items)}</{tag}>"


def _details(summary: str, body: str) -> str:
    return f"<details><summary>{html.escape(summary)}</summary>{body}</details>"


def _code(execution: Execution) -> str:
    body = [f"<pre>{html.escape(execution.code)}</pre>"]
    if (result := execution.result) is not None:
        for name, text in (("Output", result.stdout), ("Errors and notices", result.stderr)):
            if text.strip():
                body.append(f"<p class='quiet'>{name}</p><pre>{html.escape(text)}</pre>")
    origin = "" if execution.origin == "agent" else " (from a notebook)"
    return _details(f"Code and logs, step {execution.step}{origin}", "".join(body))


def _artifact(source: Source, artifact: Artifact) -> str:
    content = artifact.content
    if not isinstance(content, dict):
        return ""
    if artifact.type is ArtifactType.CHART:
        return _chart(source, artifact, content)
    if artifact.type is ArtifactType.TABLE:
        return _table(content)
    if artifact.type is ArtifactType.IMAGE:
        mime = "image/jpeg" if content.get("mime") == "image/jpeg" else "image/png"
        return _picture(artifact, mime, str(content.get("data", "")))
    if artifact.type is ArtifactType.ERROR:
        return f"<pre>{html.escape(str(content.get('traceback', '')))}</pre>"
    return ""


def _chart(source: Source, artifact: Artifact, content: dict[str, Any]) -> str:
    if _is_map(content):
        png = source.pngs.get(artifact.id)
        if png is None:
            title = html.escape(artifact.metadata.title)
            return f"<p class='missing'>{title}<br>{DRAWN_LATER}</p>"
        return _picture(artifact, "image/png", base64.b64encode(png).decode("ascii"))
    place = html.escape(f"figure-{artifact.id}", quote=True)
    return (
        f"<script type='application/json' id='{place}'>{_json(content)}</script>"
        f"<div class='chart' data-figure='{place}'></div>"
    )


def _is_map(figure: dict[str, Any]) -> bool:
    data = figure.get("data")
    traces = data if isinstance(data, list) else []
    return any(MAP.fullmatch(str(t.get("type", ""))) for t in traces if isinstance(t, dict))


def _picture(artifact: Artifact, mime: str, data: str) -> str:
    alt = html.escape(artifact.metadata.title, quote=True)
    return f"<img alt='{alt}' src='data:{mime};base64,{html.escape(data, quote=True)}'>"


def _table(content: dict[str, Any]) -> str:
    columns = [str(c) for c in content.get("columns", [])]
    rows = content.get("rows", [])[:MAX_ROWS]
    numeric = [all(is_number(row[i]) for row in rows) for i in range(len(columns))]
    shown = [[readable(value) for value in row] for row in rows]
    more = int(content.get("row_count", 0)) - len(rows)
    note = f"<p class='quiet'>… {more:,} more rows</p>" if more > 0 else ""
    return _rows(columns, shown, numeric) + note


def _rows(columns: Sequence[str], rows: Iterable[Sequence[str]], numeric: Sequence[bool]) -> str:
    def line(tag: str, values: Sequence[str]) -> str:
        places = zip(values, numeric, strict=True)
        told = (f"<{tag}{' class=number' * n}>{html.escape(v)}</{tag}>" for v, n in places)
        return f"<tr>{''.join(told)}</tr>"

    body = "".join(line("td", row) for row in rows)
    head = line("th", columns)
    return f"<div class='table'><table><thead>{head}</thead><tbody>{body}</tbody></table></div>"


def _json(value: Any) -> str:
    """JSON that cannot leave its script element."""
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

"""Exports stand on their own, and whatever came from data stays text in them."""

from __future__ import annotations

import io
import json
import re
import struct
import zlib

import nbformat
import pytest
from PIL import Image

from datalens_core.errors import InvalidRequest
from datalens_core.executions import code_hash
from datalens_core.export import export_session
from datalens_core.export.outline import escape_markdown
from datalens_core.export.pictures import reencode_png
from datalens_core.models import (
    Artifact,
    ArtifactMetadata,
    Execution,
    ExecutionPlan,
    ExecutionResult,
    RunStatus,
    RunSummary,
    Session,
    SessionDetail,
    now,
)

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> ![x](http://evil.test/p) \"'{{"
CODE = "result = df.groupby('region')['revenue'].mean()\nresult"


def png(size: tuple[int, int] = (4, 4)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "PNG")
    return out.getvalue()


def session(text: str = "revenue by region") -> SessionDetail:
    chart = Artifact(
        id="c1",
        type="chart",
        content={"data": [{"type": "bar", "x": [text], "y": [1]}], "layout": {}},
        metadata=ArtifactMetadata(title=text),
    )
    table = Artifact(
        type="table", content={"columns": [text], "rows": [[text], [None]], "row_count": 5000}
    )

    def execution(step: int, success: bool, artifacts: list[Artifact]) -> Execution:
        result = ExecutionResult(
            success=success,
            code=CODE,
            stdout=text,
            stderr="",
            artifacts=artifacts,
            execution_time=1,
        )
        return Execution(
            id=f"e{step}",
            session_id="s",
            run_id="r",
            step=step,
            code=CODE,
            sha256=code_hash(CODE),
            result=result,
        )

    return SessionDetail(
        session=Session(id="s", user_id="ada", title=text),
        datasets=[],
        messages=[],
        runs=[
            RunSummary(
                run_id="r",
                query=text,
                status=RunStatus.COMPLETED,
                plan=ExecutionPlan(steps=[text], estimated_complexity="low", required_libraries=[]),
                answer=text,
                assumptions=[text],
                started_at=now(),
            )
        ],
        executions=[execution(1, False, []), execution(2, True, [chart, table])],
        artifacts=[chart, table],
    )


def test_a_notebook_is_valid_and_its_cells_keep_the_contract() -> None:
    exported = export_session(session(), {"c1": png()}, "ipynb")
    book = nbformat.reads(exported.content.decode(), as_version=4)
    nbformat.validate(book)
    [cell] = [c for c in book.cells if c.source.startswith("%%datalens")]
    first, _, code = cell.source.partition("\n")
    assert first == f"%%datalens run --session s --step 2 --sha256 {code_hash(CODE)}"
    assert code == CODE
    assert (cell.metadata.editable, cell.metadata.deletable) == (False, False)
    assert cell.metadata.tags == ["datalens"]
    assert set(cell.metadata.datalens) == {"version", "session_id", "run_id", "step", "sha256"}
    assert "trusted" not in cell.metadata
    bundle = cell.outputs[1].data
    assert {"application/vnd.plotly.v1+json", "image/png", "text/plain"} == set(bundle)


def test_a_chart_that_no_browser_drew_says_so_where_its_picture_would_be() -> None:
    book = nbformat.reads(export_session(session(), {}, "ipynb").content.decode(), as_version=4)
    shown = [o.data for c in book.cells if "outputs" in c for o in c.outputs if "data" in o]
    assert "not drawn yet" in shown[0]["text/plain"]
    assert "image/png" not in shown[0]


def test_hostile_text_stays_text_in_the_page() -> None:
    page = export_session(session(HOSTILE), {}, "html").content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert "default-src 'none'" in policy.group(1)
    [figure] = re.findall(r"<script type='application/json' id='figure-c1'>(.*?)</script>", page)
    assert json.loads(figure)["data"][0]["x"] == [HOSTILE]


def test_hostile_text_is_escaped_in_the_notebooks_markdown() -> None:
    book = nbformat.reads(
        export_session(session(HOSTILE), {}, "ipynb").content.decode(), as_version=4
    )
    for cell in book.cells:
        if cell.cell_type == "markdown":
            assert "<script" not in cell.source.replace("\\<", "")
            assert "![x](" not in cell.source


def test_names_of_files_are_made_of_harmless_characters() -> None:
    exported = export_session(session("../../etc/passwd; rm -rf"), {}, "html")
    assert re.fullmatch(r"[\w-]+\.html", exported.filename)


def test_another_format_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        export_session(session(), {}, "docx")


def test_a_picture_is_written_anew() -> None:
    hidden = png() + b"<script>alert(1)</script>"
    again = reencode_png(hidden)
    assert b"script" not in again
    assert Image.open(io.BytesIO(again)).size == (4, 4)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", png((5000, 1))])
def test_what_is_not_a_usable_png_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidRequest):
        reencode_png(data)


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/x",
        "see www.evil.example",
        "ask a@evil.example",
        "[x](https://evil.example)",
        "<https://evil.example>",
        "1. one",
        "    code",
        "=====",
        HOSTILE,
    ],
)
def test_a_notebook_shows_foreign_text_without_links_or_markup(text: str) -> None:
    from nbconvert.filters import markdown2html

    html = markdown2html(escape_markdown(text))
    assert not re.search(r"<(a|img|script|pre|code|ol|h1)\b", html)


def test_a_picture_that_would_unpack_to_gigabytes_is_refused() -> None:
    huge = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR"
    huge += struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    huge += struct.pack(">I", zlib.crc32(huge[12:]))
    with pytest.raises(InvalidRequest):
        reencode_png(huge)

"""Exports stand on their own, and whatever came from data stays text in them."""

from __future__ import annotations

import html
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
from datalens_core.export import FORMATS, export_session
from datalens_core.export.answers import Block, Span, blocks
from datalens_core.export.cells import readable
from datalens_core.export.markdown import escape_answer, escape_markdown
from datalens_core.export.pictures import reencode_png
from tests.support.analyses import CODE, HOSTILE, analysis, png


def test_a_notebook_is_valid_and_its_cells_keep_the_contract() -> None:
    exported = export_session(analysis(pngs={"c1": png()}), "ipynb")
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
    bundle = cell.outputs[2].data
    assert cell.outputs[2].metadata == {"image/png": {"width": 720}}
    assert {"application/vnd.plotly.v1+json", "image/png", "text/plain"} == set(bundle)


def test_a_chart_that_no_browser_drew_says_so_where_its_picture_would_be() -> None:
    book = nbformat.reads(export_session(analysis(), "ipynb").content.decode(), as_version=4)
    shown = [o.data for c in book.cells if "outputs" in c for o in c.outputs if "data" in o]
    assert "not drawn yet" in shown[0]["text/plain"]
    assert "image/png" not in shown[0]


def test_hostile_text_stays_text_in_the_page() -> None:
    page = export_session(analysis(HOSTILE), "html").content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert "default-src 'none'" in policy.group(1)
    [figure] = re.findall(r"<script type='application/json' id='figure-c1'>(.*?)</script>", page)
    assert json.loads(figure)["data"][0]["x"] == [HOSTILE]


def test_no_cell_of_an_export_begins_a_formula_in_a_spreadsheet() -> None:
    """A page is the one export that spreadsheets open: there, all its cells are text."""
    assert FORMATS == ("ipynb", "html", "pdf")
    page = export_session(analysis("=HYPERLINK(1)"), "html").content.decode()
    assert ">=HYPERLINK(1)</td>" in page
    style = page[page.index("<style>") : page.index("</style>")]
    assert r"th, td { mso-number-format: '\@'; }" in style


def test_hostile_text_is_escaped_in_the_notebooks_markdown() -> None:
    book = nbformat.reads(export_session(analysis(HOSTILE), "ipynb").content.decode(), as_version=4)
    for cell in book.cells:
        if cell.cell_type == "markdown":
            assert "<script" not in cell.source.replace("\\<", "")
            assert "![x](" not in cell.source


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd; rm -rf", "etcpasswd-rm--rf.html"),
        ("Où est Société “Générale”?", "Où-est-Société-Générale.html"),
        ("बिक्री\u202e\x00\n📈", "बिक्री.html"),
        ("‽…", "analysis.html"),
    ],
)
def test_names_of_files_are_made_of_letters_whatever_the_alphabet(title: str, name: str) -> None:
    assert export_session(analysis(title), "html").filename == name


def test_another_format_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        export_session(analysis(), "docx")


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


def text_of(format: str) -> str:
    content = export_session(analysis(), format).content.decode()
    if format == "html":
        return html.unescape(
            re.sub(r"<[^>]+>", " ", content.split("<main>")[1].split("</main>")[0])
        )
    cells = nbformat.reads(content, as_version=4).cells
    markdown = (re.sub(r"\\(.)", r"\1", c.source) for c in cells if c.cell_type == "markdown")
    printed = (o.get("text", "") for c in cells for o in c.get("outputs", []))
    return " ".join([*markdown, *(c.source for c in cells), *printed])


TOLD = [
    "revenue by region",
    "Plan revenue by region",
    "Assumed revenue by region",
    "Not verified: Not found in the outputs: 17.",
    "Verified: Charts show data.",
    "careful: revenue by region",
    "One attempt failed before",
    "Email address",
    "1,204",
    "DataLens 1.2.3",
    "a/model",
    "pandas 3.0.0",
    CODE.splitlines()[0],
]


@pytest.mark.parametrize("format", ["ipynb", "html"])
def test_an_export_tells_how_the_answer_was_found_and_what_made_it(format: str) -> None:
    words = " ".join(text_of(format).split())
    assert [told for told in TOLD if told not in words] == []


def test_a_long_question_is_whole_below_a_short_heading() -> None:
    question = " ".join(f"word{n}" for n in range(100))
    page = export_session(analysis(question), "html").content.decode()
    [heading] = re.findall(r"<h2 dir=auto>(word.*?)</h2>", page)
    assert len(heading) < 170
    assert f"<p class='quiet' dir=auto>{question}</p>" in page


def test_a_map_is_a_picture_in_the_page_as_drawing_it_would_fetch() -> None:
    source = analysis(pngs={"c1": png()})
    content = {"data": [{"type": "choropleth", "locations": ["NOR"], "z": [1]}], "layout": {}}
    held = source.detail.executions[1].result
    assert held is not None
    held.artifacts[0].content = content
    page = export_session(source, "html").content.decode()
    assert "<div class='chart'" not in page
    assert "<img alt='revenue by region' src='data:image/png;base64," in page


def test_bold_words_and_lists_of_an_answer_are_kept_and_nothing_else_is_markup() -> None:
    answer = "**West** leads <b>x</b>:\n- a [l](http://evil.test)\n- b\n\n1. one\n\n    code **"
    assert blocks(answer) == [
        Block("text", [[Span("West", bold=True), Span(" leads <b>x</b>:")]]),
        Block("bullets", [[Span("a [l](http://evil.test)")], [Span("b")]]),
        Block("numbers", [[Span("one")]]),
        Block("text", [[Span("    code **")]]),
    ]
    shown = escape_answer(answer)
    assert shown.startswith("**West** leads \\<b\\>x")
    assert "\n- a \\[l\\]" in shown
    assert "\n1. one" in shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (2007, "2007"),
        (1318683096, "1,318,683,096"),
        (1318683.094, "1,318,683.09"),
        (0.1234567, "0.123457"),
        (1e-9, "1e-09"),
        (4210.0, "4210"),
        (True, "True"),
        ("=1+1", "=1+1"),
        (["a", 1], '["a", 1]'),
    ],
)
def test_values_of_tables_are_written_for_people(value: object, shown: str) -> None:
    assert readable(value) == shown

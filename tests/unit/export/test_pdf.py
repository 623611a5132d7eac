"""The PDF: what it tells, what it cuts, what it draws, and that text stays text in it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from datalens_core.errors import DataLensError
from datalens_core.export import export_session
from datalens_core.export.outline import Source
from datalens_core.export.pdf import BREAK, Pictures, document, typeset
from tests.support.analyses import HOSTILE, analysis, chart, execution, png, result, table


@contextmanager
def opened(source: Source) -> Iterator[pypdfium2.PdfDocument]:
    exported = export_session(source, "pdf")
    assert (exported.filename[-4:], exported.media_type) == (".pdf", "application/pdf")
    pdf = pypdfium2.PdfDocument(exported.content)
    try:
        yield pdf
    finally:
        pdf.close()


def words(source: Source) -> str:
    with opened(source) as pdf:
        texts = (pdf[n].get_textpage().get_text_range() for n in range(len(pdf)))
        return " ".join(" ".join(texts).replace(BREAK, "").split())


def colours(source: Source) -> set[tuple[int, ...]]:
    with opened(source) as pdf:
        picture = pdf[0].render(scale=0.5).to_pil().convert("RGB")
    return {colour for _, colour in picture.getcolors(1 << 20) or []}


def test_it_tells_how_the_answer_was_found_and_what_made_it() -> None:
    told = [
        "revenue by region",
        "Plan revenue by region",
        "Assumed revenue by region",
        "Not verified: Not found in the outputs: 17.",
        "Verified: Charts show data.",
        "result = df.groupby('region')['revenue'].mean()",
        "careful: revenue by region",
        "One attempt failed before",
        "12,345.50",
        "Email address question, columns and sample 1,204",
        "DataLens 1.2.3 Model a/model pandas 3.0.0",
        "Written on 24 November 2026",
    ]
    shown = words(analysis())
    assert [text for text in told if text not in shown] == []


def test_a_chart_is_the_picture_that_a_browser_drew() -> None:
    blue = (10, 20, 200)
    assert blue not in colours(analysis())
    assert blue in colours(analysis(pngs={"c1": png((60, 35), "#0a14c8")}))


def test_a_chart_that_no_browser_drew_says_so_where_its_picture_would_be() -> None:
    assert "has not been drawn by a browser yet" in words(analysis())
    assert "has not been drawn" not in words(analysis(pngs={"c1": png()}))


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        '#read("/etc/passwd") #import "@preview/x:1.0.0": * $x^2$ *b* _i_ `c` <l> @r \\ // /* =',
        '"#sys.inputs" ] } ) #{ [ ( ```',
    ],
)
def test_hostile_text_is_shown_as_it_is(text: str) -> None:
    shown = words(analysis(text, answer=f"answer {text}"))
    assert shown.count(" ".join(text.split())) >= 6


def test_accents_cyrillic_and_greek_are_drawn_with_what_is_built_in() -> None:
    shown = words(analysis("naïve façade Łódź Выручка έσοδα ½ € → −3"))
    assert "naïve façade Łódź Выручка έσοδα ½ € → −3" in shown
    assert "no font" not in shown


def test_other_scripts_and_signs_are_drawn_with_what_is_installed() -> None:
    shown = words(analysis("地域別の売上 बिक्री ยอดขาย மொத்தம் 📈 ✓ ★"))
    assert "地域別の売上" in shown
    assert "no font" not in shown


@pytest.mark.parametrize("text", ["private \U0010f000 character", "signs 𓀀𓀁"])
def test_what_no_font_has_is_said_and_the_document_is_made_all_the_same(text: str) -> None:
    shown = words(analysis(text))
    assert "Some characters have no font on the machine that made this document" in shown
    assert f"Plan {text.split()[0]}" in shown


def test_a_text_from_right_to_left_begins_at_the_right() -> None:
    with opened(analysis("متوسط المبيعات حسب المنطقة", answer="West")) as pdf:
        page = pdf[0]
        text = page.get_textpage()
        whole = text.get_text_range()
        title = text.get_charbox(whole.index("م"))
        about = text.get_charbox(whole.index("D"))
        middle = page.get_width() / 2
    assert about[0] < middle < title[2]


@pytest.mark.parametrize("text", ["a\x00b\x1bc\x85", "lone \ud800 surrogate", "\ufffe", "a\u200db"])
def test_characters_that_no_document_may_hold_do_not_stop_it(text: str) -> None:
    assert document(analysis(text)).startswith(b"%PDF")


def test_long_logs_and_tables_are_cut_and_say_so() -> None:
    log = "\n".join(f"line {n}" for n in range(10_000))
    wide = table("wide")
    wide.content = {
        "columns": [f"column {n}" for n in range(50)],
        "rows": [list(range(50))] * 1000,
        "row_count": 123_456,
    }
    source = analysis(executions=[execution(1, result(log, [wide, chart("c")]))])
    shown = words(source)
    assert "line 0 " in shown
    assert "line 9999" in shown
    assert "9,940 lines are left out here." in shown
    assert "Not shown here: 123,426 more rows and 42 more columns." in shown
    with opened(source) as pdf:
        assert len(pdf) < 10


def test_what_is_longer_than_a_line_is_broken_and_stays_on_the_page() -> None:
    with opened(analysis("x" * 3000)) as pdf:
        page = pdf[0]
        width = page.get_width()
        text = page.get_textpage()
        boxes = [text.get_charbox(n) for n in range(text.count_chars())]
    assert max(right for _, _, right, _ in boxes) < width


def test_nothing_that_was_set_stays_on_the_disk(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("temporary")
    code = (
        "from tests.support.analyses import analysis\n"
        "from datalens_core.export.pdf import document\n"
        "assert document(analysis()).startswith(b'%PDF')"
    )
    environment = os.environ | {"TMPDIR": str(folder)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert list(folder.iterdir()) == []


def test_a_document_that_cannot_be_set_is_one_clear_error(tmp_path: Path) -> None:
    program = tmp_path / "fails.py"
    program.write_text("raise SystemExit('the title of the document')")
    with pytest.raises(DataLensError, match="PDF could not be made") as caught:
        typeset(program, tmp_path)
    assert "title" not in str(caught.value.body())


def test_a_small_file_of_very_many_pixels_is_not_unpacked(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 50_000
    assert Pictures(tmp_path).add_foreign(bomb.getvalue()) is None

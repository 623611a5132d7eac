"""What of a sandbox's results may be shown."""

from __future__ import annotations

import base64
import io
import struct
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from datalens_core.models import ArtifactType
from datalens_core.sandbox.in_sandbox import TABLE_MIME, cell, table
from datalens_core.sandbox.output import PLOTLY_MIME, error_artifact, shown_results, without_paths
from datalens_core.sandbox.pictures import pixels
from tests.support.analyses import png

PNG = base64.b64encode(png()).decode()


def jpeg(size: tuple[int, int], **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("L", size).save(out, "JPEG", **options)
    return out.getvalue()


@dataclass
class Sent:
    """A result as a sandbox may send it."""

    text: Any = None
    png: Any = None
    jpeg: Any = None
    html: Any = None
    svg: Any = None
    pdf: Any = None
    extra: Any = field(default_factory=dict)


def test_html_is_left_out_and_its_text_is_kept() -> None:
    shown = shown_results([Sent(text="<B object>", html="<script>alert(1)</script>")])
    assert (shown.artifacts, shown.text) == ([], ["<B object>"])


def test_a_picture_of_a_kind_that_is_not_shown_is_left_out_and_said() -> None:
    shown = shown_results([Sent(text="<Figure with 1 Axes>", svg="<svg/>")])
    assert (shown.artifacts, shown.text) == ([], ["<Figure with 1 Axes>"])
    assert shown.notices == ["A picture was left out: pictures may be PNG or JPEG."]


def test_a_picture_must_be_what_it_says() -> None:
    good, bad, worse = shown_results([Sent(png=PNG)]), shown_results([Sent(png="PHN2Zz4=")]), (
        shown_results([Sent(jpeg=PNG), Sent(png="%%%")])
    )  # fmt: skip
    assert good.artifacts[0].content == {"mime": "image/png", "data": PNG}
    assert not bad.artifacts
    assert not worse.artifacts
    assert bad.notices == ["A picture was left out: it is not a valid image."]


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"exif": bytes(5000)}])
def test_a_picture_says_how_large_it_is(options: dict[str, Any]) -> None:
    assert pixels(jpeg((70, 30), **options)) == 2100
    assert pixels(png((7, 3))) == 21
    for cut in (b"", png()[:20], jpeg((7, 3))[:30], b"\xff\xd8\xff\xe0\x00\x00" * 9):
        assert pixels(cut) is None


def test_a_small_file_that_is_a_huge_picture_is_left_out_and_says_so() -> None:
    huge = png()[:16] + struct.pack(">II", 60_000, 60_000) + png()[24:]
    wide = jpeg((60_000, 1000))
    shown = shown_results(
        [
            Sent(png=base64.b64encode(huge).decode()),
            Sent(jpeg=base64.b64encode(wide).decode()),
        ]
    )
    assert not shown.artifacts
    assert shown.notices == [
        "A picture of 3,600 megapixels was left out: pictures may have 50.",
        "A picture of 60 megapixels was left out: pictures may have 50.",
    ]


def test_a_figure_over_5_mb_is_left_out_and_says_so() -> None:
    figure = {"data": [{"type": "bar", "text": ["x" * 1000] * 6000}], "layout": {}}
    shown = shown_results([Sent(extra={PLOTLY_MIME: figure})])
    assert not shown.artifacts
    assert "figures may have 5 MB" in shown.notices[0]


@pytest.mark.parametrize(
    "content",
    [
        {"columns": ["a"], "rows": [[1, 2]], "row_count": 1},
        {"columns": "a", "rows": [], "row_count": 1},
        {"columns": ["a"], "rows": [3], "row_count": 1},
        {"columns": ["a"], "rows": [], "row_count": "many"},
    ],
)
def test_a_table_of_the_wrong_shape_is_left_out(content: dict[str, Any]) -> None:
    shown = shown_results([Sent(extra={TABLE_MIME: content})])
    assert not shown.artifacts
    assert shown.notices


def test_a_tables_nested_cells_become_text() -> None:
    content = {"columns": ["a"], "rows": [[{"b": [1]}], [float("nan")]], "row_count": 2}
    (artifact,) = shown_results([Sent(extra={TABLE_MIME: content})]).artifacts
    assert artifact.type is ArtifactType.TABLE
    assert artifact.content == {"columns": ["a"], "rows": [["{'b': [1]}"], [None]], "row_count": 2}


def test_a_wide_table_is_cut_and_says_so() -> None:
    import pandas as pd

    sent = table(pd.DataFrame([range(3000)]))
    shown = shown_results([Sent(extra={TABLE_MIME: sent})])
    assert shown.notices == ["The table shows the first 500 of 3,000 columns."]


def test_long_cells_are_cut_and_said() -> None:
    import pandas as pd

    sent = table(pd.DataFrame({"a": ["x" * 5000, "y" * 2000, "z"]}))
    shown = shown_results([Sent(extra={TABLE_MIME: sent})])
    assert isinstance(shown.artifacts[0].content, dict)
    rows = shown.artifacts[0].content["rows"]
    assert rows == [["x" * 2000 + "…"], ["y" * 2000], ["z"]]
    assert shown.notices == [
        "1 cell of the table had more than 2,000 characters: the rest is cut off (…)."
    ]


def test_a_long_error_shows_that_it_goes_on() -> None:
    content = error_artifact("E", "v" * 30_000, "t" * 200_000).content
    assert isinstance(content, dict)
    assert str(content["value"]).endswith("v…")
    assert str(content["traceback"]).startswith("…t")


def test_levels_of_an_index_become_columns() -> None:
    import pandas as pd

    frame = pd.DataFrame({"a": [1, 1], "b": ["x", "y"], "v": [3, 4]}).set_index(["a", "b"])
    assert table(frame)["columns"] == ["a", "b", "v"]
    assert table(frame)["rows"] == [[1, "x", 3], [1, "y", 4]]


def test_cells_that_python_does_not_have_become_text() -> None:
    import numpy as np
    import pandas as pd

    values = [np.float64("nan"), np.int8(3), pd.NA, pd.NaT, pd.Timestamp("2024-01-02"), 2 + 1j]
    assert [cell(v) for v in values] == [None, 3, None, None, "2024-01-02T00:00:00", "(2+1j)"]


@given(
    st.sampled_from(
        [
            f"{sys.prefix}/lib/python3.11/site-packages/",
            "/home/ada lovelace/.venv/lib/python3.13/site-packages/",
            "/usr/local/lib/python3.13/dist-packages/",
            "/home/user/",
        ]
    ),
    st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}){0,2}\.py", fullmatch=True),
    st.integers(1, 9999),
)
def test_paths_of_the_machine_are_cut_to_what_the_user_knows(
    folder: str, module: str, line: int
) -> None:
    text = f"File {folder}{module}:{line}, in f(x)\n-> 1 x['y']"
    for cleaned in (without_paths(text), error_artifact("E", text, text).model_dump_json()):
        assert folder not in cleaned
        assert "site-packages" not in cleaned
        assert f"{module}:{line}" in cleaned


def test_colours_and_cell_files_are_cut() -> None:
    text = "\x1b[0;31mKeyError\x1b[0m at /tmp/ipykernel_7/123.py:1"
    assert without_paths(text) == "KeyError at cell:1"

"""What the kernel may leave in a notebook, whatever an artifact holds."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from datalens_jupyter.mimebundles import PLOTLY, TABLE, bundle

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n rest").decode()


def test_a_chart_keeps_its_data_and_loses_what_would_fetch() -> None:
    figure = {
        "data": [{"type": "bar", "x": ["a"], "y": [1]}],
        "layout": {
            "title": {"text": "Totals"},
            "images": [{"source": "https://evil.example/pixel.png"}],
        },
    }
    shown = bundle({"type": "chart", "content": figure, "metadata": {"title": "Totals"}})
    assert shown is not None
    assert set(shown) == {PLOTLY, "text/plain"}
    assert shown[PLOTLY]["data"][0]["y"] == [1]
    assert "evil.example" not in json.dumps(shown)


def test_a_chart_is_read_in_any_theme_unless_its_code_chose_colours() -> None:
    import plotly.express as px

    def shown(template: str) -> Any:
        figure = json.loads(px.bar(x=["a"], y=[1], template=template).to_json())
        held = bundle({"type": "chart", "content": figure, "metadata": {}})
        assert held is not None
        return held[PLOTLY]["layout"]["template"]["layout"]

    light = shown("plotly")
    assert (light["paper_bgcolor"], light["plot_bgcolor"]) == ("rgba(0, 0, 0, 0)",) * 2
    assert light["font"]["color"] == "#777777"
    assert light["xaxis"]["automargin"] is True
    assert light["xaxis"]["gridcolor"] == light["polar"]["radialaxis"]["gridcolor"]
    assert shown("plotly_dark")["paper_bgcolor"] == "rgb(17,17,17)"


def test_a_table_is_shown_with_its_head_as_text() -> None:
    content = {"columns": ["n"], "rows": [[i] for i in range(30)], "row_count": 100}
    shown = bundle({"type": "table", "content": content, "metadata": {}})
    assert shown is not None
    assert shown[TABLE]["row_count"] == 100
    assert shown["text/plain"].endswith("… 80 more rows")


def test_a_picture_is_shown_as_what_it_is() -> None:
    shown = bundle({"type": "image", "content": {"mime": "image/png", "data": PNG}})
    assert shown is not None
    assert shown["image/png"] == PNG


@pytest.mark.parametrize(
    "artifact",
    [
        {"type": "image", "content": {"mime": "image/svg+xml", "data": PNG}},
        {"type": "image", "content": {"mime": "text/html", "data": "<script>"}},
        {"type": "image", "content": {"mime": "image/png", "data": "PHNjcmlwdD4="}},
        {"type": "image", "content": {"mime": "image/png", "data": "not base64!"}},
        {"type": "html", "content": {"data": "<script>"}},
        {"type": "chart", "content": {"layout": {}}},
        {"type": "chart", "content": "<script>"},
        {"type": "code", "content": "print(1)"},
        {},
    ],
)
def test_anything_else_is_not_shown(artifact: dict[str, object]) -> None:
    assert bundle(artifact) is None

"""What of a figure may be drawn: everything that only draws, nothing that fetches or links."""

from __future__ import annotations

import json
from typing import Any

import pytest

from datalens_core.sandbox.figures import FigureFilter, NotAFigure, title_of

EVIL = "https://evil.example/x"


def filtered(figure: dict[str, Any]) -> dict[str, Any]:
    return FigureFilter().figure(figure)


def test_an_ordinary_figure_passes_unchanged() -> None:
    import plotly.express as px

    figure = json.loads(px.scatter(px.data.iris(), x="sepal_width", y="sepal_length").to_json())
    cleaner = FigureFilter()
    assert cleaner.figure(figure) == figure
    assert not cleaner.dropped


def test_typed_arrays_pass() -> None:
    trace = {"type": "bar", "y": {"dtype": "f8", "bdata": "AAAAAAAA8D8="}}
    assert filtered({"data": [trace], "layout": {}})["data"] == [trace]


def test_an_animation_keeps_its_frames() -> None:
    frame = {"name": "1952", "data": [{"type": "scatter", "y": [1]}], "traces": [0], "layout": {}}
    figure = filtered({"data": [{"type": "scatter", "y": [0]}], "layout": {}, "frames": [frame]})
    assert figure["frames"] == [frame]


@pytest.mark.parametrize(
    "figure",
    [
        {"data": [], "layout": {"images": [{"source": EVIL}]}},
        {"data": [], "layout": {"template": {"layout": {"images": [{"source": EVIL}]}}}},
        {"data": [], "layout": {"map": {"style": EVIL}}},
        {"data": [], "layout": {"mapbox": {"style": {"sources": {"a": {"tiles": [EVIL]}}}}}},
        {"data": [], "layout": {"mapbox": {"layers": [{"source": EVIL}], "accesstoken": EVIL}}},
        {"data": [{"type": "choropleth", "geojson": EVIL}], "layout": {}},
        {"data": [{"type": "image", "source": EVIL}], "layout": {}},
        {"data": [{"type": "image", "source": "data:image/svg+xml;base64,evil.example"}]},
        {"data": [], "layout": {"title": {"text": f'<a href="{EVIL}">sales</a>'}}},
        {"data": [], "layout": {"title": {"text": f'<<a>a href="{EVIL}">sales</a>'}}},
        {"data": [{"type": "bar", "text": [f"<span style='cursor:url({EVIL})'>a</span>"]}]},
        {"data": [{"type": "bar", "name": f'<x style="fill:url({EVIL})">a'}]},
        {"data": [{"type": "bar", "name": f'<b style="fill:&#117;rl({EVIL})">a</b>'}]},
        {"data": [], "layout": {"updatemenus": [{"buttons": [{"args": ["map.style", EVIL]}]}]}},
        {"data": [], "layout": {"sliders": [{"steps": [{"args": [{"images[0].source": EVIL}]}]}]}},
        {"data": [], "layout": {"sliders": [{"steps": [{"args": [{"mapbox.style": EVIL}]}]}]}},
        {"data": [], "layout": {}, "config": {"plotlyServerURL": EVIL}},
        {"data": [], "layout": {}, "frames": [{"layout": {"images": [{"source": EVIL}]}}]},
    ],
)  # fmt: skip
def test_nothing_in_a_figure_can_fetch_or_link(figure: dict[str, Any]) -> None:
    assert "evil.example" not in json.dumps(filtered(figure))


@pytest.mark.parametrize("kind", ["scattermap", "choroplethmap", "densitymapbox"])
def test_a_map_without_a_style_gets_the_empty_one(kind: str) -> None:
    layout = filtered({"data": [{"type": kind}], "layout": {}})["layout"]
    subplot = "mapbox" if kind.endswith("mapbox") else "map"
    assert layout == {subplot: {"style": "white-bg"}}


def test_what_was_taken_out_is_said() -> None:
    cleaner = FigureFilter()
    cleaner.figure({"data": [{"type": "script"}], "layout": {"images": [{"source": EVIL}]}})
    assert list(cleaner.dropped) == [
        "a trace of an unknown type",
        "pictures, tokens or addresses that would be loaded from elsewhere",
    ]


@pytest.mark.parametrize(
    "text", ["<b>bold</b>", "a < b and c > d", "<NA>", "<extra></extra>", "<18",
             "<span style='color:red'>r</span>", "line<br>line"],
)  # fmt: skip
def test_text_that_only_shows_is_kept(text: str) -> None:
    figure = filtered({"data": [{"type": "bar", "text": [text]}], "layout": {}})
    assert figure["data"][0]["text"] == [text]


def test_values_that_json_does_not_have_become_null() -> None:
    figure = filtered({"data": [{"y": [1.0, float("nan"), float("inf")]}], "layout": {}})
    assert figure["data"][0]["y"] == [1.0, None, None]


@pytest.mark.parametrize(
    "value", [None, [], {"data": {}}, {"layout": {}}, {"data": [], "layout": 3}]
)
def test_what_is_no_figure_is_refused(value: object) -> None:
    with pytest.raises(NotAFigure):
        FigureFilter().figure(value)


def test_a_figure_nested_beyond_reason_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"a": deep}
    with pytest.raises(NotAFigure):
        filtered({"data": [], "layout": deep})


def test_the_title_is_plain_text() -> None:
    assert title_of({"layout": {"title": {"text": "Sales<br><b>2024</b>"}}}) == "Sales  2024"
    assert title_of({"layout": {}}) == ""

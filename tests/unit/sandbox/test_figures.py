"""What of a figure may be drawn: everything that only draws, nothing that fetches or links."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalens_core.sandbox.figures import FigureFilter, NotAFigure, title_of
from tests.support.plotly_attributes import (
    PYTHON,
    TYPESCRIPT,
    as_text,
    as_typescript,
    attributes,
)

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


SUPPORT = Path(__file__).parents[2] / "support"
FIGURES = json.loads((SUPPORT / "hostile_figures.json").read_text())
TEXTS = json.loads((SUPPORT / "hostile_texts.json").read_text())
PLAIN = re.compile(
    r"</?(b|i|em|strong|u|s|sub|sup|br|span|extra)\s*/?>|<span style=(['\"])[\w :;,.#%()-]*\2>",
    re.IGNORECASE,
)


def shown(text: str) -> str:
    cleaned = filtered({"data": [], "layout": {"title": {"text": text}}})
    return str(cleaned["layout"]["title"]["text"])


@pytest.mark.parametrize("text", TEXTS)
def test_no_tag_is_left_but_plain_ones(text: str) -> None:
    assert "<" not in PLAIN.sub("", shown(text))


@settings(max_examples=500)
@given(
    st.lists(st.sampled_from([*TEXTS, "<", ">", "<b>", "url(", "'", '"', " ", "</"]), max_size=4)
)
def test_texts_that_plotly_joins_form_no_tag_that_fetches(pieces: list[str]) -> None:
    joined = "".join(shown(piece) for piece in pieces)
    assert "<" not in PLAIN.sub("", joined)
    assert "url(" not in "".join(m.group() for m in PLAIN.finditer(joined)).lower()


def test_a_label_of_many_half_tags_is_read_in_linear_time() -> None:
    text = "<a" * 100_000 + ">" * 100_000
    assert "<a" not in shown(text)  # the time limit of a test is the proof: it took minutes


@pytest.mark.parametrize("figure", FIGURES)
def test_nothing_in_a_figure_can_fetch_or_link(figure: dict[str, Any]) -> None:
    assert "evil.example" not in json.dumps(filtered(figure))


@pytest.mark.parametrize(
    "figure",
    [
        {"data": [], "layout": {"geo": {"resolution": 50, "scope": "oceania"}}},
        {"data": [], "layout": {"template": {"layout": {"geo2": {"resolution": 50}}}}},
        {"data": [], "layout": {}, "frames": [{"layout": {"geo": {"resolution": 50}}}]},
        {"data": [], "layout": {"updatemenus": [{"buttons": [{"args": ["geo.resolution", 50]}]}]}},
        {"data": [], "layout": {"sliders": [{"steps": [{"args": [{"geo.resolution": 50}]}]}]}},
    ],
)
def test_a_map_is_drawn_with_the_outlines_that_are_shipped(figure: dict[str, Any]) -> None:
    text = json.dumps(filtered(figure))
    assert "50" not in text
    assert "oceania" not in text


def test_data_of_the_author_keep_their_names_and_lose_addresses() -> None:
    place = {"type": "Feature", "id": "a", "properties": {"population": 3, "url": EVIL}}
    trace = {
        "type": "choropleth",
        "geojson": {"type": "FeatureCollection", "features": [place]},
        "customdata": [{"who": "ada"}],
        "meta": {"note": 1},
    }
    (kept,) = filtered({"data": [trace], "layout": {}})["data"]
    assert kept["geojson"]["features"] == [place | {"properties": {"population": 3}}]
    assert (kept["customdata"], kept["meta"]) == ([{"who": "ada"}], {"note": 1})


@pytest.mark.parametrize(
    "draw",
    [
        lambda px, gap: px.scatter(
            gap, x="gdpPercap", y="lifeExp", animation_frame="year", size="pop"
        ),
        lambda px, gap: px.choropleth(gap, locations="iso_alpha", color="lifeExp", scope="africa"),
        lambda px, gap: px.sunburst(px.data.tips(), path=["day", "sex"], values="tip"),
        lambda px, gap: px.histogram(px.data.tips(), x="tip", facet_col="sex", marginal="box"),
        lambda px, gap: px.imshow([[1, 2], [3, 4]], text_auto=True),
        lambda px, gap: px.parallel_coordinates(px.data.iris(), color="species_id"),
        lambda px, gap: px.line_polar(
            px.data.wind(), r="frequency", theta="direction", color="strength"
        ),
        lambda px, gap: px.scatter_3d(
            px.data.iris(), x="sepal_width", y="sepal_length", z="petal_width"
        ),
        lambda px, gap: px.scatter_map(px.data.carshare(), lat="centroid_lat", lon="centroid_lon"),
    ],
)
def test_what_plotly_express_draws_keeps_every_attribute(
    draw: Callable[[Any, pd.DataFrame], Any],
) -> None:
    import plotly.express as px

    held = json.loads(draw(px, px.data.gapminder()).to_json())
    held["layout"].pop("template")
    cleaned = json.loads(json.dumps(filtered(held)))
    if "map" in held["layout"]:
        held["layout"]["map"]["style"] = "white-bg"
    assert cleaned == held


def test_the_attributes_of_both_filters_are_those_of_plotly() -> None:
    names = attributes()
    again = "Run: python -m tests.support.plotly_attributes"
    assert PYTHON.read_text(encoding="utf-8") == as_text(names), again
    assert TYPESCRIPT.read_text(encoding="utf-8") == as_typescript(names), again


@pytest.mark.parametrize("layout", [{}, {"map": None}, {"map": "x"}, {"map": {"style": {}}}])
@pytest.mark.parametrize("subplot", ["map", "x", "map1", None])
def test_no_map_is_drawn_with_a_background_of_its_own(layout: Any, subplot: Any) -> None:
    figure = filtered({"data": [{"type": "scattermap", "subplot": subplot}], "layout": layout})
    assert figure["layout"]["map"]["style"] == "white-bg"
    assert figure["data"][0].get("subplot", "map") == "map"


def test_a_map_shows_no_icons_and_no_letters_that_would_be_loaded() -> None:
    trace = {"type": "scattermap", "mode": "markers+text", "marker": {"symbol": "harbor"}}
    figure = filtered(
        {
            "data": [trace],
            "layout": {
                "map": {"layers": [{"type": "symbol"}, {"type": "line"}]},
                "template": {"data": {"scattermap": [trace]}},
                "updatemenus": [
                    {"buttons": [{"method": "restyle", "args": [{"marker.symbol": "bus"}]}]},
                    {"buttons": [{"method": "animate", "args": [None]}]},
                ],
            },
            "frames": [{"data": [trace]}],
        }
    )
    quiet = {"type": "scattermap", "mode": "markers", "marker": {}}
    layout = figure["layout"]
    assert figure["data"] == [quiet]
    assert figure["frames"] == [{"data": [quiet]}]
    assert layout["template"]["data"]["scattermap"] == [quiet]
    assert layout["map"]["layers"] == [{"type": "line"}]
    assert [len(menu["buttons"]) for menu in layout["updatemenus"]] == [0, 1]


def test_a_button_makes_no_map() -> None:
    for args in (["type", "scattermap"], [{"type": "scattermap"}], [{"type": ["densitymap"]}]):
        menu = {"buttons": [{"method": "restyle", "args": args}]}
        figure = filtered({"data": [{"type": "scatter"}], "layout": {"updatemenus": [menu]}})
        assert "map" not in json.dumps(figure)


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
    "text",
    ["<b>bold</b>", "c > d", "<extra></extra>", "<span style='color:red'>r</span>", "line<br>line"],
)
def test_text_that_only_shows_is_kept(text: str) -> None:
    figure = filtered({"data": [{"type": "bar", "text": [text]}], "layout": {}})
    assert figure["data"][0]["text"] == [text]


@pytest.mark.parametrize("text", ["a < b and c > d", "<NA>", "<18"])
def test_what_is_no_tag_is_shown_as_it_is(text: str) -> None:
    assert html.unescape(shown(text)) == text
    assert "<" not in shown(text)


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
        deep = {"template": deep}
    with pytest.raises(NotAFigure):
        filtered({"data": [], "layout": deep})


def test_the_title_is_plain_text() -> None:
    assert title_of({"layout": {"title": {"text": "Sales<br><b>2024</b>"}}}) == "Sales  2024"
    assert title_of(filtered({"data": [], "layout": {"title": {"text": "a < b"}}})) == "a < b"
    assert title_of({"layout": {}}) == ""

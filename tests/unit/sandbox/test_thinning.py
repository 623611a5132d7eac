"""Figures over their size are shown with fewer points where that shows the same, and it is said."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalens_core.sandbox.in_sandbox import (
    MAX_FIGURE_BYTES,
    PLOTLY_MIME,
    THINNED_MIME,
    fitted,
    thin,
    unpacked,
)
from datalens_core.sandbox.output import shown_results
from tests.unit.sandbox.test_output import Sent

N = 400_000


def plain(figure: go.Figure) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(figure.to_json())
    return held


@pytest.fixture(scope="module")
def walk() -> pd.DataFrame:
    values = np.random.default_rng(3).standard_normal(N).cumsum()
    values[N // 3] = 10_000  # one peak
    return pd.DataFrame({"at": np.arange(N), "value": values, "size": np.abs(values) + 1})


def test_a_figure_that_fits_is_shown_as_it_is() -> None:
    figure = plain(px.line(x=range(5000), y=range(5000)))
    assert fitted(figure) == {PLOTLY_MIME: figure}


@pytest.mark.parametrize("listed", [False, True], ids=["packed", "lists"])
def test_a_large_figure_keeps_its_shape_with_fewer_points(walk: pd.DataFrame, listed: bool) -> None:
    figure = plain(px.scatter(walk, x="at", y="value", size="size", hover_data=["size"]))
    if listed:
        (trace,) = figure["data"]
        for name in ("x", "y"):
            trace[name] = unpacked(trace[name]).tolist()
    bundle = fitted(figure)
    (trace,) = bundle[PLOTLY_MIME]["data"]
    x, y = unpacked(trace["x"]), unpacked(trace["y"])
    assert len(json.dumps(bundle[PLOTLY_MIME], separators=(",", ":"))) <= MAX_FIGURE_BYTES
    assert len(x) == len(y) == len(unpacked(trace["marker"]["size"]))
    assert len(unpacked(trace["customdata"])) == len(x)
    assert np.array_equal(walk["value"].to_numpy()[np.asarray(x)], y)
    assert (x[0], x[-1], max(y)) == (0, N - 1, 10_000)
    assert bundle[PLOTLY_MIME]["layout"] == figure["layout"]


def test_what_was_thinned_is_said_in_numbers(walk: pd.DataFrame) -> None:
    shown = shown_results([Sent(extra=fitted(plain(px.line(walk, x="at", y="value"))))])
    assert len(shown.artifacts) == 1
    (notice,) = shown.notices
    assert notice.startswith("The figure shows one in 2 of its 400,000 points")
    assert "6.4 MB" in notice


def test_a_sample_of_what_repeats_itself_is_not_all_alike() -> None:
    hours = np.arange(240_000)
    trace = {"type": "scatter", "x": hours.tolist(), "y": (hours % 24).tolist()}
    thinned, counted = thin({"data": [trace]}, 24)
    seen = np.bincount(thinned["data"][0]["y"], minlength=24)
    assert counted == 240_000
    assert seen.min() > 0.7 * seen.mean()


def test_lines_stay_parted_where_they_were() -> None:
    x: list[Any] = list(range(3000))
    x[1500] = x[2001] = None
    thinned, _ = thin({"data": [{"type": "scatter", "x": x, "y": list(range(3000))}]}, 50)
    (trace,) = thinned["data"]
    gaps = [y for x, y in zip(trace["x"], trace["y"], strict=True) if x is None]
    assert gaps == [1500, 2001]


def test_points_without_places_of_their_own_get_them() -> None:
    thinned, _ = thin({"data": [{"y": list(range(2000)), "dx": 2}]}, 10)
    (trace,) = thinned["data"]
    assert [x / 2 for x in trace["x"]] == trace["y"]


def bars(trace: dict[str, Any], along: str, across: str) -> dict[float, float]:
    return dict(zip(trace[along], trace[across], strict=True))


@pytest.mark.parametrize(("along", "across"), ["xy", "yx"])
@pytest.mark.parametrize("listed", [False, True], ids=["packed", "lists"])
def test_a_large_histogram_counts_every_value_in_the_bins_that_it_names(
    along: str, across: str, listed: bool
) -> None:
    values = np.random.default_rng(5).lognormal(size=600_000)
    figure = plain(px.histogram(**{along: values}, nbins=30, title="spread"))
    if listed:
        figure["data"][0][along] = [*values.tolist(), None]
    bundle = fitted(figure)
    (trace,) = bundle[PLOTLY_MIME]["data"]
    named = trace[f"{along}bins"]
    edges = np.arange(named["start"], named["end"] + named["size"] / 2, named["size"])
    counts, _ = np.histogram(values, edges)
    assert len(counts) <= 31
    centres = (edges[:-1] + edges[1:]) / 2
    assert bars(trace, along, across) == pytest.approx(
        {x: n for x, n in zip(centres, counts, strict=True) if n}
    )
    assert (trace["type"], trace["histfunc"], sum(trace[across])) == ("histogram", "sum", 600_000)
    assert trace["orientation"] == figure["data"][0]["orientation"]
    assert bundle[PLOTLY_MIME]["layout"] == figure["layout"]


def test_histograms_along_one_axis_share_their_bins_and_whole_numbers_lie_within_one() -> None:
    ages = np.random.default_rng(5).integers(0, 90, 1_600_000).astype("int32")
    figure = plain(
        px.histogram(x=ages, color=np.where(ages > 40, "old", "young"), histnorm="percent")
    )
    bundle = fitted(figure)
    one, other = bundle[PLOTLY_MIME]["data"]
    assert one["xbins"]["start"] == other["xbins"]["start"] == -0.5
    assert one["xbins"]["size"] == other["xbins"]["size"] == 1
    counted = {**bars(one, "x", "y"), **bars(other, "x", "y")}
    assert counted == dict(enumerate(np.bincount(ages)))
    assert one["histnorm"] == "percent"
    shown = shown_results([Sent(extra=bundle)])
    assert len(shown.artifacts) == 1
    content: Any = shown.artifacts[0].content
    assert content["data"][0]["xbins"] == one["xbins"]
    (notice,) = shown.notices
    assert notice.startswith("The figure's 1,600,000 values were counted in bins beforehand")


def test_a_histogram_of_one_value_has_one_bin() -> None:
    (trace,) = fitted(plain(go.Figure(go.Histogram(x=np.full(900_000, 7.25)))))[PLOTLY_MIME]["data"]
    assert (trace["y"], trace["xbins"]["size"]) == ([900_000], 1)


LARGE = np.arange(N) * 1.1
WHOLE = {
    "a histogram of texts": go.Figure(go.Histogram(x=["a text of some length", "b"] * N)),
    "a histogram of sums": go.Figure(go.Histogram(x=LARGE, y=LARGE, histfunc="sum")),
    "bins of the author's own": go.Figure(
        go.Histogram(x=np.tile(LARGE, 2), xbins={"start": 0, "end": 9, "size": 1})
    ),
    "a logarithmic axis": go.Figure(go.Histogram(x=np.tile(LARGE, 2)), {"xaxis_type": "log"}),
    "bars": go.Figure(go.Bar(x=LARGE, y=LARGE)),
    "stacked areas": go.Figure(go.Scatter(x=LARGE, y=LARGE, stackgroup="one")),
    "an outline": go.Figure(go.Scatter(x=LARGE, y=LARGE, fill="toself")),
    "an animation": go.Figure(go.Scatter(x=LARGE, y=LARGE), frames=[go.Frame(name="1")]),
    "a heat map": go.Figure(go.Heatmap(z=LARGE.repeat(2).reshape(800, -1))),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_what_a_sample_would_show_wrongly_is_left_out_whole_and_said(kind: str) -> None:
    bundle = fitted(plain(WHOLE[kind]))
    assert set(bundle) == {THINNED_MIME}
    shown = shown_results([Sent(extra=bundle)])
    assert not shown.artifacts
    assert "left out: figures may have 5 MB. Aggregate or sample" in shown.notices[0]


@given(
    told=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.dictionaries(st.sampled_from(["bytes", "step", "points"]), inner),
    )
)
def test_whatever_a_sandbox_says_of_thinning_is_numbers_or_nothing(told: Any) -> None:
    shown = shown_results([Sent(extra={THINNED_MIME: told})])
    assert not shown.artifacts
    assert all("left out: figures may have 5 MB" in notice for notice in shown.notices)

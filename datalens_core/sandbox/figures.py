"""Plotly figures from a sandbox, reduced to what may be drawn: nothing in them can fetch or link.

Figures are hostile: plotly.js loads what `layout.images`, map styles, tile layers and geojson
addresses name, outlines of maps finer than the shipped ones, follows `<a href>` in any text, and
applies `style` attributes of `<span>`. So only attributes of plotly's own schema pass
(`plotly_attributes.txt`), and of those that can load only values that do not.
"""

from __future__ import annotations

import math
import re
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import JsonValue

from datalens_core.sandbox.maps import EMPTY_MAP, OUTLINES, SCOPES, is_map, quiet_maps

MAX_DEPTH = 40

TRACE_TYPES = frozenset(
    re.findall(
        r"\w+",
        """
    bar barpolar box candlestick carpet choropleth choroplethmap choroplethmapbox cone contour
    contourcarpet densitymap densitymapbox funnel funnelarea heatmap histogram histogram2d
    histogram2dcontour icicle image indicator isosurface mesh3d ohlc parcats parcoords pie sankey
    scatter scatter3d scattercarpet scattergeo scattergl scattermap scattermapbox scatterpolar
    scatterpolargl scattersmith scatterternary splom streamtube sunburst surface table treemap
    violin volume waterfall
    """,
    )
)
NEVER = frozenset({"images", "config", "accesstoken", "topojsonurl", "plotlyserverurl", "tiles"})
ADDRESS = frozenset({"source", "geojson", "sourcelayer", "url", "href"})
# Whatever is below these is data of the figure's author, not plotly's attributes.
FREE = frozenset({"customdata", "meta", "geojson", "source"})
FONT_STYLES = ("normal", "italic")
PICTURE = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=]*")
PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\[\d+\]|\.[A-Za-z_][A-Za-z0-9_]*)+|[A-Za-z]+")
# A `<` that begins none of these, whole: plotly.js joins texts (prefixes, templates, labels) and
# only then reads tags, so half a tag here and its rest there would make one that fetches.
NO_TAG = re.compile(
    r"<(?!(?:/?(?:b|i|em|strong|u|s|sub|sup|br|span|extra)\s*/?>)"
    r"|span\s+style=(?P<quote>[\"'])(?![^\"']*url)[A-Za-z0-9 :;,.#%()-]*(?P=quote)\s*>)",
    re.IGNORECASE,
)
LINK = re.compile(r"</?a(\s[^<>]*)?>", re.IGNORECASE)


class NotAFigure(ValueError):
    """It has not the shape of a plotly figure."""


class FigureFilter:
    """Filters one figure; `dropped` then names, in plain words, what was taken out."""

    def __init__(self) -> None:
        self.dropped: dict[str, None] = {}

    def figure(self, value: object) -> dict[str, JsonValue]:
        """The figure as {data, layout, frames?}.

        Raises:
            NotAFigure: no list `data`, no dict `layout`, or nested beyond reason.
        """
        if not isinstance(value, dict) or not isinstance(value.get("data"), list):
            raise NotAFigure
        if not isinstance(value.get("layout", {}), dict):
            raise NotAFigure
        kept: dict[str, Any] = {
            "data": self._traces(value["data"]),
            "layout": self._mapping(value.get("layout", {}), 0),
        }
        if isinstance(frames := value.get("frames"), list) and frames:
            kept["frames"] = [self._frame(frame) for frame in frames if isinstance(frame, dict)]
        quiet_maps(kept)
        return kept

    def _traces(self, traces: list[Any]) -> list[Any]:
        kept = []
        for trace in traces:
            if isinstance(trace, dict) and trace.get("type", "scatter") in TRACE_TYPES:
                kept.append(self._mapping(trace, 0))
            else:
                self._drop("a trace of an unknown type")
        return kept

    def _frame(self, frame: dict[str, Any]) -> dict[str, Any]:
        kept = self._mapping({k: v for k, v in frame.items() if k not in ("data", "traces")}, 0)
        if isinstance(frame.get("traces"), list):
            kept["traces"] = [n for n in frame["traces"] if isinstance(n, int)]
        if isinstance(frame.get("data"), list):
            kept["data"] = [self._mapping(t, 0) for t in frame["data"] if isinstance(t, dict)]
        return kept

    def _value(self, key: str, value: Any, depth: int, free: bool = False) -> Any:
        if depth > MAX_DEPTH:
            raise NotAFigure
        if isinstance(value, dict):
            return self._mapping(value, depth + 1, free)
        if isinstance(value, list):
            return self._sequence(key, value, depth + 1, free)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value

    def _mapping(self, value: dict[Any, Any], depth: int, free: bool = False) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, item in value.items():
            name = str(key)
            parts = _parts(name)
            replaced = self._fetches(parts, item)
            if replaced is _DROP or not (free or _are_attributes(parts)):
                continue
            below = free or parts[-1] in FREE
            kept[name] = self._value(name, item if replaced is _KEEP else replaced, depth, below)
        return kept

    def _sequence(self, key: str, value: list[Any], depth: int, free: bool) -> list[Any]:
        kinds = set(map(type, value))
        if kinds <= {int, bool, type(None)}:
            return value
        if kinds <= {int, float, bool} and all(map(math.isfinite, value)):
            return value
        if key in ("args", "args2") and any(map(_loads, value)):
            # A button's call by attribute path: ["map.style", "https://…"], ["type", "scattermap"]
            self._drop("a button that would load something")
            return []
        if _parts(key)[-1] not in ADDRESS:
            return [self._value("", item, depth, free) for item in value]
        # Numbers are the nodes of a sankey's links; text would be an address, of tiles for one.
        kept = [item for item in value if not isinstance(item, str)]
        if len(kept) < len(value):
            self._drop("an address that would be loaded from elsewhere")
        return [self._value(key, item, depth, free) for item in kept]

    def _fetches(self, parts: list[str], value: Any) -> Any:
        """Whether this attribute would load something: keep it, drop it, or the harmless value."""
        last = parts[-1]
        if NEVER.intersection(parts):
            if value:
                self._drop("pictures, tokens or addresses that would be loaded from elsewhere")
            return _DROP
        if last == "style" and isinstance(value, (str, dict)) and value not in FONT_STYLES:
            if value != EMPTY_MAP:
                self._drop("the map's background, which would be loaded from elsewhere")
            return EMPTY_MAP
        if last == "resolution" and value != OUTLINES:
            return OUTLINES
        if last == "scope" and value not in SCOPES:
            return _DROP
        if last in ADDRESS and isinstance(value, str):
            if last == "source" and PICTURE.fullmatch(value):
                return _KEEP
            self._drop("an address that would be loaded from elsewhere")
            return _DROP
        return _KEEP

    def _text(self, text: str) -> str:
        if "<" not in text:
            return text
        if LINK.search(text):
            self._drop("a link")
            text = LINK.sub("", text)
        return NO_TAG.sub("&lt;", text)

    def _drop(self, what: str) -> None:
        self.dropped[what] = None


_KEEP, _DROP = object(), object()


def _parts(key: str) -> list[str]:
    """The attributes of a key; relayout takes paths: `mapbox.layers[0].source`."""
    path = key.lower().rstrip("]")
    return re.split(r"[.\[\]]+", path) if "." in path or "[" in path else [path]


def _loads(argument: Any) -> bool:
    """Whether a button's argument is an attribute path, or makes a trace, that loads something."""
    if isinstance(argument, dict):
        kinds = [v for k, v in argument.items() if _parts(str(k))[-1] == "type"]
        return any(
            is_map(k) for kind in kinds for k in (kind if isinstance(kind, list) else [kind])
        )
    if not isinstance(argument, str):
        return False
    parts = _parts(argument) if PATH.fullmatch(argument) else []
    loading = NEVER | ADDRESS | {"style", "resolution", "scope"}
    return is_map(argument) or bool(loading.intersection(parts))


@cache
def _attributes() -> frozenset[str]:
    held = files("datalens_core.sandbox").joinpath("plotly_attributes.txt")
    return frozenset(held.read_text(encoding="utf-8").split())


def _are_attributes(parts: list[str]) -> bool:
    """Whether each part is plotly's, the numbers of subplots (`xaxis2`) and of lists left out."""
    return all(not (p := part.rstrip("0123456789")) or p in _attributes() for part in parts)


def title_of(figure: dict[str, JsonValue]) -> str:
    """The figure's own title as plain text, "" if it has none."""
    layout = figure.get("layout")
    title = layout.get("title") if isinstance(layout, dict) else None
    text = title.get("text") if isinstance(title, dict) else title
    if not isinstance(text, str):
        return ""
    return re.sub(r"<[^>]*>", " ", text).replace("&lt;", "<").strip()[:200]

"""Maps in plotly figures: drawn without background, from the outlines that are shipped.

plotly.js loads a map's background style, its icons and its letters from servers that its authors
chose, and outlines of countries finer than the shipped ones from another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

EMPTY_MAP = "white-bg"
# Of the outlines of countries only the coarse ones of these regions are shipped.
OUTLINES = 110
SCOPES = frozenset({"world", "usa", "europe", "asia", "africa", "north america", "south america"})
_TRACE = re.compile(r"(?:scatter|density|choropleth|)map(box)?")
_SUBPLOT = re.compile(r"map(?:box)?(?:[2-9]|[1-9]\d+)?")


def is_map(kind: object) -> bool:
    """Whether a trace of this type is drawn on a map with a background."""
    return isinstance(kind, str) and _TRACE.fullmatch(kind) is not None


def quiet_maps(figure: dict[str, Any]) -> None:
    """Change the maps of a filtered figure so that drawing them loads nothing."""
    layout, maps = figure["layout"], False
    for trace in _traces(figure):
        kind = _TRACE.fullmatch(str(trace.get("type", "")))
        if kind is None:
            continue
        maps = True
        default = "mapbox" if kind[1] else "map"
        if not _SUBPLOT.fullmatch(str(trace.get("subplot", default))):
            del trace["subplot"]
        layout.setdefault(trace.get("subplot", default), {})
        _quiet_trace(trace)
    for traces in _template_data(layout):
        _quiet_trace(traces)
    for name in list(layout):
        if _SUBPLOT.fullmatch(name):
            subplot = layout[name] if isinstance(layout[name], dict) else {}
            layout[name] = {**subplot, "style": EMPTY_MAP}
            if isinstance(layers := subplot.get("layers"), list):
                layout[name]["layers"] = [x for x in layers if not _is_symbols(x)]
    if maps:
        for menu in ("updatemenus", "sliders"):
            _keep_animations(layout.get(menu))


def _traces(figure: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from figure["data"]
    for frame in figure.get("frames", []):
        yield from frame.get("data", [])


def _template_data(layout: dict[str, Any]) -> Iterator[dict[str, Any]]:
    template = layout.get("template")
    data = template.get("data") if isinstance(template, dict) else None
    for kind, traces in data.items() if isinstance(data, dict) else ():
        if is_map(kind) and isinstance(traces, list):
            yield from (trace for trace in traces if isinstance(trace, dict))


def _quiet_trace(trace: dict[str, Any]) -> None:
    """Icons other than the circle are pictures to load; so are the letters of a text."""
    marker = trace.get("marker")
    if isinstance(marker, dict) and marker.get("symbol", "circle") != "circle":
        del marker["symbol"]
    if isinstance(trace.get("mode"), str):
        kept = [part for part in trace["mode"].split("+") if part != "text"]
        trace["mode"] = "+".join(kept) or "markers"


def _is_symbols(layer: object) -> bool:
    return not isinstance(layer, dict) or layer.get("type") == "symbol"


def _keep_animations(menus: object) -> None:
    """A button could bring icons or letters back; only those that play frames stay."""
    for menu in menus if isinstance(menus, list) else ():
        for name in ("buttons", "steps"):
            if isinstance(menu, dict) and isinstance(menu.get(name), list):
                menu[name] = [
                    b for b in menu[name] if isinstance(b, dict) and b.get("method") == "animate"
                ]

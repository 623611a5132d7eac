"""Figures as they stand in a notebook, whose theme may change after they were drawn.

The front end does the same to the figures that it inserts (`labextension/src/model/figure.ts`).
"""

from __future__ import annotations

import re
from typing import Any

# Read on a light page and on a dark one: 4.5 to 1 on white, 4.2 to 1 on JupyterLab's darkest.
NEUTRAL = "#777777"
NEUTRAL_GRID = "rgba(128, 128, 128, 0.3)"
CLEAR = "rgba(0, 0, 0, 0)"
_WHITE = re.compile(r"(?:white|#fff(?:fff)?)?", re.IGNORECASE)
_AXES = {"polar": ("angularaxis", "radialaxis"), "ternary": ("aaxis", "baxis", "caxis")}


def neutral(figure: dict[str, Any]) -> dict[str, Any]:
    """What plotly takes for granted (white paper, dark letters) made neutral.

    What the figure's code chose stays: its own layout, or a template of another colour.
    """
    layout = _object(figure.get("layout"))
    template = _object(layout.get("template"))
    given = _object(template.get("layout"))
    if not _WHITE.fullmatch(str(given.get("paper_bgcolor") or "")):
        return figure
    changed = given | {
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": _object(given.get("font")) | {"color": NEUTRAL},
        "xaxis": _axis(given, "xaxis"),
        "yaxis": _axis(given, "yaxis"),
        "geo": _object(given.get("geo")) | {"bgcolor": CLEAR},
    }
    for name, axes in _AXES.items():
        part = _object(given.get(name))
        changed[name] = part | {axis: _axis(part, axis) for axis in axes} | {"bgcolor": CLEAR}
    return figure | {"layout": layout | {"template": template | {"layout": changed}}}


def _axis(of: dict[str, Any], name: str) -> dict[str, Any]:
    lines = dict.fromkeys(("gridcolor", "linecolor", "zerolinecolor"), NEUTRAL_GRID)
    return _object(of.get(name)) | lines


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

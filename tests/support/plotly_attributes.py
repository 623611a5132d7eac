"""The names that a figure may hold: plotly's own attributes, less those that can fetch.

`python -m tests.support.plotly_attributes` writes them where the two filters read them.
"""

from __future__ import annotations

import json
import textwrap
from importlib.resources import files
from pathlib import Path

from datalens_core.sandbox.figures import NEVER

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "datalens_core" / "sandbox" / "plotly_attributes.txt"
TYPESCRIPT = ROOT / "labextension" / "src" / "safety" / "attributes.ts"

# What the schema does not name: typed arrays, options of an animation, maps of plotly before 7.
FURTHER = {"bdata", "dtype", "shape", "frames", "fromcurrent", "mapbox", "redraw"}


def attributes() -> set[str]:
    """In lower case, the number of a subplot left out."""
    held = files("plotly.validators").joinpath("_validators.json").read_text(encoding="utf-8")
    names = {name for path in json.loads(held) for name in path.lower().split(".")}
    return (names | FURTHER) - NEVER


def as_text(names: set[str]) -> str:
    return textwrap.fill(" ".join(sorted(names)), 98) + "\n"


def as_typescript(names: set[str]) -> str:
    body = textwrap.indent(as_text(names).rstrip(), "  ")
    return (
        "/** The attributes of a figure that may be drawn, generated from plotly's schema. */\n"
        f"export const ATTRIBUTES: ReadonlySet<string> = new Set(\n  `\n{body}\n`\n"
        "    .trim()\n    .split(/\\s+/)\n);\n"
    )


if __name__ == "__main__":
    PYTHON.write_text(as_text(attributes()), encoding="utf-8")
    TYPESCRIPT.write_text(as_typescript(attributes()), encoding="utf-8")

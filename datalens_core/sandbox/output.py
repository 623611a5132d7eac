"""From what a sandbox sends to what may be shown: four kinds of artifact and two texts.

HTML, SVG, JavaScript and every MIME type that is not named here are left out. What is cut is
said in a notice.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue
from pydantic_core import PydanticSerializationError

from datalens_core.models import Artifact, ArtifactMetadata, ArtifactType
from datalens_core.sandbox.contract import OutputSink, Stream
from datalens_core.sandbox.figures import FigureFilter, NotAFigure, title_of
from datalens_core.sandbox.in_sandbox import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_FIGURE_BYTES,
    MAX_ROWS,
    PLOTLY_MIME,
    TABLE_MIME,
    THINNED_MIME,
    shortened,
)
from datalens_core.sandbox.pictures import JPEG, PNG, pixels
from datalens_core.sandbox.sdk import Result

MAX_BYTES = MAX_FIGURE_BYTES
MAX_TEXT = 1_000_000
MAX_ERROR_CHARACTERS = 20_000
MAX_TRACEBACK_CHARACTERS = 100_000
MAX_HELD_CHARACTERS = 10_000
MAX_PIXELS = 50_000_000  # a browser takes four bytes for each, however few the file has
SIGNATURES = {"image/png": PNG, "image/jpeg": JPEG}


@dataclass
class Shown:
    """What the results of one execution become."""

    artifacts: list[Artifact] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def shown_results(results: list[Result]) -> Shown:
    """Turn results into artifacts and text. Walks whole figures: call it off the event loop."""
    shown = Shown()
    for result in results:
        extra = result.extra if isinstance(result.extra, dict) else {}
        if THINNED_MIME in extra:
            shown.notices += _thinned(extra[THINNED_MIME], shown=PLOTLY_MIME in extra)
        if PLOTLY_MIME in extra:
            _add(shown, _chart(extra[PLOTLY_MIME], shown.notices))
        elif TABLE_MIME in extra:
            _add(shown, _table(extra[TABLE_MIME], shown.notices))
        elif isinstance(result.png, str):
            _add(shown, _image("image/png", result.png, shown.notices))
        elif isinstance(result.jpeg, str):
            _add(shown, _image("image/jpeg", result.jpeg, shown.notices))
        elif isinstance(result.text, str) and result.text:
            shown.text.append(_cut(result.text, shown.notices))
            if isinstance(result.svg, str) or isinstance(result.pdf, str):
                shown.notices.append("A picture was left out: pictures may be PNG or JPEG.")
    return shown


def error_artifact(name: str, value: str, traceback: str = "") -> Artifact:
    """An error as one artifact, without colours and without paths of the machine."""
    content: dict[str, JsonValue] = {
        "name": without_paths(name)[:200],
        "value": shortened(without_paths(value), MAX_ERROR_CHARACTERS),
        "traceback": _end_of(without_paths(traceback), MAX_TRACEBACK_CHARACTERS),
    }
    return Artifact(
        type=ArtifactType.ERROR, content=content, metadata=ArtifactMetadata(title=name[:200])
    )


def _end_of(text: str, most: int) -> str:
    """A traceback says most at its end."""
    return text if len(text) <= most else "…" + text[-most:]


ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
CELL = re.compile(r"(?:/[^\s:'\"<>]*)?/ipykernel_\d+/\d+\.py|<ipython-input-[^>]*>")
LIBRARY = re.compile(
    r"(?:[A-Za-z]:)?(?:[\\/][^\\/\n:'\"<>|]+)*?[\\/](?:site-packages|dist-packages)[\\/]"
)
STANDARD = re.compile(r"(?:/[^/\n:'\"<>|]+)*?/lib(?:64)?/(python3\.\d+)/")
HOME = re.compile(r"/home/user/")


def without_paths(text: str) -> str:
    """Text without colours, and with paths shortened to what the user knows."""
    if "/" not in text and "\x1b" not in text and "\\" not in text:
        return text
    text = CELL.sub("cell", ANSI.sub("", text))
    return HOME.sub("", STANDARD.sub(r"\1/", LIBRARY.sub("", text)))


HALVES = re.compile(r"[\ud800-\udfff]")


def encodable(value: Any) -> Any:
    """The value without halves of characters in its texts: no file and no request can hold them."""
    match value:
        case str():
            return HALVES.sub("\ufffd", value)
        case dict():
            return {encodable(key): encodable(held) for key, held in value.items()}
        case list():
            return [encodable(held) for held in value]
        case _:
            return value


def encodable_artifact(artifact: Artifact) -> Artifact:
    try:
        artifact.model_dump_json()
        return artifact
    except PydanticSerializationError:  # rare, and walking every figure would take its time
        return Artifact.model_validate(encodable(artifact.model_dump()))


class CleanedOutput:
    """Passes output on as it comes; stderr by whole lines, so that no path is cut in two."""

    def __init__(self, sink: OutputSink) -> None:
        self._sink = sink
        self._held = ""

    def __call__(self, stream: Stream, text: str) -> None:
        text = encodable(text)
        if stream == "stdout":
            self._sink(stream, text)
            return
        text = self._held + text
        end = max(text.rfind("\n"), text.rfind("\r")) + 1
        if len(text) - end > MAX_HELD_CHARACTERS:
            end = len(text)
        self._held = text[end:]
        if end:
            self._sink("stderr", without_paths(text[:end]))

    def flush(self) -> None:
        """Pass on what has no line end yet."""
        if self._held:
            self._sink("stderr", without_paths(self._held))
            self._held = ""


def _add(shown: Shown, artifact: Artifact | None) -> None:
    if artifact is not None:
        shown.artifacts.append(artifact)


def _chart(value: object, notices: list[str]) -> Artifact | None:
    cleaner = FigureFilter()
    try:
        figure = cleaner.figure(value)
        size = len(json.dumps(figure, separators=(",", ":")))
    except (NotAFigure, RecursionError):
        notices.append("A figure was left out: it is not a valid plotly figure.")
        return None
    if size > MAX_BYTES:
        notices.append(_left_out(size))
        return None
    notices += [f"Left out of the figure: {what}." for what in cleaner.dropped]
    return Artifact(
        type=ArtifactType.CHART, content=figure, metadata=ArtifactMetadata(title=title_of(figure))
    )


def _left_out(size: int) -> str:
    return (
        f"A figure of {size / 1e6:.1f} MB was left out: figures may have 5 MB. "
        "Aggregate or sample the data first."
    )


def _thinned(told: object, *, shown: bool) -> list[str]:
    """What the sandbox says of a figure that was too large, in words."""
    held = told if isinstance(told, dict) else {}
    size, step, points, binned = (held.get(name) for name in ("bytes", "step", "points", "binned"))
    if not isinstance(size, int):
        return []
    too_large = f"it would have {size / 1e6:.1f} MB, and figures may have 5 MB."
    notices = []
    if shown and isinstance(binned, int):
        notices.append(
            f"The figure's {binned:,} values were counted in bins beforehand: with all of them "
            + too_large
        )
    if shown and isinstance(step, int) and isinstance(points, int):
        notices.append(
            f"The figure shows one in {step:,} of its {points:,} points, the extremes included: "
            f"with all of them {too_large} Aggregate the data first to see all of it."
        )
    return notices or [_left_out(size)]


def _table(value: object, notices: list[str]) -> Artifact | None:
    if not isinstance(value, dict):
        return None
    columns, rows = value.get("columns"), value.get("rows")
    row_count, width = value.get("row_count"), value.get("column_count")
    if not (isinstance(columns, list) and isinstance(rows, list) and isinstance(row_count, int)):
        notices.append("A table was left out: it is not valid.")
        return None
    kept = [shortened(str(name)) for name in columns[: MAX_COLUMNS * 2]]
    cells: list[JsonValue] = []
    size = 0
    for row in rows[:MAX_ROWS]:
        if not isinstance(row, list) or len(row) != len(columns):
            notices.append("A table was left out: its rows have not one width.")
            return None
        made: list[JsonValue] = [_cell(v) for v in row[: len(kept)]]
        size += sum(len(v) if isinstance(v, str) else 8 for v in made)
        if size > MAX_BYTES:
            break
        cells.append(made)
    cut = sum(_is_cut(v) for row in cells if isinstance(row, list) for v in row)
    if cut:
        notices.append(
            f"{cut:,} cell{'s' if cut > 1 else ''} of the table had more than "
            f"{MAX_CELL_CHARACTERS:,} characters: the rest is cut off (…)."
        )
    row_count = max(row_count, len(cells))
    if len(cells) < row_count:
        notices.append(f"The table shows the first {len(cells):,} of {row_count:,} rows.")
    if isinstance(width, int) and len(kept) < width:
        notices.append(f"The table shows the first {len(kept):,} of {width:,} columns.")
    content: dict[str, JsonValue] = {"columns": [*kept], "rows": cells, "row_count": row_count}
    return Artifact(type=ArtifactType.TABLE, content=content)


def _cell(value: Any) -> JsonValue:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    text = str(value)
    return text if _is_cut(text) else shortened(text)


def _is_cut(value: JsonValue) -> bool:
    """Whether the sandbox shortened it, or it was shortened here."""
    return isinstance(value, str) and len(value) == MAX_CELL_CHARACTERS + 1 and value[-1] == "…"


def _image(mime: str, data: str, notices: list[str]) -> Artifact | None:
    if len(data) > MAX_BYTES * 4 // 3:
        notices.append("A picture was left out: pictures may have 5 MB.")
        return None
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    drawn = pixels(raw) if raw.startswith(SIGNATURES[mime]) else None
    if drawn is None:
        notices.append("A picture was left out: it is not a valid image.")
        return None
    if drawn > MAX_PIXELS:
        notices.append(
            f"A picture of {drawn / 1e6:,.0f} megapixels was left out: pictures may have "
            f"{MAX_PIXELS // 1_000_000}."
        )
        return None
    return Artifact(
        type=ArtifactType.IMAGE,
        content={"mime": mime, "data": base64.b64encode(raw).decode("ascii")},
    )


def _cut(text: str, notices: list[str]) -> str:
    if len(text) <= MAX_TEXT:
        return text
    notices.append("A result's text was cut at 1 MB.")
    return text[:MAX_TEXT]

"""What a sandbox is taught when it is created; this file runs there, never here.

It makes E2B's template and the embedded sandbox show things alike: plotly figures as plotly
JSON, DataFrames as a capped table, nothing as HTML.
"""

from __future__ import annotations

import base64
import json
import math
import re
from typing import Any, NoReturn

TABLE_MIME = "application/vnd.datalens.table+json"
PLOTLY_MIME = "application/vnd.plotly.v1+json"
THINNED_MIME = "application/vnd.datalens.thinned+json"
END_MIME = "application/vnd.datalens.end+json"
MAX_ROWS = 1000
MAX_COLUMNS = 500
MAX_CELLS = 200_000
MAX_CELL_CHARACTERS = 2000
MAX_FIGURE_BYTES = 5 * 1024 * 1024
# Traces of single points, of which a sample shows what all of them show; of bars it would show
# something else.
POINTS = re.compile(r"scatter(gl|3d|geo|map|mapbox|polar|polargl|ternary)?")
COORDINATES = ("x", "y", "z", "lat", "lon", "r", "theta", "a", "b", "c")
FEW_POINTS = 1000
MAX_BINS = 2000

NO_PACKAGES = (
    "Packages cannot be installed in this sandbox: it has no internet access. pandas, numpy, "
    "scipy, scikit-learn, plotly, matplotlib, seaborn and openpyxl are there."
)
INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")
INSTALLING = re.compile(rf"\s*(?:\S*python[\d.]*\s+-m\s+)?(?:{'|'.join(INSTALLERS)})3?\b")


def shortened(text: str, most: int = MAX_CELL_CHARACTERS) -> str:
    """The text, or its beginning and a sign that there is more."""
    return text if len(text) <= most else text[:most] + "…"


def cell(value: Any) -> Any:
    """A value as JSON has it: numbers, text, true, false or null."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return shortened(value)
    if hasattr(value, "isoformat"):
        text = value.isoformat()
        return None if text == "NaT" else text
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        plain = value.item()
        # numpy's item() returns itself for types that Python does not have
        return str(plain) if hasattr(plain, "item") else cell(plain)
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    return shortened(str(value))


def label(name: Any) -> str:
    """A column's or an index level's name; levels of a MultiIndex are joined."""
    parts = name if isinstance(name, tuple) else (name,)
    return shortened(" / ".join(str(part) for part in parts if str(part) != ""))


def table(frame: Any) -> dict[str, Any]:
    """A DataFrame as {columns, rows, row_count}; an index that says something becomes columns."""
    import pandas as pd

    row_count, width = int(frame.shape[0]), int(frame.shape[1])
    levels = frame.index.nlevels
    named = any(name is not None for name in frame.index.names)
    if named or not isinstance(frame.index, pd.RangeIndex):
        names = [label(name) if name is not None else "" for name in frame.index.names]
    else:
        names, levels = [], 0
    kept = min(width, MAX_COLUMNS)
    rows = min(row_count, MAX_ROWS, max(1, MAX_CELLS // max(1, kept + levels)))
    head = frame.iloc[:rows, :kept]
    columns = [[cell(v) for v in head.index.get_level_values(i)[:rows]] for i in range(levels)]
    columns += [[cell(v) for v in head.iloc[:, i]] for i in range(kept)]
    return {
        "columns": names + [label(name) for name in head.columns],
        "rows": [list(row) for row in zip(*columns, strict=True)] if columns else [],
        "row_count": row_count,
        "column_count": width + levels,
    }


def series_table(series: Any) -> dict[str, Any]:
    """A Series as a table of one column, named `value` if it has no name."""
    return table(series.to_frame("value" if series.name is None else series.name))


def fitted(figure: dict[str, Any]) -> dict[str, Any]:
    """The MIME bundle of a figure: whole, smaller if it is too large, or only its size."""
    size = compact_size(figure)
    if size <= MAX_FIGURE_BYTES:
        return {PLOTLY_MIME: figure}
    told: dict[str, Any] = {"bytes": size}
    figure, counted = binned(figure)
    held = compact_size(figure) if counted else size
    if counted:
        told["binned"] = counted
        if held <= MAX_FIGURE_BYTES:
            return {PLOTLY_MIME: figure, THINNED_MIME: told}
    step = 1
    aim = MAX_FIGURE_BYTES * 9 // 10
    for _ in range(4):
        step = max(step + 1, math.ceil(step * held / aim))
        thinned, counted = thin(figure, step)
        held = compact_size(thinned)
        if held <= MAX_FIGURE_BYTES:
            return {PLOTLY_MIME: thinned, THINNED_MIME: {**told, "step": step, "points": counted}}
    return {THINNED_MIME: told}


def compact_size(value: Any) -> int:
    return len(json.dumps(value, separators=(",", ":")))


def binned(figure: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The figure with its histograms' values counted here, and how many these were.

    They stay histograms, of bins weighted by their counts; those along one axis share their bins.
    """
    import pandas as pd

    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for trace in [] if figure.get("frames") else figure["data"]:
        if trace.get("type") == "histogram":
            along = "y" if "y" in trace else "x"
            axis = along + trace.get(f"{along}axis", along)[1:]
            groups.setdefault((along, axis), []).append(trace)
    made, counted = {}, 0
    for (along, axis), traces in groups.items():
        kind = figure["layout"].get(f"{along}axis{axis[1:]}", {}).get("type", "linear")
        held = [pd.Series(unpacked(trace.get(along))) for trace in traces]
        if (
            kind != "linear"
            or sum(map(len, held)) <= FEW_POINTS
            or not all(countable(trace, along) for trace in traces)
            or not all(values.dtype.kind in "iuf" for values in held)
        ):
            continue
        numbers = [values.to_numpy(float) for values in held]
        start, step = bins(numbers, traces[0].get(f"nbins{along}"))
        for trace, values in zip(traces, numbers, strict=True):
            made[id(trace)] = weighted(trace, along, values, start, step)
            counted += len(values)
    traces = [made.get(id(trace), trace) for trace in figure["data"]]
    return {**figure, "data": traces}, counted


def countable(trace: dict[str, Any], along: str) -> bool:
    """Whether a histogram only counts, and says nothing of single values or bins."""
    other = ("customdata", "hovertext", "ids", "selectedpoints", "text", "xbins", "ybins")
    across = "x" if along == "y" else "y"
    return trace.get("histfunc", "count") == "count" and not {across, *other} & set(trace)


def bins(numbers: list[Any], most: Any) -> tuple[float, float]:
    """Where bins begin and their width: a round number, at most `most` bins if that is given.

    Else as plotly.js chooses it: https://github.com/plotly/plotly.js, `Axes.autoBin`.
    """
    import numpy as np

    values = np.concatenate(numbers)
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    rough = (high - low) / most if most else 2 * float(values.std()) / len(values) ** 0.4
    rough = max(rough, (high - low) / MAX_BINS)
    whole = bool((values == np.floor(values)).all())
    if whole or rough == 0:
        rough = max(rough, 1.0)
    base = 10.0 ** math.floor(math.log10(rough))
    step = base * next(n for n in (1, 2, 5, 10) if n * base >= rough * (1 - 1e-9))
    return math.floor(low / step) * step - (0.5 if whole else 0), step


def weighted(
    trace: dict[str, Any], along: str, values: Any, start: float, step: float
) -> dict[str, Any]:
    """A histogram of bins instead of values, drawn alike."""
    import numpy as np

    places = np.floor((values[np.isfinite(values)] - start) / step).astype(int)
    held, counts = np.unique(places, return_counts=True)
    end = start + (int(held.max()) + 1 if len(held) else 1) * step
    across, orientation = ("y", "v") if along == "x" else ("x", "h")
    return {
        **{name: value for name, value in trace.items() if name != f"nbins{along}"},
        along: [start + (int(place) + 0.5) * step for place in held],
        across: counts.tolist(),
        "histfunc": "sum",
        "orientation": orientation,
        f"autobin{along}": False,
        f"{along}bins": {"start": start, "end": end, "size": step},
    }


def thin(figure: dict[str, Any], step: int) -> tuple[dict[str, Any], int]:
    """The figure with one in `step` points of its larger traces, and how many these had."""
    counted, traces = 0, []
    for trace in figure["data"]:
        count = 0 if figure.get("frames") else thinnable(trace)
        counted += count
        traces.append(thin_trace(trace, count, step) if count else trace)
    return {**figure, "data": traces}, counted


def thinnable(trace: dict[str, Any]) -> int:
    """How many points a trace has, if it may have fewer; else 0."""
    whole = ("stackgroup", "selectedpoints", "x0", "y0")  # these tell of places by their number
    if not POINTS.fullmatch(trace.get("type", "scatter")) or any(name in trace for name in whole):
        return 0
    if trace.get("fill") in ("toself", "tonext"):
        return 0
    counts = {len(unpacked(trace[name])) for name in COORDINATES if name in trace}
    return counts.pop() if len(counts) == 1 and max(counts) > FEW_POINTS else 0


def thin_trace(trace: dict[str, Any], count: int, step: int) -> dict[str, Any]:
    """One in `step` points; ends, extremes and the gaps that part lines stay.

    Which one of each `step` is drawn by lot: every 24th of hourly values would be midnight's alone.
    """
    import numpy as np
    import pandas as pd

    starts = np.arange(0, count, step)
    drawn = starts + np.random.default_rng(0).integers(0, step, len(starts))
    kept = {0, count - 1, *drawn[drawn < count].tolist()}
    for name in COORDINATES:
        if name in trace:
            values = pd.Series(unpacked(trace[name]))
            kept.update(np.flatnonzero(values.isna()).tolist())
            if pd.api.types.is_numeric_dtype(values) and values.notna().any():
                numbers = values.to_numpy(float, na_value=np.nan)
                kept.update((int(np.nanargmin(numbers)), int(np.nanargmax(numbers))))
    places = sorted(kept)
    thinned: dict[str, Any] = chosen(trace, count, places)
    for axis, other in (("x", "y"), ("y", "x")):
        if axis not in trace and other in trace and trace.get("type", "scatter")[7:] in ("", "gl"):
            thinned[axis] = [place * trace.get(f"d{axis}", 1) for place in places]
    return thinned


def chosen(value: Any, count: int, places: list[int]) -> Any:
    """Whatever holds one thing for each point, at any depth, with those of `places`."""
    if isinstance(value, dict):
        if "bdata" not in value:
            return {name: chosen(inner, count, places) for name, inner in value.items()}
        held = unpacked(value)
        return packed(value, held[places]) if len(held) == count else value
    if isinstance(value, list) and len(value) == count:
        return [value[place] for place in places]
    return value


def unpacked(value: Any) -> Any:
    """A list, or the array that plotly packs as {dtype, bdata, shape}."""
    if not isinstance(value, dict):
        return value if isinstance(value, list) else []
    import numpy as np

    held = np.frombuffer(base64.b64decode(value["bdata"]), np.dtype(value["dtype"]))
    shape = value.get("shape")
    return held.reshape([int(part) for part in str(shape).split(",")]) if shape else held


def packed(value: dict[str, Any], array: Any) -> dict[str, Any]:
    """An array in the place of another one of plotly's."""
    import numpy as np

    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
    shape = {"shape": ", ".join(map(str, array.shape))} if "shape" in value else {}
    return {**value, "bdata": data, **shape}


def mark_end(shell: Any) -> None:
    """Have the end of each cell marked: E2B's stream may end early, and then looks complete."""

    def publish(result: Any) -> None:
        shell.display_pub.publish({END_MIME: {}})

    shell.events.register("post_run_cell", publish)


def refuse_packages(shell: Any) -> None:
    """Where no package index can be reached, say so at once: pip would try for half a minute."""
    run = shell.system

    def refuse(line: str = "", cell: str | None = None) -> NoReturn:
        __tracebackhide__ = True  # IPython leaves these frames out
        raise OSError(NO_PACKAGES)

    def system(command: str) -> Any:
        __tracebackhide__ = True
        return refuse() if INSTALLING.match(command) else run(command)

    for name in INSTALLERS:
        shell.register_magic_function(refuse, "line", name)
    shell.system = system


def teach(shell: Any, *, marks_end: bool, internet: bool) -> None:
    """Register how figures and tables are shown with IPython's display formatter."""
    if marks_end:
        mark_end(shell)
    if not internet:
        refuse_packages(shell)
    _show_as_data(shell)


def _show_as_data(shell: Any) -> None:
    import pandas as pd
    import plotly.io as pio
    from plotly.io.base_renderers import PlotlyRenderer

    class Fitting(PlotlyRenderer):  # type: ignore[misc]  # plotly has no types
        def to_mimebundle(self, figure: dict[str, Any]) -> dict[str, Any]:
            return fitted(super().to_mimebundle(figure)[PLOTLY_MIME])

    pio.renderers["datalens"] = Fitting()
    pio.renderers.default = "datalens"
    formatters = shell.display_formatter.formatters
    # E2B's own formatters ship whole frames and guess charts; what they send is never shown.
    for extra in ("e2b/data", "e2b/chart"):
        formatters.pop(extra, None)
    formatter = type(formatters["application/json"])(parent=shell.display_formatter)
    formatter.format_type = TABLE_MIME
    formatter.print_method = "_repr_datalens_table_"
    formatter.for_type(pd.DataFrame, table)
    formatter.for_type(pd.Series, series_table)
    formatter.for_type_by_name(
        "pandas.io.formats.style", "Styler", lambda styler: table(styler.data)
    )
    formatters[TABLE_MIME] = formatter
    shell.display_formatter.active_types = list(formatters)
    formatters["text/html"].for_type(pd.DataFrame, lambda frame: None)
    pd.set_option("display.max_rows", 60, "display.max_columns", 30, "display.width", 120)

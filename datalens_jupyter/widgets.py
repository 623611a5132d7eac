"""What a cell shows while a question is being answered: plan, code, charts and logs as tabs.

It is gone once the answer is there: a widget needs a live kernel, a notebook's history does not.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from datalens_jupyter.mimebundles import bundle

ipywidgets: Any = import_module("ipywidgets")  # has no types
STATIC = Path(__file__).with_name("static")
CHARTS_HIDDEN = 1  # 0 shows them


class RunTabs(anywidget.AnyWidget):
    """The tabs; everything in them is drawn as text. Traits only ever go to the page."""

    _esm = STATIC / "run.js"
    _css = STATIC / "run.css"
    question = traitlets.Unicode().tag(sync=True)
    status = traitlets.Unicode("Planning…").tag(sync=True)
    plan = traitlets.List(traitlets.Unicode()).tag(sync=True)
    code = traitlets.List(traitlets.Unicode()).tag(sync=True)
    log = traitlets.Unicode().tag(sync=True)
    chart_count = traitlets.Int(0).tag(sync=True)
    # Set by the page and linked there to the charts below: a busy kernel could not answer.
    pane = traitlets.Int(CHARTS_HIDDEN).tag(sync=True)


class RunView:
    """The widget of one run, fed with its events."""

    def __init__(self, question: str) -> None:
        self._tabs = RunTabs(question=question)
        # Lab's own renderer draws the charts, inside an Output.
        self._charts = ipywidgets.Output()
        shown = ipywidgets.Stack(
            children=(self._charts, ipywidgets.Box()), selected_index=CHARTS_HIDDEN
        )
        self._link = ipywidgets.jslink((self._tabs, "pane"), (shown, "selected_index"))
        self.root = ipywidgets.VBox((self._tabs, shown))

    def add(self, event: dict[str, Any]) -> None:
        tabs, kind = self._tabs, event["type"]
        if kind in ("plan.created", "plan.updated"):
            tabs.plan = [str(step) for step in event["plan"]["steps"]]
            tabs.status = "Writing code…"
        elif kind == "plan.approval" and event["state"] == "waiting":
            tabs.status = "Waiting for your approval of the plan…"
        elif kind == "code.generated":
            tabs.code = [*tabs.code, event["code"]]
            tabs.status = f"Running step {event['step']} in the sandbox…"
        elif kind == "notice":
            tabs.log += f"{event['text']}\n"
        elif kind == "execution.output":
            tabs.log += event["text"]
        elif kind == "error.analyzed":
            tabs.log += f"{event['analysis']['hint']}\n"
            tabs.status = "Repairing the code…"
        elif kind == "artifact.created":
            self._add_artifact(event["artifact"])
        elif kind == "execution.finished":
            tabs.status = "Reading the result…"

    def close(self) -> None:
        for widget in (self._link, self._tabs, self._charts, self.root):
            widget.close()

    def _add_artifact(self, artifact: dict[str, Any]) -> None:
        data = bundle(artifact)
        if data is None:
            return
        self._charts.append_display_data(_Bundle(data))
        self._tabs.chart_count += 1


class _Bundle:
    """A MIME bundle in the form that displays."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return self._data


def confirm_button(run: Callable[[], None]) -> Any:
    """A button that runs the cell's code in the sandbox; its output appears below it."""
    button = ipywidgets.Button(
        description="Run it in the sandbox",
        tooltip="Runs the code of this cell in the session's sandbox, not in your kernel",
        layout=ipywidgets.Layout(width="auto"),
    )
    output = ipywidgets.Output()

    def clicked(_: Any) -> None:
        button.disabled = True
        with output:
            run()

    button.on_click(clicked)
    return ipywidgets.VBox((button, output))

"""The events of a run, shown in the cell that started it."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import closing
from typing import Any

from datalens_jupyter.mimebundles import bundle, show


class RunFailed(Exception):
    """A run or its code did not succeed; shown as one line, so that Run All stops here."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def show_execution(events: Generator[dict[str, Any], None, None]) -> None:
    """Code of one cell: its output as streams and MIME bundles, as they come.

    Raises:
        RunFailed: the code failed, or the run did.
    """
    failed = ""
    with closing(events):  # an interrupt here ends the run, wherever it strikes
        for event in events:
            failed = _show(event) or failed
    if failed:
        raise RunFailed(failed)


def _show(event: dict[str, Any]) -> str:
    """Show one event; why the run failed, if this event says so."""
    kind = event["type"]
    if kind == "execution.output":
        stream = sys.stderr if event["stream"] == "stderr" else sys.stdout
        stream.write(event["text"])
        stream.flush()
    elif kind == "artifact.created":
        if event["artifact"]["type"] == "error":
            return _python_error(event["artifact"]["content"])
        if (data := bundle(event["artifact"])) is not None:
            show(data)
    else:
        return trouble(event)
    return ""


def trouble(event: dict[str, Any]) -> str:
    """Say what is worth knowing on stderr; why the run failed, if this event says so."""
    kind = event["type"]
    if kind == "notice":
        print_note(event["text"])
    elif kind == "sandbox.replaced":
        print_note(f"The sandbox was replaced. {event['reason']}")
        for lost in event["lost"]:
            print_note(f"Not brought back: {lost}")
    elif kind == "run.failed":
        return str(event["error"].get("message") or "The run failed.")
    elif kind == "run.cancelled":
        return "Stopped."
    return ""


def print_note(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _python_error(content: Any) -> str:
    held = content if isinstance(content, dict) else {}
    traceback = str(held.get("traceback") or "").rstrip()
    return traceback or f"{held.get('name', 'Error')}: {held.get('value', '')}"

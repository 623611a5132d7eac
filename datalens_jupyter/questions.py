"""A question asked in a cell: a live view while it runs, MIME bundles once it is answered."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any

from datalens_jupyter.cellrun import RunFailed, trouble
from datalens_jupyter.mimebundles import bundle, show

TROUBLES = ("sandbox.replaced", "run.failed", "run.cancelled")


def answer(
    question: str,
    events: Generator[dict[str, Any], None, None],
    decide: Callable[[str, bool], None],
) -> None:
    """Show a run; at the end the cell's output is the answer, the results and their code.

    `decide` is told the run and the user's word on its plan, where the run waits for one.

    Raises:
        RunFailed: there is no answer; what was made until then stays in the output.
    """
    from IPython import display

    from datalens_jupyter.widgets import RunView

    draw: Any = display.display  # IPython's functions carry no types
    clear: Any = display.clear_output
    left = _Remains()
    view = RunView(question)
    draw(view.root)
    try:
        with closing(events):  # an interrupt here ends the run, wherever it strikes
            for event in events:
                view.add(event)
                left.add(event)
                if event["type"] == "plan.approval" and event["state"] == "waiting":
                    decide(event["run_id"], _approves())
    finally:
        view.close()
        clear(wait=True)
        for data in left.bundles():
            show(data)
        failures = [reason for event in left.troubles if (reason := trouble(event))]
    if failures:
        raise RunFailed(failures[-1])


def _approves() -> bool:
    """Ask below the plan that is shown; nobody is there where a notebook is run as a whole."""
    try:
        return input("Run this plan? [Y/n] ").strip().lower() in ("", "y", "yes")
    except NotImplementedError:
        raise RunFailed(
            "This plan has to be approved before it is run, and there is nobody to ask here."
        ) from None


class _Remains:
    """What a run leaves in the notebook; results of attempts that failed are left out."""

    def __init__(self) -> None:
        self._answer = ""
        self._code: dict[str, str] = {}
        self._results: dict[str, list[dict[str, Any]]] = {}
        self._good: set[str] = set()
        self.troubles: list[dict[str, Any]] = []

    def add(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        if kind in TROUBLES:
            self.troubles.append(event)
        elif kind == "code.generated":
            self._code[event["execution_id"]] = event["code"]
        elif kind == "artifact.created":
            self._results.setdefault(event["execution_id"], []).append(event["artifact"])
        elif kind == "execution.finished" and event["result"]["success"]:
            self._good.add(event["execution_id"])
        elif kind == "answer.final":
            notes = [f"Assumption: {a}" for a in event["assumptions"]]
            self._answer = "\n".join([event["text"], *notes])

    def bundles(self) -> list[dict[str, Any]]:
        found = [{"text/plain": self._answer}] if self._answer else []
        for execution in (e for e in self._code if e in self._good):
            shown = (bundle(artifact) for artifact in self._results.get(execution, []))
            found += [data for data in shown if data is not None]
        code = [c for e, c in self._code.items() if e in self._good]
        if code:
            found.append({"text/plain": "Ran in the sandbox:\n\n" + "\n\n".join(code)})
        return found

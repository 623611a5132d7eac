"""The order in which every export tells an analysis: questions, each with what was done for it."""

from __future__ import annotations

from dataclasses import dataclass

from datalens_core.models import Execution, RunStatus, RunSummary, SessionDetail

MARKDOWN = str.maketrans({c: "\\" + c for c in r"\`*_{}[]<>()#+-!|~$&"})


@dataclass(frozen=True)
class Chapter:
    """One question (or code that was run from a notebook) and its executions that count."""

    run: RunSummary
    executions: list[Execution]


def chapters(detail: SessionDetail) -> list[Chapter]:
    """Failed attempts that a later one repaired are left out; the last one of a run never is."""
    told = []
    for run in detail.runs:
        own = [e for e in detail.executions if e.run_id == run.run_id]
        good = [e for e in own if e.result is not None and e.result.success]
        told.append(Chapter(run, good or own[-1:]))
    return told


def outcome(run: RunSummary) -> str:
    """The answer, or why there is none, as plain text."""
    if run.answer is not None:
        return run.answer
    if run.status is RunStatus.CANCELLED:
        return "Stopped before there was an answer."
    if run.error is not None:
        return str(run.error.get("message", ""))
    return ""


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no link, no picture, no formula."""
    return text.translate(MARKDOWN)

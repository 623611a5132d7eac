"""The order in which every export tells an analysis: questions, each with what was done for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from datalens_core.models import Execution, RunStatus, RunSummary, SessionDetail

# As the front end's `escapeMarkdown`: the viewers of notebooks also make links of bare addresses.
MARKUP = re.compile(r"[\\`*_{}\[\]<>()#+\-!|~$&]")
BARE = (
    (re.compile(r":(?=//)"), "&#58;"),
    (re.compile(r"(www)\.", re.IGNORECASE), r"\1&#46;"),
    (re.compile(r"@"), "&#64;"),
    (re.compile(r"^(\s*\d+)([.)])", re.MULTILINE), r"\1\\\2"),
    (re.compile(r"^[ \t]{4,}", re.MULTILINE), "   "),
    (re.compile(r"^=", re.MULTILINE), "&#61;"),
)


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
    text = MARKUP.sub(r"\\\g<0>", text)
    for pattern, shown in BARE:
        text = pattern.sub(shown, text)
    return text

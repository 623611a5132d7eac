"""The order in which every export tells an analysis: questions, each with what was done for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from datalens_core.models import Execution, PrivacyCount, RunStatus, RunSummary, SessionDetail

KINDS = {
    "US_SSN": "US social security number",
    "IBAN_CODE": "IBAN",
    "IP_ADDRESS": "IP address",
    "PERSON": "Name",
    "LOCATION": "Place",
}
CHANNELS = {
    "context": "question, columns and sample",
    "output": "output of the code",
    "reply": "earlier replies",
    "tool_arguments": "code",
}


SETUP = "How the data were read"
HEADING = 160


@dataclass(frozen=True)
class Source:
    """All that an export is written from: nothing is run and nobody is asked for it.

    Attributes:
        pngs: artifact id to the picture of the chart that a browser drew, where there is one.
        versions: what made the analysis, by name, in the order in which it is shown.
        setup: the names and data that the code finds, as code that runs beside the files.
    """

    detail: SessionDetail
    pngs: Mapping[str, bytes]
    redactions: Sequence[PrivacyCount]
    versions: Mapping[str, str]
    written: datetime
    setup: str = ""

    @property
    def title(self) -> str:
        return self.detail.session.title or "Analysis"

    @property
    def files(self) -> str:
        """The names of the data sets' files, as words; "" if there are none."""
        names = [d.name for d in self.detail.datasets]
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

    @property
    def data(self) -> str:
        """The data sets and their sizes, as a sentence."""
        files = [f"{d.name} ({d.dataset_schema.row_count:,} rows)" for d in self.detail.datasets]
        return f"Data: {', '.join(files) or 'none'}."

    @property
    def about(self) -> str:
        written = f"{self.written.day} {self.written:%B %Y}"
        return f"{self.data} The code ran in an isolated sandbox. Written on {written}."


@dataclass(frozen=True)
class Chapter:
    """One question (or code that was run from a notebook) and its executions that count."""

    run: RunSummary
    executions: list[Execution]
    repaired: int = 0
    """Attempts that failed and were repaired: they are not told."""

    @property
    def heading(self) -> str:
        """The question in a line, its beginning if it is long."""
        asked = " ".join((self.run.query or "Code from a notebook").split())
        return asked if len(asked) <= HEADING else asked[:HEADING].rsplit(" ", 1)[0] + " …"

    @property
    def question(self) -> str:
        """The whole question where the heading does not hold it; else ""."""
        asked = self.run.query or ""
        return asked if len(" ".join(asked.split())) > HEADING else ""

    @property
    def repairs(self) -> str:
        """How often the code was repaired, as a sentence; "" if never."""
        if not self.repaired:
            return ""
        attempts = "One attempt" if self.repaired == 1 else f"{self.repaired} attempts"
        return f"{attempts} failed before, and the code was repaired."


def chapters(detail: SessionDetail) -> list[Chapter]:
    """Failed attempts that a later one repaired are left out; the last one of a run never is."""
    told = []
    for run in detail.runs:
        own = [e for e in detail.executions if e.run_id == run.run_id]
        good = [e for e in own if e.result is not None and e.result.success]
        kept = good or own[-1:]
        told.append(Chapter(run, kept, len(own) - len(kept)))
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


@dataclass(frozen=True)
class Verification:
    passed: bool
    text: str


def verifications(run: RunSummary) -> list[Verification]:
    """What was checked of an answer, each check as a sentence."""
    return [
        Verification(
            c.passed, f"{'Verified' if c.passed else 'Not verified'}: {c.detail or c.name}"
        )
        for c in run.checks
    ]


def redactions(source: Source) -> list[tuple[str, str, str]]:
    """What was replaced before it went to a model: kind, where, how often."""
    return [
        (
            KINDS.get(c.entity_type, c.entity_type.replace("_", " ").capitalize()),
            CHANNELS.get(c.channel, c.channel.replace("_", " "))
            + (f", column {c.column}" if c.column else ""),
            f"{c.count:,}",
        )
        for c in source.redactions
    ]

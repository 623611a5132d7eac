"""`datalens doctor`: what works here, in plain words, and what to do about what does not."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import asdict, dataclass
from typing import Literal

import typer

from datalens_core.errors import DataLensError
from datalens_core.settings import Settings
from datalens_core.workbench import Workbench

State = Literal["ok", "note", "problem"]
MARKS: dict[State, str] = {"ok": "✓", "note": "·", "problem": "✗"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `text` says what is, `remedy` what to do about it."""

    name: str
    state: State
    text: str
    remedy: str = ""


async def report(settings: Settings, *, as_json: bool) -> int:
    """Look at everything and print it; the exit code is 1 if there is a problem."""
    findings = await examine(settings)
    if as_json:
        typer.echo(json.dumps([asdict(f) for f in findings], indent=2))
    else:
        for finding in findings:
            typer.echo(f"{MARKS[finding.state]} {finding.name}: {finding.text}")
            if finding.remedy:
                typer.echo(f"    {finding.remedy}")
    return int(any(f.state == "problem" for f in findings))


async def examine(settings: Settings) -> list[Finding]:
    findings = [_data_folder(settings), _history(settings), _model(settings), _sources(settings)]
    async with Workbench(settings) as workbench:
        findings.insert(0, await _sandbox(workbench))
        if (await workbench.status()).local_only:
            findings.append(Finding("Privacy", "ok", "Nothing leaves this machine."))
        else:
            findings.append(
                Finding(
                    "Privacy",
                    "note",
                    "Emails and phone numbers are replaced before anything goes to a model.",
                )
            )
    return findings


async def _sandbox(workbench: Workbench) -> Finding:
    """Really run something: the self-test passes before the sandbox answers."""
    try:
        isolation = await workbench.try_sandbox()
    except DataLensError as error:
        return Finding(
            "Sandbox", "problem", error.message, "Or set E2B_API_KEY to use E2B's cloud."
        )
    words = {
        "bubblewrap": "isolated on this machine (bubblewrap, Landlock, seccomp)",
        "reduced": "isolated on this machine, reduced mode (Landlock and seccomp, no bubblewrap)",
        "e2b": "E2B's cloud; files and code go there in clear",
    }
    return Finding("Sandbox", "ok", words.get(isolation, isolation))


def _model(settings: Settings) -> Finding:
    if settings.uses_offline_analyst:
        return Finding(
            "Model",
            "note",
            "Offline rules, no AI model.",
            "Set OPENROUTER_API_KEY, or DATALENS_LLM_BASE_URL for a model of your own.",
        )
    where = "a model endpoint of your own" if settings.llm_base_url else "OpenRouter"
    return Finding("Model", "ok", f"{settings.model} through {where}.")


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return Finding(
            "Data folder", "problem", f"{folder} cannot be made.", "Set DATALENS_DATA_DIR."
        )
    if not os.access(folder, os.W_OK):
        return Finding(
            "Data folder", "problem", f"{folder} cannot be written.", "Set DATALENS_DATA_DIR."
        )
    return Finding("Data folder", "ok", str(folder))


def _history(settings: Settings) -> Finding:
    path = settings.data_dir / "history.db"
    if not path.exists():
        return Finding("History", "ok", "SQLite on this machine, still empty.")
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            (verdict,) = db.execute("pragma quick_check").fetchone()
    except sqlite3.Error as error:
        verdict = type(error).__name__
    if verdict != "ok":
        return Finding("History", "problem", f"{path} is damaged.", "Move it away and start again.")
    return Finding("History", "ok", "SQLite on this machine.")


def _sources(settings: Settings) -> Finding:
    if not settings.sources:
        return Finding("Settings", "ok", "All defaults.")
    said = ", ".join(f"{name} ({source})" for name, source in sorted(settings.sources.items()))
    return Finding("Settings", "ok", said)

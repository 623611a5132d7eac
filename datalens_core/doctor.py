"""`datalens doctor`: what works here, in plain words, and what to do about what does not."""

from __future__ import annotations

import json
import os
import sqlite3
import sysconfig
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from datalens_core.errors import (
    AccessDenied,
    AuthenticationRequired,
    DataLensError,
    LocalOnly,
    NotFound,
)
from datalens_core.settings import Settings
from datalens_core.workbench import Workbench

if TYPE_CHECKING:
    from datalens_core.supabase.connection import Connection

State = Literal["ok", "note", "problem"]
NIL = "00000000-0000-0000-0000-000000000000"
MARKS: dict[State, str] = {"ok": "✓", "note": "·", "problem": "✗"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `text` says what is, `remedy` what to do about it."""

    name: str
    state: State
    text: str
    remedy: str = ""


async def report(*, as_json: bool) -> int:
    """Look at everything and print it; the exit code is 1 if there is a problem.

    Each finding is printed when it is made, so that none is lost if a later look goes wrong.
    """
    findings = []
    async for finding in examine():
        findings.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        typer.echo(json.dumps([asdict(f) for f in findings], indent=2))
    return int(any(f.state == "problem" for f in findings))


async def examine() -> AsyncIterator[Finding]:
    try:
        settings = Settings.from_env()
    except ValueError as error:
        yield Finding("Settings", "problem", str(error), "Correct it; defaults are used below.")
        settings = Settings.offline()
    else:
        yield _sources(settings)
    async for finding in _model(settings):
        yield finding
    yield _names(settings)
    async for finding in _data(settings):
        yield finding
    yield await _sandbox(settings)
    yield await _start(settings)


def _print(finding: Finding) -> None:
    typer.echo(f"{MARKS[finding.state]} {finding.name}: {finding.text}")
    if finding.remedy:
        typer.echo(f"    {finding.remedy}")


async def _sandbox(settings: Settings) -> Finding:
    """Really boot it, whether or not the rest starts: its self-test passes before it answers."""
    from datalens_core.sandbox.lifecycle import SessionSandboxes

    sandboxes = SessionSandboxes(settings)
    try:
        await sandboxes.warm()
        isolation = sandboxes.status().isolation
    except LocalOnly as refused:
        return Finding("Sandbox", "problem", refused.message)
    except DataLensError as error:
        return Finding(
            "Sandbox", "problem", error.message, "Or set E2B_API_KEY to use E2B's cloud."
        )
    finally:
        await sandboxes.close()
    words = {
        "bubblewrap": "isolated on this machine (bubblewrap, Landlock, seccomp)",
        "reduced": "isolated on this machine, reduced mode (Landlock and seccomp, no bubblewrap)",
        "e2b": "E2B's cloud; files and code go there in clear",
    }
    remedy = _stronger() if isolation == "reduced" else ""
    return Finding("Sandbox", "ok", words.get(isolation, isolation), remedy)


def _stronger() -> str:
    """How to get from the reduced mode to the stronger one, where that is known."""
    from datalens_core.sandbox.embedded.launch import bubblewraps_remedy

    remedy = bubblewraps_remedy()
    return remedy and f"For the stronger mode: {remedy}"


async def _start(settings: Settings) -> Finding:
    try:
        async with Workbench(settings) as workbench:
            local = (await workbench.status()).local_only
    except DataLensError as error:
        remedy = "Mend what is marked ✗ above, then run `datalens doctor` again."
        return Finding("Start", "problem", error.message, remedy)
    if local:
        return Finding("Privacy", "ok", "Nothing leaves this machine.")
    return Finding(
        "Privacy", "note", "Emails and phone numbers are replaced before anything goes to a model."
    )


async def _model(settings: Settings) -> AsyncIterator[Finding]:
    from datalens_core.llm.checkup import checkup

    for verdict in await checkup(settings):
        yield Finding("Model", verdict.state, verdict.text, verdict.remedy)


def _names(settings: Settings) -> Finding:
    """Names and places are looked for by a language model, which somebody has to install."""
    from datalens_core.privacy.names import NAMES, how_to_install, is_installed

    model = settings.spacy_model
    kinds = {entry.partition("=")[0].strip().upper() for entry in settings.privacy_entities}
    if not kinds & NAMES.keys():
        there = "is" if is_installed(model) else "is not"
        said = (
            f"Names and places in texts are not looked for; the spaCy model {model} {there} there."
        )
        return Finding("Names", "note", said)
    if is_installed(model):
        return Finding("Names", "ok", f"Names and places are looked for by {model}.")
    said = f"Names and places are to be looked for, and the spaCy model {model} is not there."
    return Finding("Names", "problem", said, how_to_install(model))


async def _data(settings: Settings) -> AsyncIterator[Finding]:
    """The folder, and what is in it if it can be used."""
    folder = _data_folder(settings)
    yield folder
    if folder.state != "problem":
        if settings.uses_supabase:
            yield await team_history(settings)
        else:
            yield _database(
                settings, "history.db", "History", "Move it away; a new history starts without it."
            )
        yield _database(
            settings, "journal.db", "Journal", "Move it away; the history keeps what it holds."
        )
        for finding in _refused(settings):
            yield finding


async def team_history(settings: Settings) -> Finding:
    """Whether the database answers, has our tables, and is closed to who is not signed in."""
    from datalens_core.supabase.connection import Connection

    if settings.local_only:
        return Finding("History", "problem", LocalOnly.history().message)
    try:
        connection = Connection.from_settings(settings)
    except DataLensError as error:
        return Finding("History", "problem", str(error.details["reason"]), "See docs/admin.md.")
    remedy = f"Apply the files of {migrations()} in the order of their names."
    try:
        for function in ("session_exists", "payload_names"):
            with suppress(AccessDenied):  # as it has to be
                await _ask(connection, function)
                said = "The database is open to people who are not signed in."
                return Finding("History", "problem", said, remedy)
        said = "A team's, in Supabase; it goes there in clear. One signs in in the panel."
        if await _lacks_bucket(settings, connection):
            said += " Large charts are kept in its rows, as it has no bucket `datalens` for them."
            return Finding("History", "note", said, remedy)
        return Finding("History", "note", said)
    except AuthenticationRequired:
        return Finding("History", "problem", "The key is refused.", "See SUPABASE_ANON_KEY.")
    except DataLensError as error:
        if error.details:
            return Finding("History", "problem", "The database is not set up for DataLens.", remedy)
        return Finding("History", "problem", "The database does not answer.", "See SUPABASE_URL.")
    finally:
        await connection.close()


async def _ask(connection: Connection, function: str) -> None:
    await connection.call(None, lambda db: db.rpc(function, {"wanted": NIL}).execute())


async def _lacks_bucket(settings: Settings, connection: Connection) -> bool:
    """As far as somebody who is signed in here can see."""
    from datalens_core.supabase.accounts import Accounts
    from datalens_core.supabase.connection import BUCKET

    accounts = Accounts(connection, settings.data_dir / "signin")
    for user_id in accounts.users():
        try:
            token = await accounts.token(user_id)
            await connection.call(token, lambda db: db.storage.get_bucket(BUCKET))
        except AuthenticationRequired:
            continue  # somebody else may know
        except (NotFound, AccessDenied):
            return True
        return False
    return False


def migrations() -> Path:
    """Where an installed DataLens has what sets up a team's database."""
    schemes = (None, sysconfig.get_preferred_scheme("user"))
    places = [sysconfig.get_path("data", s) if s else sysconfig.get_path("data") for s in schemes]
    folders = [Path(place, "share", "datalens", "supabase", "migrations") for place in places]
    return next((folder for folder in folders if folder.is_dir()), folders[0])


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return Finding(
            "Data folder", "problem", f"{folder} cannot be made.", "Set DATALENS_DATA_DIR."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding(
            "Data folder", "problem", f"{folder} cannot be written.", "Set DATALENS_DATA_DIR."
        )
    return Finding("Data folder", "ok", str(folder))


def _database(settings: Settings, file: str, name: str, remedy: str) -> Finding:
    path = settings.data_dir.absolute() / file
    if not path.exists():
        return Finding(name, "ok", "SQLite on this machine, still empty.")
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            (verdict,) = db.execute("pragma quick_check").fetchone()
    except sqlite3.Error as error:
        verdict = type(error).__name__
    if verdict != "ok":
        return Finding(name, "problem", f"{path} is damaged.", remedy)
    return Finding(name, "ok", "SQLite on this machine.")


def _refused(settings: Settings) -> Iterator[Finding]:
    """What the history does not take is in the journal alone."""
    path = settings.data_dir.absolute() / "journal.db"
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            (number,) = db.execute("select count(*) from refused").fetchone()
    except sqlite3.Error:  # it is damaged, which is said, or an older version's
        return
    if number:
        yield Finding(
            "Journal",
            "problem",
            f"The history refused {number:,} of its entries. They are kept in the journal alone.",
            "Please report it: `history.refused` in the log says which and why.",
        )


def _sources(settings: Settings) -> Finding:
    if not settings.sources:
        return Finding("Settings", "ok", "All defaults.")
    said = ", ".join(f"{name} ({source})" for name, source in sorted(settings.sources.items()))
    return Finding("Settings", "ok", said)

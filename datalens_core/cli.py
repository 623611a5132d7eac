"""The command line: datalens ask | profile | sandbox serve | privacy check | doctor."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from datalens_core.errors import DataLensError
from datalens_core.settings import Settings

app = typer.Typer(
    help="Ask questions of your data. The code runs in an isolated sandbox.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
sandbox_app = typer.Typer(help="The embedded sandbox.", no_args_is_help=True)
app.add_typer(sandbox_app, name="sandbox")
privacy_app = typer.Typer(help="What goes out, and what does not.", no_args_is_help=True)
app.add_typer(privacy_app, name="privacy")

File = Annotated[Path, typer.Argument(help="A CSV or Excel file.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


@app.command()
def ask(
    file: File,
    question: Annotated[str, typer.Argument(help="A question in plain words.")],
    offline: Annotated[
        bool, typer.Option("--offline", help="No key, no network, whatever is configured.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ask one question of a file."""
    from datalens_core.terminal import ask as run

    settings = Settings.from_env()
    chosen = settings.without_services() if offline else settings
    raise typer.Exit(asyncio.run(run(chosen, file, question, as_json=as_json)))


@app.command()
def profile(file: File, as_json: AsJson = False) -> None:
    """Show what a file holds, from its first five rows."""
    from datalens_core.terminal import profile as run

    raise typer.Exit(asyncio.run(run(Settings.from_env(), file, as_json=as_json)))


@sandbox_app.command()
def serve(
    port: Annotated[int, typer.Option(help="A loopback port; 0 takes a free one.")] = 0,
) -> None:
    """Run the embedded sandbox alone; the first line printed is JSON {url, api_key, isolation}."""
    from datalens_core.sandbox.embedded.entry import main as run

    raise typer.Exit(run(port))


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what works here, and what to do about what does not."""
    from datalens_core.doctor import report

    raise typer.Exit(asyncio.run(report(as_json=as_json)))


@privacy_app.command()
def check(as_json: AsJson = False) -> None:
    """Prove that nothing personal reaches a model: canaries in every channel, on this machine."""
    from datalens_core.selfcheck.report import report

    raise typer.Exit(asyncio.run(report(Settings.from_env(), as_json=as_json)))


def main() -> None:
    """The `datalens` command."""
    try:
        app()
    except (DataLensError, ValueError) as error:
        reason = error.details.get("reason") if isinstance(error, DataLensError) else None
        typer.echo(f"{error} {reason}" if reason else str(error), err=True)
        sys.exit(1)
